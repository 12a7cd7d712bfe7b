// execute_request: one cell at a time in the order of arrival, its result, its error, and what an error does to the cells
// that wait behind it. Knows nothing of sockets or of TypeScript.
import type { CellEnding, CellRun, MimeBundle } from "../bridge.js";
import type { CellRunner } from "./cell-runner.js";
import { Interruption } from "./cells/session.js";
import { Interrupted } from "./errors/interrupted.js";
import { type ErrorReport, reportError } from "./errors/traceback.js";
import type { ExecutionContext } from "./execution-context.js";
import type { History } from "./history.js";
import { bestForm, plainForm } from "./output/best-form.js";
import type { DisplayUpdates } from "./output/display-updates.js";
import type { OutputStreams } from "./output/streams.js";
import { onOwnTurn } from "./process/own-turn.js";
import type { Asker } from "./prompt.js";
import type { Channels } from "./wire/channels.js";
import type { Content, Message } from "./wire/message.js";
import type { SendChannel } from "./wire/threads.js";

/** How long the request of an interrupted cell may take to be answered before it counts as lost, in milliseconds. */
const recoveryPatience = 400;

interface Waiting {
  readonly channel: SendChannel;
  readonly message: Message;
}

/** A request that is being executed. */
interface Answering {
  readonly waiting: Waiting;
  /** When the interrupt was heard, in milliseconds since 1970. */
  interruptedAt: number | undefined;
  answered: boolean;
  /** Goes on with the next request, whatever becomes of this one. */
  abandon(): void;
}

export interface ExecutionParts {
  channels(): Channels;
  readonly runner: CellRunner;
  readonly streams: OutputStreams;
  readonly updates: DisplayUpdates;
  readonly history: History;
  /** Runs `work` so that what it and its later callbacks write is attributed to `context`. */
  within<T>(context: ExecutionContext, work: () => T): T;
}

export class Execution {
  private queue: Waiting[] = [];
  private draining = false;
  private answering: Answering | undefined;
  private current: Interruption | undefined;
  private count = 0;
  private runs = 0;
  private starting = false;
  private readonly held: (() => void)[] = [];
  /** What is told of the end of the cell that runs. */
  private endings: ((ending: CellEnding) => void)[] = [];

  constructor(private readonly parts: ExecutionParts) {}

  add(channel: SendChannel, message: Message): void {
    try {
      this.queue.push({ channel, message });
    } catch (error) {
      // A cell has broken arrays.
      this.parts.channels().giveUp(channel, message, error);
      return;
    }
    if (!this.draining) void this.drain();
  }

  /** Does `work` now, or, when a cell is about to begin, once it has begun: what a cell registers is there for it. */
  afterStart(work: () => void): void {
    if (this.starting || this.held.length > 0) this.held.push(work);
    else work();
  }

  /** Calls back when the cell that runs ends, in its context. */
  whenCellEnds(callback: (ending: CellEnding) => void): void {
    if (this.current !== undefined) this.endings.push(callback);
  }

  interrupt(): void {
    if (this.answering !== undefined) this.answering.interruptedAt ??= Date.now();
    this.current?.interrupt();
  }

  /** Begins no cell any more: one that would loop now would keep the process from its end. */
  end(): void {
    this.queue = [];
    if (this.starting) this.current?.interrupt();
  }

  /**
   * A while after an interrupt. What cuts the cell's JavaScript short may have hit the kernel's own, and the promises that were to
   * answer the request are lost: it is answered here, and the next one executed.
   */
  afterInterrupt(): void {
    const { answering } = this;
    if (answering?.interruptedAt === undefined || Date.now() - answering.interruptedAt < recoveryPatience) return;
    const channels = this.parts.channels();
    channels.forgetWork();
    const { header } = answering.waiting.message;
    const report = this.tell(new Interrupted());
    this.answer(answering, () => {
      if (answering.waiting.message.content["silent"] !== true) {
        channels.publish(header, "error", { ...report });
      }
      return { status: "error", execution_count: this.count, ...report };
    });
    this.current = undefined;
    channels.endRun();
    answering.abandon();
  }

  private async drain(): Promise<void> {
    this.draining = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      this.starting = true;
      try {
        await this.executeNext(next);
      } catch (error) {
        // A cell's own errors are answers. This one kept ours from leaving.
        this.parts.channels().giveUp(next.channel, next.message, error);
      }
      this.answering = undefined;
      this.hasStarted();
    }
    this.draining = false;
  }

  private executeNext(waiting: Waiting): Promise<void> {
    return new Promise<void>((abandon, fail) => {
      const answering: Answering = { waiting, interruptedAt: undefined, answered: false, abandon };
      this.answering = answering;
      this.execute(answering).then(abandon, fail);
    });
  }

  /** Sends the reply and "idle", once. Where the reply is no JSON, the request has failed with that. */
  private answer(answering: Answering, content: () => Content): void {
    if (answering.answered) return;
    answering.answered = true;
    const channels = this.parts.channels();
    const { channel, message } = answering.waiting;
    try {
      channels.reply(channel, message, "execute_reply", content());
    } catch (error) {
      channels.reply(channel, message, "execute_reply", {
        status: "error",
        execution_count: this.count,
        ...this.tell(error),
      });
    }
    channels.publish(message.header, "status", { execution_state: "idle" });
  }

  private hasStarted(): void {
    this.starting = false;
    // One that is cut short leaves the others where they are.
    for (let work = this.held.shift(); work !== undefined; work = this.held.shift()) work();
  }

  private async execute(answering: Answering): Promise<void> {
    const { streams } = this.parts;
    const { message } = answering.waiting;
    const channels = this.parts.channels();
    const { header, content } = message;
    channels.publish(header, "status", { execution_state: "busy" });
    const silent = content["silent"] === true;
    const stored = !silent && content["store_history"] !== false;
    const code = typeof content["code"] === "string" ? content["code"] : "";
    if (stored) this.count++;
    const count = this.count;
    if (!silent) channels.publish(header, "execute_input", { code, execution_count: count });
    const label = stored ? `cell ${count}` : `cell ${count} (silent)`;
    const asker: Asker = { request: message, allowed: content["allow_stdin"] === true, running: true };
    const context: ExecutionContext = { parent: header, label, asker, silent, run: this.runOf(message, code) };
    let reply: Content;
    let result: MimeBundle | undefined;
    try {
      result = await this.run(code, context);
      channels.undisturbed(() => {
        streams.finish(context);
        if (result !== undefined && !silent) {
          channels.publish(header, "execute_result", { execution_count: count, data: result, metadata: {} });
        }
      });
      const expressions = await this.evaluateAll(content["user_expressions"], context);
      reply = { status: "ok", execution_count: count, payload: [], user_expressions: expressions };
    } catch (error) {
      // A bundle that is no JSON is the other way to fail.
      const report = error instanceof Failure ? error.report : this.tell(error);
      streams.finish(context);
      if (!silent && !answering.answered) channels.publish(header, "error", { ...report });
      reply = { status: "error", execution_count: count, ...report };
    }
    asker.running = false;
    if (stored) this.parts.history.add(count, code, (result?.["text/plain"] as string | undefined) ?? null);
    const failed = reply["status"] === "error";
    const stops = failed && !silent && content["stop_on_error"] !== false;
    const aborted = stops ? await this.takeWaiting() : [];
    channels.undisturbed(() => {
      streams.flush();
      this.parts.updates.flush();
      this.answer(answering, () => reply);
      for (const waiting of aborted) this.abort(waiting);
    });
  }

  /** JupyterLab says which cell it is; to other clients a cell is its code. */
  private runOf({ metadata }: Message, code: string): CellRun {
    const id = metadata["cellId"];
    return { cell: typeof id === "string" ? `id ${id}` : `code ${code}`, run: ++this.runs };
  }

  /** The bundle of a cell's value; undefined when there is nothing to show. Rejects with a Failure, and with nothing else. */
  private async run(code: string, context: ExecutionContext): Promise<MimeBundle | undefined> {
    const { runner, within } = this.parts;
    const channels = this.parts.channels();
    const interruption = new Interruption(() => channels.endRun());
    this.current = interruption;
    channels.beginRun();
    try {
      const shown = await within(context, async () => {
        const { value, raised } = await runner.run(code, {
          label: context.label ?? "cell",
          interruption,
          started: () => this.hasStarted(),
          undisturbed: (work) => channels.undisturbed(work),
        });
        if (value === undefined) return undefined;
        // At once: a cell that has run to its end is not said to be interrupted.
        const plain = plainForm(value);
        if (plain !== undefined) return plain;
        return await interruption.race(onItsOwnTurn(() => bestForm(value))).catch((error: unknown) => {
          throw raised(error);
        });
      });
      this.tellEnding("done", context);
      return shown;
    } catch (error) {
      this.tellEnding(error instanceof Interrupted ? "interrupted" : "failed", context);
      throw new Failure(await this.report(error, interruption));
    } finally {
      this.current = undefined;
      channels.endRun();
    }
  }

  private tellEnding(ending: CellEnding, context: ExecutionContext): void {
    const told = this.endings;
    this.endings = [];
    this.parts.within(context, () => {
      for (const callback of told) {
        try {
          callback(ending);
        } catch {
          // A bar that cannot be drawn to its end is no reason to take a cell for failed.
        }
      }
    });
  }

  private async evaluateAll(expressions: unknown, context: ExecutionContext): Promise<Content> {
    const answers: Record<string, unknown> = {};
    if (expressions === null || typeof expressions !== "object") return answers;
    for (const [key, expression] of Object.entries(expressions)) {
      if (typeof expression !== "string") {
        const evalue = "an expression is a string of code";
        answers[key] = { status: "error", ename: "TypeError", evalue, traceback: [`TypeError: ${evalue}`] };
        continue;
      }
      try {
        const data = await this.run(`(${expression}\n)`, { ...context, label: `${context.label} (expression)` });
        // What is no JSON fails for itself alone.
        this.parts.channels().undisturbed(() => JSON.stringify(data));
        answers[key] = { status: "ok", data: data ?? { "text/plain": "undefined" }, metadata: {} };
      } catch (error) {
        answers[key] = { status: "error", ...(error instanceof Failure ? error.report : this.tell(error)) };
      }
    }
    return answers;
  }

  private tell(error: unknown): ErrorReport {
    return reportError(error, (label) => this.parts.runner.sourceOf(label));
  }

  /** What an error tells of itself is the cell's code as well: it may throw, or loop until it is interrupted. */
  private async report(error: unknown, interruption: Interruption): Promise<ErrorReport> {
    try {
      return await interruption.race(onItsOwnTurn(async () => this.tell(error)));
    } catch (second) {
      if (second instanceof Interrupted) return this.tell(second);
      const evalue = "the cell failed, and what it threw cannot be shown";
      return { ename: "Error", evalue, traceback: [`Error: ${evalue}`] };
    }
  }

  /** The requests that have arrived by now, which is when a cell failed; later ones are executed. */
  private async takeWaiting(): Promise<readonly Waiting[]> {
    await this.parts.channels().barrier();
    return this.queue.splice(0);
  }

  private abort({ channel, message }: Waiting): void {
    const channels = this.parts.channels();
    channels.publish(message.header, "status", { execution_state: "busy" });
    channels.reply(channel, message, "execute_reply", { status: "aborted", execution_count: this.count });
    channels.publish(message.header, "status", { execution_state: "idle" });
  }
}

/** How a cell failed, as it is told. */
class Failure {
  constructor(readonly report: ErrorReport) {}
}

/** A value's own code may loop: what terminates it ends its turn of the event loop and nothing of ours. */
function onItsOwnTurn<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    onOwnTurn(() => work().then(resolve, reject));
  });
}
