// Whatever arrives on its sockets, the kernel goes on answering cells, and it listens where its connection file says and nowhere
// else.

import { createHmac } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHeader } from "../../../src/notebook/jupyter/wire/message.js";
import { kernelForFile, newFolder, ofType, pause, resultText, startKernel } from "./kernel.js";

const kernel = kernelForFile();

async function stillAnswers(): Promise<void> {
  expect(resultText(await kernel().execute("6 * 7"))).toBe("42");
  expect((await kernel().request("control", "kernel_info_request", {})).reply.content["status"]).toBe("ok");
}

/** Sends JSON texts as a message that is signed as it should be. */
function sendSigned(channel: "shell" | "control" | "stdin", json: readonly string[], buffers: Uint8Array[] = []): void {
  const hmac = createHmac("sha256", kernel().connection.key);
  for (const part of json) hmac.update(part);
  kernel().sendFrames(channel, ["<IDS|MSG>", hmac.digest("hex"), ...json, ...buffers]);
}

const channels = fc.constantFrom("shell" as const, "control" as const, "stdin" as const);

test("frames of any number and any bytes", async () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(new TextEncoder().encode("<IDS|MSG>")));
  await fc.assert(
    fc.asyncProperty(channels, fc.array(bytes, { minLength: 1, maxLength: 10 }), async (channel, frames) => {
      kernel().sendFrames(channel, frames);
    }),
    { numRuns: 300 },
  );
  await stillAnswers();
});

test("signed frames of any JSON, and of none", async () => {
  const part = fc.oneof(fc.json(), fc.constantFrom("null", "5", "[]", '"text"', "{}", "{", "", "\u0000"));
  await fc.assert(
    fc.asyncProperty(channels, fc.array(part, { minLength: 1, maxLength: 6 }), async (channel, json) => {
      sendSigned(channel, json);
    }),
    { numRuns: 300 },
  );
  await stillAnswers();
});

const odd = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.constantFrom<unknown>(null, -1, 1e300, 0.5, -1e9, "", "x".repeat(1e5), [], [null], {}, { toString: 5 }, true),
);
const fields: Readonly<Record<string, readonly string[]>> = {
  execute_request: ["silent", "store_history", "user_expressions", "allow_stdin", "stop_on_error"],
  complete_request: ["code", "cursor_pos"],
  inspect_request: ["code", "cursor_pos", "detail_level"],
  is_complete_request: ["code"],
  history_request: ["hist_access_type", "output", "raw", "session", "start", "stop", "n", "pattern", "unique"],
  comm_info_request: ["target_name"],
  kernel_info_request: ["anything"],
  comm_open: ["comm_id", "target_name", "data"],
  comm_msg: ["comm_id", "data"],
  comm_close: ["comm_id", "data"],
  input_reply: ["value"],
  connect_request: [],
  "": ["nothing"],
  __proto___request: ["code"],
};
const kinds = fc.constantFrom(...Object.keys(fields));

test("requests with odd values in any of their fields", async () => {
  const message = kinds.chain((type) =>
    fc.record({
      type: fc.constant(type),
      channel: channels,
      content: fc.record(Object.fromEntries(fields[type].map((field) => [field, odd])), { requiredKeys: [] }),
      buffers: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 2 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(message, async ({ type, channel, content, buffers }) => {
      const header = createHeader(type, kernel().session);
      sendSigned(
        channel,
        [header, {}, {}, content].map((part) => JSON.stringify(part)),
        buffers,
      );
    }),
    { numRuns: 600 },
  );
  await stillAnswers();
}, 60_000);

test.each(Object.keys(fields).filter((type) => type.endsWith("_request") && !/^(connect|__proto__)/.test(type)))(
  "%s is answered whatever its fields hold",
  async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.record(Object.fromEntries(fields[type].map((field) => [field, odd]))), async (content) => {
        const { reply } = await kernel().request("shell", type, content as Record<string, unknown>);
        expect(["ok", "error", "complete", "incomplete", "invalid", "unknown"]).toContain(reply.content["status"]);
      }),
      { numRuns: 25 },
    );
  },
  60_000,
);

test("JSON nested so deep that it can be read but not copied stops nothing", async () => {
  const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
  for (const channel of ["shell", "control"] as const) {
    const header = JSON.stringify(createHeader("complete_request", kernel().session));
    sendSigned(channel, [header, "{}", "{}", `{"code": ${deep}}`]);
    sendSigned(channel, [header, "{}", `{"deep": ${deep}}`, "{}"]);
    sendSigned(channel, [header, `{"deep": ${deep}}`, "{}", "{}"]);
    sendSigned(channel, [`{"msg_id": "a", "msg_type": "kernel_info_request", "deep": ${deep}}`, "{}", "{}", "{}"]);
    const comm = JSON.stringify(createHeader("comm_msg", kernel().session));
    sendSigned(channel, [comm, "{}", "{}", `{"comm_id": "a", "data": ${deep}}`]);
  }
  await stillAnswers();
});

test("widgets bear messages of any shape", async () => {
  const opened = await kernel().execute(`
import { Widget } from "warplab";
const widget = new Widget({ value: 1, bytes: new Uint8Array(2) });
widget.onMessage(() => {}); widget.observe("value", () => {}); widget.id`);
  const id = resultText(opened)!.replaceAll("'", "");
  const control = kernel().openComm("jupyter.widget.control", {});
  const path = fc.array(fc.oneof(fc.constantFrom("value", "__proto__", "constructor", "bytes"), odd), { maxLength: 3 });
  const data = fc.oneof(
    odd,
    fc.record(
      {
        method: fc.constantFrom("update", "custom", "request_state", "request_states", "echo_update", "none"),
        state: fc.oneof(odd, fc.record({ value: odd, bytes: odd }, { requiredKeys: [] })),
        buffer_paths: fc.oneof(odd, fc.array(path, { maxLength: 3 })),
        content: odd,
      },
      { requiredKeys: [] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      data,
      fc.boolean(),
      fc.array(fc.uint8Array(), { maxLength: 2 }),
      async (message, toWidget, buffers) => {
        kernel().sendComm(toWidget ? id : control, message, buffers);
      },
    ),
    { numRuns: 400 },
  );
  await stillAnswers();
  const alive = await kernel().execute("widget.set({ value: 'alive' }); [widget.get('value'), ({} as any).value]");
  expect(resultText(alive)).toBe("[ 'alive', undefined ]");
}, 60_000);

test.each([
  ["an error whose name throws", "throw { get name() { throw 1; }, [Symbol.toStringTag]: 'Error' }"],
  ["a proxy that throws at everything", "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } })"],
  ["an error without a string for a message", "throw Object.assign(new Error(), { message: Object.create(null) })"],
  ["an error whose stack is a number", "throw Object.assign(new Error('x'), { stack: 5 })"],
  ["undefined", "throw undefined"],
  ["a bundle that is no JSON", "({ [Symbol.for('warplab.mime')]() { return { 'text/plain': 1n }; } })"],
])("a cell that throws %s is answered", async (_what, code) => {
  const failed = await kernel().execute(code);
  expect(failed.reply.status).toBe("error");
  expect(typeof failed.reply.evalue).toBe("string");
  await stillAnswers();
});

test("a message of an error as long as a book is cut, and says so", async () => {
  const failed = await kernel().execute("throw new Error('a'.repeat(1e7) + 'z')");
  const { evalue, traceback } = ofType(failed, "error")[0].content;
  expect(evalue.length).toBeLessThan(21_000);
  expect(evalue).toMatch(/^a+… \d+ more characters$/);
  expect(traceback.join("").length).toBeLessThan(100_000);
});

test.runIf(existsSync("/proc/net/tcp"))("listens on the addresses of its connection file alone", async () => {
  const tcp = await startKernel({ cwd: newFolder(), transport: "tcp" });
  await tcp.execute("import { VirtualGPU } from 'warplab'; new VirtualGPU('h100'); 1");
  const interrupted = tcp.execute("for (;;) {}");
  await pause(100);
  // Interrupting takes the inspector's session: that must open no port.
  await tcp.interrupt();
  await interrupted;
  const { shell_port, control_port, iopub_port, stdin_port, hb_port } = tcp.connection;
  const expected = [shell_port, control_port, iopub_port, stdin_port, hb_port].map((port) => `127.0.0.1:${port}`);
  expect(listening(tcp.process.pid!).sort()).toEqual(expected.sort());
  await tcp.shutdown();
});

/** The addresses that a process listens on, from the kernel's tables by the inodes of its sockets. */
function listening(pid: number): string[] {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed meanwhile.
    }
  }
  const rows = ["tcp", "tcp6"].flatMap((table) => {
    const file = `/proc/${pid}/net/${table}`;
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(1) : [];
  });
  return rows.flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    if (state !== "0A" || !inodes.has(inode)) return [];
    const [address, port] = local.split(":");
    const bytes = address.match(/../g)!.map((byte) => Number.parseInt(byte, 16));
    return [`${bytes.reverse().join(".")}:${Number.parseInt(port, 16)}`];
  });
}
