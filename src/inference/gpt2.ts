// GPT-2 as a program: weights up, the prompt in one pass, then a token at a time over a cache that grows, tokens down. Each next token is
// the likeliest, chosen on the device; the host reads it, as it must to see where a text ends. Timed, and not computed.
import { withProgress } from "../core/progress.js";
import type { Reservation } from "../gpu/host/index.js";
import {
  type Graph,
  graphTotals,
  greatestLiveBytes,
  model,
  type NodeTime,
  schedule,
  tensorBytes,
} from "../model/graph/index.js";
import { gptShapes } from "../model/graph/models/gpt.js";
import { plannerOf } from "../model/planner/index.js";
import { checkCapacity } from "./capacity.js";
import { withNextToken } from "./next-token.js";
import type { InferSettings } from "./options.js";
import type { InferenceOutcome } from "./outcome.js";
import { InferenceProgram, type ProgramSpan } from "./program.js";
import { workspaceBytes } from "./workspace.js";

/** How many tokens go through the model at once, behind how many whose keys and values are there. */
export interface DecoderStep {
  readonly sequence: number;
  readonly cached: number;
}

/** The steps of a generation: the prompt gives the first token, each token but the last another. */
export function decoderSteps({ prompt, tokens }: Pick<InferSettings, "prompt" | "tokens">): DecoderStep[] {
  return Array.from({ length: tokens }, (_, step) =>
    step === 0 ? { sequence: prompt, cached: 0 } : { sequence: 1, cached: prompt + step - 1 },
  );
}

/** The graph of a step: the model, and the choice of the next token. */
export function stepGraph({ batch, precision }: InferSettings, { sequence, cached }: DecoderStep): Graph {
  return withNextToken(model("gpt2", { batch, sequence, cached, precision }));
}

/** Bytes of a token's number. */
const tokenBytes = tensorBytes({ shape: [], format: "INT64" });

/** Runs GPT-2. Throws InputError for a device that cannot. */
export function inferGpt2(settings: InferSettings): InferenceOutcome {
  const { device, batch, iterations, progress, prompt, tokens } = settings;
  const program = new InferenceProgram(device);
  const steps = decoderSteps(settings);
  const planner = plannerOf(device);
  const first = stepGraph(settings, steps[0]);
  const totals = graphTotals(first);
  const weights = [...first.tensors.values()].filter(({ role }) => role === "weight");
  const positions = prompt + tokens;
  const inputs: Readonly<Record<string, number>> = {
    tokens: batch * positions * tokenBytes,
    positions: positions * tokenBytes,
    mask: positions * positions * tensorBytes({ shape: [], format: "BOOL" }),
  };
  const kvCachePerToken = cacheBytes(settings);
  const memory = {
    weights: totals.weightBytes,
    inputs: Object.values(inputs).reduce((sum, bytes) => sum + bytes, 0),
    activations: Math.max(
      ...[steps[0], steps[steps.length - 1]].map((step) =>
        greatestLiveBytes(stepGraph(settings, step), ["activation"]),
      ),
    ),
    workspace: workspaceBytes(device),
    // The last token's keys and values are never made.
    kvCache: batch * (positions - 1) * kvCachePerToken,
    kvCachePerToken,
  };
  checkCapacity(settings, memory);

  program.begin(() => {
    program.gpu.modelled.load();
    program.reserve(memory.workspace, "workspace");
  });
  program.stage("load weights", () => {
    for (const tensor of weights) program.upload(tensorBytes(tensor), tensor.name);
  });
  const ids = program.stage("input", (): Reservation => {
    const [texts] = Object.entries(inputs).map(([name, bytes]) => program.upload(bytes, name));
    program.reserve(memory.activations, "activations");
    return texts;
  });
  const planned = new Map<number, readonly NodeTime[]>();
  const nodesOf = (step: DecoderStep): readonly NodeTime[] => {
    // Another iteration takes the same steps.
    const nodes = planned.get(step.cached) ?? schedule(stepGraph(settings, step), planner, "eager").nodes;
    if (iterations > 1) planned.set(step.cached, nodes);
    return nodes;
  };
  const generations: ProgramSpan[] = [];
  const tokenSpans: ProgramSpan[] = [];
  const task = { label: "inference of gpt2", total: iterations * tokens, unit: "tokens" };
  program.stage("inference", () =>
    withProgress(task, progress, (told) => {
      for (let iteration = 1; iteration <= iterations; iteration++) {
        const span = program.range("iteration", `iteration ${iteration}`, () => {
          const held = program.allocations;
          for (const [index, step] of steps.entries()) {
            const nodes = nodesOf(step);
            const token = program.range("token", `token ${index + 1}`, () => {
              program.reserve(batch * step.sequence * kvCachePerToken, cacheLabel(step));
              program.run(nodes);
              program.gpu.defaultStream.synchronize();
              program.gpu.modelled.copy("device to host", ids, batch * tokenBytes);
            });
            tokenSpans.push(token);
            told.advance();
          }
          if (iteration < iterations) program.freeAll(held);
        });
        generations.push(span);
      }
    }),
  );
  program.stage("output", () => program.gpu.modelled.copy("device to host", ids));
  program.stage("clean up", () => program.freeAll());
  return {
    settings,
    graph: first.name,
    parameters: totals.parameters,
    memory: { ...memory, peak: program.gpu.memory.stats.peak },
    stages: program.stages,
    iterations: generations,
    tokens: tokenSpans,
    computed: { reason: "GPT-2 is only timed: warplab has none of its weights" },
    trace: program.finish(),
  };
}

/** Keys and values of one token of one sequence, in all layers. */
function cacheBytes({ precision }: InferSettings): number {
  const { layers, hidden } = gptShapes["gpt2"];
  return 2 * layers * tensorBytes({ shape: [hidden], format: precision });
}

/** `kv_cache[16]`, and of a prompt `kv_cache[0..16]`. */
function cacheLabel({ sequence, cached }: DecoderStep): string {
  return `kv_cache[${sequence === 1 ? cached : `${cached}..${cached + sequence}`}]`;
}
