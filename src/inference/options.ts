// What is asked of an inference, read and complete. Knows the names of the workloads and nothing of how they run.
import { readChoice } from "../core/choices.js";
import { InputError, listChoices, nearest } from "../core/errors.js";
import { bytesPerElement, type Precision, type PrecisionName, parsePrecision } from "../core/precision.js";
import type { ProgressReporter } from "../core/progress.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../hardware/index.js";
import { gptShapes } from "../model/graph/models/gpt.js";

/** What can be run: the MLP of widths 512, 1024, 512, 256, and GPT-2 small that generates text. */
export const workloads = ["mlp", "gpt2"] as const;
export type Workload = (typeof workloads)[number];

export interface InferOptions {
  /** A device by key or alias, or one of your own. */
  readonly device: DeviceName | DeviceSpec;
  /** Of arithmetic and everything stored; FP16 unless given. */
  readonly precision?: PrecisionName;
  /** Samples, or sequences, at a time; 32 for the MLP and 1 for GPT-2 unless given. */
  readonly batch?: number;
  /** How often it is done: 10 for the MLP and 1 for GPT-2 unless given. */
  readonly iterations?: number;
  /** Of GPT-2: tokens that each sequence gets, one after the other; 20 unless given. */
  readonly tokens?: number;
  /** Of GPT-2: tokens that each sequence begins with; 16 unless given. */
  readonly prompt?: number;
  /** Of the MLP's weights and inputs; 0 unless given. */
  readonly seed?: number;
  /** Of the MLP: whether the first iteration is really computed, as it is unless given, or all of them are only timed. */
  readonly values?: "computed" | "timed";
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
}

/** The options of one inference, all of them there. */
export interface InferSettings {
  readonly workload: Workload;
  readonly device: DeviceSpec;
  readonly precision: Precision;
  readonly batch: number;
  readonly iterations: number;
  /** 0 for the MLP. */
  readonly tokens: number;
  /** 0 for the MLP. */
  readonly prompt: number;
  readonly seed: number;
  readonly values: "computed" | "timed";
  readonly progress: ProgressReporter | undefined;
}

/** A workload by its name. Throws InputError that says which there are. */
export function readWorkload(name: string): Workload {
  return readChoice(workloads, String(name).trim().toLowerCase(), "workload", "infer");
}

/** Throws InputError that names what cannot be: a workload, an option, a device, a count. */
export function readInferOptions(name: string, options: InferOptions): InferSettings {
  const workload = readWorkload(name);
  checkKnown(options);
  const isMlp = workload === "mlp";
  for (const field of ["tokens", "prompt"] as const) {
    if (!isMlp || options[field] === undefined) continue;
    throw new InputError("an MLP has no tokens", { where: field, fix: "Leave it out, or infer gpt2." });
  }
  for (const field of ["seed", "values"] as const) {
    if (isMlp || options[field] === undefined) continue;
    throw new InputError("GPT-2 is timed and not computed: it has no values", {
      where: field,
      fix: "Leave it out, or infer mlp.",
    });
  }
  const precision = parsePrecision(options.precision ?? "FP16");
  if (bytesPerElement[precision] < 1) {
    throw new InputError(`activations are not stored in ${precision}`, {
      where: "precision",
      fix: "Take one of 8 bits or more: FP8_E4M3, INT8, FP16.",
    });
  }
  const settings: InferSettings = {
    workload,
    device: findDevice(options.device),
    precision,
    batch: count("batch", options.batch ?? (isMlp ? 32 : 1)),
    iterations: count("iterations", options.iterations ?? (isMlp ? 10 : 1)),
    tokens: isMlp ? 0 : count("tokens", options.tokens ?? 20),
    prompt: isMlp ? 0 : count("prompt", options.prompt ?? 16),
    seed: count("seed", options.seed ?? 0, 0),
    values: readChoice(["computed", "timed"], options.values ?? "computed", "way of the values", "values"),
    progress: options.progress,
  };
  checkPositions(settings);
  return settings;
}

function checkPositions({ workload, prompt, tokens }: InferSettings): void {
  const { positions } = gptShapes["gpt2"];
  if (workload === "mlp" || prompt + tokens <= positions) return;
  throw new InputError(
    `a prompt of ${prompt} and ${tokens} new tokens are ${prompt + tokens} positions: GPT-2 has ${positions}`,
    {
      where: "tokens",
      fix:
        prompt < positions
          ? `Take at most ${positions - prompt} tokens, or a shorter prompt.`
          : "Take a shorter prompt.",
    },
  );
}

/** Every option; the type sees to it that none is missing. */
const known: Readonly<Record<keyof InferOptions, true>> = {
  device: true,
  precision: true,
  batch: true,
  iterations: true,
  tokens: true,
  prompt: true,
  seed: true,
  values: true,
  progress: true,
};

function checkKnown(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    throw new InputError("no device is given", { where: "infer", fix: 'Write infer("gpt2", { device: "h100" }).' });
  }
  for (const option of Object.keys(options)) {
    if (Object.hasOwn(known, option)) continue;
    const slip = nearest(option, Object.keys(known));
    throw new InputError(`there is no option "${option}"`, {
      where: "infer",
      fix: slip === undefined ? `Known: ${listChoices(Object.keys(known), false)}.` : `Did you mean "${slip}"?`,
    });
  }
}

function count(where: string, value: unknown, least = 1): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw new InputError(`must be a whole number of at least ${least}, got ${JSON.stringify(value)}`, { where });
}
