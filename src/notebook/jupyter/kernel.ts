// The kernel: routes what the front end asks to the part that answers, and is the bridge that a library in a cell finds.
import { AsyncLocalStorage } from "node:async_hooks";
import ts from "@tslab/typescript-for-tslab";
import {
  type DisplayOptions,
  installKernelBridge,
  type KernelBridge,
  type MimeBundle,
  type OutputSink,
} from "../bridge.js";
import { installation } from "../installation.js";
import { CellRunner } from "./cell-runner.js";
import { Comms } from "./comms.js";
import { completeness } from "./editor/completeness.js";
import { errorText, reportError } from "./errors/traceback.js";
import { Execution } from "./execution.js";
import type { ExecutionContext } from "./execution-context.js";
import { History } from "./history.js";
import { DisplayUpdates } from "./output/display-updates.js";
import { outputLimit } from "./output/limit.js";
import { OutputStreams } from "./output/streams.js";
import { createPrompt, type Prompt } from "./prompt.js";
import { Channels } from "./wire/channels.js";
import type { ConnectionInfo } from "./wire/connection.js";
import { type Content, type Message, protocolVersion } from "./wire/message.js";
import type { SendChannel } from "./wire/threads.js";

/** How long the kernel waits for its last messages to leave before it exits, in milliseconds. */
const goodbyePatience = 1000;
/** Time for a first kernel_info_request to be answered before TypeScript reads its libraries, in milliseconds. */
const warmUpDelay = 50;

export class Kernel {
  private channels!: Channels;
  private readonly contexts = new AsyncLocalStorage<ExecutionContext>();
  /** What an output belongs to whose origin cannot be told: the last cell. */
  private lastContext: ExecutionContext = { parent: {}, label: undefined };
  /** Where what was shown with a display id was captured. */
  private readonly capturedDisplays = new Map<string, OutputSink>();
  private readonly streams: OutputStreams;
  private readonly updates = new DisplayUpdates();
  private readonly comms: Comms;
  private readonly history = new History();
  private readonly runner: CellRunner;
  private readonly execution: Execution;
  /** What is being answered; still there afterwards when an interrupt cut its answer short. */
  private inHand: Message | undefined;
  private readonly interruptListeners = new Set<() => void>();
  private ending = false;

  private constructor(folder: string) {
    this.streams = new OutputStreams({
      publish: ({ parent, sink, silent }, name, text) => {
        if (sink === undefined && silent) return;
        if (sink === undefined) this.channels.publish(parent, "stream", { name, text });
        else sink.add({ output_type: "stream", name, text });
      },
      display: (context, bundle, place) => this.contexts.run(context, () => this.display(bundle, place)),
      context: () => this.context(),
      limit: outputLimit(process.env["WARPLAB_OUTPUT_LIMIT"]),
    });
    this.comms = new Comms((type, content, options) => this.publishInOrder(type, content, options));
    this.runner = new CellRunner(folder, (line) => this.streams.write("stderr", line));
    this.execution = new Execution({
      channels: () => this.channels,
      runner: this.runner,
      streams: this.streams,
      updates: this.updates,
      history: this.history,
      within: (context, work) => {
        this.lastContext = context;
        return this.contexts.run(context, work);
      },
    });
  }

  /** Serves the notebook in `folder` until it is told to shut down. Rejects when an address cannot be bound. */
  static async start(connection: ConnectionInfo, folder: string): Promise<Kernel> {
    const kernel = new Kernel(folder);
    kernel.channels = await Channels.open(connection, {
      request: (channel, message) => kernel.handle(channel, message),
      afterInterrupt: () => kernel.execution.afterInterrupt(),
      interrupt: () => {
        kernel.finishInterrupted();
        kernel.execution.interrupt();
        for (const callback of [...kernel.interruptListeners]) callback();
      },
    });
    kernel.install();
    // Requests that arrive meanwhile are answered after it.
    setTimeout(() => kernel.channels.undisturbed(() => kernel.runner.warmUp()), warmUpDelay);
    return kernel;
  }

  private install(): void {
    this.channels.publish({}, "status", { execution_state: "starting" });
    this.streams.install();
    installKernelBridge(this.bridge());
    (globalThis as { prompt?: Prompt }).prompt = createPrompt({
      asker: () => this.contexts.getStore()?.asker,
      flush: () => {
        this.streams.flush();
        this.updates.flush();
      },
      ask: (request, content) => this.channels.ask(request, content),
    });
    const told = (what: string) => (error: unknown) => this.streams.write("stderr", this.textOf(what, error));
    process.on("uncaughtException", told("Uncaught error"));
    process.on("unhandledRejection", told("Unhandled rejection"));
    // A cell may call process.exit: ZeroMQ aborts a process whose sockets are open then.
    process.on("exit", (code) => {
      if (!this.ending) {
        const by = this.contexts.getStore()?.label ?? "code of this notebook";
        this.streams.write(
          "stderr",
          `${by} called process.exit(${code}), which ended the kernel: what cells declared is gone.\n`,
        );
      }
      this.streams.flush();
      this.updates.flush();
      this.channels.closeNow();
    });
    process.on("SIGTERM", () => void this.end());
  }

  private bridge(): KernelBridge {
    return {
      version: 1,
      openComm: (target, data, opening) => this.comms.openComm(target, data, opening),
      registerTarget: (target, handler) => this.comms.registerTarget(target, handler),
      display: (bundle, options) => this.display(bundle, options ?? {}),
      clearOutput: ({ wait }) => {
        const context = this.context();
        const { sink, silent } = context;
        this.streams.flush();
        this.updates.flush();
        this.streams.forget(context);
        if (sink !== undefined) sink.clear({ wait });
        else if (!silent) this.publishInOrder("clear_output", { wait }, {});
      },
      capture: (sink, work) => {
        const context = { ...this.context(), sink };
        return this.contexts.run(context, () => {
          try {
            return work();
          } finally {
            this.streams.finish(context);
          }
        });
      },
      onInterrupt: (callback) => {
        this.interruptListeners.add(callback);
        return () => this.interruptListeners.delete(callback);
      },
      whenCellEnds: (callback) => this.execution.whenCellEnds(callback),
      cellRun: () => this.context().run,
      describeError: (error) => ({
        output_type: "error",
        ...reportError(error, (label) => this.runner.sourceOf(label)),
      }),
      findText: (text) => this.runner.findText(text, this.contexts.getStore()?.label),
      typedFunction: (name, transpiled) => this.runner.typedFunction(name, transpiled, this.contexts.getStore()?.label),
    };
  }

  private context(): ExecutionContext {
    return this.contexts.getStore() ?? this.lastContext;
  }

  private display(bundle: MimeBundle, { metadata = {}, displayId, update: wantsUpdate = false }: DisplayOptions): void {
    const { sink, parent, silent } = this.context();
    let update = wantsUpdate;
    const captured = displayId === undefined ? undefined : this.capturedDisplays.get(displayId);
    if (update && displayId !== undefined && captured !== undefined) {
      this.streams.flush();
      if (captured.update(displayId, bundle, metadata)) return;
      // What held it was cleared: it is shown anew, as no page has anything under this name.
      this.capturedDisplays.delete(displayId);
      update = false;
    }
    if (sink !== undefined && !update) {
      this.streams.flush();
      sink.add({ output_type: "display_data", data: bundle, metadata }, displayId);
      if (displayId !== undefined) this.capturedDisplays.set(displayId, sink);
      return;
    }
    if (silent) return;
    const transient = displayId === undefined ? {} : { display_id: displayId };
    const content = { data: bundle, metadata, transient };
    if (update && displayId !== undefined) {
      this.updates.offer(displayId, () => this.channels.publish(parent, "update_display_data", content));
      return;
    }
    this.updates.flush();
    this.publishInOrder("display_data", content, {});
  }

  /** Publishes after what was printed before. */
  private publishInOrder(type: string, content: Content, options: Parameters<Channels["publish"]>[3]): void {
    this.streams.flush();
    this.channels.publish(this.context().parent, type, content, options);
  }

  private handle(channel: SendChannel, message: Message): void {
    this.finishInterrupted();
    const type = message.header.msg_type;
    if (type === "execute_request") {
      this.execution.add(channel, message);
      return;
    }
    if (type === "comm_open" || type === "comm_msg" || type === "comm_close") {
      this.execution.afterStart(() => this.handleComm(message));
      return;
    }
    if (type === "shutdown_request") {
      // The I/O thread cuts short what keeps the kernel from its end, which is not its end itself.
      this.channels.undisturbed(() => {
        this.handleRequest(channel, message);
        void this.end();
      });
      return;
    }
    this.handleRequest(channel, message);
  }

  private handleRequest(channel: SendChannel, message: Message): void {
    const type = message.header.msg_type;
    this.whileBusy(message, () => {
      let answer: Content | undefined;
      try {
        answer = this.answer(type, message.content);
      } catch (error) {
        answer = { status: "error", ename: "KernelError", evalue: String((error as Error)?.message), traceback: [] };
      }
      if (answer !== undefined) this.channels.reply(channel, message, type.replace(/_request$/, "_reply"), answer);
    });
  }

  /** The text of an error outside any cell's run. What was thrown may throw again when it is looked at. */
  private textOf(what: string, error: unknown): string {
    try {
      return errorText(what, error, (label) => this.runner.sourceOf(label));
    } catch {
      return `${what}, which cannot be shown.\n`;
    }
  }

  /** An interrupt that cut a comm's handler short left its end undone. */
  private finishInterrupted(): void {
    const interrupted = this.inHand;
    this.inHand = undefined;
    if (interrupted === undefined) return;
    const parent = interrupted.header;
    this.streams.write("stderr", "Interrupted: the handler of a comm was cut short.\n", { parent, label: undefined });
    this.streams.flush();
    this.channels.publish(parent, "status", { execution_state: "idle" });
  }

  private whileBusy(message: Message, work: () => void): void {
    this.channels.publish(message.header, "status", { execution_state: "busy" });
    this.inHand = message;
    work();
    this.inHand = undefined;
    this.channels.publish(message.header, "status", { execution_state: "idle" });
  }

  /** The content of the reply; undefined for a request that this kernel does not know. */
  private answer(type: string, content: Content): Content | undefined {
    const code = String(content["code"] ?? "");
    const cursor = typeof content["cursor_pos"] === "number" ? content["cursor_pos"] : [...code].length;
    switch (type) {
      case "kernel_info_request":
        return kernelInfo();
      case "is_complete_request":
        return { ...completeness(code) };
      case "complete_request":
        return { ...this.channels.undisturbed(() => this.runner.complete(code, cursor)) };
      case "inspect_request":
        return {
          ...this.channels.undisturbed(() => this.runner.inspect(code, cursor, content["detail_level"] === 1 ? 1 : 0)),
        };
      case "history_request":
        return this.history.answer(content);
      case "comm_info_request": {
        const target = content["target_name"];
        return { status: "ok", comms: this.comms.info(typeof target === "string" ? target : undefined) };
      }
      case "shutdown_request":
        return { status: "ok", restart: content["restart"] === true };
      default:
        return undefined;
    }
  }

  private handleComm(message: Message): void {
    this.whileBusy(message, () => {
      this.contexts.run({ parent: message.header, label: undefined }, () => {
        try {
          this.comms.handle(message);
        } catch (error) {
          this.streams.write("stderr", this.textOf("Error in a comm's handler", error));
        }
      });
      this.streams.flush();
      this.updates.flush();
    });
  }

  private async end(): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    this.execution.end();
    this.streams.flush();
    this.updates.flush();
    // Whatever else still lives (timers, sockets, servers of cells) does not keep the process.
    await Promise.race([this.channels.close(), new Promise((resolve) => setTimeout(resolve, goodbyePatience))]);
    process.exit(0);
  }
}

function kernelInfo(): Content {
  return {
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "warplab",
    implementation_version: installation().version,
    language_info: {
      name: "typescript",
      version: ts.version,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      // `mode` is JupyterLab's, the other two are the classic notebook's.
      codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
    },
    banner: `warplab: TypeScript ${ts.version} on Node.js ${process.version}`,
    help_links: [{ text: "TypeScript", url: "https://www.typescriptlang.org/docs/" }],
    debugger: false,
    supported_features: [],
  };
}
