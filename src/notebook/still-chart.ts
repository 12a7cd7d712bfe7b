// A Vega-Lite chart as a static SVG, in the middle of a synchronous call: vega draws asynchronously, so it does so in a worker
// while this thread waits. Outputs of one cell thereby keep their order, and the cell ends after its last chart.
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { WarplabError } from "../core/errors.js";
import { builtFile } from "./installation.js";

type Answer = { readonly svg: string } | { readonly error: string };

interface Drawer {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** Counts answers; this thread sleeps on it. */
  readonly bell: Int32Array;
}

/** A chart takes some 50 ms, and the first one 300 ms more: what takes this long will not end. */
const patienceMs = 30_000;

let drawer: Drawer | undefined;

/** Throws a WarplabError where vega cannot draw the specification. */
export function stillChart(spec: unknown): string {
  drawer ??= startDrawer();
  const { port, bell } = drawer;
  const before = Atomics.load(bell, 0);
  port.postMessage(JSON.stringify(spec));
  if (Atomics.wait(bell, 0, before, patienceMs) === "timed-out") {
    void drawer.worker.terminate();
    drawer = undefined;
    throw new WarplabError(`A chart was not drawn within ${patienceMs / 1000} s.`);
  }
  const answer = receiveMessageOnPort(port)?.message as Answer;
  if ("error" in answer) throw new WarplabError(answer.error);
  return answer.svg;
}

function startDrawer(): Drawer {
  const { port1, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    const { workerData } = require("node:worker_threads");
    const { port, bell, file } = workerData;
    const answer = (message) => {
      port.postMessage(message);
      Atomics.add(bell, 0, 1);
      Atomics.notify(bell, 0);
    };
    port.on("message", async (text) => {
      try {
        answer({ svg: await require(file).stillChart(JSON.parse(text)) });
      } catch (error) {
        answer({ error: error instanceof Error ? error.message : String(error) });
      }
    });`;
  const worker = new Worker(code, {
    eval: true,
    workerData: { port: port2, bell, file: builtFile("assets", "vega.cjs") },
    transferList: [port2],
  });
  // Neither may keep a program alive that has nothing else to do.
  worker.unref();
  port1.unref();
  return { worker, port: port1, bell };
}
