// `warplab simulate SCENARIO`: requests through a service, and the sweeps that show its knee. The simulating is serving/'s, the threads of
// a sweep are notebook/service-study's.
import { stat } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import type { Command } from "commander";
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { terminalProgress } from "../../notebook/progress.js";
import { loadSweep } from "../../notebook/service-study/index.js";
import {
  chromeTracePieces,
  type LoadSweepVary,
  presets,
  readScenario,
  type Scenario,
  type ServiceRun,
  simulate,
} from "../../serving/index.js";
import { exitStatus } from "../exit.js";
import { threadsOf, variedOf, wholeOf } from "../option-values.js";
import { scenarioExample } from "../scenario-example.js";
import { describeLoadSweep, describeServiceRun } from "../service-report.js";
import { explainFileError, readTextFile, type Shell } from "../shell.js";
import { refuseOverInput, writeWhole } from "../whole-file.js";

interface SimulateFlags {
  readonly seed?: string;
  readonly trace?: string;
  readonly knee?: true;
  readonly vary?: readonly string[];
  readonly requests?: string;
  readonly replications?: string;
  readonly workers?: string;
  readonly json?: true;
}

export function registerSimulate(program: Command, shell: Shell): void {
  program
    .command("simulate")
    .summary("simulate requests through a service")
    .description(
      "Simulates a scenario: requests that arrive, queue, are batched and served by CPU, copies and GPU, or by a language model. It says " +
        "what limits and when more is offered than can be served, and holds every run against laws that must hold of it. The exit status " +
        "is 1 when such a law does not hold; a closed form outside of a 95 % interval, which happens one time in twenty, leaves it 0.",
    )
    .argument("<scenario>", `a file, - for standard input, or a preset: ${[...presets.keys()].join(", ")}`)
    .option("--seed <number>", "of the random numbers; the scenario's unless given")
    .option("--trace <file>", "write a Chrome trace, for https://ui.perfetto.dev")
    .option("--knee", "sweep the rate around what the service can serve, and find the knee")
    .option(
      "--vary <name=values>",
      "sweep rps, concurrency or batch_size: numbers with commas between them, 8..128*2 or 10..100+10 (may be given again)",
      (text, sofar: string[] = []) => [...sofar, text],
    )
    .option("--requests <number>", "of a sweep: requests of each run (default: 2000)")
    .option("--replications <number>", "of a sweep: runs of each combination, with seeds of their own (default: 1)")
    .option("--workers <number>", "of a sweep: threads (default: as many as the machine runs)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
A scenario:
  ${scenarioExample}

Arrivals are "constant", "jittered", "poisson", "gamma", "burst" or "recorded".

Examples:
  warplab simulate demo
  warplab simulate service.json --seed 7 --trace trace.json
  warplab simulate poisson --knee
  warplab simulate demo --vary rps=50..300+50 --vary concurrency=2,4,8 --json
  jq '.workload.rps = 300' service.json | warplab simulate - --json | jq .summary.overloaded`,
    )
    .action(async (named: string, flags: SimulateFlags) => {
      const scenario = await scenarioOf(named);
      const seed = flags.seed === undefined ? {} : { seed: wholeOf(flags.seed, "--seed") };
      const progress = terminalProgress(process.stderr);
      if (flags.knee !== undefined || flags.vary !== undefined) {
        if (flags.trace !== undefined) {
          throw new InputError("a sweep has many runs and no one trace", {
            where: "--trace",
            fix: "Leave out --knee and --vary, or --trace.",
          });
        }
        const vary = variedBy(flags);
        const sweep = await loadSweep(scenario, {
          vary: flags.knee !== undefined || vary.rps !== undefined ? vary : { ...vary, rps: [scenario.workload.rps] },
          ...seed,
          ...counted(flags, "requests"),
          ...counted(flags, "replications"),
          ...(flags.workers !== undefined && { workers: threadsOf(flags.workers) }),
          progress,
        });
        if (flags.json) shell.printJson(sweep);
        else shell.print(describeLoadSweep(sweep, shell.paint));
        return;
      }
      for (const option of ["requests", "replications", "workers"] as const) {
        if (flags[option] === undefined) continue;
        throw new InputError("is for sweeps", { where: `--${option}`, fix: "Add --knee or --vary, or leave it out." });
      }
      if (flags.trace !== undefined) refuseOverInput(flags.trace, named, "--trace");
      const keep = flags.trace !== undefined || isKept(scenario) ? "log" : "figures";
      const run = explained(named === "-" ? "standard input" : named, () =>
        simulate(scenario, { ...seed, keep, progress }),
      );
      if (flags.trace !== undefined) writeTrace(run, flags.trace, shell);
      if (flags.json) shell.printJson(documentOf(run));
      else shell.print(describeServiceRun(run, shell.paint));
      // What is an estimate may miss its interval; a law may not.
      if (run.checks.some(({ holds, interval }) => !holds && interval === undefined))
        shell.status = exitStatus.checkFailed;
    });
}

/** What the library says of its option `keep` is here about the option that asks for it, and all else about the scenario's file. */
function explained(file: string, work: () => ServiceRun): ServiceRun {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.where !== "keep") throw new InputError(error.message, { where: file });
    const [what] = error.message.replace(/^keep: /, "").split("\n");
    throw new InputError(what, { where: "--trace", fix: "Trace a shorter run." });
  }
}

/** Runs of so many requests times stages keep what happens to each, which makes their quantiles exact. */
const mostKept = 5_000_000;

/** A language model's quantiles are no more exact for it. */
function isKept({ workload: { rps, duration_s, recorded_ms }, pipeline }: Scenario): boolean {
  return pipeline !== undefined && (recorded_ms?.length ?? rps * duration_s) * pipeline.length <= mostKept;
}

async function scenarioOf(named: string): Promise<Scenario> {
  const preset = presets.get(named);
  if (preset !== undefined) return preset;
  if (named === "-") return readScenario(await textOf(process.stdin), "standard input");
  const isThere = await stat(named).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const slip = nearest(named, presets.keys());
    throw new InputError("there is no such file, and no preset of this name", {
      where: named,
      fix: `${slip === undefined ? "" : `Did you mean "${slip}"? `}Presets: ${listChoices([...presets.keys()], false)}.`,
    });
  }
  return readScenario(await readTextFile(named, "scenario"), named);
}

const varied = ["rps", "concurrency", "batch_size"] as const;

function variedBy({ vary = [] }: SimulateFlags): LoadSweepVary {
  const lists = new Map<string, readonly number[]>();
  for (const text of vary) {
    const [name, values] = variedOf(text, "--vary", "rps=50,100,200, rps=50..300+50 or batch_size=1..16*2");
    if (!varied.some((known) => known === name)) {
      throw new InputError(`there is no "${name}" to vary`, {
        where: "--vary",
        fix: `There are ${listChoices(varied)}.`,
      });
    }
    if (lists.has(name)) {
      throw new InputError(`${name} is given twice`, { where: "--vary", fix: `Write --vary ${name}=1,2,3.` });
    }
    const strange = values.find((value) => typeof value !== "number");
    if (strange !== undefined) {
      throw new InputError(`${JSON.stringify(strange)} in "${text}" is no number`, { where: "--vary" });
    }
    lists.set(name, values as readonly number[]);
  }
  return Object.fromEntries(lists);
}

function counted(flags: SimulateFlags, option: "requests" | "replications"): Readonly<Record<string, number>> {
  const text = flags[option];
  return text === undefined ? {} : { [option]: wholeOf(text, `--${option}`) };
}

/** What `--json` prints of a run: everything but what happened to each request, which the trace has. */
function documentOf({ scenario, seed, summary, stages, resources, bottleneck, checks }: ServiceRun): object {
  return { scenario: scenario.name, seed, summary, stages, resources, bottleneck, checks };
}

function writeTrace(run: ServiceRun, path: string, shell: Shell): void {
  try {
    writeWhole(path, chromeTracePieces(run));
  } catch (error) {
    throw explainFileError(error, path, "trace");
  }
  shell.say(`Wrote ${path}; https://ui.perfetto.dev opens it`);
}
