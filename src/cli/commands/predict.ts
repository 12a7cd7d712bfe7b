// `warplab predict OPERATOR`: how long an operator takes on a device, and why. The figures are made in model/.
import { type Command, Option } from "commander";
import { listChoices } from "../../core/errors.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import {
  Explanation,
  operator as findOperator,
  type Operator,
  operators,
  type Prediction,
  predict,
} from "../../model/index.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { dimensionOptions, exampleWords, shapeOption, writtenShape } from "../shape-options.js";
import type { Shell } from "../shell.js";
import { type Column, formatNumber, formatTable } from "../terminal.js";
import { candidateTables } from "./predict-candidates.js";

export function registerPredict(program: Command, shell: Shell): void {
  const parent = program
    .command("predict")
    .summary("predict how long an operator takes on a device")
    .description("Predicts how long an operator takes on a device, and what it is bound by.")
    .addHelpText(
      "after",
      `
Examples:
  warplab predict gemv --shape 4096,4096 --precision fp16 --device gb10
  warplab predict gemm --shape 4096,4096,4096 --precision fp8 --device h100 --mode ideal
  warplab predict attention --batch 8 --heads 32 --kv-heads 8 --head-dim 128 --q-len 1 --kv-len 8192 --precision bf16 --device h100
  warplab predict gemm --help`,
    );
  parent
    .argument("[kernel]", listChoices([...operators.keys()], false))
    .allowUnknownOption()
    .allowExcessArguments()
    .action((kernel: string | undefined) => {
      // The known ones are commands of their own: what comes here is none of them.
      if (kernel === undefined) parent.help({ error: true });
      else findOperator(kernel, "predict");
    });
  for (const operator of operators.values()) registerOperator(parent, operator, shell);
}

interface PredictFlags {
  readonly precision: string;
  readonly input?: string;
  readonly weight?: string;
  readonly output?: string;
  readonly device: string;
  readonly mode?: string;
  readonly protocol?: string;
  readonly cache?: string;
  readonly quantise?: string;
  readonly interval?: true;
  readonly candidates?: true;
  readonly hardware?: string;
  readonly json?: true;
}

function registerOperator(parent: Command, operator: Operator, shell: Shell): void {
  const command = parent
    .command(operator.type)
    .summary(operator.description)
    .description(`Predicts ${operator.description}.`)
    .addOption(shapeOption(operator));
  for (const option of dimensionOptions(operator)) command.addOption(option);
  const example = `warplab predict ${operator.type} ${exampleWords(operator)} --precision fp16 --device`;
  command
    .requiredOption("--precision <name>", "fp64 fp32 tf32 bf16 fp16 fp8 fp8_e5m2 mxfp8 nvfp4 mxfp4 int8 int4")
    .option("--input <name>", "the precision of what is read, where it is another than the arithmetic's")
    .option("--weight <name>", "the same of the weights")
    .option("--output <name>", "the same of the results")
    .requiredOption("--device <name>", "a device by key, name or alias (warplab devices)")
    .option(
      "--mode <mode>",
      "ideal: the roofline; planner: tiles, waves, caches and power; realistic: the device's measured efficiency, else the planner",
    )
    .option(
      "--protocol <name>",
      "how the planner's time is taken: graph (a CUDA graph, unless given), loop, events, eager or kernel (a profiler)",
    )
    .option(
      "--cache <state>",
      "what L2 holds then: cold (nothing of the data, unless given), warm or rotating (copies in turn)",
    )
    .option(
      "--quantise <way>",
      "include bringing activations into a narrow format: matrix (one scale), rows or blocks (not included unless given)",
    )
    .option("--interval", "also the times between which 8 of 10 measured ones lie")
    .addOption(
      new Option("--candidates", "every way that the planner priced, with its cost: why this tile").conflicts("mode"),
    )
    .addOption(hardwareOption())
    .option("--json", "print one JSON document (realistic unless --mode says otherwise)")
    .addHelpText(
      "after",
      `
Examples:
  ${example} gb10
  ${example} gb10 --mode ideal --json
  ${example} h100 --candidates

Without --mode the table has ideal and realistic, side by side. \`model\` says what answered: the plain roofline (ideal),
the device's table of measured efficiencies, or the planner.`,
    )
    .action(async (flags: PredictFlags) => {
      const device = findDevice(flags.device, await readHardwareFolder(flags.hardware));
      const shape = writtenShape(operator, flags as unknown as Readonly<Record<string, unknown>>);
      const { precision, input, weight, output, protocol, cache, quantise, interval } = flags;
      const formats = { precision, input, weight, output };
      const question = { kernel: operator.type, shape, ...formats, device, protocol, cache, quantise, interval };
      const predictAs = (mode: string) => predict({ ...question, mode });
      if (flags.candidates) {
        const explanation = new Explanation(predictAs("planner"));
        if (flags.json) shell.printJson(explanation);
        else shell.print(candidateTables(explanation, shell));
        return;
      }
      const asked = predictAs(flags.mode ?? "realistic");
      if (flags.json) shell.printJson(asked);
      else shell.print(comparison(flags.mode === undefined ? [predictAs("ideal"), asked] : [asked], device, shell));
    });
}

interface Line {
  readonly label: string;
  readonly unit: string;
  readonly value: (prediction: Prediction) => string;
}

/** The last prediction in a sentence, then all of them as columns. */
function comparison(predictions: readonly Prediction[], device: DeviceSpec, { paint }: Shell): string {
  const last = predictions[predictions.length - 1];
  const columns: Column<Line>[] = [
    { title: "", cell: ({ label }) => label },
    ...predictions.map(({ mode }, i) => ({
      title: mode,
      cell: ({ value }: Line) => value(predictions[i]),
      align: "right" as const,
    })),
    { title: "", cell: ({ unit }) => unit, style: () => "dim" as const },
  ];
  const notes = last.notes.length === 0 ? [] : [last.notes.join("\n")];
  const [what, ...answer] = last.toString().split(": ");
  const headline = `${paint("bold", what)}: ${answer.join(": ")}`;
  return [
    headline,
    formatTable(linesOf(device, last.predicted_time_low_us !== undefined), columns, paint),
    ...notes,
  ].join("\n\n");
}

function linesOf(device: DeviceSpec, hasInterval: boolean): Line[] {
  const between = ({ predicted_time_low_us: low, predicted_time_high_us: high }: Prediction): string =>
    low === undefined || high === undefined ? "-" : `${formatNumber(low)} - ${formatNumber(high)}`;
  const orDash = (value: string | number | null | undefined): string =>
    typeof value === "number" ? formatNumber(value) : (value ?? "-");
  return [
    { label: "time", unit: "us", value: (p) => formatNumber(p.predicted_time_us) },
    ...(hasInterval ? [{ label: "8 of 10 lie between", unit: "us", value: between }] : []),
    { label: "speed", unit: "TFLOP/s", value: (p) => formatNumber(p.predicted_tflops) },
    { label: "ceiling", unit: "TFLOP/s", value: (p) => formatNumber(p.effective_tflops) },
    { label: "bound by", unit: "", value: (p) => p.bottleneck },
    { label: "above all by", unit: "", value: (p) => p.limiter },
    { label: "arithmetic intensity", unit: "FLOP/byte", value: (p) => formatNumber(p.ai) },
    { label: `ridge point of ${device.name}`, unit: "FLOP/byte", value: (p) => formatNumber(p.critical_ai) },
    { label: "efficiency", unit: "", value: (p) => orDash(p.efficiency_factor) },
    { label: "operations", unit: "GFLOP", value: (p) => formatNumber(p.flops / 1e9) },
    { label: "memory traffic", unit: "MB", value: (p) => formatNumber(p.bytes / 1e6) },
    { label: "model", unit: "", value: (p) => p.model },
    { label: "timed by", unit: "", value: (p) => orDash(p.protocol) },
  ];
}
