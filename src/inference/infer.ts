// An inference by name. Knows which program runs which workload.
import { inferGpt2 } from "./gpt2.js";
import { inferMlp } from "./mlp.js";
import { type InferOptions, readInferOptions } from "./options.js";
import { InferenceRun } from "./run.js";

/**
 * Runs a model as the driver calls of a program on a virtual GPU, whose launches take the time that the planner predicts: `mlp` or
 * `gpt2`. Throws InputError for another name, a device that runs no kernels or lacks the memory, and counts that cannot be.
 *
 * @example
 * const run = infer("gpt2", { device: "h100", tokens: 20 });
 * run.trace.toJsonl();
 */
export function infer(name: "mlp" | "gpt2" | (string & Record<never, never>), options: InferOptions): InferenceRun {
  const settings = readInferOptions(name, options);
  return new InferenceRun(settings.workload === "mlp" ? inferMlp(settings) : inferGpt2(settings));
}
