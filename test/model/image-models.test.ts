// ResNet-50 as a graph, as frameworks run it, and as rows of a table.
import { describe, expect, it } from "vitest";
import { readModelOptions } from "../../src/model/graph/models/options.js";
import { resnet, resnetShapes } from "../../src/model/graph/models/resnet.js";
import { accuracy, graphTotals, model, predictGraph } from "../../src/model/index.js";

describe("ResNet-50", () => {
  const graph = model("resnet50", { batch: 2, precision: "FP32" });
  const shapeOf = (node: string) => graph.tensors.get(node)?.shape;

  it("halves the image five times and ends in a thousand classes", () => {
    expect(shapeOf("stem.conv")).toEqual([2, 64, 112, 112]);
    expect(shapeOf("stem.pool")).toEqual([2, 64, 56, 56]);
    // Layers are counted through all stages: 3, 4, 6 and 3 of them.
    expect(shapeOf("layers.2.stage1.relu3")).toEqual([2, 256, 56, 56]);
    expect(shapeOf("layers.6.stage2.relu3")).toEqual([2, 512, 28, 28]);
    expect(shapeOf("layers.12.stage3.relu3")).toEqual([2, 1024, 14, 14]);
    expect(shapeOf("layers.15.stage4.relu3")).toEqual([2, 2048, 7, 7]);
    expect(graph.tensors.get(graph.outputs[0])?.shape).toEqual([2, 1000]);
  });

  it("has its stride in the 3 x 3 convolution, which is what v1.5 means", () => {
    expect(shapeOf("layers.3.stage2.conv1")).toEqual([2, 128, 56, 56]);
    expect(shapeOf("layers.3.stage2.conv2")).toEqual([2, 128, 28, 28]);
  });

  it("narrows weights that are stored wider than the arithmetic, once each", () => {
    const { nodes } = model("resnet50", { precision: "FP16", weight: "FP32" });
    expect(nodes.filter(({ type }) => type === "cast")).toHaveLength(53);
  });

  it("moves what convolutions read and write once more where it has to be transposed", () => {
    const sizes = readModelOptions({ batch: 1, precision: "FP16" }, 1);
    const kernels = (transpositions: "none" | "input" | "input and result") =>
      graphTotals(resnet("resnet50", resnetShapes["resnet50"], sizes, transpositions)).kernels;
    expect(kernels("input")).toBe(kernels("none") + 53);
    expect(kernels("input and result")).toBe(kernels("none") + 2 * 53);
  });

  it("of one image waits for an eager host, and of many does not", () => {
    const waiting = (batch: number) => {
      const asked = model("resnet50", { batch, precision: "FP16" });
      const { waiting_us, predicted_time_us } = predictGraph(asked, { device: "v100", execution: "eager" });
      return waiting_us / predicted_time_us;
    };
    expect(waiting(1)).toBeGreaterThan(0.8);
    expect(waiting(256)).toBeLessThan(0.05);
  });
});

describe("a table of models of images", () => {
  const heading = "source,gpu,model,seq,batch,dtype,measured_us";
  const rows = (...lines: string[]) => accuracy([{ name: "models.csv", text: [heading, ...lines].join("\n") }]);

  // NVIDIA DeepLearningExamples, README of ResNet50 v1.5 in PyTorch and TensorFlow, tables of inference latency.
  it("is predicted within a quarter", () => {
    const { groups, skipped } = rows(
      "DeepLearningExamples/PyTorch,v100,resnet50v1.5,224,1,fp32,10370",
      "DeepLearningExamples/PyTorch,v100,resnet50v1.5,224,256,fp32,214480",
      "DeepLearningExamples/PyTorch,t4,resnet50v1.5,224,1,amp_fp16,12960",
      "DeepLearningExamples/PyTorch,t4,resnet50v1.5,224,256,amp_fp16,225950",
      "DeepLearningExamples/TensorFlow,t4,resnet50v1.5,224,256,amp_fp16+xla,214460",
      "DeepLearningExamples/TensorFlow,v100,resnet50v1.5,224,256,fp32,189850",
    );
    expect(skipped).toEqual([]);
    expect(groups.map(({ op, dtype }) => [op, dtype])).toContainEqual(["resnet50v1.5", "amp_fp16+xla"]);
    for (const { mean_error_pct } of groups) expect(mean_error_pct).toBeLessThan(25);
  });

  it("counts what it cannot use by reason", () => {
    const { skipped } = rows(
      "DeepLearningExamples/PyTorch,v100,resnet50v1.5,224,1,int8,1",
      "DeepLearningExamples/PyTorch,v100,resnet50v1.5,224,0,fp32,1",
      "DeepLearningExamples/PyTorch,v100,resnet50v1.5,299,1,fp32,1",
      "DeepLearningExamples/MXNet,v100,resnet50v1.5,224,1,fp32,1",
    );
    expect(skipped.map(({ reason }) => reason)).toEqual([
      "dtype int8 is not predicted yet",
      'batch is "0"',
      "images of 299 rows are not predicted yet",
      "model resnet50v1.5 in DeepLearningExamples/MXNet, fp32, is not predicted yet",
    ]);
  });
});
