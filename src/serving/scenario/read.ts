// Reads a scenario from text or an object, and refuses what cannot be run, naming the field. Knows no device: what needs one is checked
// where its costs are made.
import { InputError, listChoices } from "../../core/errors.js";
import { parseJson } from "../../core/json.js";
import { checkSchema } from "../../core/schema.js";
import { checkLlmService } from "./llm-service.js";
import { limits, type Scenario, type Stage, type Workload } from "./scenario.js";
import { scenarioSchema } from "./schema.js";
import { arrivalKindOf, expectedArrivals, type StageSettings, stageSettings } from "./settings.js";

/**
 * A scenario from its JSON, as text or already parsed. `name` is what messages call it. Throws InputError with line and column where
 * the text is no JSON, and with the field where a value cannot be: unknown, out of range, or at odds with another.
 */
export function readScenario(input: unknown, name = "scenario"): Scenario {
  const parsed = typeof input === "string" ? parseJson(input, name) : input;
  checkSchema(parsed, scenarioSchema, name);
  const scenario = parsed as Scenario;
  const fail: Fail = (field, what, fix) => {
    throw new InputError(what, { where: `${name}: ${field}`, fix });
  };
  checkWorkload(scenario.workload, fail);
  if ((scenario.pipeline === undefined) === (scenario.serving === undefined)) {
    fail(
      scenario.pipeline === undefined ? "pipeline" : "serving",
      scenario.pipeline === undefined ? "is missing" : "is there beside pipeline",
      'A scenario has exactly one of the two: "pipeline" with its stages, or "serving" with a language model.',
    );
  }
  checkLlmService(scenario, name);
  if (scenario.pipeline !== undefined) checkPipeline(scenario, scenario.pipeline, fail);
  return scenario;
}

/** Throws; `field` is a path in the scenario. */
type Fail = (field: string, what: string, fix: string) => never;

function checkWorkload(workload: Workload, fail: Fail): void {
  const { rps, duration_s, warmup_s = 0, cooldown_s = 0, jitter_pct = 0, recorded_ms } = workload;
  const kind = arrivalKindOf(workload);
  const expected = expectedArrivals(workload);
  if (expected > limits.arrivals) {
    fail(
      "workload.rps",
      `${rps} requests a second for ${duration_s} s are ${expected} requests; a run takes ${limits.arrivals} at most`,
      "Lower rps or duration_s.",
    );
  }
  if (warmup_s + cooldown_s >= duration_s) {
    fail(
      warmup_s >= duration_s ? "workload.warmup_s" : "workload.cooldown_s",
      `warmup_s and cooldown_s together are ${warmup_s + cooldown_s} s of ${duration_s} s, so that nothing would be measured`,
      "Lower them, or raise duration_s.",
    );
  }
  if (kind === "recorded" && recorded_ms === undefined) {
    fail("workload.recorded_ms", "is missing", "Recorded arrivals need the moments: a list of milliseconds, in order.");
  }
  const only = (field: keyof Workload, owner: string, given: boolean): void => {
    if (given && kind !== owner) {
      fail(`workload.${field}`, `is not used by ${kind} arrivals`, `Leave it out, or set "arrivals": "${owner}".`);
    }
  };
  only("jitter_pct", "jittered", jitter_pct !== 0);
  only("cv", "gamma", workload.cv !== undefined);
  only("burst", "burst", workload.burst !== undefined);
  only("recorded_ms", "recorded", recorded_ms !== undefined);
  for (const [index, moment] of (recorded_ms ?? []).entries()) {
    const field = `workload.recorded_ms[${index}]`;
    if (index > 0 && moment < recorded_ms![index - 1]) {
      fail(field, `${moment} is before the moment in front of it, ${recorded_ms![index - 1]}`, "Give them in order.");
    }
    if (moment >= duration_s * 1000) {
      fail(field, `${moment} ms is not within duration_s, ${duration_s} s`, "Raise duration_s, or leave it out.");
    }
  }
}

function checkPipeline({ workload, target, slo }: Scenario, pipeline: readonly Stage[], fail: Fail): void {
  if (pipeline.length > limits.stages) {
    fail("pipeline", `${pipeline.length} stages; ${limits.stages} at most`, "Put stages together.");
  }
  const passages = expectedArrivals(workload) * pipeline.length;
  if (passages > limits.passages) {
    fail(
      "workload.rps",
      `so many requests pass the ${pipeline.length} stages ${passages} times; a run takes ${limits.passages} at most`,
      "Lower rps or duration_s, or put stages together.",
    );
  }
  for (const field of ["input_tokens", "output_tokens"] as const) {
    if (workload[field] !== undefined) {
      fail(
        `workload.${field}`,
        "belongs to a language model",
        'Leave it out, or give "serving" in place of "pipeline".',
      );
    }
  }
  for (const field of ["ttft_ms", "tpot_ms"] as const) {
    if (slo?.[field] !== undefined) {
      fail(`slo.${field}`, "belongs to a language model", "A pipeline's requests have latency_ms alone.");
    }
  }
  const { batch_size = 1 } = workload;
  if (target.queue_limit !== undefined && batch_size > 1 && target.queue_limit < batch_size) {
    fail(
      "target.queue_limit",
      `${target.queue_limit} is less than batch_size, ${batch_size}, so that no full batch could ever wait`,
      "Raise it to at least batch_size, or leave it out.",
    );
  }
  const names = new Map<string, number>();
  for (const [index, settings] of stageSettings(pipeline).entries()) {
    const { name } = settings.stage;
    const earlier = names.get(name);
    if (earlier !== undefined) {
      fail(
        `pipeline[${index}].name`,
        `"${name}" is the name of pipeline[${earlier}] too`,
        "Give each stage its own name.",
      );
    }
    names.set(name, index);
    checkStage(settings, `pipeline[${index}]`, { workload, target }, fail);
  }
}

/** What each kind needs and what it may have, beside name, kind and resource. */
const fieldsOf: Readonly<
  Record<Stage["kind"], { readonly needs: readonly (keyof Stage)[]; readonly may: readonly (keyof Stage)[] }>
> = {
  fixed_ms: { needs: ["value"], may: ["distribution", "cv"] },
  bytes: { needs: ["value"], may: [] },
  tokens: { needs: ["value"], may: ["distribution", "cv"] },
  work: { needs: ["flop", "bytes"], may: ["batch_bytes", "distribution", "cv"] },
  graph: { needs: ["model"], may: ["precision", "tokens", "distribution", "cv"] },
};

const placesOf: Readonly<Record<Stage["kind"], readonly string[]>> = {
  fixed_ms: ["cpu", "gpu"],
  bytes: ["h2d", "d2h"],
  tokens: ["gpu"],
  work: ["gpu"],
  graph: ["gpu"],
};

function checkStage(
  { stage, resource }: StageSettings,
  path: string,
  { workload, target }: Pick<Scenario, "workload" | "target">,
  fail: Fail,
): void {
  const { kind } = stage;
  const { needs, may } = fieldsOf[kind];
  for (const field of needs) {
    if (stage[field] === undefined) {
      fail(`${path}.${field}`, "is missing", `A stage of kind ${kind} needs ${listed(needs)}.`);
    }
  }
  const allowed: readonly string[] = ["name", "kind", "resource", ...needs, ...may];
  for (const field of Object.keys(stage)) {
    if (!allowed.includes(field)) {
      fail(`${path}.${field}`, `is not used by a stage of kind ${kind}`, `It has ${listed([...needs, ...may])}.`);
    }
  }
  if (!placesOf[kind].includes(resource)) {
    fail(
      `${path}.resource`,
      `a stage of kind ${kind} is not served by ${resource}`,
      `It is served by ${listChoices(placesOf[kind])}.`,
    );
  }
  if (stage.cv !== undefined && stage.distribution !== "gamma") {
    fail(`${path}.cv`, "is used by gamma times alone", 'Leave it out, or set "distribution": "gamma".');
  }
  const onDevice = target.device !== undefined;
  const needsTarget = (fields: readonly (keyof Scenario["target"])[], why: string): void => {
    for (const field of fields) {
      if (target[field] === undefined && !onDevice) {
        fail(`target.${field}`, "is missing", `${path} ("${stage.name}") ${why}; give it, or target.device.`);
      }
    }
  };
  if (kind === "bytes") {
    needsTarget([resource === "d2h" ? "d2h_gbps" : "h2d_gbps"], `moves bytes by ${resource}`);
  } else if (kind === "work") {
    needsTarget(["tflops", "mem_gbps"], "needs the target's peaks");
  } else if (kind === "tokens") {
    if (target.ms_per_token === undefined) {
      fail("target.ms_per_token", "is missing", `${path} ("${stage.name}") computes tokens and needs what one takes.`);
    }
    if ((workload.batch_size ?? 1) > 1) needsTarget(["tflops", "mem_gbps"], "computes tokens in batches");
  } else if (kind === "graph" && !onDevice) {
    fail("target.device", "is missing", `${path} ("${stage.name}") runs a model, and that needs a device.`);
  }
}

function listed(fields: readonly string[]): string {
  return fields.length < 2 ? fields.join("") : `${fields.slice(0, -1).join(", ")} and ${fields[fields.length - 1]}`;
}
