// Modes and protocols as people write them. Knows no operator and no device.
import { InputError, listChoices } from "../../core/errors.js";
import { type Protocol, protocols } from "../planner/index.js";
import type { Mode } from "./prediction.js";

const modes: readonly Mode[] = ["ideal", "realistic", "planner"];

/** Reads a mode. Throws InputError that lists them. */
export function readMode(mode: string, field = "mode"): Mode {
  return choose(modes, mode, "mode", field);
}

/** Reads how a time is taken. Throws InputError that lists the protocols. */
export function readProtocol(protocol: string, field = "protocol"): Protocol {
  return choose(protocols, protocol, "protocol", field);
}

function choose<T extends string>(known: readonly T[], word: string, what: string, field: string): T {
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  throw new InputError(`unknown ${what} ${JSON.stringify(word)}`, {
    where: field,
    fix: `Known: ${listChoices([...known])}.`,
  });
}
