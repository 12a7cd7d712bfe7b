// How far a long call has got: what it reports, and how often that is told. Knows nothing of who shows it; where nobody listens
// nothing is paid.
import { inspectAsText } from "./inspect.js";

/**
 * `running` until one of the others, which are final. `done`: all of it; `stopped`: its owner left early, as `break` does;
 * `interrupted`: its user cut it short; `failed`: an error ended it.
 */
export type ProgressStatus = "running" | ProgressEnding;
export type ProgressEnding = "done" | "stopped" | "interrupted" | "failed";

/** What takes long. */
export interface ProgressTask {
  /** What it is: `launch of saxpy`. */
  readonly label: string;
  /** How much there is to do, in units; undefined where nobody knows. */
  readonly total?: number | undefined;
  /** What is counted, in the plural: `blocks`. */
  readonly unit?: string | undefined;
}

/** A task at one moment. */
export interface ProgressState {
  readonly label: string;
  /** Units done; it never falls. */
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: string | undefined;
  readonly status: ProgressStatus;
  /** Since it began. */
  readonly seconds: number;
  /** Something else to know, beside the count: `12,000 steps`. */
  readonly detail: string | undefined;
}

/** Is told of one task: while it runs when the throttle allows, and once of its end. */
export interface ProgressListener {
  update(state: ProgressState): void;
  /** What bounds the updates while it runs; listeners that share one are bounded together. */
  readonly throttle?: Throttle;
}

/**
 * Is told that a task begins, and answers who listens to it; undefined: nobody. `current` gives the task as it is, also between
 * updates.
 */
export type ProgressReporter = (task: ProgressTask, current: () => ProgressState) => ProgressListener | undefined;

/** Tells nobody: `gpu.launch(kernel, { grid, block, progress: silent }, args)`. */
export const silent: ProgressReporter = () => undefined;

let shared: ProgressReporter = silent;

/** Sets who is told of calls that were given no reporter: a notebook, a terminal. */
export function setProgressReporter(reporter: ProgressReporter): void {
  shared = reporter;
}

/** Milliseconds between updates: nine in a second and the end make ten at most. */
export const updateInterval = 112;

/** Milliseconds on a clock that never goes back. */
export type Clock = () => number;

const monotonic: Clock = () => performance.now();

/** Says when the next update is due. */
export class Throttle {
  private last: number;

  constructor(private readonly clock: Clock = monotonic) {
    this.last = clock();
  }

  /** True once the interval has passed since it was last true, or since the beginning. */
  due(): boolean {
    const now = this.clock();
    if (now - this.last < updateInterval) return false;
    this.last = now;
    return true;
  }
}

export interface ProgressOptions {
  /** Who is told; the notebook or the terminal unless given. */
  readonly reporter?: ProgressReporter | undefined;
  readonly clock?: Clock;
}

/** A task that runs, as whoever does the work holds it. */
export class Progress {
  static {
    inspectAsText(Progress);
  }

  private readonly listener: ProgressListener | undefined;
  private readonly throttle: Throttle | undefined;
  private readonly clock: Clock;
  private readonly began: number;
  private count = 0;
  private now: ProgressStatus = "running";

  /** Something else to know, asked for only when it is told. */
  detail: (() => string) | undefined;

  constructor(
    readonly task: ProgressTask,
    { reporter = shared, clock = monotonic }: ProgressOptions = {},
  ) {
    this.clock = clock;
    this.listener = reporter(task, () => this.state());
    this.began = this.listener === undefined ? 0 : clock();
    this.throttle = this.listener === undefined ? undefined : (this.listener.throttle ?? new Throttle(clock));
  }

  /** Whether anybody is told: a loop that need not report can then run as if there were no progress. */
  get heard(): boolean {
    return this.listener !== undefined;
  }

  /** Units done. */
  get done(): number {
    return this.count;
  }

  get status(): ProgressStatus {
    return this.now;
  }

  /** So many units more are done. The last of them finishes the task. */
  advance(units = 1): void {
    this.moveTo(this.count + units);
  }

  /** So many units are done in all; less than before is taken for as many as before. */
  moveTo(done: number): void {
    if (done > this.count) this.count = done;
    const { total } = this.task;
    if (total !== undefined && this.count >= total) {
      this.count = total;
      this.end("done");
    } else if (this.now === "running" && this.throttle?.due()) this.tell();
  }

  /** All is done, whatever was counted. */
  finish(): void {
    this.end("done");
  }

  /** It is over. What comes after the first end is passed over. */
  end(ending: ProgressEnding): void {
    if (this.now !== "running") return;
    this.now = ending;
    if (ending === "done" && this.task.total !== undefined) this.count = this.task.total;
    this.tell();
  }

  toString(): string {
    const { label, total, unit } = this.task;
    const counted = total === undefined ? `${this.count}` : `${this.count} of ${total}`;
    return `${label}: ${counted}${unit === undefined ? "" : ` ${unit}`}, ${this.now}`;
  }

  private tell(): void {
    this.listener?.update(this.state());
  }

  private state(): ProgressState {
    const { label, total, unit } = this.task;
    return {
      label,
      done: this.count,
      total,
      unit,
      status: this.now,
      seconds: (this.clock() - this.began) / 1000,
      detail: this.detail?.(),
    };
  }
}

/** Does `work` as a task: it ends as done, or as failed where `work` throws. */
export function withProgress<T>(
  task: ProgressTask,
  reporter: ProgressReporter | undefined,
  work: (progress: Progress) => T,
): T {
  const progress = new Progress(task, { reporter });
  try {
    const result = work(progress);
    progress.finish();
    return result;
  } catch (error) {
    progress.end("failed");
    throw error;
  }
}
