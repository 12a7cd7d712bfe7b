// Comms: both sides open them, and data and binary buffers go both ways, in order, while a cell awaits too.
import { expect, test } from "vitest";
import type { IopubMessage } from "../../../src/notebook/jupyter/client/client.js";
import { kernelForFile, ofType, printed, until } from "./kernel.js";

const kernel = kernelForFile();
const bridge = `(globalThis as any)[Symbol.for("warplab.kernel")]`;

type CommMessage = Extract<IopubMessage, { type: "comm_msg" }>;

/** Collects what the kernel sends on comms from now on. */
function listen(): CommMessage[] {
  const heard: CommMessage[] = [];
  kernel().onIopub = (message) => {
    if (message.type === "comm_msg") heard.push(message);
  };
  return heard;
}

const echo = `${bridge}.registerTarget("echo", (comm, data, buffers) => {
  comm.onMessage = (data, buffers) => comm.send({ echo: data }, { buffers });
  comm.onClose = () => console.log("closed");
  comm.send({ opened: data }, { buffers });
});`;

test("a front end's comm is echoed with its buffers, megabytes of them", async () => {
  await kernel().execute(echo);
  const heard = listen();
  const large = new Uint8Array(6 << 20).map((_, i) => (i * 31) & 255);
  const id = kernel().openComm("echo", { hello: 1 }, { buffers: [Uint8Array.of(1, 2, 3)] });
  kernel().sendComm(id, { n: 2 }, [large, Uint8Array.of(9)]);
  await until(() => heard[1]);
  expect(heard.map(({ content }) => content)).toEqual([
    { comm_id: id, data: { opened: { hello: 1 } } },
    { comm_id: id, data: { echo: { n: 2 } } },
  ]);
  expect([...heard[0].buffers[0]]).toEqual([1, 2, 3]);
  expect(Buffer.compare(heard[1].buffers[0], large)).toBe(0);
  expect([...heard[1].buffers[1]]).toEqual([9]);
});

test("a target registered by the cell before is known to the comm that follows at once", async () => {
  const heard = listen();
  const executing = kernel().execute(echo.replace(`"echo"`, `"just-now"`));
  kernel().openComm("just-now", "x");
  await executing;
  expect((await until(() => heard[0])).content.data).toEqual({ opened: "x" });
});

test("ten thousand messages arrive in order, none lost", async () => {
  await kernel().execute(
    `${bridge}.registerTarget("count", (comm) => { comm.onMessage = (data) => comm.send(data); });`,
  );
  const heard = listen();
  const id = kernel().openComm("count", {});
  for (let i = 0; i < 10_000; i++) kernel().sendComm(id, i);
  await until(() => (heard.length === 10_000 ? true : undefined));
  expect(heard.map(({ content }) => content.data)).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
});

test("messages are answered while a cell awaits", async () => {
  await kernel().execute(echo);
  const heard = listen();
  const id = kernel().openComm("echo", {});
  await until(() => heard[0]);
  let isDone = false;
  const waiting = kernel()
    .execute("await new Promise(() => {});")
    .then(() => {
      isDone = true;
    });
  kernel().sendComm(id, "while waiting");
  await until(() => heard[1]);
  expect(isDone).toBe(false);
  await kernel().interrupt();
  await waiting;
});

test("the kernel opens and closes a comm, and the front end is told under the cell that did it", async () => {
  const execution = await kernel().execute(`
    const mine = ${bridge}.openComm("jupyter.widget", { state: { a: 1 } }, { id: "fixed-id", metadata: { version: "2.1.0" }, buffers: [new Uint8Array([7])] });
    mine.send({ method: "update" }, { buffers: [new Uint8Array([8, 9]).subarray(1)] });
  `);
  const [opened] = ofType(execution, "comm_open");
  expect(opened.content).toMatchObject({
    comm_id: "fixed-id",
    target_name: "jupyter.widget",
    data: { state: { a: 1 } },
  });
  expect(opened.metadata).toEqual({ version: "2.1.0" });
  expect([...opened.buffers[0]]).toEqual([7]);
  expect([...ofType(execution, "comm_msg")[0].buffers[0]]).toEqual([9]);

  const info = await kernel().request("shell", "comm_info_request", { target_name: "jupyter.widget" });
  expect(info.reply.content).toEqual({ status: "ok", comms: { "fixed-id": { target_name: "jupyter.widget" } } });

  const closing = await kernel().execute("mine.close({ bye: true }); mine.send({ into: 'the void' });");
  expect(ofType(closing, "comm_close")[0].content).toEqual({ comm_id: "fixed-id", data: { bye: true } });
  expect(ofType(closing, "comm_msg")).toEqual([]);
  const after = await kernel().request("shell", "comm_info_request", { target_name: "jupyter.widget" });
  expect(after.reply.content).toEqual({ status: "ok", comms: {} });
});

test("bytes are sent as they were when they were sent", async () => {
  const execution = await kernel().execute(`
    const bytes = new Uint8Array([1]);
    const changing = ${bridge}.openComm("t", {});
    changing.send({}, { buffers: [bytes] }); bytes[0] = 2; changing.send({}, { buffers: [bytes] }); bytes[0] = 3;
  `);
  expect(ofType(execution, "comm_msg").map(({ buffers }) => buffers[0][0])).toEqual([1, 2]);
});

test("a comm for a target that nobody registered is closed", async () => {
  const closed: string[] = [];
  kernel().onIopub = (message) => {
    if (message.type === "comm_close") closed.push(message.content.comm_id);
  };
  const id = kernel().openComm("nobody", {});
  expect(await until(() => closed[0])).toBe(id);
});

test("an error in a handler is told on stderr under its message, and the comm lives", async () => {
  await kernel().execute(
    `${bridge}.registerTarget("fragile", (comm) => { comm.onMessage = (data) => { if (data === "bad") throw new Error("fragile"); comm.send("ok"); }; });`,
  );
  const told: string[] = [];
  const heard: unknown[] = [];
  kernel().onIopub = (message) => {
    if (message.type === "stream") told.push(message.content.text);
    if (message.type === "comm_msg") heard.push(message.content.data);
  };
  const id = kernel().openComm("fragile", {});
  kernel().sendComm(id, "bad");
  kernel().sendComm(id, "good");
  await until(() => heard[0]);
  expect(told.join("")).toMatch(
    /^Error in a comm's handler:\ncell \d+, line 1[\s\S]*Error: fragile\n {4}at comm\.onMessage \(cell \d+:1:\d+\)\n$/,
  );
});

test("data that is not JSON is an error of the cell that sends it", async () => {
  const execution = await kernel().execute(`${bridge}.openComm("t", { n: 5n })`);
  expect(execution.reply).toMatchObject({ status: "error", ename: "TypeError" });
  expect(printed(execution)).toBe("");
});

test.each([
  ["Float64Array.of(1.5, -2)", [...new Uint8Array(Float64Array.of(1.5, -2).buffer)]],
  ["BigInt64Array.of(-1n)", Array(8).fill(255)],
  ["Uint16Array.of(258).buffer", [2, 1]],
  ["new DataView(Uint8Array.of(1, 2, 3).buffer, 1)", [2, 3]],
  ["new Uint8Array(Object.assign(new SharedArrayBuffer(2)))", [0, 0]],
  ["new SharedArrayBuffer(3)", [0, 0, 0]],
  ["Uint8Array.of(1, 2, 3, 4).subarray(1, 3)", [2, 3]],
  ["Buffer.from('ab')", [97, 98]],
])("the buffer %s is sent as its bytes", async (expression, bytes) => {
  const execution = await kernel().execute(`${bridge}.openComm("t", {}, { buffers: [${expression}] }); 1`);
  expect([...ofType(execution, "comm_open")[0].buffers[0]]).toEqual(bytes);
});

test("what has no bytes is refused as a buffer", async () => {
  const { reply } = await kernel().execute(`${bridge}.openComm("t", {}, { buffers: [[1, 2]] });`);
  expect(reply).toMatchObject({
    ename: "TypeError",
    evalue: expect.stringContaining("ArrayBuffers or views of them; got [ 1, 2 ]"),
  });
});
