// What a thread of the pool does: it simulates a run and writes its answer, or a trace of one. Whatever is large is made here, so that
// the thread that answers requests only passes bytes on. Knows no HTTP and no store.
import { move, transferableSymbol, valueSymbol } from "piscina";
import { InputError } from "../../core/errors.js";
import type { ProgressReporter } from "../../core/progress.js";
import { breakdown, type ServiceRun, simulate, toChromeTrace } from "../../serving/index.js";
import { gzip, packRun, unpackRun } from "./run-log.js";

export interface RunTask {
  /** JSON. */
  readonly scenario: string;
  readonly seed: number | null;
  /** `progressSlots` numbers that both threads see. */
  readonly progress: Float64Array;
}

/** What stands where in a task's progress. */
export const progressSlots = { started: 0, done: 1, total: 2, count: 3 } as const;

export type RunOutcome =
  | {
      /** JSON of an object: the figures of the run. */
      readonly result: string;
      /** JSON, and the same as gzip. */
      readonly breakdown: Uint8Array;
      readonly packedBreakdown: Uint8Array;
      readonly log: Uint8Array;
    }
  | { readonly refused: string };

/** Simulates; what the input is to blame for is an outcome, anything else is thrown. */
export function run({ scenario, seed, progress }: RunTask): RunOutcome {
  progress[progressSlots.started] = Date.now();
  try {
    const done = simulate(scenario, { ...(seed !== null && { seed }), progress: reportInto(progress) });
    const { summary, bottleneck, resources, stages, checks } = done;
    const result = JSON.stringify({ summary, seed: done.seed, bottleneck, resources, stages, checks });
    const parts = new TextEncoder().encode(JSON.stringify(breakdown(done)));
    const [packedBreakdown, log] = [gzip(parts), packRun(done)];
    return moved({ result, breakdown: parts, packedBreakdown, log }, [parts, packedBreakdown, log]);
  } catch (error) {
    if (error instanceof InputError) return { refused: error.message };
    throw error;
  }
}

export interface TraceTask {
  readonly log: Uint8Array;
  readonly encoding: "identity" | "gzip";
}

/** The Chrome trace of a run that was packed. */
export function trace({ log, encoding }: TraceTask): Uint8Array {
  const text = new TextEncoder().encode(toChromeTrace(unpackRun(log) as ServiceRun));
  const bytes = encoding === "gzip" ? gzip(text) : text;
  return moved(bytes, [bytes]);
}

/** The same to whoever receives it, without a copy of these bytes. */
function moved<T extends object>(value: T, bytes: readonly Uint8Array[]): T {
  return move({ [transferableSymbol]: bytes.map(({ buffer }) => buffer), [valueSymbol]: value }) as T;
}

function reportInto(progress: Float64Array): ProgressReporter {
  return ({ total }) => {
    progress[progressSlots.total] = total ?? 0;
    return {
      update: ({ done }) => {
        progress[progressSlots.done] = done;
      },
    };
  };
}
