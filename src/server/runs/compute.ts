// What a thread of the pool does: it simulates a run and writes its answer, or a trace of one. Whatever is large is made here, so that
// the thread that answers requests only passes bytes on. Knows no HTTP and no store.
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { InputError } from "../../core/errors.js";
import type { ProgressReporter } from "../../core/progress.js";
import { costsOf } from "../../serving/cost/predicted.js";
import { breakdown, chromeTracePieces, readScenario, type ServiceRun, simulate } from "../../serving/index.js";
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

/** A clock that all threads share and that nobody sets. */
export const steadySeconds = (): number => Number(process.hrtime.bigint()) / 1e9;

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
  progress[progressSlots.started] = steadySeconds();
  return orRefused(() => {
    const done = simulate(scenario, { ...(seed !== null && { seed }), progress: reportInto(progress) });
    const { summary, bottleneck, resources, stages, checks } = done;
    const result = JSON.stringify({ summary, seed: done.seed, bottleneck, resources, stages, checks });
    const parts = breakdownBytes(done);
    const [packedBreakdown, log] = [gzip(parts), packRun(done)];
    return moved({ result, breakdown: parts, packedBreakdown, log }, [parts, packedBreakdown, log]);
  });
}

export interface TraceTask {
  readonly log: Uint8Array;
  readonly encoding: "identity" | "gzip";
}

/** The Chrome trace of a run that was packed, in pieces: it may be longer than a text can be. */
export async function trace({ log, encoding }: TraceTask): Promise<Uint8Array[]> {
  const texts = Readable.from(largerPieces(chromeTracePieces(unpackRun(log) as ServiceRun)));
  const bytes = encoding === "gzip" ? texts.pipe(createGzip({ level: 1 })) : texts;
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) {
    pieces.push(typeof piece === "string" ? new TextEncoder().encode(piece) : Uint8Array.from(piece as Uint8Array));
  }
  return moved(pieces, pieces);
}

export interface CostsTask {
  /** JSON. */
  readonly scenario: string;
}

/** JSON of the costs of a scenario by the model of its device, or why there are none. */
export function costs({ scenario }: CostsTask): { readonly costs: string } | { readonly refused: string } {
  return orRefused(() => ({ costs: JSON.stringify(costsOf(readScenario(scenario))) }));
}

function orRefused<T>(work: () => T): T | { readonly refused: string } {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) return { refused: error.message };
    throw error;
  }
}

/** JSON of a run's breakdown, put together of pieces: one text may be too short for it. */
function breakdownBytes(done: ServiceRun): Uint8Array {
  const { stage_aggregates, requests } = breakdown(done);
  const encoder = new TextEncoder();
  const pieces = [encoder.encode(`{"stage_aggregates":${JSON.stringify(stage_aggregates)},"requests":[`)];
  const step = 10_000;
  for (let at = 0; at < requests.length; at += step) {
    const text = JSON.stringify(requests.slice(at, at + step)).slice(1, -1);
    pieces.push(encoder.encode(at === 0 ? text : `,${text}`));
  }
  pieces.push(encoder.encode("]}"));
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Joined to about a mebibyte each, since each is passed on by itself. */
function* largerPieces(pieces: Iterable<string>): Generator<string> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < 2 ** 20) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
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
