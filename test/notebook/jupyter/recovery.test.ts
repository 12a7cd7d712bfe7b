// Whatever is cut short or cannot be sent, a request is answered, and the next cell runs.
import { describe, expect, test } from "vitest";
import { kernelForFile, pause, resultText } from "./kernel.js";

const kernel = kernelForFile();

/** A value whose form takes about three seconds to write down. */
const slowForm =
  '({ [Symbol.for("warplab.mime")]: () => ({ "text/plain": "p", "application/x-large": "y\\n".repeat(4e7) }) })';

describe.each([300, 700, 1200])("an interrupt %d ms into a cell whose value is long in the writing", (delay) => {
  test("leaves a kernel that goes on", async () => {
    const running = kernel().execute(slowForm);
    await pause(delay);
    await kernel().interrupt();
    const { reply } = await running;
    expect(["ok", "error"]).toContain(reply.status);
    expect(resultText(await kernel().execute("6 * 7"))).toBe("42");
  });
});

test("a form that never ends is ended, and the next cell's loop is interrupted as fast as ever", async () => {
  const endless = '({ [Symbol.for("warplab.mime")]: () => ({ "text/plain": "p", x: { toJSON() { for (;;) {} } } }) })';
  const running = kernel().execute(endless);
  await pause(200);
  await kernel().interrupt();
  expect((await running).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  const loop = kernel().execute("for (;;) {}");
  await pause(100);
  await kernel().interrupt();
  expect((await loop).reply).toMatchObject({ status: "error", ename: "Interrupted" });
}, 60_000);

test("many interrupts in a row, at any moment, leave a kernel that goes on", async () => {
  for (let round = 0; round < 30; round++) {
    const running = kernel().execute(`const kept = ${round}; await new Promise((r) => setTimeout(r, 10)); kept`);
    await pause((round * 7) % 40);
    await kernel().interrupt();
    await running;
  }
  expect(resultText(await kernel().execute("1 + 1"))).toBe("2");
}, 60_000);

test.each([
  ["a bigint", '{ "application/json": { n: 1n } }'],
  ["a circle", "(() => { const a: any = {}; a.a = a; return { x: a }; })()"],
])("a user expression whose bundle holds %s fails for itself", async (_what, bundle) => {
  const form = `({ [Symbol.for("warplab.mime")]: () => (${bundle}) })`;
  const { reply } = await kernel().execute("1", { userExpressions: { a: form, b: "2" } });
  expect(reply).toMatchObject({
    status: "ok",
    user_expressions: { a: { status: "error", ename: "TypeError" }, b: { status: "ok" } },
  });
  expect(resultText(await kernel().execute("3"))).toBe("3");
});

test("a cell that breaks JSON for itself does not break it for the kernel", async () => {
  await kernel().execute('var whole = JSON.stringify; JSON.stringify = () => { throw new Error("mine"); }; 1');
  expect(resultText(await kernel().execute("4"))).toBe("4");
  await kernel().execute("JSON.stringify = whole; 1");
});

test("a comm that cannot be opened is not listed", async () => {
  const listed = async (): Promise<string[]> => {
    const { content } = (await kernel().request("shell", "comm_info_request", {})).reply;
    return Object.keys(content["comms"] as object);
  };
  const before = await listed();
  const cell = await kernel().execute(
    '(globalThis as any)[Symbol.for("warplab.kernel")].openComm("some.target", { v: 2n })',
  );
  expect(cell.reply).toMatchObject({ status: "error", ename: "TypeError" });
  expect(await listed()).toEqual(before);
});
