// An interrupt stops a cell in whatever state it is, by message and by SIGINT, and the kernel's state survives.
import { describe, expect, test } from "vitest";
import { kernelForFile, pause, printed, resultText } from "./kernel.js";

const kernel = kernelForFile();

const states: readonly (readonly [string, string])[] = [
  ["an await that never ends", "await new Promise(() => {});"],
  ["a synchronous loop", "for (;;) {}"],
  ["a synchronous loop after an await", "await null; for (;;) {}"],
  ["a synchronous loop after a timer", "await new Promise((r) => setTimeout(r, 20)); for (;;) {}"],
  ["a synchronous loop in a timer's callback", "setTimeout(() => { for (;;) {} }, 10); await new Promise(() => {});"],
  ["a synchronous loop in a function of another cell, awaited", "await spin();"],
  ["a loop that prints", "for (;;) console.log('.');"],
  ["a loop that awaits", "for (;;) await new Promise((r) => setTimeout(r, 1));"],
  ["a synchronous loop in an immediate", "setImmediate(() => { for (;;) {} }); await new Promise(() => {});"],
  ["a loop where the cell catches its interrupt", "try { await new Promise(() => {}); } catch { for (;;) {} }"],
  ["microtasks without end", "for (;;) await null;"],
  [
    "microtasks without end in the background",
    "(async () => { for (;;) await null; })(); await new Promise(() => {});",
  ],
  [
    "microtasks without end in the finally of an interrupted await",
    "try { await new Promise(() => {}); } finally { for (;;) await null; }",
  ],
  ["a loop inside the result's own form", "({ [Symbol.for('warplab.mime')]() { for (;;) {} } })"],
];

const ways: readonly (readonly [string, () => Promise<void>])[] = [
  ["interrupt_request", () => kernel().interrupt()],
  [
    "SIGINT",
    async () => {
      kernel().process.kill("SIGINT");
    },
  ],
];

describe.each(ways)("%s", (_way, interrupt) => {
  test.each(states)("stops %s", async (_state, code) => {
    await kernel().execute("const kept = 'kept'; async function spin() { await null; for (;;) {} }");
    const running = kernel().execute(code);
    await pause(250);
    await interrupt();
    const { reply } = await running;
    expect(reply).toMatchObject({ status: "error", ename: "Interrupted" });
    expect(resultText(await kernel().execute("kept"))).toBe("'kept'");
  });
});

test("microtasks without end are stopped however often they come", async () => {
  for (let i = 0; i < 25; i++) {
    const running = kernel().execute("try { await new Promise(() => {}); } finally { for (;;) await null; }");
    await pause(60);
    await kernel().interrupt();
    expect((await running).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  }
  expect(resultText(await kernel().execute("kept"))).toBe("'kept'");
});

test("an interrupt while nothing runs is of no consequence, however many come", async () => {
  for (let i = 0; i < 5; i++) kernel().process.kill("SIGINT");
  await kernel().interrupt();
  // A signal has no reply: one that is delivered late would be meant for the next cell.
  await pause(300);
  expect(resultText(await kernel().execute("6 * 7"))).toBe("42");
});

test("an interrupted cell keeps what it declared, runs its finally, and its loop is over", async () => {
  const running = kernel().execute(
    "let turns = 0; const declared = 5;\ntry { for (;;) { turns++; await new Promise((r) => setTimeout(r, 1)); } } finally { console.log('tidy'); }",
  );
  await pause(200);
  await kernel().interrupt();
  expect(printed(await running)).toBe("tidy\n");
  const after = Number(resultText(await kernel().execute("turns")));
  await pause(50);
  expect(resultText(await kernel().execute("[turns, declared]"))).toBe(`[ ${after}, 5 ]`);
});

describe.each([0, 1, 2, 3, 5, 8, 15, 40])("an interrupt %d ms after a cell was sent", (delay) => {
  test("ends a loop that had not begun", async () => {
    const running = kernel().execute("while (true) {}");
    if (delay > 0) await pause(delay);
    await kernel().interrupt();
    expect((await running).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  });

  test("and a cell that says it was interrupted did not run afterwards", async () => {
    await kernel().execute("let ran = 0;");
    const running = kernel().execute("ran++");
    if (delay > 0) await pause(delay);
    await kernel().interrupt();
    const { status } = (await running).reply;
    expect(resultText(await kernel().execute("ran"))).toBe(status === "ok" ? "1" : "0");
  });
});

describe("while earlier cells work in the background", () => {
  test.each([
    ["immediates", "new Promise((r) => setImmediate(r))"],
    ["timers", "new Promise((r) => setTimeout(r, 0))"],
  ])("with %s a synchronous loop is stopped, and they go on", async (_kind, turn) => {
    await kernel().execute(
      `var turns = 0, going = true; (async () => { while (going) { turns++; await ${turn}; } })(); 1`,
    );
    for (let i = 0; i < 3; i++) {
      const running = kernel().execute("while (true) {}");
      await pause(50);
      await kernel().interrupt();
      expect((await running).reply).toMatchObject({ status: "error", ename: "Interrupted" });
    }
    const before = Number(resultText(await kernel().execute("turns")));
    await pause(50);
    expect(Number(resultText(await kernel().execute("turns")))).toBeGreaterThan(before);
    await kernel().execute("going = false;");
  });
});
