// Modes as people write them. Knows no operator and no device.
import { readChoice } from "../../core/choices.js";
import type { Mode } from "./prediction.js";

const modes: readonly Mode[] = ["ideal", "realistic", "planner"];

/** Reads a mode. Throws InputError that lists them. */
export function readMode(written: string, field: string = "mode"): Mode {
  return readChoice(modes, written, "mode", field);
}
