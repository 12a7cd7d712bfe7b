// The kernel's I/O thread: owns the ZeroMQ sockets, drops what is not signed, forwards requests to the main thread and
// sends what it is given. It interrupts and ends a main thread that does not answer. Knows nothing of cells.
import inspector from "node:inspector";
import { parentPort, workerData } from "node:worker_threads";
import * as zmq from "zeromq";
import { signalChildren } from "./child-processes.js";
import { type Channel, endpoint } from "./connection.js";
import { type Content, createHeader, decode, encode, type Header, type Message, sealFrames } from "./message.js";
import { Questions } from "./questions.js";
import { beforeTermination, type FromIo, flags, type IoThreadData, type SendChannel, type ToIo } from "./threads.js";

/** How long the main thread may take to hear an interrupt before its JavaScript is cut short, in milliseconds. */
const interruptPatience = 150;
/** How long the main thread may take to end after a shutdown request before the process is killed, in milliseconds. */
const shutdownPatience = 2000;
/** How long the last messages have to leave the process, in milliseconds. */
const departure = 100;
/** How often the I/O thread looks whether the parent process still lives, in milliseconds. */
const parentWatchInterval = 1000;

const { connection, session, shared, signals, answers } = workerData as IoThreadData;
const port = parentPort!;

/** A socket's queue: ZeroMQ allows one outstanding send per socket. */
class Outlet {
  private tail: Promise<void> = Promise.resolve();
  constructor(readonly socket: zmq.Router | zmq.XPublisher) {}
  send(frames: (Uint8Array | string)[]): void {
    this.tail = this.tail.then(() => this.socket.send(frames)).catch(() => {});
  }
  drained(): Promise<void> {
    return this.tail;
  }
}

// No high-water mark: a publisher drops what is beyond it, and a dropped "idle" leaves a cell running for ever.
const unlimited = { sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 500 };
const sockets = {
  shell: new zmq.Router(unlimited),
  control: new zmq.Router(unlimited),
  // A question that nobody can hear is an error, not a wait without end.
  stdin: new zmq.Router({ ...unlimited, mandatory: true }),
  // It hears who subscribes, a second one to the same topic too, so that each can be told when nothing more will be missed.
  iopub: new zmq.XPublisher({ sendHighWaterMark: 0, linger: 500, verbosity: "allSubs" }),
  hb: new zmq.Router(unlimited),
};
const outlets: Record<SendChannel | "hb", Outlet> = {
  shell: new Outlet(sockets.shell),
  control: new Outlet(sockets.control),
  stdin: new Outlet(sockets.stdin),
  iopub: new Outlet(sockets.iopub),
  hb: new Outlet(sockets.hb),
};

const questions = new Questions({
  send: (frames) => sockets.stdin.send(frames),
  deliver: (delivery) => {
    answers.postMessage(delivery);
    Atomics.store(shared, flags.answered, 1);
    Atomics.notify(shared, flags.answered);
  },
});

function listen(message: ToIo): void {
  switch (message.kind) {
    case "ask":
      questions.ask(message.id, sealFrames(message.identities, message.json, [], connection));
      return;
    case "send":
      outlets[message.channel].send(sealFrames(message.identities, message.json, message.buffers, connection));
      return;
    case "barrier":
      afterArrived(() => tell({ kind: "barrier", id: message.id }));
      return;
    case "interrupt-heard":
      interrupts.heard(message.run);
      return;
    case "signal":
      interrupts.request();
      return;
    case "close":
      close();
      return;
  }
}

/** Does `work` once what had arrived on all sockets is forwarded: the cell that an interrupt is for, sent just before it. */
function afterArrived(work: () => void): void {
  // Two turns of the loop: ZeroMQ delivers at most a batch of messages in each.
  setImmediate(() => setImmediate(work));
}

/**
 * Interrupts the main thread: first by a message, and by termination when it does not hear that, or when the cell that it
 * interrupts goes on all the same: in a loop that had not begun yet, or in its own `catch`.
 */
const interrupts = {
  timer: undefined as NodeJS.Timeout | undefined,
  /** The run that has heard it. */
  run: undefined as number | undefined,
  /** How often it was of no avail. */
  attempts: 0,
  request(): void {
    // The main thread, which waits for an answer, takes this for one.
    if (!questions.interrupt()) tell({ kind: "interrupt" });
    this.run = undefined;
    this.attempts = 0;
    this.wait();
  },
  heard(run: number): void {
    this.run = run;
    this.wait();
  },
  wait(): void {
    clearTimeout(this.timer);
    this.timer = this.isOver() ? undefined : setTimeout(() => this.force(), interruptPatience);
  },
  force(): void {
    this.wait();
    if (this.isOver() || Atomics.load(shared, flags.undisturbed) !== 0) return;
    const age = (Date.now() - Atomics.load(shared, flags.runStart)) | 0;
    // The first is what Ctrl-C on a terminal sends.
    const signal = (["SIGINT", "SIGTERM"] as const)[this.attempts++] ?? "SIGKILL";
    if (Atomics.load(shared, flags.run) !== 0) signalChildren(signal, age);
    terminateMainThread();
  },
  isOver(): boolean {
    return this.run !== undefined && (this.run === 0 || Atomics.load(shared, flags.run) !== this.run);
  },
};

function terminateMainThread(): void {
  const debug = new inspector.Session();
  debug.connectToMainThread();
  // Node aborts when JavaScript ends without unwinding its stack of asynchronous contexts: the stack is emptied first.
  debug.post("Runtime.evaluate", { expression: `globalThis[Symbol.for("${beforeTermination}")]?.()` });
  debug.post("Runtime.terminateExecution", () => debug.disconnect());
}

async function receive(channel: "shell" | "control" | "stdin"): Promise<void> {
  for await (const frames of sockets[channel]) {
    let message: Message;
    try {
      message = decode(frames, connection);
    } catch {
      // Not ours: whoever sent it learns nothing.
      continue;
    }
    const type = message.header.msg_type;
    if (type === "interrupt_request") {
      afterArrived(() => {
        publishStatus("busy", message.header);
        interrupts.request();
        reply(channel, message, "interrupt_reply", { status: "ok" });
        publishStatus("idle", message.header);
      });
      continue;
    }
    if (type === "input_reply" && channel === "stdin") {
      questions.answer(message);
      continue;
    }
    try {
      tell({ kind: "request", channel, message });
    } catch {
      refuse(channel, message);
      continue;
    }
    if (type === "shutdown_request") {
      questions.end();
      setTimeout(() => shutDownInItsStead(channel, message), shutdownPatience);
    }
  }
}

/** Tells who subscribes that it has: a front end that has no welcome yet may miss what is published. */
async function welcome(): Promise<void> {
  for await (const [request] of sockets.iopub) {
    if (request[0] !== 1) continue;
    const topic = request.subarray(1);
    const header = createHeader("iopub_welcome", session);
    const content = { subscription: topic.toString() };
    outlets.iopub.send(
      encode({ identities: [topic], header, parent: {}, metadata: {}, content, buffers: [] }, connection),
    );
  }
}

/** Answers what cannot be handed over: JSON nested deeper than the copy between threads can follow. */
function refuse(channel: SendChannel, message: Message): void {
  const type = message.header.msg_type;
  if (!type.endsWith("_request")) return;
  const evalue = "the message is nested too deeply to be read";
  publishStatus("busy", message.header);
  const content = { status: "error", ename: "MessageError", evalue, traceback: [`MessageError: ${evalue}`] };
  reply(channel, message, type.replace(/_request$/, "_reply"), content);
  publishStatus("idle", message.header);
}

async function beat(): Promise<void> {
  for await (const frames of sockets.hb) outlets.hb.send(frames);
}

let closing = false;

async function shutDownInItsStead(channel: SendChannel, message: Message): Promise<void> {
  if (closing) return;
  const restart = message.content["restart"] === true;
  publishStatus("busy", message.header);
  reply(channel, message, "shutdown_reply", { status: "ok", restart });
  publishStatus("idle", message.header);
  await close();
  process.kill(process.pid, "SIGKILL");
}

async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  await Promise.all(Object.values(outlets).map((outlet) => outlet.drained()));
  // ZeroMQ takes messages over at once and writes them in a thread of its own, which nothing tells us the end of.
  await new Promise((resolve) => setTimeout(resolve, departure));
  for (const socket of Object.values(sockets)) socket.close();
  Atomics.store(shared, flags.closed, 1);
  Atomics.notify(shared, flags.closed);
  tell({ kind: "closed" });
  // The main thread exits on "closed"; should it be stuck again, the process ends all the same.
  setTimeout(() => process.kill(process.pid, "SIGKILL"), shutdownPatience);
}

function reply(channel: SendChannel, request: Message, type: string, content: Content): void {
  const header = createHeader(type, session);
  const message = {
    identities: request.identities,
    header,
    parent: request.header,
    metadata: {},
    content,
    buffers: [],
  };
  outlets[channel].send(encode(message, connection));
}

function publishStatus(state: "busy" | "idle", parent: Header): void {
  const header = createHeader("status", session);
  const identities = [Buffer.from(`kernel.${session}.status`)];
  const content = { execution_state: state };
  outlets.iopub.send(encode({ identities, header, parent, metadata: {}, content, buffers: [] }, connection));
}

function tell(message: FromIo): void {
  port.postMessage(message);
}

function watchParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, parentWatchInterval).unref();
}

try {
  for (const channel of Object.keys(sockets) as Channel[]) await sockets[channel].bind(endpoint(connection, channel));
  watchParent();
  for (const channel of ["shell", "control", "stdin"] as const) receive(channel).catch(() => {});
  welcome().catch(() => {});
  beat().catch(() => {});
  port.on("message", listen);
  signals.on("message", listen);
  tell({ kind: "ready" });
} catch (error) {
  tell({ kind: "failed", message: (error as Error).message });
}
