// The kernel's channels as the main thread sees them: requests come in, messages go out, in order. The sockets are the
// I/O thread's. Knows nothing of what the messages ask for.
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { inspect, types } from "node:util";
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Transferable, Worker } from "node:worker_threads";
import type { ConnectionInfo } from "./connection.js";
import { type Content, createHeader, jsonFrames, type Message } from "./message.js";
import { rateEffect } from "./pace.js";
import {
  beforeTermination,
  type FromIo,
  flags,
  type InputAnswer,
  type InputDelivery,
  type IoThreadData,
  type Parent,
  type SendChannel,
  type ToIo,
} from "./threads.js";

export interface ChannelHandlers {
  request(channel: SendChannel, message: Message): void;
  interrupt(): void;
  /** A while after an interrupt: is there a request that it has left without an answer? */
  afterInterrupt(): void;
}

export class Channels {
  readonly session: string = randomUUID();
  private readonly shared = new Int32Array(new SharedArrayBuffer(4 * Object.keys(flags).length));
  private readonly barriers = new Map<number, () => void>();
  private nextBarrier = 1;
  private runs = 0;
  private isClosing = false;
  private io!: Worker;
  private answers!: MessagePort;
  private readonly closed: Promise<void>;
  private hasClosed!: () => void;

  private constructor(
    readonly connection: ConnectionInfo,
    private readonly handlers: ChannelHandlers,
  ) {
    this.closed = new Promise((resolve) => {
      this.hasClosed = resolve;
    });
  }

  /** Binds the sockets. Rejects when an address is taken. */
  static async open(connection: ConnectionInfo, handlers: ChannelHandlers): Promise<Channels> {
    const channels = new Channels(connection, handlers);
    await channels.start();
    return channels;
  }

  private start(): Promise<void> {
    const { connection, session, shared } = this;
    const signals = new MessageChannel();
    const answers = new MessageChannel();
    this.answers = answers.port1;
    const workerData: IoThreadData = {
      connection,
      session,
      shared,
      signals: signals.port1,
      answers: answers.port2,
    };
    const transferList = [signals.port1, answers.port2];
    this.io = new Worker(new URL("./io-thread.js", import.meta.url), { workerData, transferList });
    const signal = new Worker(new URL("./signal-thread.js", import.meta.url), {
      workerData: { io: signals.port2 },
      transferList: [signals.port2],
    });
    signal.unref();
    allowTermination();
    return new Promise((resolve, reject) => {
      this.io.on("error", reject);
      this.io.on("message", (message: FromIo) => {
        if (message.kind === "ready") resolve();
        else if (message.kind === "failed") reject(new Error(message.message));
        else this.hear(message);
      });
    });
  }

  private hear(message: FromIo): void {
    switch (message.kind) {
      case "request":
        this.handlers.request(message.channel, message.message);
        return;
      case "interrupt":
        this.tell({ kind: "interrupt-heard", run: Atomics.load(this.shared, flags.run) });
        this.handlers.interrupt();
        return;
      case "after-interrupt":
        this.handlers.afterInterrupt();
        return;
      case "barrier":
        this.barriers.get(message.id)?.();
        this.barriers.delete(message.id);
        return;
      case "closed":
        Atomics.store(this.shared, flags.exiting, 1);
        this.hasClosed();
        return;
    }
  }

  reply(channel: SendChannel, request: Message, type: string, content: Content, metadata: Content = {}): void {
    const header = createHeader(type, this.session);
    this.send(channel, {
      identities: request.identities,
      header,
      parent: request.header,
      metadata,
      content,
      buffers: [],
    });
  }

  /**
   * Asks the front end that sent `request` for a line, and waits for it: nothing else happens on this thread meanwhile. An
   * interrupt ends the wait and has been handled when this returns.
   */
  ask(request: Pick<Message, "identities" | "header">, content: Content): InputAnswer {
    const header = createHeader("input_request", this.session);
    const json = jsonFrames({ header, parent: request.header, metadata: {}, content });
    Atomics.store(this.shared, flags.answered, 0);
    this.tell({ kind: "ask", id: header.msg_id, identities: request.identities, json });
    Atomics.wait(this.shared, flags.answered, 0);
    for (let next = receiveMessageOnPort(this.answers); next !== undefined; next = receiveMessageOnPort(this.answers)) {
      const { id, answer } = next.message as InputDelivery;
      if (id !== header.msg_id) continue;
      if (answer.kind === "interrupted") this.hear({ kind: "interrupt" });
      return answer;
    }
    throw new Error("the kernel's I/O thread woke a prompt without an answer");
  }

  /**
   * Has the I/O thread answer `request` with an error, since this thread cannot: a cell has taken away or broken what all JavaScript
   * here lives by.
   */
  giveUp(channel: SendChannel, { identities, header }: Message, error: unknown): void {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.tell({ kind: "unanswerable", channel, request: { identities, header }, why });
  }

  /** Publishes on iopub. Throws a TypeError when the content is not JSON. */
  publish(
    parent: Parent,
    type: string,
    content: Content,
    { metadata = {}, buffers = [] }: { metadata?: Content; buffers?: readonly Uint8Array[] } = {},
  ): void {
    const identities = [Buffer.from(`kernel.${this.session}.${type}`)];
    const header = createHeader(type, this.session);
    this.send("iopub", { identities, header, parent, metadata, content, buffers });
  }

  private send(channel: SendChannel, message: Message): void {
    // A cell that the end of the kernel caught has nothing more to say.
    if (this.isClosing) return;
    // The bytes as they are now: the sender may go on writing into its array.
    const buffers = message.buffers.map(copyBytes);
    const transfer = buffers.map((bytes) => bytes.buffer);
    const { identities, header, content } = message;
    const effect = channel === "iopub" ? rateEffect(header.msg_type, content) : "free";
    this.tell({ kind: "send", channel, identities, json: jsonFrames(message), buffers, effect }, transfer);
  }

  /** Resolves when all that had reached the sockets before has been handed to `request`. */
  barrier(): Promise<void> {
    const id = this.nextBarrier++;
    this.tell({ kind: "barrier", id });
    return new Promise((resolve) => this.barriers.set(id, resolve));
  }

  /** A cell begins to run: until `endRun` an interrupt that is heard and does not end it cuts it short. */
  beginRun(): void {
    this.runs++;
    Atomics.store(this.shared, flags.runStart, Date.now() | 0);
    Atomics.store(this.shared, flags.run, this.runs);
  }

  endRun(): void {
    Atomics.store(this.shared, flags.run, 0);
  }

  /** Does the kernel's own work: no interrupt cuts it short. */
  undisturbed<T>(work: () => T): T {
    Atomics.add(this.shared, flags.undisturbed, 1);
    try {
      return work();
    } finally {
      Atomics.sub(this.shared, flags.undisturbed, 1);
    }
  }

  /** None of the kernel's own work is going on: what was has been cut short, and could not say so. */
  forgetWork(): void {
    Atomics.store(this.shared, flags.undisturbed, 0);
  }

  /** Sends what is queued and closes the sockets; the process ends soon after, come what may. */
  close(): Promise<void> {
    this.isClosing = true;
    this.tell({ kind: "close" });
    return this.closed;
  }

  /** As `close` for a process that exits now: does not return before the sockets are closed, or for half a second. */
  closeNow(): void {
    this.tell({ kind: "close" });
    Atomics.wait(this.shared, flags.closed, 0, 500);
  }

  private tell(message: ToIo, transfer: Transferable[] = []): void {
    this.io.postMessage(message, transfer);
  }
}

/** The bytes of a buffer of any kind. Throws a TypeError for what has none. */
function copyBytes(buffer: unknown): Uint8Array<ArrayBuffer> {
  // A shared array is copied into one of its own: `slice` never shares.
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice();
  if (types.isAnyArrayBuffer(buffer)) return new Uint8Array(buffer).slice();
  throw new TypeError(`A message's buffers are ArrayBuffers or views of them; got ${inspect(buffer, { depth: 0 })}.`);
}

/** What Node's binding to its asynchronous hooks offers: the counts that it checks its own stack by, at `constants`. */
interface AsyncWrap {
  clearAsyncIdStack(): void;
  readonly async_hook_fields: Uint32Array;
  readonly constants: Readonly<Record<"kTotals" | "kCheck", number>>;
}

/**
 * Lets the I/O thread prepare what runs here for being terminated. Node aborts the process when JavaScript ends without
 * unwinding the stack of asynchronous contexts: the stack is emptied, and, since microtasks may fill it again between then and the
 * termination, Node's checks of it are switched off.
 */
function allowTermination(): void {
  const internals = process as unknown as { binding(name: string): AsyncWrap; noDeprecation: boolean };
  const quiet = internals.noDeprecation;
  internals.noDeprecation = true;
  let asyncWrap: AsyncWrap;
  try {
    asyncWrap = internals.binding("async_wrap");
  } catch {
    // Node 24 and later keep asynchronous contexts in V8: there is no stack to prepare.
    return;
  } finally {
    internals.noDeprecation = quiet;
  }
  (globalThis as Record<symbol, unknown>)[Symbol.for(beforeTermination)] = () => {
    asyncWrap.clearAsyncIdStack();
    const { kTotals, kCheck } = asyncWrap.constants;
    asyncWrap.async_hook_fields[kTotals] = 0;
    asyncWrap.async_hook_fields[kCheck] = 0;
  };
}
