// `warplab model`: what a whole model asks for, and how long it takes on a device. The figures are made in model/.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import { totalFlop } from "../../core/work.js";
import { device as findDevice } from "../../hardware/index.js";
import {
  type DeviceLink,
  type Execution,
  type Graph,
  type GraphPrediction,
  type GraphShare,
  type GraphTotals,
  graphTotals,
  model,
  models,
  type ParallelPrediction,
  predictGraph,
  predictParallel,
  readOnnx,
} from "../../model/index.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { explainFileError, inFile, type Shell } from "../shell.js";
import { type Column, formatNumber, formatTable, type Paint } from "../terminal.js";

interface ModelFlags {
  readonly device?: string;
  readonly precision?: string;
  readonly weight?: string;
  readonly activation?: string;
  readonly batch?: string;
  readonly seq?: string;
  readonly cached?: string;
  readonly dim: readonly string[];
  readonly execution: string;
  readonly by: string;
  readonly tp?: string;
  readonly pp?: string;
  readonly microBatches?: string;
  readonly link: string;
  readonly hardware?: string;
  readonly list?: true;
  readonly json?: true;
}

export function registerModel(program: Command, shell: Shell): void {
  program
    .command("model")
    .summary("predict how long a whole model takes on a device")
    .description("Predicts how long a model takes on a device, part by part: one that is built in, or an ONNX file.")
    .argument("[model]", "its name (warplab model --list), or the path of a file that ends in .onnx")
    .option("--device <name>", "a device by key, name or alias; without one only what the model asks for")
    .option("--precision <name>", "of arithmetic and storage: fp16 unless given; for a file, its own")
    .option("--weight <name>", "where weights are stored in another precision")
    .option("--activation <name>", "where activations are stored in another precision")
    .option("--batch <count>", "sequences or images at a time")
    .option("--seq <tokens>", "new tokens of each sequence")
    .option("--cached <tokens>", "tokens of each sequence whose keys and values are there already (built-in decoders)")
    .option("--dim <name=count>", "another symbolic dimension of an ONNX file; may be given again", collect, [])
    .option("--execution <how>", "eager, compiled or engine: what is fused, and whether a host issues it", "engine")
    .option("--by <what>", "sum up by part of the model or by type of operator: part or type", "part")
    .option("--tp <devices>", "tensor parallelism: devices that share every product")
    .option("--pp <stages>", "pipeline parallelism: stages of layers, one behind the other")
    .option("--micro-batches <count>", "batches that go through the stages one behind the other")
    .option("--link <which>", "over which they exchange: peer (the links between devices) or pcie", "peer")
    .addOption(hardwareOption())
    .option("--list", "list the models that are built in")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  warplab model bert-large --device a100 --precision fp16 --batch 8 --seq 384
  warplab model llama-3-8b --device h100 --precision bf16 --batch 1 --seq 1 --cached 4096 --by type
  warplab model my-model.onnx --device l4 --precision fp16 --batch 1 --dim past=0
  warplab model llama-3-70b --device h100 --precision bf16 --seq 1024 --tp 8
  warplab model gpt3-13b --device a100-sxm-80gb --batch 1 --tp 4 --pp 2 --micro-batches 8
  warplab model gpt2 --json

Operators of a file that warplab does not know take no time in the answer; they are named and counted.`,
    )
    .action(async (name: string | undefined, flags: ModelFlags) => {
      if (flags.list) {
        list(shell, flags);
        return;
      }
      const graph = await readGraph(name, flags);
      const totals = graphTotals(graph);
      if (flags.device === undefined) {
        if (flags.json) shell.printJson(totalsAsJson(graph, totals));
        else shell.print([shell.paint("bold", graph.name), totalsInWords(totals)].join("\n\n"));
        return;
      }
      const device = findDevice(flags.device, await readHardwareFolder(flags.hardware));
      const execution = flags.execution as Execution;
      if (flags.tp !== undefined || flags.pp !== undefined || flags.microBatches !== undefined) {
        const shared = predictParallel(graph, {
          device,
          execution,
          ...counted("--tp", "tensorParallel", flags.tp),
          ...counted("--pp", "pipelineParallel", flags.pp),
          ...counted("--micro-batches", "microBatches", flags.microBatches),
          link: flags.link as DeviceLink,
        });
        if (flags.json) shell.printJson(shared);
        else shell.print(sharedInWords(shared, readBy(flags.by), shell));
        return;
      }
      const prediction = predictGraph(graph, { device, execution });
      if (flags.json) shell.printJson(prediction);
      else shell.print(inWords(prediction, totals, readBy(flags.by), shell));
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function list(shell: Shell, { json }: ModelFlags): void {
  const known = [...models.values()].map(({ name, description, sequence }) => ({ name, description, sequence }));
  if (json) {
    shell.printJson(known);
    return;
  }
  const columns: Column<(typeof known)[number]>[] = [
    { title: "model", cell: ({ name }) => name, style: () => "bold" },
    { title: "what it is", cell: ({ description }) => description },
    { title: "tokens unless given", cell: ({ sequence }) => String(sequence), align: "right" },
  ];
  shell.print(formatTable(known, columns, shell.paint));
}

async function readGraph(name: string | undefined, flags: ModelFlags): Promise<Graph> {
  if (name === undefined) {
    throw new InputError("no model is given", {
      where: "model",
      fix: "Name one of `warplab model --list`, or a file that ends in .onnx.",
    });
  }
  const { precision, weight, activation } = flags;
  const formats = {
    ...(precision === undefined ? {} : { precision }),
    ...(weight === undefined ? {} : { weight }),
    ...(activation === undefined ? {} : { activation }),
  };
  const sizes: Readonly<Record<string, number>> = {
    ...counted("--batch", "batch", flags.batch),
    ...counted("--seq", "seq", flags.seq),
    ...counted("--cached", "cached", flags.cached),
  };
  if (name.toLowerCase().endsWith(".onnx")) {
    const file = await readFile(name).catch((error) => {
      throw explainFileError(error, name, "ONNX file");
    });
    const dimensions = { ...sizes, ...Object.fromEntries(flags.dim.map(readDimension)) };
    return inFile(name, () => readOnnx(file, { ...formats, dimensions, name: basename(name) }));
  }
  if (flags.dim.length > 0) {
    throw new InputError(`${name} has no dimensions of its own`, {
      where: "--dim",
      fix: "Dimensions are those of an ONNX file; a model that is built in takes --batch, --seq and --cached.",
    });
  }
  const { seq, ...others } = sizes;
  return model(name, { ...formats, ...others, ...(seq === undefined ? {} : { sequence: seq }) });
}

/** The count that a flag gives, under its name in the library; nothing where it is left out. */
function counted(flag: string, name: string, text: string | undefined): Readonly<Record<string, number>> {
  return text === undefined ? {} : { [name]: readCount(flag, text) };
}

function readCount(flag: string, text: string): number {
  if (/^\d+$/.test(text.trim()) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InputError(`"${text}" is no count`, { where: flag, fix: `Write a whole number: ${flag.split(" ")[0]} 8.` });
}

/** `past=0`. */
function readDimension(text: string): [name: string, count: number] {
  const at = text.lastIndexOf("=");
  if (at < 1) {
    throw new InputError(`"${text}" names no dimension and its count`, { where: "--dim", fix: "Write --dim name=8." });
  }
  return [text.slice(0, at).trim(), readCount(`--dim ${text.slice(0, at).trim()}`, text.slice(at + 1))];
}

function readBy(by: string): "parts" | "types" {
  if (by === "part") return "parts";
  if (by === "type") return "types";
  throw new InputError(`nothing is summed up by ${JSON.stringify(by)}`, { where: "--by", fix: "Known: part or type." });
}

function inWords(prediction: GraphPrediction, totals: GraphTotals, by: "parts" | "types", { paint }: Shell): string {
  const [what, ...answer] = prediction.toString().split(": ");
  const waiting = prediction.waiting_us;
  return [
    `${paint("bold", what)}: ${answer.join(": ")}`,
    sharesTable(prediction, by, paint),
    ...(waiting === 0 ? [] : [`The device waits ${formatNumber(waiting)} us of it for its host.`]),
    totalsInWords(totals),
  ].join("\n\n");
}

/** The whole in a line, then a table for each stage, of one of its devices. */
function sharedInWords(prediction: ParallelPrediction, by: "parts" | "types", { paint }: Shell): string {
  const [what, ...answer] = prediction.toString().split(": ");
  const { stages, parameters_per_device, working_set_bytes_per_device } = prediction;
  return [
    `${paint("bold", what)}: ${answer.join(": ")}`,
    ...stages.flatMap((stage) => [
      ...(stages.length === 1 ? [] : [`${stage.graph}: ${formatNumber(stage.predicted_time_us)} us for a batch`]),
      sharesTable(stage, by, paint),
    ]),
    `${formatNumber(parameters_per_device)} parameters on a device at most, and ${formatNumber(working_set_bytes_per_device / 1e6)} MB at the same time.`,
  ].join("\n\n");
}

function sharesTable(prediction: GraphPrediction, by: "parts" | "types", paint: Paint): string {
  const columns: Column<GraphShare>[] = [
    { title: by === "parts" ? "part" : "operator", cell: ({ name }) => name },
    { title: "nodes", cell: ({ nodes }) => String(nodes), align: "right" },
    { title: "kernels", cell: ({ kernels }) => String(kernels), align: "right" },
    { title: "time us", cell: ({ time_us }) => formatNumber(time_us), align: "right" },
    { title: "share", cell: ({ share }) => `${(100 * share).toFixed(1)}%`, align: "right" },
    { title: "GFLOP", cell: ({ flops }) => formatNumber(flops / 1e9), align: "right" },
    { title: "MB", cell: ({ bytes }) => formatNumber(bytes / 1e6), align: "right" },
    { title: "bound by", cell: ({ bottleneck, kernels }) => (kernels === 0 ? "-" : bottleneck) },
  ];
  return formatTable(
    prediction[by].filter(({ kernels }) => kernels > 0),
    columns,
    paint,
  );
}

function totalsInWords(totals: GraphTotals): string {
  const { parameters, weightBytes, bytes, workingSet, nodes, kernels, unknown } = totals;
  const flop = Object.entries(totals.flop).map(
    ([precision, count]) => `${formatNumber(count / 1e9)} GFLOP ${precision}`,
  );
  const lines = [
    `${formatNumber(parameters)} parameters in ${formatNumber(weightBytes / 1e6)} MB; ${flop.join(", ") || "no arithmetic"};`,
    `operator by operator ${formatNumber(bytes / 1e6)} MB moved, by ${kernels} kernels of ${nodes} nodes;`,
    `${formatNumber(workingSet / 1e6)} MB at the same time at most.`,
  ];
  const count = [...unknown.values()].reduce((sum, one) => sum + one, 0);
  const named = [...unknown].map(([type, times]) => `${type} (${times})`).join(", ");
  return [...lines, ...(count === 0 ? [] : [`Not known, and so not in these figures: ${named}.`])].join("\n");
}

function totalsAsJson(graph: Graph, { unknown, ...totals }: GraphTotals): object {
  return {
    graph: graph.name,
    parameters: totals.parameters,
    weight_bytes: totals.weightBytes,
    flops: totalFlop({ flop: totals.flop, bytes: { dram: 0 } }),
    flops_by_precision: totals.flop,
    bytes: totals.bytes,
    working_set_bytes: totals.workingSet,
    nodes: totals.nodes,
    kernels: totals.kernels,
    unknown: Object.fromEntries(unknown),
  };
}
