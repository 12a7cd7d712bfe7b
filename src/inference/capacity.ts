// Whether a device has the memory that an inference needs. Knows no model.
import { InputError } from "../core/errors.js";
import type { InferSettings } from "./options.js";
import type { InferenceMemory } from "./outcome.js";

/** Throws InputError where what lives at the same time is more than the device has. */
export function checkCapacity(
  { device, workload }: InferSettings,
  { weights, inputs, activations, workspace, kvCache }: Omit<InferenceMemory, "peak">,
): void {
  const needed = weights + inputs + activations + workspace + kvCache;
  const { capacity } = device.dram;
  if (needed <= capacity) return;
  const [has, wants] = [capacity, needed].map((bytes) => `${(bytes / 1e9).toPrecision(4)} GB`);
  throw new InputError(`${workload} needs ${wants} of memory: ${device.name} has ${has}`, {
    where: "batch",
    fix: "Take a smaller batch, fewer tokens, or a device with more memory.",
  });
}
