// `warplab predict gemv|gemm`: how long an operator takes on a device. The figures are made in model/.
import type { Command } from "commander";
import { InputError, listChoices } from "../../core/errors.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import {
  exampleShape,
  operator as findOperator,
  type Operator,
  operators,
  type Prediction,
  predict,
} from "../../model/index.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import type { Shell } from "../shell.js";
import { type Column, formatNumber, formatTable } from "../terminal.js";

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
  readonly shape: string;
  readonly precision: string;
  readonly device: string;
  readonly mode?: string;
  readonly hardware?: string;
  readonly json?: true;
}

function registerOperator(parent: Command, operator: Operator, shell: Shell): void {
  const extents = operator.dimensions.map(({ name }) => name).join(",");
  const example = exampleShape(operator).join(",");
  parent
    .command(operator.type)
    .summary(operator.description)
    .description(`Predicts ${operator.description}.`)
    .requiredOption(`--shape <${extents}>`, `the extents ${extents}: ${example}`)
    .requiredOption("--precision <name>", "fp64 fp32 tf32 bf16 fp16 fp8 fp8_e5m2 mxfp8 nvfp4 mxfp4 int8 int4")
    .requiredOption("--device <name>", "a device by key, name or alias (warplab devices)")
    .option(
      "--mode <mode>",
      "ideal: the roofline; planner: tiles, waves, caches and power; realistic: the device's measured efficiency, else the planner",
    )
    .addOption(hardwareOption())
    .option("--json", "print one JSON document (realistic unless --mode says otherwise)")
    .addHelpText(
      "after",
      `
Examples:
  warplab predict ${operator.type} --shape ${example} --precision fp16 --device gb10
  warplab predict ${operator.type} --shape ${example} --precision fp16 --device gb10 --mode ideal --json

Without --mode the table has ideal and realistic, side by side. \`model\` says what answered: the plain roofline (ideal),
the device's table of measured efficiencies, or the planner.`,
    )
    .action(async (flags: PredictFlags) => {
      const device = findDevice(flags.device, await readHardwareFolder(flags.hardware));
      const predictAs = (mode: string) =>
        predict({
          kernel: operator.type,
          shape: parseShape(flags.shape, operator),
          precision: flags.precision,
          device,
          mode,
        });
      const asked = predictAs(flags.mode ?? "realistic");
      if (flags.json) shell.printJson(asked);
      else shell.print(comparison(flags.mode === undefined ? [predictAs("ideal"), asked] : [asked], device, shell));
    });
}

/** Reads `4096,4096` or `4096x4096`. Throws InputError that names the extents. */
function parseShape(text: string, operator: Operator): number[] {
  const { type, dimensions } = operator;
  const words = text.split(/[,x×]/i).map((word) => word.trim());
  const fits = words.length === dimensions.length && words.every((word) => /^0*[1-9]\d*$/.test(word));
  if (fits && words.every((word) => Number.isSafeInteger(Number(word)))) return words.map(Number);
  throw new InputError(`"${text}" is no shape of a ${type}`, {
    where: "--shape",
    fix: `Write whole numbers of at least 1 for ${dimensions.map(({ name }) => name).join(",")}: --shape ${exampleShape(operator).join(",")}.`,
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
  return [headline, formatTable(linesOf(device), columns, paint), ...notes].join("\n\n");
}

function linesOf(device: DeviceSpec): Line[] {
  return [
    { label: "time", unit: "us", value: (p) => formatNumber(p.predicted_time_us) },
    { label: "speed", unit: "TFLOP/s", value: (p) => formatNumber(p.predicted_tflops) },
    { label: "ceiling", unit: "TFLOP/s", value: (p) => formatNumber(p.effective_tflops) },
    { label: "bound by", unit: "", value: (p) => p.bottleneck },
    { label: "arithmetic intensity", unit: "FLOP/byte", value: (p) => formatNumber(p.ai) },
    { label: `ridge point of ${device.name}`, unit: "FLOP/byte", value: (p) => formatNumber(p.critical_ai) },
    {
      label: "efficiency",
      unit: "",
      value: (p) => (p.efficiency_factor === null ? "-" : formatNumber(p.efficiency_factor)),
    },
    { label: "operations", unit: "GFLOP", value: (p) => formatNumber(p.flops / 1e9) },
    { label: "memory traffic", unit: "MB", value: (p) => formatNumber(p.bytes / 1e6) },
    { label: "model", unit: "", value: (p) => p.model },
  ];
}
