// Whose predictions a picture of a validation shows. Knows no picture.
import { readChoice } from "../core/choices.js";
import { type ValidationMode, validationModes } from "../model/validation/modes.js";

/** One model, or both side by side. */
export type ShownModes = ValidationMode | "both";

const shownModes: readonly ShownModes[] = [...validationModes, "both"];

/** The models that are shown, `realistic` unless said. Throws InputError that lists what can be said. */
export function readShownModes(written: string = "realistic", field: string = "mode"): readonly ValidationMode[] {
  const read = readChoice(shownModes, written, "mode", field);
  return read === "both" ? validationModes : [read];
}
