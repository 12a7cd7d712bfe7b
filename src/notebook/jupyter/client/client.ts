// A Jupyter client without Jupyter: starts this kernel in a child process and speaks to it over ZeroMQ. Notebooks are
// executed with it, and the kernel is tested with it.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zmq from "zeromq";
import { kernelspec } from "../kernelspec.js";
import { type ConnectionInfo, endpoint } from "../wire/connection.js";
import { type Content, createHeader, decode, encode, type Header, type Message } from "../wire/message.js";
import { KernelDied, type ProcessEnd } from "./kernel-died.js";
import { newConnection } from "./new-connection.js";
import type { ExecuteReply, Execution, IopubMessage } from "./published.js";

export { KernelDied } from "./kernel-died.js";
export type { ExecuteReply, Execution, IopubMessage } from "./published.js";

export interface StartOptions {
  /** The notebook's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The kernel's command, `{connection_file}` standing for that file; warplab's own kernel unless given. */
  readonly argv?: readonly string[];
  /** `ipc` where the system has it. */
  readonly transport?: "tcp" | "ipc";
  /** How long the kernel may take to answer first, in milliseconds. */
  readonly startTimeout?: number;
}

export interface ExecuteOptions {
  /** Which cell of the notebook it is, by its id: the same when it is executed again. */
  readonly cellId?: string;
  readonly silent?: boolean;
  readonly storeHistory?: boolean;
  readonly stopOnError?: boolean;
  readonly userExpressions?: Readonly<Record<string, string>>;
  /** Called as each message for this request arrives. */
  readonly onMessage?: (message: IopubMessage) => void;
  /** Answers what the cell asks; without it the kernel is told that nobody can. */
  readonly onInput?: (question: InputQuestion) => string | Promise<string>;
}

/** What a cell asks its user. */
export interface InputQuestion {
  readonly prompt: string;
  readonly password: boolean;
}

export type RequestChannel = "shell" | "control" | "stdin";

interface Pending {
  readonly messages: IopubMessage[];
  readonly onMessage: ((message: IopubMessage) => void) | undefined;
  readonly onInput: ExecuteOptions["onInput"];
  readonly resolve: (answer: { reply: Message; messages: readonly IopubMessage[] }) => void;
  readonly reject: (error: Error) => void;
  reply: Message | undefined;
  isIdle: boolean;
}

export class KernelClient {
  /** Called with every message that the kernel publishes, whatever it belongs to. */
  onIopub: ((message: IopubMessage) => void) | undefined;
  readonly session: string = randomUUID();
  private readonly pending = new Map<string, Pending>();
  private readonly shell: zmq.Dealer;
  private readonly control: zmq.Dealer;
  private readonly stdin: zmq.Dealer;
  private readonly iopub: zmq.Subscriber;
  private readonly tails = new Map<zmq.Dealer, Promise<void>>();
  private readonly exit: Promise<void>;
  private stderr = "";
  /** The newest cell, which owns what the kernel's process writes past the kernel. */
  private executing: { readonly header: Header; readonly pending: Pending } | undefined;
  private lastHeard = 0;
  private death: KernelDied | undefined;
  private hasHeardIopub = false;
  private shuttingDown = false;

  private constructor(
    readonly connection: ConnectionInfo,
    readonly process: ChildProcess,
    private readonly folder: string,
  ) {
    const unlimited = { sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 0 };
    this.shell = new zmq.Dealer({ ...unlimited, routingId: this.session });
    this.control = new zmq.Dealer({ ...unlimited, routingId: this.session });
    this.stdin = new zmq.Dealer({ ...unlimited, routingId: this.session });
    this.iopub = new zmq.Subscriber({ receiveHighWaterMark: 0, linger: 0 });
    this.exit = new Promise((resolve) => {
      for (const name of ["stdout", "stderr"] as const) {
        process[name]?.setEncoding("utf8");
        process[name]?.on("data", (text: string) => {
          if (name === "stderr") this.stderr = (this.stderr + text).slice(-stderrKept);
          this.hearOutput(name, text);
        });
      }
      process.once("error", (error) => this.end(`could not be started: ${error.message}`, {}, resolve));
      const ended = (exitCode: number | null, signal: NodeJS.Signals | null): void =>
        this.end(
          signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`,
          { exitCode, signal },
          resolve,
        );
      // "close" rather than "exit": its last words on stderr are part of the message. A child of the kernel that outlives it
      // keeps them open.
      process.once("close", ended);
      process.once("exit", (exitCode, signal) => setTimeout(() => ended(exitCode, signal), lastWordsPatience));
    });
  }

  /** Starts a kernel for the notebooks of `cwd` and waits until it answers. Rejects with KernelDied when it does not. */
  static async start(options: StartOptions = {}): Promise<KernelClient> {
    const transport = options.transport ?? (process.platform === "win32" ? "tcp" : "ipc");
    const folder = mkdtempSync(join(tmpdir(), "warplab-"));
    const connection = await newConnection(transport, folder);
    const file = join(folder, "kernel.json");
    writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
    const argv = options.argv ?? kernelspec().argv;
    const [command, ...args] = argv.map((word) => word.replace("{connection_file}", file));
    const child = spawn(command, args, {
      cwd: options.cwd ?? process.cwd(),
      env: { ...process.env, ...options.env },
      // What the kernel's children write to the standard output that they inherit is a cell's, not ours.
      stdio: ["ignore", "pipe", "pipe"],
    });
    const client = new KernelClient(connection, child, folder);
    try {
      await client.connect(options.startTimeout ?? 30_000);
    } catch (error) {
      await client.kill();
      throw error;
    }
    return client;
  }

  private async connect(timeout: number): Promise<void> {
    for (const channel of ["shell", "control", "stdin", "iopub"] as const)
      this[channel].connect(endpoint(this.connection, channel));
    this.iopub.subscribe();
    for (const channel of ["shell", "control", "stdin", "iopub"] as const) this.receive(channel).catch(() => {});
    // A subscriber misses what was published before it was known: ask until both channels answer.
    const deadline = Date.now() + timeout;
    while (!this.hasHeardIopub) {
      if (Date.now() > deadline) {
        throw new KernelDied(`The kernel did not answer within ${timeout / 1000} s.${this.lastWords()}`);
      }
      const asked = this.request("shell", "kernel_info_request", {});
      asked.catch(() => {});
      await Promise.race([asked, pause(100)]);
    }
  }

  /** Executes a cell and resolves when it is done; an error in the cell is a reply, not a rejection. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Execution> {
    const content = {
      code,
      silent: options.silent ?? false,
      store_history: options.storeHistory ?? true,
      user_expressions: options.userExpressions ?? {},
      allow_stdin: options.onInput !== undefined,
      stop_on_error: options.stopOnError ?? true,
    };
    const { reply, messages } = await this.request("shell", "execute_request", content, options);
    // What a child of the cell wrote is in the pipe: two turns of the loop read it.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    return { reply: reply.content as unknown as ExecuteReply, messages };
  }

  /** Sends a request and resolves with its reply once the kernel is idle again. Rejects when the kernel dies. */
  request(
    channel: RequestChannel,
    type: string,
    content: Content,
    { onMessage, onInput, cellId }: Pick<ExecuteOptions, "onMessage" | "onInput" | "cellId"> = {},
  ): Promise<{ reply: Message; messages: readonly IopubMessage[] }> {
    if (this.death !== undefined) return Promise.reject(this.death);
    return new Promise((resolve, reject) => {
      const header = createHeader(type, this.session, "client");
      const pending = { messages: [], onMessage, onInput, resolve, reject, reply: undefined, isIdle: false };
      this.sendMessage(channel, header, content, { metadata: cellId === undefined ? {} : { cellId } });
      this.pending.set(header.msg_id, pending);
      if (type === "execute_request") this.executing = { header, pending };
    });
  }

  /** Opens a comm; returns its id. */
  openComm(target: string, data: unknown, options: { id?: string; buffers?: readonly Uint8Array[] } = {}): string {
    const { id = randomUUID(), buffers = [] } = options;
    this.send("shell", "comm_open", { comm_id: id, target_name: target, data }, buffers);
    return id;
  }

  sendComm(id: string, data: unknown, buffers: readonly Uint8Array[] = []): void {
    this.send("shell", "comm_msg", { comm_id: id, data }, buffers);
  }

  closeComm(id: string, data: unknown = {}): void {
    this.send("shell", "comm_close", { comm_id: id, data });
  }

  /** Interrupts the cell that runs; resolves when the kernel has heard it. */
  async interrupt(): Promise<void> {
    // The cell that it is meant for goes first: it travels on another socket.
    await this.tails.get(this.shell);
    await this.request("control", "interrupt_request", {});
  }

  /**
   * Waits until the kernel has published nothing for `quiet` milliseconds, at most `longest`: what a cell left running in the
   * background writes shortly after its end. What comes later, after a longer timer, is not waited for.
   */
  async settle(quiet = 100, longest: number = 10 * quiet): Promise<void> {
    const start = Date.now();
    for (;;) {
      const now = Date.now();
      const until = Math.min(Math.max(start, this.lastHeard) + quiet, start + longest);
      if (now >= until || this.death !== undefined) return;
      await new Promise((resolve) => setTimeout(resolve, until - now));
    }
  }

  /**
   * Ends the kernel, by force if it does not go within `patience` milliseconds. What the kernel has taken of output by then is
   * still heard; what its cells would write later is not (see `settle`). Of no consequence when the kernel has died already.
   */
  async shutdown(patience = 5000): Promise<void> {
    if (this.death === undefined) {
      this.shuttingDown = true;
      this.send("control", "shutdown_request", { restart: false });
      await Promise.race([this.exit, pause(patience)]);
    }
    await this.kill();
  }

  /** Ends the kernel's process at once. */
  async kill(): Promise<void> {
    this.shuttingDown = true;
    this.process.kill("SIGKILL");
    await this.exit;
  }

  /** Resolves when the kernel's process has ended. */
  get ended(): Promise<void> {
    return this.exit;
  }

  /** Sends a message on a channel as it is; returns its id. */
  send(channel: RequestChannel, type: string, content: Content, buffers: readonly Uint8Array[] = []): string {
    const header = createHeader(type, this.session, "client");
    this.sendMessage(channel, header, content, { buffers });
    return header.msg_id;
  }

  private sendMessage(
    channel: RequestChannel,
    header: Header,
    content: Content,
    {
      buffers = [],
      parent = {},
      metadata = {},
    }: { buffers?: readonly Uint8Array[]; parent?: Message["parent"]; metadata?: Content } = {},
  ): void {
    const message = { identities: [], header, parent, metadata, content, buffers };
    this.sendFrames(channel, encode(message, this.connection));
  }

  /** Sends frames as they are, well-formed or not. */
  sendFrames(channel: RequestChannel, frames: (Uint8Array | string)[]): void {
    const socket = this[channel];
    const sent = (this.tails.get(socket) ?? Promise.resolve()).then(() => socket.send(frames)).catch(() => {});
    this.tails.set(socket, sent);
  }

  private async receive(channel: RequestChannel | "iopub"): Promise<void> {
    for await (const frames of this[channel]) {
      const message = decode(frames as Uint8Array[], this.connection);
      if (channel === "iopub") this.hear(message);
      else if (message.header.msg_type === "input_request") void this.answerInput(message);
      else this.answer(message);
    }
  }

  private hear({ header, parent, content, metadata, buffers }: Message): void {
    this.hasHeardIopub = true;
    if (header.msg_type !== "status") this.lastHeard = Date.now();
    const message = { type: header.msg_type, content, metadata, buffers, parent, header } as unknown as IopubMessage;
    const pending = this.pending.get((parent as Header).msg_id);
    if (pending !== undefined) {
      pending.messages.push(message);
      if (message.type === "status" && message.content.execution_state === "idle") pending.isIdle = true;
      pending.onMessage?.(message);
      this.finish((parent as Header).msg_id, pending);
    }
    this.onIopub?.(message);
  }

  /** What the kernel's process writes to its own streams, its children for the most part, is output of the newest cell. */
  private hearOutput(name: "stdout" | "stderr", text: string): void {
    if (this.executing === undefined) return;
    const { header: parent, pending } = this.executing;
    this.lastHeard = Date.now();
    const header = createHeader("stream", this.session);
    const message: IopubMessage = {
      type: "stream",
      content: { name, text },
      metadata: {},
      buffers: [],
      parent,
      header,
    };
    pending.messages.push(message);
    pending.onMessage?.(message);
    this.onIopub?.(message);
  }

  private answer(message: Message): void {
    const id = (message.parent as Header).msg_id;
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    pending.reply = message;
    this.finish(id, pending);
  }

  private async answerInput({ header, parent, content }: Message): Promise<void> {
    const onInput = this.pending.get((parent as Header).msg_id)?.onInput;
    const value = await onInput?.({ prompt: String(content["prompt"]), password: content["password"] === true });
    if (value === undefined || this.death !== undefined) return;
    this.sendMessage("stdin", createHeader("input_reply", this.session, "client"), { value }, { parent: header });
  }

  private finish(id: string, { reply, isIdle, messages, resolve }: Pending): void {
    if (reply === undefined || !isIdle) return;
    this.pending.delete(id);
    resolve({ reply, messages });
  }

  private end(how: string, facts: Partial<ProcessEnd>, done: () => void): void {
    if (this.death !== undefined) return;
    const expected = this.shuttingDown ? " after it was told to shut down" : "";
    this.death = new KernelDied(`The kernel ${how}${expected}.${this.lastWords()}`, facts);
    for (const socket of [this.shell, this.control, this.stdin, this.iopub]) socket.close();
    for (const { reject } of this.pending.values()) reject(this.death);
    this.pending.clear();
    rmSync(this.folder, { recursive: true, force: true });
    done();
  }

  private lastWords(): string {
    const words = this.stderr.trim();
    return words === "" ? "" : `\nIts last words on standard error:\n${words}`;
  }
}

/** How much of the kernel's standard error is kept for a message, in characters. */
const stderrKept = 4000;
/** How long the end of the kernel's output may take after the end of its process, in milliseconds. */
const lastWordsPatience = 300;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
