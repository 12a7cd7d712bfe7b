// The kernel held against the bars that it was built to: how soon it is ready, how long a trivial cell takes, how fast and how
// surely messages travel. Times are medians; what must arrive whole is checked, and a figure of what did not is no figure.
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** What the tour imports. */
const imports =
  'import { VirtualGPU, kernel, i32, f32, show, sweep, roofline } from "warplab"; import { table } from "arquero";';

const echo = `
const bridge = (globalThis as any)[Symbol.for("warplab.kernel")];
bridge.registerTarget("echo", (comm: any) => {
  comm.onMessage = (data: unknown, buffers: Uint8Array[]) => comm.send(data, { buffers });
});`;

/** Each figure with its bar, in milliseconds, or with `kept`: whether everything arrived, where that is the bar. */
export async function measureNotebook() {
  const { KernelClient } = await import("../dist/notebook/jupyter/client/client.js");
  const start = () => KernelClient.start({ cwd: repository });
  const ready = [];
  for (let i = 0; i < 3; i++) {
    const [kernel, ms] = await timed(start);
    ready.push(ms);
    await kernel.shutdown();
  }
  const kernel = await start();
  try {
    await ok(kernel, imports);
    const cells = [];
    for (let i = 0; i < 21; i++) cells.push((await timed(() => ok(kernel, `${i} + 1`)))[1]);
    await ok(kernel, echo);
    const comm = openEcho(kernel);
    const idle = await roundTrips(comm);
    const awaiting = ok(kernel, "await new Promise((done) => { (globalThis as any).done = done; })");
    // The first answer says that the cell has begun.
    await comm.trip(0);
    const meanwhile = await roundTrips(comm);
    await kernel.interrupt();
    await awaiting.catch(() => {});
    const bytes = new Uint8Array(16 * 2 ** 20).map((_, i) => i * 31);
    const [back, large] = await timed(() => comm.trip("large", [bytes]));
    const lines = Array.from({ length: 5000 }, (_, i) => `${i}\n`).join("");
    const [printed, prints] = await timed(() => ok(kernel, "for (let i = 0; i < 5000; i++) console.log(i);"));
    const [order, flood] = await timed(() => comm.flood(10_000));
    return [
      { name: "kernel ready", ms: median(ready), bar_ms: 2000 },
      { name: "trivial cell after the tour's imports", ms: median(cells), bar_ms: 50 },
      { name: "comm round trip, idle", ms: median(idle), bar_ms: 10 },
      { name: "comm round trip while a cell awaits", ms: median(meanwhile), bar_ms: 10 },
      { name: "16 MiB to the kernel and back", ms: large, kept: Buffer.compare(back.buffers[0], bytes) === 0 },
      { name: "5,000 prints in a loop", ms: prints, kept: textOf(printed) === lines },
      { name: "10,000 comm messages and their echoes", ms: flood, kept: order.every((n, i) => n === i) },
    ];
  } finally {
    await kernel.shutdown();
  }
}

/** A line for each figure, with its bar and the ratio to it. */
export function notebookTable(figures) {
  return figures.map(({ name, ms, bar_ms, kept }) => {
    const bar =
      bar_ms === undefined
        ? `complete and in order: ${kept ? "yes" : "NO"}`
        : `bar ${String(bar_ms).padStart(4)} ms  ${(ms / bar_ms).toFixed(2).padStart(5)} of it${ms > bar_ms ? "  ABOVE" : ""}`;
    return `  ${name.padEnd(40)} ${ms.toFixed(1).padStart(8)} ms  ${bar}`;
  });
}

function openEcho(kernel) {
  let heard = () => {};
  const id = kernel.openComm("echo", {});
  kernel.onIopub = (message) => {
    if (message.type === "comm_msg" && message.content.comm_id === id) heard(message);
  };
  return {
    trip: (data, buffers = []) =>
      within(
        new Promise((resolve) => {
          heard = resolve;
          kernel.sendComm(id, data, buffers);
        }),
      ),
    flood: (count) =>
      within(
        new Promise((resolve) => {
          const order = [];
          heard = ({ content }) => order.push(content.data) === count && resolve(order);
          for (let i = 0; i < count; i++) kernel.sendComm(id, i);
        }),
      ),
  };
}

async function roundTrips(comm) {
  const times = [];
  for (let i = 0; i < 101; i++) times.push((await timed(() => comm.trip(i)))[1]);
  return times;
}

async function ok(kernel, code) {
  const execution = await kernel.execute(code);
  if (execution.reply.status !== "ok") throw new Error(`${code}\nended with ${execution.reply.evalue}`);
  return execution;
}

function textOf({ messages }) {
  return messages.flatMap(({ type, content }) => (type === "stream" ? [content.text] : [])).join("");
}

async function timed(work) {
  const begun = performance.now();
  const result = await work();
  return [result, performance.now() - begun];
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** What is lost is never heard: that is said instead of waited for. */
async function within(answer, seconds = 60) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a comm's answer is missing after ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
