// What a rule that says what an ONNX node costs is given. Knows no operator.
import type { Precision } from "../../../../core/precision.js";
import type { NodeWork } from "../../builder.js";
import type { Stored } from "../../node-work.js";
import type { OnnxFormats } from "../formats.js";
import type { KnownNode } from "../shapes/rule.js";

/** The work of a node; undefined where the rule does not cover this use of the operator. */
export type WorkRule = (node: RunningNode) => NodeWork | undefined;

/** A node whose shapes are all known. */
export interface RunningNode {
  readonly known: KnownNode;
  /** What it reads, in the order of its inputs; undefined for what is left out, a single number or an argument of shape. */
  readonly inputs: readonly (Stored | undefined)[];
  readonly outputs: readonly Stored[];
  readonly formats: OnnxFormats;
}

/** Those inputs that are there. */
export function readsOf({ inputs }: RunningNode): Stored[] {
  return inputs.filter((input) => input !== undefined);
}

/** The format in which a node computes. */
export function mathOf({ formats, inputs, outputs }: RunningNode): Precision {
  return formats.mathOf([...inputs.filter((input) => input !== undefined), outputs[0]].map(({ format }) => format));
}
