// How a kernel's process ends: when it is told to, when its parent dies, when a cell kills it; and what its client says.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder, pause, startKernel, until } from "./kernel.js";

describe("shutdown ends the process", () => {
  test.each([
    ["while nothing runs", "1"],
    ["while a timer lives", "setInterval(() => {}, 10); (await import('node:net')).createServer().listen(0);"],
  ])("%s", async (_state, code) => {
    const kernel = await startKernel({ cwd: newFolder() });
    await kernel.execute(code);
    await kernel.shutdown();
    expect(kernel.process.exitCode).toBe(0);
  });

  test("while a cell awaits", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    const running = kernel.execute("await new Promise(() => {})");
    running.catch(() => {});
    await pause(100);
    await kernel.shutdown();
    expect(kernel.process.exitCode).toBe(0);
    await expect(running).rejects.toThrow("The kernel exited with code 0 after it was told to shut down.");
  });

  test.each([
    ["waits for a child process", "require('node:child_process').execSync('sleep 30')"],
    [
      "waits for a child process that ignores SIGINT and SIGTERM",
      `require("node:child_process").spawnSync("sh", ["-c", "trap '' INT TERM; sleep 30; echo"])`,
    ],
    ["loops", "for (;;) {}"],
    ["loops after an await", "await null; for (;;) {}"],
    ["runs microtasks without end", "for (;;) await null;"],
    ["loops in its finally", "try { for (;;) {} } finally { for (;;) {} }"],
    ["waits on shared memory", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"],
    ["loops in one timer after another", "setInterval(() => { for (;;) {} }, 1); await new Promise(() => {});"],
    ["loops where its result is looked at", "({ get [Symbol.toStringTag]() { for (;;) {} } })"],
  ])("in order, with a reply, while a cell %s", async (_state, code) => {
    const kernel = await startKernel({ cwd: newFolder() });
    kernel.execute(code).catch(() => {});
    await pause(250);
    const { reply } = await kernel.request("control", "shutdown_request", { restart: true });
    expect(reply.content).toEqual({ status: "ok", restart: true });
    await kernel.ended;
    expect(kernel.process.exitCode).toBe(0);
  });

  test("in order when a loop begins after the kernel has heard of its end", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    await kernel.execute("setTimeout(() => { for (;;) {} }, 30);");
    await kernel.request("control", "shutdown_request", { restart: false });
    await kernel.ended;
    expect(kernel.process.exitCode).toBe(0);
  });

  test("in order while a cell asks, and the question is over", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    let asked = "";
    const waiting = kernel.execute("for (;;) { try { prompt('Name?'); } catch {} }", {
      onInput: ({ prompt }) => {
        asked = prompt;
        return new Promise(() => {});
      },
    });
    waiting.catch(() => {});
    await until(() => (asked === "" ? undefined : true));
    await kernel.request("control", "shutdown_request", { restart: true });
    await kernel.ended;
    expect(kernel.process.exitCode).toBe(0);
  });

  test("by force when a cell's last deed is a loop", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    await kernel.execute("process.on('exit', () => { for (;;) {} });");
    const { reply } = await kernel.request("control", "shutdown_request", { restart: false });
    expect(reply.content).toEqual({ status: "ok", restart: false });
    await kernel.ended;
    expect(kernel.process.signalCode).toBe("SIGKILL");
  });
});

describe("a kernel ends when its parent dies", () => {
  test.each([
    ["while nothing runs", "1"],
    ["in a loop", "for (;;) {}"],
    ["while a cell awaits", "await new Promise(() => {})"],
    ["while a cell asks", "prompt('Name?')"],
    ["while a cell waits for a child process", "require('node:child_process').execSync('echo $$ > child; sleep 60')"],
  ])("%s", async (_state, code) => {
    const folder = newFolder();
    const client = new URL("../../../dist/notebook/jupyter/client/client.js", import.meta.url).href;
    const [pidFile, childFile] = [join(folder, "pid"), join(folder, "child")];
    const parent = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `import { KernelClient } from ${JSON.stringify(client)};
       import { writeFileSync, renameSync } from "node:fs";
       const kernel = await KernelClient.start({ cwd: ${JSON.stringify(folder)} });
       kernel.execute(${JSON.stringify(code)}, { onInput: () => new Promise(() => {}) });
       writeFileSync(${JSON.stringify(`${pidFile}.new`)}, String(kernel.process.pid));
       renameSync(${JSON.stringify(`${pidFile}.new`)}, ${JSON.stringify(pidFile)});
       setInterval(() => {}, 1000);`,
    ]);
    const read = (file: string) => () => (existsSync(file) ? readFileSync(file, "utf8") || undefined : undefined);
    const pid = Number(await until(read(pidFile)));
    const child = code.includes("child") ? Number(await until(read(childFile))) : undefined;
    await pause(100);
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => (isAlive(pid) ? undefined : true));
    if (child !== undefined) await until(() => (isAlive(child) ? undefined : true));
  });
});

describe("the client says how a kernel died", () => {
  test("in the middle of a cell, with the code and its last words", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    const dying = kernel.execute("require('node:fs').writeSync(2, 'my last words\\n'); process.exit(7)");
    await expect(dying).rejects.toThrow(
      /^The kernel exited with code 7\.\nIts last words on standard error:\nmy last words$/,
    );
    await expect(kernel.execute("1")).rejects.toThrow("exited with code 7");
    await kernel.shutdown();
  });

  test("by a signal", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    const dying = kernel.execute("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})");
    await expect(dying).rejects.toThrow("The kernel was ended by SIGKILL.");
  });

  test("before it began", async () => {
    const started = startKernel({ cwd: newFolder(), env: { NODE_OPTIONS: "--no-such-option" } });
    await expect(started).rejects.toThrow(/^The kernel exited with code 9\.[\s\S]*--no-such-option/);
  });

  test("when its folder does not exist", async () => {
    await expect(startKernel({ cwd: join(newFolder(), "absent") })).rejects.toThrow(
      /^The kernel could not be started: /,
    );
  });
});

test("SIGTERM ends a kernel in order", async () => {
  const kernel = await startKernel({ cwd: newFolder() });
  kernel.process.kill("SIGTERM");
  await kernel.ended;
  expect(kernel.process.exitCode).toBe(0);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a cell that ends the kernel is told apart by its facts", () => {
  test.each([
    ["process.exit()", { exitCode: 0, signal: null }],
    ["process.exit(7)", { exitCode: 7, signal: null }],
    ["process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})", { exitCode: null, signal: "SIGKILL" }],
  ])("%s", async (code, facts) => {
    const kernel = await startKernel({ cwd: newFolder() });
    await expect(kernel.execute(code)).rejects.toMatchObject({ name: "KernelDied", ...facts });
    await kernel.settle();
    await kernel.shutdown();
    await kernel.shutdown();
    await kernel.kill();
  });

  test("also when a child of it lives on with its streams", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    const dying = kernel.execute(
      "require('node:child_process').spawn('sleep', ['5'], { stdio: 'inherit', detached: true }).unref(); process.exit(3)",
    );
    const start = Date.now();
    await expect(dying).rejects.toMatchObject({ exitCode: 3 });
    expect(Date.now() - start).toBeLessThan(4000);
  });
});

describe("what a cell writes late", () => {
  const late = "console.log('now'); setTimeout(() => console.log('late'), 60);";
  async function heard(end: (kernel: Awaited<ReturnType<typeof startKernel>>) => Promise<void>): Promise<string> {
    const kernel = await startKernel({ cwd: newFolder() });
    let text = "";
    kernel.onIopub = (message) => {
      if (message.type === "stream") text += message.content.text;
    };
    await kernel.execute(late);
    await end(kernel);
    return text;
  }

  test("is heard by a client that lets the kernel settle before it ends it", async () => {
    expect(await heard((kernel) => kernel.settle(300).then(() => kernel.shutdown()))).toBe("now\nlate\n");
  });

  test("settling ends although a cell writes for ever", async () => {
    const kernel = await startKernel({ cwd: newFolder() });
    await kernel.execute("setInterval(() => console.log('.'), 10);");
    await kernel.settle(100, 400);
    await kernel.shutdown();
    expect(kernel.process.exitCode).toBe(0);
  });
});
