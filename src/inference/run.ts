// The result of an inference: how long its stages, iterations and tokens took, what it holds in memory, and its trace. Immutable.
import { inspectAsText } from "../core/inspect.js";
import type { DriverTraceHeader, TraceRecorder } from "../trace/index.js";
import { hostTimesInWords } from "./host-times.js";
import type { ComputedCheck, InferenceMemory, InferenceOutcome, NotComputed } from "./outcome.js";
import type { ProgramSpan } from "./program.js";

/** A span as a row: `time_ms` of the host's time, `device_ms` of kernels. */
export interface SpanRow {
  readonly name: string;
  readonly start_ms: number;
  readonly time_ms: number;
  /** Of the whole run. */
  readonly share: number;
  readonly device_ms: number;
  readonly calls: number;
  readonly launches: number;
}

/** What `infer` gives. Times are seconds of simulated time, sizes bytes. */
export class InferenceRun {
  static {
    inspectAsText(InferenceRun);
  }

  /** `gpt2`, or the MLP's name. */
  readonly model: string;
  /** The device's key. */
  readonly device: string;
  readonly precision: string;
  readonly batch: number;
  readonly seed: number;
  readonly parameters: number;
  readonly memory: InferenceMemory;
  /** Initialise, load weights, input, inference, output, clean up. */
  readonly stages: readonly ProgramSpan[];
  readonly iterations: readonly ProgramSpan[];
  /** One for each token of each iteration; empty for the MLP. */
  readonly tokens: readonly ProgramSpan[];
  /** Tokens of each sequence in an iteration; 0 for the MLP. */
  readonly tokensPerIteration: number;
  /** Tokens that a sequence begins with; 0 for the MLP. */
  readonly promptTokens: number;
  /** What was really computed, held against plain arithmetic, or why nothing was. */
  readonly computed: ComputedCheck | NotComputed;
  /** Every driver call: `run.trace.toJsonl()`. */
  readonly trace: TraceRecorder;

  constructor({ settings, graph, ...outcome }: InferenceOutcome) {
    this.model = graph;
    this.device = settings.device.key;
    this.precision = settings.precision;
    this.batch = settings.batch;
    this.seed = settings.seed;
    this.parameters = outcome.parameters;
    this.memory = outcome.memory;
    this.stages = outcome.stages;
    this.iterations = outcome.iterations;
    this.tokens = outcome.tokens;
    this.tokensPerIteration = settings.tokens;
    this.promptTokens = settings.prompt;
    this.computed = outcome.computed;
    this.trace = outcome.trace;
    Object.freeze(this);
  }

  /** The first line of its JSONL. */
  get header(): DriverTraceHeader {
    return this.trace.header;
  }

  /** Seconds from the first call to the last. */
  get time(): number {
    return this.stages.reduce((sum, { time }) => sum + time, 0);
  }

  /** Seconds of the stage "inference". */
  get inferenceTime(): number {
    return this.stages.find(({ name }) => name === "inference")?.time ?? 0;
  }

  /** Seconds of an iteration on average. */
  get iterationTime(): number {
    return mean(this.iterations.map(({ time }) => time));
  }

  /** Seconds that kernels ran on the device. */
  get deviceTime(): number {
    return this.iterations.reduce((sum, { deviceTime }) => sum + deviceTime, 0);
  }

  /** Time to first token: seconds from the prompt to the first token, on average over the iterations; undefined for the MLP. */
  get ttft(): number | undefined {
    const first = this.tokens.filter((_, index) => index % this.tokensPerIteration === 0);
    return first.length === 0 ? undefined : mean(first.map(({ time }) => time));
  }

  /** Time per output token: seconds for each token after the first, on average; undefined where there is none. */
  get tpot(): number | undefined {
    const later = this.tokens.filter((_, index) => index % this.tokensPerIteration !== 0);
    return later.length === 0 ? undefined : mean(later.map(({ time }) => time));
  }

  /** Samples, or tokens, a second while it infers. */
  get throughput(): number {
    return (this.batch * Math.max(this.tokens.length, this.iterations.length)) / this.inferenceTime;
  }

  /** What `throughput` counts. */
  get unit(): "samples" | "tokens" {
    return this.tokens.length === 0 ? "samples" : "tokens";
  }

  /** The stages as rows. */
  get table(): SpanRow[] {
    return this.stages.map((span) => this.row(span));
  }

  /** The iterations as rows. */
  get iterationRows(): SpanRow[] {
    return this.iterations.map((span) => this.row(span));
  }

  /** The tokens as rows; none for the MLP. */
  get tokenRows(): SpanRow[] {
    return this.tokens.map((span) => this.row(span));
  }

  /** Where the host's times come from, in words. */
  get hostTimes(): string {
    return hostTimesInWords;
  }

  /** One line: `gpt2 on h100-sxm (FP16, batch 1): 20 tokens in 207 ms, 96.6 tokens/s, first token 11.0 ms`. */
  toString(): string {
    const done = this.tokens.length === 0 ? this.iterations.length : this.tokens.length;
    const what = this.tokens.length === 0 ? `iteration${done === 1 ? "" : "s"}` : `token${done === 1 ? "" : "s"}`;
    const first = this.ttft === undefined ? "" : `, first token ${milliseconds(this.ttft)}`;
    return (
      `${this.model} on ${this.device} (${this.precision}, batch ${this.batch}): ${done} ${what} in ` +
      `${milliseconds(this.inferenceTime)}, ${short(this.throughput)} ${this.unit}/s${first}`
    );
  }

  /** The figures, without the trace. Times in milliseconds, as their names say. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { memory, computed, ttft, tpot } = this;
    return {
      model: this.model,
      device: this.device,
      precision: this.precision,
      batch: this.batch,
      ...(this.tokens.length === 0 ? {} : { prompt_tokens: this.promptTokens, tokens: this.tokensPerIteration }),
      parameters: this.parameters,
      memory_bytes: {
        weights: memory.weights,
        inputs: memory.inputs,
        activations: memory.activations,
        workspace: memory.workspace,
        kv_cache: memory.kvCache,
        kv_cache_per_token: memory.kvCachePerToken,
        peak: memory.peak,
      },
      total_ms: this.time * 1e3,
      inference_ms: this.inferenceTime * 1e3,
      average_iteration_ms: this.iterationTime * 1e3,
      device_ms: this.deviceTime * 1e3,
      ...(ttft === undefined ? {} : { ttft_ms: ttft * 1e3 }),
      ...(tpot === undefined ? {} : { tpot_ms: tpot * 1e3 }),
      [`${this.unit}_per_s`]: this.throughput,
      driver_calls: this.stages.reduce((sum, { calls }) => sum + calls, 0),
      stages: this.table,
      iterations: this.iterationRows,
      ...(this.tokens.length === 0 ? {} : { token_times: this.tokenRows }),
      computed: computedAsJson(computed, this.seed),
      host_times: this.hostTimes,
    };
  }

  private row({ name, start, time, deviceTime, calls, launches }: ProgramSpan): SpanRow {
    return {
      name,
      start_ms: start * 1e3,
      time_ms: time * 1e3,
      share: time / this.time,
      device_ms: deviceTime * 1e3,
      calls,
      launches,
    };
  }
}

function computedAsJson(computed: ComputedCheck | NotComputed, seed: number): Readonly<Record<string, unknown>> {
  if ("reason" in computed) return { not_computed: computed.reason };
  return {
    seed,
    kernels: computed.kernels,
    launches: computed.launches,
    warp_instructions: computed.warpInstructions,
    max_error: computed.maxError,
    relative_error: computed.relativeError,
    bound: computed.bound,
    agrees: computed.agrees,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function milliseconds(seconds: number): string {
  return `${short(seconds * 1e3)} ms`;
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US");
}
