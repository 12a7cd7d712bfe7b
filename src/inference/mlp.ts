// The MLP as a program: weights up, the same samples through its layers again and again, results down. Knows no kernel: what carries its
// launches out computes them or only times them.
import { withProgress } from "../core/progress.js";
import { graphTotals, greatestLiveBytes, model, schedule, type Tensor, tensorBytes } from "../model/graph/index.js";
import { plannerOf } from "../model/planner/index.js";
import { checkCapacity } from "./capacity.js";
import { ComputedMlp } from "./computed-mlp.js";
import { mlpKernels } from "./kernels.js";
import type { MlpCarrier } from "./mlp-carrier.js";
import type { InferSettings } from "./options.js";
import type { InferenceOutcome } from "./outcome.js";
import { InferenceProgram, type ProgramSpan } from "./program.js";
import { TimedMlp } from "./timed-mlp.js";
import { workspaceBytes } from "./workspace.js";

/** The name of its graph: three linear layers with ReLU between them. */
export const mlpModel = "mlp-512-1024-512-256";

/** Runs the MLP. Throws InputError for a device that cannot. */
export function inferMlp(settings: InferSettings): InferenceOutcome {
  const { device, batch, precision, iterations, progress } = settings;
  const program = new InferenceProgram(device);
  const graph = model(mlpModel, { batch, precision });
  const { nodes } = schedule(graph, plannerOf(device), "eager");
  const totals = graphTotals(graph);
  const tensors = [...graph.tensors.values()];
  const [inputs, weights] = (["input", "weight"] as const).map((kind) => tensors.filter(({ role }) => role === kind));
  const memory = {
    weights: totals.weightBytes,
    inputs: inputs.reduce((sum, tensor) => sum + tensorBytes(tensor), 0),
    activations: greatestLiveBytes(graph, ["activation"]),
    workspace: workspaceBytes(device),
    kvCache: 0,
    kvCachePerToken: 0,
  };
  checkCapacity(settings, memory);
  const carrier = carrierOf(program, settings, weights);

  program.begin(() => {
    carrier.load();
    program.reserve(memory.workspace, "workspace");
  });
  program.stage("load weights", () => {
    for (const tensor of weights) carrier.weight(tensor);
  });
  program.stage("input", () => {
    for (const tensor of inputs) carrier.input(tensor);
    carrier.activations(memory.activations);
  });
  const spans: ProgramSpan[] = [];
  const task = { label: "inference of mlp", total: iterations, unit: "iterations" };
  program.stage("inference", () =>
    withProgress(task, progress, (told) => {
      for (let iteration = 1; iteration <= iterations; iteration++) {
        const span = program.range("iteration", `iteration ${iteration}`, () => {
          program.run(nodes, (planned) => carrier.launch(planned, iteration));
          program.gpu.defaultStream.synchronize();
        });
        spans.push(span);
        told.advance();
      }
    }),
  );
  const computed = program.stage("output", () =>
    carrier.output(tensorBytes(graph.tensors.get(graph.outputs[0]) as Tensor)),
  );
  program.stage("clean up", () => program.freeAll());
  return {
    settings,
    graph: graph.name,
    parameters: totals.parameters,
    memory: { ...memory, peak: program.gpu.memory.stats.peak },
    stages: program.stages,
    iterations: spans,
    tokens: [],
    computed,
    trace: program.finish(),
  };
}

function carrierOf(program: InferenceProgram, settings: InferSettings, weights: readonly Tensor[]): MlpCarrier {
  const { device, batch, precision, values, seed } = settings;
  if (values === "timed") return new TimedMlp(program, "it was asked for times alone");
  const kernels = mlpKernels(precision, device, batch);
  if (kernels === undefined)
    return new TimedMlp(program, `there are kernels for FP16, BF16 and FP32, not for ${precision}`);
  const { mostRows } = kernels;
  if (batch > mostRows) {
    return new TimedMlp(program, `a batch of more than ${mostRows} samples takes the virtual GPU too long`);
  }
  return new ComputedMlp(program, kernels, { weights, rows: batch, seed });
}
