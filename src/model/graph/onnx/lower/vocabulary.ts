// What ONNX's operators are called where models are built here, so that the same rules of fusion find them and tables sum them up
// together. Knows no device.
import type { Tensor } from "../../graph.js";

const words: Readonly<Record<string, string>> = {
  AveragePool: "average_pool",
  BatchNormalization: "batch_norm",
  Concat: "copy",
  Conv: "conv2d",
  ConvInteger: "conv2d",
  ConvTranspose: "conv2d_transposed",
  Einsum: "matmul",
  Expand: "copy",
  FastGelu: "gelu",
  Flatten: "view",
  FusedConv: "conv2d",
  GlobalAveragePool: "average_pool",
  GlobalMaxPool: "max_pool",
  GroupNormalization: "group_norm",
  Identity: "view",
  InstanceNormalization: "instance_norm",
  LayerNormalization: "layer_norm",
  MaxPool: "max_pool",
  QLinearConv: "conv2d",
  RMSNormalization: "rms_norm",
  Reshape: "view",
  SimplifiedLayerNormalization: "rms_norm",
  Squeeze: "view",
  Transpose: "copy",
  Unsqueeze: "view",
};

const products: ReadonlySet<string> = new Set(["Gemm", "MatMul", "MatMulInteger", "QLinearMatMul", "FusedMatMul"]);

/** Our word for an operator that reads these; one that has none goes by ONNX's, in small letters. */
export function wordFor(type: string, inputs: readonly (Tensor | undefined)[]): string {
  const readsWeight = inputs.some((input, i) => i > 0 && input?.role === "weight");
  if (products.has(type)) return readsWeight ? "linear" : "matmul";
  if (type === "Gather") return inputs[0]?.role === "weight" ? "embedding" : "gather";
  return words[type] ?? type.toLowerCase();
}
