// ONNX files as operator graphs. Knows no device.
import type { Graph } from "../graph.js";
import { BoundDimensions, type Dimensions } from "./dimensions.js";
import { OnnxFormats, type OnnxPrecisions } from "./formats.js";
import { lowerGraph } from "./lower/lower.js";
import { decodeModel } from "./model-file.js";
import { inferShapes } from "./shapes/infer.js";

export type { Dimensions } from "./dimensions.js";
export type { OnnxPrecisions } from "./formats.js";

export interface OnnxOptions extends OnnxPrecisions {
  /** Numbers for the file's symbolic dimensions: `{ batch: 1, seq: 128 }`. */
  readonly dimensions?: Dimensions;
  /** What the graph is called; unless given, as the file calls it. */
  readonly name?: string;
}

/**
 * The operator graph of an ONNX file. Weights are known by their shapes, so that external data need not be there; shapes that
 * the file leaves out are inferred, and what follows from constants alone does not run. An operator that is not known stands in
 * the graph without work, and `graphTotals(..).unknown` counts it.
 *
 * Throws InputError for bytes that are no ONNX model, for one that contradicts itself, and for a dimension without a number.
 */
export function readOnnx(file: Uint8Array, options: OnnxOptions = {}): Graph {
  const model = decodeModel(file);
  const bound = new BoundDimensions(model.graph, options.dimensions ?? {});
  const name = options.name ?? (model.graph.name || "onnx");
  return lowerGraph(name, inferShapes(model, bound), new OnnxFormats(options));
}
