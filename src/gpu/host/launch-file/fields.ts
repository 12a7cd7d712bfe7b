// The fields of a launch file, read and checked. Knows nothing of the PTX and of what the arguments are.
import type { Dim3 } from "../../../core/dim3.js";
import { InputError, listChoices, nearest } from "../../../core/errors.js";
import { policyNames, type ReconvergencePolicy, type SchedulerName, schedulerNames } from "../../simt/launch-image.js";
import { describe, extents, list, object, optionalWhole, text, whole } from "./json-fields.js";

/** Every field that a launch file may have. */
export const launchFields: readonly string[] = [
  "ptx",
  "kernel",
  "grid",
  "block",
  "shared",
  "device",
  "args",
  "outputs",
  "counters",
  "policy",
  "scheduler",
  "seed",
  "stack_bytes",
  "cooperative",
  "registers_per_thread",
  "heap_bytes",
  "max_steps",
  "engine",
  "sanitize",
];

/** A launch file with every field in its place. */
export interface LaunchFields {
  readonly ptx: string;
  readonly kernel: string;
  readonly grid: Dim3;
  readonly block: Dim3;
  readonly shared: number;
  readonly device: string;
  readonly args: readonly unknown[];
  readonly outputs: readonly number[];
  readonly counters: boolean;
  readonly sanitize: boolean;
  readonly policy: ReconvergencePolicy | undefined;
  readonly stackBytes: number | undefined;
  readonly heapBytes: number | undefined;
  readonly maxSteps: number | undefined;
  readonly scheduler: SchedulerName | undefined;
  readonly seed: number | undefined;
  readonly cooperative: boolean;
  readonly registersPerThread: number | undefined;
}

/** Throws InputError that names the field for what is not as it should be. */
export function readFields(json: unknown): LaunchFields {
  const file = object(json, "launch file");
  for (const name of Object.keys(file)) {
    if (launchFields.includes(name)) continue;
    const slip = nearest(name, launchFields);
    throw new InputError("unknown field", {
      where: name,
      fix: slip === undefined ? `Known: ${listChoices(launchFields, false)}.` : `Did you mean "${slip}"?`,
    });
  }
  const engine = file["engine"] ?? "interpreter";
  if (engine === "compiled") {
    throw new InputError("there is no compiled engine yet", {
      where: "engine",
      fix: 'Leave it out, or write "interpreter": it gives the same results.',
    });
  }
  if (engine !== "interpreter") {
    throw new InputError(`unknown engine ${describe(engine)}`, { where: "engine", fix: 'Known: "interpreter".' });
  }
  const sanitize = file["sanitize"] ?? false;
  if (typeof sanitize !== "boolean") throw new InputError("must be true or false", { where: "sanitize" });
  const scheduler = file["scheduler"];
  if (scheduler !== undefined && !schedulerNames.includes(scheduler as SchedulerName)) {
    throw new InputError(`unknown scheduler ${JSON.stringify(scheduler)}`, {
      where: "scheduler",
      fix: `Known: ${listChoices(schedulerNames)}.`,
    });
  }
  const cooperative = file["cooperative"] ?? false;
  if (typeof cooperative !== "boolean") throw new InputError("must be true or false", { where: "cooperative" });
  const policy = file["policy"];
  if (policy !== undefined && !policyNames.includes(policy as ReconvergencePolicy)) {
    throw new InputError(`unknown policy ${JSON.stringify(policy)}`, {
      where: "policy",
      fix: `Known: ${listChoices(policyNames)}.`,
    });
  }
  const outputs = file["outputs"] === undefined ? [] : list(file["outputs"], "outputs");
  const counters = file["counters"] ?? true;
  if (typeof counters !== "boolean") throw new InputError("must be true or false", { where: "counters" });
  return {
    ptx: text(file["ptx"], "ptx", "kernels.ptx"),
    kernel: text(file["kernel"], "kernel", "name"),
    grid: extents(file["grid"], "grid"),
    block: extents(file["block"], "block"),
    shared: whole(file["shared"] ?? 0, "shared"),
    device: text(file["device"] ?? "a100", "device"),
    args: list(file["args"] ?? [], "args"),
    outputs: outputs.map((index, position) => whole(index, `outputs[${position}]`)),
    counters,
    sanitize,
    policy: policy as ReconvergencePolicy | undefined,
    stackBytes: optionalWhole(file, "stack_bytes"),
    heapBytes: optionalWhole(file, "heap_bytes"),
    maxSteps: optionalWhole(file, "max_steps"),
    scheduler: scheduler as SchedulerName | undefined,
    // 0 is what a file says that asks for no chance at all.
    seed: file["seed"] === 0 && scheduler !== "random" ? undefined : optionalWhole(file, "seed"),
    cooperative,
    registersPerThread: optionalWhole(file, "registers_per_thread"),
  };
}
