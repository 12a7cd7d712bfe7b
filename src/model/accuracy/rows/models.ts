// Rows that time a whole model: column model, with its sequence length and batch.
import type { Graph } from "../../graph/index.js";
import { type Executed, executed, graphTotals, schedule } from "../../graph/index.js";
import { gpt } from "../../graph/models/gpt.js";
import { model } from "../../graph/models/index.js";
import { readModelOptions } from "../../graph/models/options.js";
import type { KernelWork } from "../../operator/index.js";
import { limitOf } from "../../planner/index.js";
import type { NotCovered, Question } from "../question.js";
import { isNotCovered, readExtent, readHeading, readPrecision, type TableRow } from "./cells.js";

/** Reads a row that has a column model; undefined for others. */
export function readModel(row: TableRow): Question | NotCovered | undefined {
  const name = row["model"];
  if (name === undefined || name === "") return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const { mode = "", option = "" } = row;
  if (mode !== "" && mode !== "inf") return { reason: `mode ${mode} is not predicted yet` };
  const precision = readPrecision(heading);
  if (isNotCovered(precision)) return precision;
  const [batch, sequence] = ["batch", "seq"].map((column) => readExtent(row, column));
  if (batch === undefined || sequence === undefined) return { reason: "batch or seq is missing" };
  if (option !== "" && option !== "fusion") return { reason: `option ${option} is not predicted yet` };
  const build = models[name];
  if (build === undefined) return { reason: `model ${name} is not predicted yet` };
  const graph = build({ batch, sequence, precision });
  if ((row["source"] ?? "").startsWith("TensorRT"))
    return { ...heading, op: name, ...timed(wholeSequences(executed(graph, "engine"))) };
  return {
    ...heading,
    op: [name, option].filter((part) => part !== "").join(" "),
    ...timed(executed(graph, option === "fusion" ? "compiled" : "eager")),
  };
}

type Sizes = { readonly batch: number; readonly sequence: number; readonly precision: string };

const models: Readonly<Record<string, (sizes: Sizes) => Graph>> = {
  bert_large: (sizes) => model("bert-large", sizes),
  "bert base": (sizes) => model("bert-base", sizes),
  "bert large": (sizes) => model("bert-large", sizes),
  gpt2_large: (sizes) => model("gpt2-large", sizes),
  gpt3_27: (sizes) => model("gpt3-2.7b", sizes),
  gpt3_xl: (sizes) =>
    gpt(
      "gpt3-xl",
      { layers: 24, hidden: 3072, heads: 24, positions: 2048, vocabulary: 50257 },
      readModelOptions(sizes, 2048),
    ),
  opt_13: (sizes) => model("opt-1.3b", sizes),
};

// The attention that TensorRT's BERT demonstration brings along (bertQKVToContextPlugin) gives a block a whole head of a sequence.
function wholeSequences({ graph, issue }: Executed): Executed {
  const whole = (kernel: KernelWork): KernelWork =>
    kernel.kind === "attention" ? { ...kernel, queryTile: kernel.queries } : kernel;
  return {
    graph: { ...graph, nodes: graph.nodes.map((node) => ({ ...node, kernels: node.kernels.map(whole) })) },
    issue,
  };
}

function timed({ graph, issue }: Executed): Pick<Question, "work" | "predict"> {
  const { flop, bytes } = graphTotals(graph);
  return {
    work: { flop, bytes: { dram: bytes } },
    predict: (planner) => {
      const { kernels, plans, time, waiting } = schedule(graph, planner, issue);
      const pauses = time - waiting - plans.reduce((sum, plan) => sum + plan.time, 0);
      const launch = waiting + pauses;
      return { kernels, plans, protocol: issue, time, launch, limit: () => limitOf(plans, launch) };
    },
  };
}
