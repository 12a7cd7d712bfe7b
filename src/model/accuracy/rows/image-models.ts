// Rows that time a model of images in NVIDIA's collection of examples (DeepLearningExamples): column model, with the images'
// height under seq and their number under batch. Knows how its two frameworks run a model.
import type { Precision } from "../../../core/precision.js";
import { executed, type Graph, graphTotals, type Issue, type Schedule, schedule } from "../../graph/index.js";
import { readModelOptions } from "../../graph/models/options.js";
import { resnet, resnetShapes } from "../../graph/models/resnet.js";
import type { Planner } from "../../planner/index.js";
import type { NotCovered, Question } from "../question.js";
import { isNotCovered, readExtent, readHeading, type TableRow } from "./cells.js";
import { timingOf } from "./scheduled.js";

const models: Readonly<Record<string, string>> = { "resnet50v1.5": "resnet50" };

/** `amp`: weights are stored in FP32 and narrowed in every pass. */
const precisions: Readonly<Record<string, Precision>> = { fp32: "FP32", tf32: "TF32", amp_fp16: "FP16" };

/** Reads a row whose model is one of images; undefined for others. */
export function readImageModel(row: TableRow): Question | NotCovered | undefined {
  const name = models[row["model"] ?? ""];
  if (name === undefined) return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const [dtype, compiler] = heading.dtype.toLowerCase().split("+");
  const precision = precisions[dtype];
  if (precision === undefined) return { reason: `dtype ${heading.dtype} is not predicted yet` };
  const batch = readExtent(row, "batch");
  if (batch === undefined) return { reason: `batch is ${JSON.stringify(row["batch"] ?? "")}` };
  if (row["seq"] !== "224") return { reason: `images of ${row["seq"] ?? ""} rows are not predicted yet` };
  const source = row["source"] ?? "";
  const run = source.endsWith("TensorFlow") ? inTensorflow : source.endsWith("PyTorch") ? inPytorch : undefined;
  if (run === undefined || (compiler !== undefined && compiler !== "xla")) {
    return { reason: `model ${row["model"]} in ${source}, ${heading.dtype}, is not predicted yet` };
  }
  return { ...heading, op: row["model"], ...run(name, { batch, precision }, compiler) };
}

interface Sizes {
  readonly batch: number;
  readonly precision: Precision;
}

type Run = (name: string, sizes: Sizes, compiler: string | undefined) => Pick<Question, "work" | "predict">;

// Eager. Images lie channels first; of the kernels for tensor cores that cuDNN measures there are those that read channels last
// and write channels first (nhwc2nchw in their names), so that inputs alone are transposed.
const inPytorch: Run = (name, { batch, precision }) => {
  const weight = precision === "FP16" ? "FP32" : precision;
  const sizes = readModelOptions({ batch, precision, weight }, 1);
  const graph = resnet(name, resnetShapes[name], sizes, precision === "FP32" ? "none" : "input");
  return timed(graph, "eager", ({ waiting }) => waiting);
};

// A session runs the whole graph, and its host goes through the nodes while the device works, XLA's too. Images lie channels
// first, and are transposed before and behind every convolution on tensor cores.
const inTensorflow: Run = (name, { batch, precision }, compiler) => {
  const transpositions = precision === "FP32" ? "none" : "input and result";
  const graph = resnet(name, resnetShapes[name], readModelOptions({ batch, precision }, 1), transpositions);
  const nodes = graph.nodes.filter(({ kernels }) => kernels.length > 0).length;
  const run = compiler === "xla" ? executed(graph, "compiled").graph : graph;
  return timed(run, "graph", ({ time }, { constants }) =>
    Math.max(0, nodes * constants.hostOperator - time, batch * secondsForImage - time),
  );
};

/** The example reads real photographs: no system in its tables gets more than 3,600 of them a second off its host. */
const secondsForImage = 1 / 3500;

function timed(
  graph: Graph,
  issue: Issue,
  waitingOf: (scheduled: Schedule, planner: Planner) => number,
): Pick<Question, "work" | "predict"> {
  const { flop, bytes } = graphTotals(graph);
  return {
    work: { flop, bytes: { dram: bytes } },
    predict: (planner) => {
      const scheduled = schedule(graph, planner, issue);
      return timingOf(scheduled, issue, scheduled.time - scheduled.waiting + waitingOf(scheduled, planner));
    },
  };
}
