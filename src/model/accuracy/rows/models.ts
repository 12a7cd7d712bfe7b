// Rows that time a whole model: column model, with batch, seq and, where it is known, how it was executed.

import { executions } from "../../graph/execution.js";
import {
  type Executed,
  type Execution,
  executed,
  type Graph,
  graphTotals,
  model,
  models,
  schedule,
} from "../../graph/index.js";
import { gpt } from "../../graph/models/gpt.js";
import { type ModelOptions, readModelOptions } from "../../graph/models/options.js";
import type { KernelWork } from "../../operator/index.js";
import type { NotCovered, Question } from "../question.js";
import { isNotCovered, readExtent, readHeading, readPrecision, type TableRow } from "./cells.js";
import { timingOf } from "./scheduled.js";

/** Reads a row that has a column model; undefined for others. */
export function readModel(row: TableRow): Question | NotCovered | undefined {
  const name = row["model"];
  if (name === undefined || name === "") return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const { mode = "", option = "" } = row;
  if (mode !== "" && mode !== "inf") return { reason: `mode ${mode} is not predicted yet` };
  if (/sparsity/i.test(name)) return { reason: "sparse weights are not predicted yet" };
  const precision = readPrecision(heading);
  if (isNotCovered(precision)) return precision;
  const execution = readExecution(row);
  if (isNotCovered(execution)) return execution;
  const batch = readExtent(row, "batch");
  const sequence = readExtent(row, "seq");
  if (batch === undefined) return { reason: `batch is ${JSON.stringify(row["batch"] ?? "")}` };
  const build = builderOf(name);
  if (build === undefined) return { reason: `model ${name} is not predicted yet` };
  const run = executed(build({ batch, precision, ...(sequence === undefined ? {} : { sequence }) }), execution);
  return {
    ...heading,
    op: [name, option].filter((part) => part !== "").join(" "),
    ...timed(isTensorRT(row) ? wholeSequences(run) : run),
  };
}

// Publishers' prefixes, blanks, hyphens and underlines are written or not: "facebook/opt-1.3b", "BERT_large", "GPT-2".
function builderOf(name: string): Builder | undefined {
  const word = name.toLowerCase().replace(/^.*\//, "");
  return otherNames[spelling(word.replace(/-(un)?cased$/, ""))] ?? bySpelling.get(spelling(word));
}

type Builder = (sizes: ModelOptions) => Graph;

function spelling(name: string): string {
  return name.replace(/[^a-z0-9.]/g, "");
}

const bySpelling: ReadonlyMap<string, Builder> = new Map(
  [...models.keys()].map((name) => [spelling(name), (sizes: ModelOptions) => model(name, sizes)]),
);

// A column `execution` says it; else what is known of a source. NeuSight compiled where its option is `fusion`, and lets several
// devices share a model by others.
function readExecution(row: TableRow): Execution | NotCovered {
  const { execution = "", option = "" } = row;
  if (execution !== "") {
    const found = executions.find((known) => known === execution);
    return found ?? { reason: `execution ${JSON.stringify(execution)} is none of ${executions.join(", ")}` };
  }
  if (isTensorRT(row)) return "engine";
  if (option === "fusion") return "compiled";
  return option === "" ? "eager" : { reason: `option ${option} is not predicted yet` };
}

function isTensorRT(row: TableRow): boolean {
  return (row["source"] ?? "").startsWith("TensorRT");
}

/** What authors of tables call models, by `spelling`; NeuSight's shapes are those of its model configurations. */
const otherNames: Readonly<Record<string, Builder>> = {
  bert: (sizes) => model("bert-base", sizes),
  bertbase: (sizes) => model("bert-base", sizes),
  bertlarge: (sizes) => model("bert-large", sizes),
  gpt2small: (sizes) => model("gpt2", sizes),
  gpt2med: (sizes) => model("gpt2-medium", sizes),
  // As wide as the heads of GPT-3 XL together, which are wider than GPT-3 XL.
  gpt3xl: (sizes) =>
    gpt(
      "gpt3-xl",
      { layers: 24, hidden: 3072, heads: 24, positions: 2048, vocabulary: 50257 },
      readModelOptions(sizes, 2048),
    ),
  gpt327: (sizes) => model("gpt3-2.7b", sizes),
  gpt367: (sizes) => model("gpt3-6.7b", sizes),
  gpt313: (sizes) => model("gpt3-13b", sizes),
  gpt3: (sizes) => model("gpt3-175b", sizes),
  opt13: (sizes) => model("opt-1.3b", sizes),
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
    work: { flop, units: "matrix", bytes: { dram: bytes } },
    predict: (planner) => {
      const scheduled = schedule(graph, planner, issue);
      return timingOf(scheduled, issue, scheduled.time);
    },
  };
}
