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
  ["a child process that is waited for", "(await import('node:child_process')).execSync('sleep 30')"],
  [
    "a child process that ignores SIGINT",
    `require("node:child_process").spawnSync("sh", ["-c", "trap '' INT; sleep 30; echo"])`,
  ],
  ["a wait on shared memory", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"],
  ["an answer that never comes", "await fetch(server)"],
  ["a generator without end", "function* all() { for (let i = 0; ; i++) yield i; } for (const i of all()) i;"],
  ["an asynchronous generator without end", "for await (const i of (async function* () { for (;;) yield 1; })()) i;"],
  ["a loop in a getter that is looked at", "({ get [Symbol.toStringTag]() { for (;;) {} } })"],
  ["a loop where an error tells its message", "throw { get message() { for (;;) {} }, [Symbol.toStringTag]: 'Error' }"],
  [
    "a loop where a thrown value is inspected",
    "throw { [Symbol.for('nodejs.util.inspect.custom')]() { for (;;) {} } }",
  ],
  ["a launch of a long kernel", "spinning.launch()"],
  ["the recording of a long kernel for the stepper", "spinning.step()"],
  ["a loop inside the result's own form", "({ [Symbol.for('warplab.mime')]() { for (;;) {} } })"],
];

const prepared = `
const kept = "kept";
async function spin() { await null; for (;;) {} }
import { createServer } from "node:http";
import { VirtualGPU, kernel, i32 } from "warplab";
var server: string = ((globalThis as any).silentServer ??= await new Promise((resolve) => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1", () => resolve("http://127.0.0.1:" + (silent.address() as any).port));
}));
const long = kernel("long", { n: i32, x: i32.ptr }, ({ n, x }, { threadIdx }) => {
  for (let i = 0; i < n; i++) x[threadIdx.x] = x[threadIdx.x] + i;
});
const spinning = {
  launch() {
    const gpu = new VirtualGPU("h100");
    const x = gpu.zeros(i32, 256, { label: "x" });
    for (;;) gpu.launch(long, { grid: 64, block: 256 }, { n: 1000, x });
  },
  step() {
    const gpu = new VirtualGPU("h100");
    const x = gpu.zeros(i32, 256, { label: "x" });
    for (;;) gpu.step(long, { grid: 64, block: 256 }, { n: 1000, x }).length;
  },
};`;

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
    expect((await kernel().execute(prepared)).reply.traceback).toBeUndefined();
    const running = kernel().execute(code);
    await pause(250);
    const start = Date.now();
    await interrupt();
    const { reply } = await running;
    expect(Date.now() - start).toBeLessThan(1000);
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

describe("outside cells", () => {
  const target = `(globalThis as any)[Symbol.for("warplab.kernel")].registerTarget("loops", (comm: any) => {
  comm.onMessage = (how: string) => {
    if (how === "loop") for (;;) {}
    if (how === "microtasks") (async () => { for (;;) await null; })();
    comm.send(how);
  };
}); 1`;

  test.each(["loop", "microtasks"])(
    "a comm's handler in a %s is cut short, is over, and later messages are handled",
    async (how) => {
      await kernel().execute(target);
      const states: string[] = [];
      const said: unknown[] = [];
      let told = "";
      let sent = "";
      kernel().onIopub = (message) => {
        if ("msg_id" in message.parent && message.parent.msg_id === sent && message.type === "status") {
          states.push(message.content.execution_state);
        }
        if (message.type === "comm_msg") said.push(message.content.data);
        if (message.type === "stream") told += message.content.text;
      };
      const id = kernel().openComm("loops", {});
      sent = kernel().send("shell", "comm_msg", { comm_id: id, data: how });
      kernel().sendComm(id, "after");
      await pause(200);
      await kernel().interrupt();
      expect(resultText(await kernel().execute("1 + 1"))).toBe("2");
      kernel().onIopub = undefined;
      expect(said).toEqual(how === "loop" ? ["after"] : [how, "after"]);
      expect(states).toEqual(["busy", "idle"]);
      if (how === "loop") expect(told).toBe("Interrupted: the handler of a comm was cut short.\n");
    },
  );
});

test("thirty interrupts of all kinds in a row leave the kernel as it was", async () => {
  await kernel().execute("let rounds = 0;");
  for (let i = 0; i < 30; i++) {
    const [state, code] = states[(i * 7) % states.length];
    const running = kernel().execute(`rounds++;\n${code}`);
    await pause(60 + ((i * 37) % 120));
    await ways[i % 2][1]();
    expect((await running).reply, state).toMatchObject({ status: "error", ename: "Interrupted" });
  }
  expect(resultText(await kernel().execute("[rounds, kept]"))).toMatch(/^\[ (2\d|30), 'kept' \]$/);
}, 60_000);

test("a child of an earlier cell that works in the background is left alone", async () => {
  await kernel().execute(
    "const background = (await import('node:child_process')).spawn('sleep', ['20']); await new Promise((r) => setTimeout(r, 100));",
  );
  const running = kernel().execute("(await import('node:child_process')).execSync('sleep 30')");
  await pause(200);
  await kernel().interrupt();
  expect((await running).reply).toMatchObject({ ename: "Interrupted" });
  const after = await kernel().execute(
    "await new Promise((r) => setTimeout(r, 50)); [background.exitCode, background.signalCode]",
  );
  expect(resultText(after)).toBe("[ null, null ]");
  await kernel().execute("background.kill();");
});
