// How a time was taken, which is part of what is measured: a kernel of 3 us launched from Python takes 30. Knows no operator.
import { readChoice } from "../../core/choices.js";
import { type Constants, defaultConstants } from "./constants.js";

/**
 * `graph`: replayed from a CUDA graph, one kernel behind the other. `loop`: launched again and again, the host ahead of the
 * device, and divided by their number. `events`: between two events around one launch. `eager`: the same around a call of a
 * framework, which first has to find the kernel: no shorter than the host takes (`timeCall`). `kernel`: the kernels alone, as a profiler has them.
 */
export type Protocol = "graph" | "loop" | "events" | "eager" | "kernel";

export const protocols: readonly Protocol[] = ["graph", "loop", "events", "eager", "kernel"];

/** Reads how a time is taken. Throws InputError that lists the protocols. */
export function readProtocol(written: string, field: string = "protocol"): Protocol {
  return readChoice(protocols, written, "protocol", field);
}

/** What is measured of kernels that take `time` on the device, where no host has a part in it that depends on them. Seconds. */
export function measuredTime(
  time: number,
  protocol: Exclude<Protocol, "eager">,
  { launchOverhead }: Constants = defaultConstants,
): number {
  return time + launchOverhead[protocol];
}
