// The operators that are known, by name.
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { attention } from "./attention.js";
import { allGather, allReduce, collectiveKernel, reduceScatter, sendRecv } from "./collective.js";
import { conv2d, convolutionSizes, convolutionWork } from "./conv2d.js";
import { elementwise } from "./elementwise.js";
import { embedding } from "./embedding.js";
import { ffn } from "./ffn.js";
import { gemm } from "./gemm.js";
import { gemv } from "./gemv.js";
import { copy, transpose } from "./movement.js";
import { layerNorm, rmsNorm } from "./norm.js";
import type { Operator } from "./operator.js";
import { max, mean, sum } from "./reduction.js";
import { softmax } from "./softmax.js";

export { visibleKeys, visibleScores } from "./attention.js";
export { elementwise, elementwiseKernel } from "./elementwise.js";
export { bytesOf, type Formats, type FormatsLike, readFormats, uniform } from "./formats.js";
export type {
  AttentionWork,
  CollectiveWork,
  ConversionWork,
  ConvolutionWork,
  GatherWork,
  KernelWork,
  MatmulWork,
  PreparationWork,
  RowsWork,
  StreamWork,
} from "./kernel-work.js";
export { normKernel } from "./norm.js";
export { operationsPerElement } from "./operations.js";
export type { Dimension, ElementwiseType, Operator, OperatorType } from "./operator.js";
export { type Quantisation, quantisations, quantisingKernels, readQuantisation } from "./quantisation.js";
export {
  describeShape,
  exampleShape,
  formatShape,
  hasLength,
  readShape,
  type ShapeLike,
  withArticle,
} from "./shape.js";
export { softmaxKernel } from "./softmax.js";
export {
  allGather,
  allReduce,
  attention,
  collectiveKernel,
  conv2d,
  convolutionSizes,
  convolutionWork,
  copy,
  embedding,
  ffn,
  gemm,
  gemv,
  layerNorm,
  max,
  mean,
  reduceScatter,
  rmsNorm,
  sendRecv,
  softmax,
  sum,
  transpose,
};

/** Every operator, by its type. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>(
  [
    gemv,
    gemm,
    attention,
    ffn,
    conv2d,
    ...elementwise.values(),
    copy,
    transpose,
    sum,
    mean,
    max,
    softmax,
    layerNorm,
    rmsNorm,
    embedding,
    allReduce,
    allGather,
    reduceScatter,
    sendRecv,
  ].map((known) => [known.type, known]),
);

/** The operator of this name, without regard to case. Throws InputError that lists the known ones. */
export function operator(type: string, field = "kernel"): Operator {
  const found = operators.get(String(type).trim().toLowerCase());
  if (found !== undefined) return found;
  const slip = nearest(String(type), operators.keys());
  throw new InputError(`unknown kernel "${type}"`, {
    where: field,
    fix: `${slip === undefined ? "" : `Did you mean "${slip}"? `}Known: ${listChoices([...operators.keys()])}.`,
  });
}
