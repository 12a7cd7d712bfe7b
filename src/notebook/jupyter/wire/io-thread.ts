// The kernel's I/O thread: owns the ZeroMQ sockets, drops what is not signed, forwards requests to the main thread and
// sends what it is given. It interrupts and ends a main thread that does not answer. Knows nothing of cells.
import { parentPort, workerData } from "node:worker_threads";
import * as zmq from "zeromq";
import { type Channel, endpoint } from "./connection.js";
import { MainThread } from "./main-thread.js";
import { type Content, createHeader, decode, encode, type Header, type Message, sealFrames } from "./message.js";
import { Outlet } from "./outlet.js";
import { Pace, rateEffect } from "./pace.js";
import { Questions } from "./questions.js";
import { type FromIo, flags, type IoThreadData, type SendChannel, type ToIo } from "./threads.js";

/** How long the main thread may take to end after a shutdown request before the process is killed, in milliseconds. */
const shutdownPatience = 4000;
/** How long it may take to exit once the sockets are closed, in milliseconds. */
const exitPatience = 2000;
/** How long the last messages have to leave the process, in milliseconds. */
const departure = 100;
/** How often the I/O thread looks whether the parent process still lives, in milliseconds. */
const parentWatchInterval = 1000;

const { connection, session, shared, signals, answers } = workerData as IoThreadData;
/** Jupyter's server sets it for the kernels of notebooks and consoles, and for no other client's. */
const isUnderJupyterServer = process.env["JPY_SESSION_NAME"] !== undefined;
const port = parentPort!;

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
  iopub: new Outlet(sockets.iopub, isUnderJupyterServer ? new Pace() : undefined),
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
    case "send": {
      const { channel, identities, json, buffers, effect } = message;
      const send = (): void => outlets[channel].send(sealFrames(identities, json, buffers, connection), effect);
      if (channel === "iopub") publishBehindWelcome(send);
      else send();
      return;
    }
    case "unanswerable":
      answerInItsStead(message);
      return;
    case "barrier":
      afterArrived(() => tell({ kind: "barrier", id: message.id }));
      return;
    case "interrupt-heard":
      mainThread.heard(message.run);
      return;
    case "signal":
      mainThread.interrupt();
      return;
    case "close":
      close();
      return;
  }
}

/** What waits with the first message to be published; undefined before there is one, and once it is out. */
let early: (() => void)[] | undefined;
let hasPublished = false;

/** Lets the first message wait until the subscriptions that have arrived are welcomed: a welcome comes before all else. */
function publishBehindWelcome(send: () => void): void {
  if (hasPublished) {
    send();
    return;
  }
  if (early !== undefined) {
    early.push(send);
    return;
  }
  const waiting = [send];
  early = waiting;
  afterArrived(() => {
    hasPublished = true;
    early = undefined;
    for (const each of waiting) each();
  });
}

/** Does `work` once what had arrived on all sockets is forwarded: the cell that an interrupt is for, sent just before it. */
function afterArrived(work: () => void): void {
  // Two turns of the loop: ZeroMQ delivers at most a batch of messages in each.
  setImmediate(() => setImmediate(work));
}

const mainThread = new MainThread(
  shared,
  () => {
    // The main thread, when it waits for an answer, takes this for one.
    if (!questions.interrupt()) tell({ kind: "interrupt" });
  },
  () => tell({ kind: "after-interrupt" }),
);

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
        mainThread.interrupt();
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
      mainThread.end(() => closing);
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
    const welcome = { identities: [topic], header, parent: {}, metadata: {}, content, buffers: [] };
    outlets.iopub.send(encode(welcome, connection), rateEffect(header.msg_type, content));
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

/** A cell whose end the main thread could not tell: the front end would wait for ever. */
function answerInItsStead({ channel, request, why }: Extract<ToIo, { kind: "unanswerable" }>): void {
  const ename = "KernelError";
  const evalue = `the kernel can no longer answer (${why}): a cell has changed a global that it needs. Restart the kernel.`;
  const error = { ename, evalue, traceback: [`${ename}: ${evalue}`] };
  publish("error", error, request.header);
  const type = request.header.msg_type.replace(/_request$/, "_reply");
  reply(channel, request, type, { status: "error", ...error });
  publishStatus("idle", request.header);
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
  mainThread.signalChildren("SIGKILL");
  process.kill(process.pid, "SIGKILL");
}

async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  const all = Object.values(outlets);
  // Nothing waits for its pace any more: of what is too much at once the server says itself that it left it out.
  for (const outlet of all) outlet.hurry();
  await Promise.all(all.map((outlet) => outlet.drained()));
  // ZeroMQ takes messages over at once and writes them in a thread of its own, which nothing tells us the end of.
  await new Promise((resolve) => setTimeout(resolve, departure));
  for (const socket of Object.values(sockets)) socket.close();
  Atomics.store(shared, flags.closed, 1);
  Atomics.notify(shared, flags.closed);
  tell({ kind: "closed" });
  // The main thread exits on "closed", as soon as a loop is cut short that has begun since it heard of its end. Should it be stuck
  // all the same, the process ends.
  mainThread.end(() => Atomics.load(shared, flags.exiting) !== 0);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), exitPatience);
}

function reply(
  channel: SendChannel,
  request: Pick<Message, "identities" | "header">,
  type: string,
  content: Content,
): void {
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
  publish("status", { execution_state: state }, parent);
}

function publish(type: string, content: Content, parent: Header): void {
  const header = createHeader(type, session);
  const identities = [Buffer.from(`kernel.${session}.${type}`)];
  const message = { identities, header, parent, metadata: {}, content, buffers: [] };
  outlets.iopub.send(encode(message, connection), rateEffect(type, content));
}

function tell(message: FromIo): void {
  port.postMessage(message);
}

function watchParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    mainThread.signalChildren("SIGTERM");
    process.kill(process.pid, "SIGKILL");
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
