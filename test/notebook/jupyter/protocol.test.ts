// The messaging protocol: what is answered, what is dropped, what is aborted.
import { expect, test } from "vitest";
import { createHeader, encode } from "../../../src/notebook/jupyter/wire/message.js";
import { kernelForFile, newFolder, ofType, pause, printed, resultText, startKernel } from "./kernel.js";

const kernel = kernelForFile();
const ask = async (type: string, content: Record<string, unknown> = {}, channel: "shell" | "control" = "shell") =>
  (await kernel().request(channel, type, content)).reply;

test("kernel_info says what the kernel speaks", async () => {
  const reply = await ask("kernel_info_request");
  expect(reply.header.msg_type).toBe("kernel_info_reply");
  expect(reply.content).toMatchObject({
    status: "ok",
    protocol_version: "5.4",
    implementation: "warplab",
    language_info: { name: "typescript", mimetype: "text/typescript", file_extension: ".ts" },
  });
  expect((await ask("kernel_info_request", {}, "control")).content["status"]).toBe("ok");
});

test("each request is answered between its own busy and idle", async () => {
  const { messages } = await kernel().execute("console.log(1)");
  const states = messages.map((message) =>
    message.type === "status" ? message.content.execution_state : message.type,
  );
  expect(states).toEqual(["busy", "execute_input", "stream", "idle"]);
  const input = ofType({ messages }, "execute_input")[0].content;
  expect(input.code).toBe("console.log(1)");
});

test.each([
  ["1 + 1", { status: "complete" }],
  ["if (x) {", { status: "incomplete", indent: "  " }],
  ["  foo(1,", { status: "incomplete", indent: "  " }],
  ["`text", { status: "incomplete", indent: "" }],
  ["/* comment", { status: "incomplete", indent: "" }],
  ["const x = ;\n5", { status: "invalid" }],
  ["f(]", { status: "invalid" }],
  ['import "', { status: "invalid" }],
  ["const f = (a: number[],", { status: "incomplete", indent: "" }],
  ["f(1, /* and", { status: "incomplete", indent: "" }],
  ["f(`a ${b", { status: "incomplete", indent: "" }],
  ["function f()", { status: "incomplete", indent: "" }],
  ["function f();", { status: "complete" }],
  ["import", { status: "incomplete", indent: "" }],
  ["import {", { status: "incomplete", indent: "  " }],
  ["import { f32 }", { status: "incomplete", indent: "" }],
  ['"abc', { status: "invalid" }],
  ["f('abc", { status: "invalid" }],
  ["return 1", { status: "invalid" }],
  ["if (true) { break }", { status: "invalid" }],
  ["continue;", { status: "invalid" }],
  ["for (;;) { switch (1) { default: continue; } break; }", { status: "complete" }],
  ["() => { return 1; }", { status: "complete" }],
  ["{ a: 1, b: 2 }", { status: "complete" }],
  ["{ a: 1, b:", { status: "incomplete", indent: "" }],
  ["await x; type T<U> = U | undefined", { status: "complete" }],
])("is_complete of %j", async (code, answer) => {
  expect((await ask("is_complete_request", { code })).content).toEqual(answer);
});

test("completion knows types and earlier cells; positions count characters", async () => {
  await kernel().execute(
    "/** How far it goes. */ const distance: number = 5; interface Named { readonly label: string }",
  );
  const member = (await ask("complete_request", { code: "'🚀'; distance.toFi", cursor_pos: 18 })).content;
  expect(member).toMatchObject({ status: "ok", matches: ["toFixed"], cursor_start: 14, cursor_end: 18 });
  const name = (await ask("complete_request", { code: "dist", cursor_pos: 4 })).content;
  expect((name["matches"] as string[])[0]).toBe("distance");
});

test("inspection shows the type and the documentation", async () => {
  const { content } = await ask("inspect_request", { code: "distance + 1", cursor_pos: 8, detail_level: 0 });
  expect(content["found"]).toBe(true);
  expect((content["data"] as Record<string, string>)["text/plain"]).toBe("const distance: number\n\nHow far it goes.");
  const nothing = await ask("inspect_request", { code: "  ", cursor_pos: 1, detail_level: 0 });
  expect(nothing.content).toMatchObject({ status: "ok", found: false, data: {} });
});

test("history has what was executed", async () => {
  const { reply } = await kernel().execute("'in history'");
  const line = reply.execution_count;
  const tail = await ask("history_request", { hist_access_type: "tail", n: 1, output: true, raw: true });
  expect(tail.content).toEqual({ status: "ok", history: [[0, line, ["'in history'", "'in history'"]]] });
  const search = await ask("history_request", {
    hist_access_type: "search",
    pattern: "*in hist*",
    output: false,
    raw: true,
  });
  expect(search.content["history"]).toEqual([[0, line, "'in history'"]]);
});

test("an error aborts the cells that wait, and none that come later", async () => {
  const failing = kernel().execute("await new Promise((r) => setTimeout(r, 100)); throw new Error('first')");
  const waiting = [kernel().execute("globalThis.ran = 1"), kernel().execute("globalThis.ran = 2")];
  const failed = (await failing).reply;
  expect(failed.status).toBe("error");
  const later = kernel().execute("typeof (globalThis as any).ran");
  for (const { reply, messages } of await Promise.all(waiting)) {
    expect(reply.status).toBe("aborted");
    expect(messages.map((message) => message.type)).toEqual(["status", "status"]);
  }
  expect(resultText(await later)).toBe("'undefined'");
  expect((await later).reply.execution_count).toBe(failed.execution_count + 1);
});

test("an error without stop_on_error aborts nothing", async () => {
  const failing = kernel().execute("throw new Error('first')", { stopOnError: false });
  const next = kernel().execute("'runs'");
  expect((await failing).reply.status).toBe("error");
  expect(resultText(await next)).toBe("'runs'");
});

test("what is not signed by the key, or no message at all, is dropped and the kernel goes on", async () => {
  const { session, connection } = kernel();
  const header = createHeader("execute_request", session);
  const message = {
    identities: [],
    header,
    parent: {},
    metadata: {},
    content: { code: "globalThis.forged = 1" },
    buffers: [],
  };
  for (const channel of ["shell", "control"] as const) {
    kernel().sendFrames(channel, encode(message, { ...connection, key: "another key" }));
    kernel().sendFrames(channel, encode(message, { ...connection, key: "" }));
    kernel().sendFrames(channel, ["no delimiter"]);
    kernel().sendFrames(channel, ["<IDS|MSG>"]);
    kernel().sendFrames(channel, ["<IDS|MSG>", "", "{", "", "", ""]);
    kernel().sendFrames(channel, [new Uint8Array(0)]);
  }
  expect(resultText(await kernel().execute("typeof (globalThis as any).forged"))).toBe("'undefined'");
});

test("a well-signed message with odd content is answered or ignored, and the kernel goes on", async () => {
  kernel().send("shell", "no_such_request", { odd: [] });
  kernel().send("shell", "comm_msg", {});
  kernel().send("shell", "comm_open", { comm_id: 5 });
  kernel().send("control", "debug_request", { type: "request" });
  expect((await kernel().request("shell", "execute_request", {})).reply.content["status"]).toBe("ok");
  expect((await ask("complete_request", { code: 5, cursor_pos: "x" })).content["status"]).toBe("ok");
  expect((await ask("complete_request", { code: "a", cursor_pos: 1e9 })).content["status"]).toBe("ok");
  expect((await ask("inspect_request", {})).content["status"]).toBe("ok");
  expect(resultText(await kernel().execute("2"))).toBe("2");
});

test("tcp serves as ipc does", async () => {
  const tcp = await startKernel({ cwd: newFolder(), transport: "tcp" });
  expect(printed(await tcp.execute("console.log('over tcp')"))).toBe("over tcp\n");
  await tcp.shutdown();
  await pause(0);
  expect(tcp.process.exitCode).toBe(0);
});

test("inspecting a name that nothing declares finds nothing", async () => {
  const { content } = await ask("inspect_request", { code: "nobodyKnows", cursor_pos: 5, detail_level: 0 });
  expect(content).toMatchObject({ status: "ok", found: false, data: {} });
  const known = await ask("inspect_request", { code: "let x: any; x", cursor_pos: 13, detail_level: 0 });
  expect(known.content).toMatchObject({ found: true });
});

test("a silent request puts nothing out; its comms, its expressions and its error are told", async () => {
  const { reply, messages } = await kernel().execute(
    `const bridge = (globalThis as any)[Symbol.for("warplab.kernel")];
    console.log("unheard"); console.error("unheard");
    bridge.display({ "text/plain": "unseen" }, { displayId: "silent" });
    bridge.display({ "text/plain": "unseen" }, { displayId: "silent", update: true });
    bridge.clearOutput({ wait: false });
    bridge.openComm("heard", {}); 5`,
    { silent: true, userExpressions: { sum: "2 + 3" } },
  );
  expect(messages.map(({ type }) => type)).toEqual(["status", "comm_open", "status"]);
  expect(reply).toMatchObject({ status: "ok", user_expressions: { sum: { data: { "text/plain": "5" } } } });
  const failed = await kernel().execute("throw new RangeError('told')", { silent: true });
  expect(failed.messages.map(({ type }) => type)).toEqual(["status", "status"]);
  expect(failed.reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "told" });
});
