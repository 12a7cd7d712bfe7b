// The state of the view: the scenario being written, what is wrong with it, its costs, its run, its curve, and the run that is pinned
// for comparison. Knows no DOM; it tells when something changed.

import { plainCosts } from "../../src/serving/cost/plain.js";
import type { RunSummary, Scenario, ServiceCosts, ServiceRun } from "../../src/serving/index.js";
import { readScenario } from "../../src/serving/scenario/index.js";
import { expectedArrivals } from "../../src/serving/scenario/settings.js";
import type { Fault } from "./builder.js";
import { changedFields } from "./changes.js";
import type { CostBook } from "./cost-book.js";
import { type Draft, valueAt } from "./draft.js";
import { History } from "./history.js";
import type { KneePoint } from "./knee.js";
import { atRate, failureOf } from "./labour.js";
import type { Telling } from "./task.js";
import { Workshop } from "./workshop.js";

/** What changed, so that only that is drawn again. */
export type Change = "draft" | "run" | "progress" | "curve" | "comparison" | "costs" | "failure";

type Pair = readonly [RunSummary, RunSummary];

/** A run of more requests than this waits to be asked for. */
const mostUnasked = 60_000;
/** Milliseconds without a change after which a scenario is run. */
const pause = 150;
/** A run of more requests keeps figures alone. */
const mostKept = 300_000;
/** Of each point of the curve: roughly, while a slider moves, and better. */
const requestsOfPoints = { pipeline: [500, 4000], model: [80, 400] } as const;
export const replications = 12;
/** Requests of one replication, at most. */
const mostCompared = 8000;

export class Session {
  readonly #history: History<Draft>;
  readonly #book: CostBook;
  readonly #onChange: (change: Change) => void;
  readonly #runs = new Workshop();
  readonly #studies = new Workshop();
  readonly #comparisons = new Workshop();
  #scenario: Scenario | undefined;
  #fault: Fault | undefined;
  #run: ServiceRun | undefined;
  #failure = "";
  #progress: { readonly done: number; readonly total: number | null } | undefined;
  #asked: Scenario | undefined;
  #again = false;
  #later: ReturnType<typeof setTimeout> | undefined;
  #curveOf = "";
  #points: KneePoint[] = [];
  #capacity: number | null = null;
  #pinned: { readonly run: ServiceRun; readonly points: readonly KneePoint[] } | undefined;
  #pairs: Pair[] = [];

  constructor(first: Draft, book: CostBook, onChange: (change: Change) => void) {
    this.#history = new History(first);
    this.#book = book;
    this.#onChange = onChange;
  }

  get draft(): Draft {
    return this.#history.now;
  }
  get fault(): Fault | undefined {
    return this.#fault;
  }
  /** The draft, where it is valid. */
  get scenario(): Scenario | undefined {
    return this.#scenario;
  }
  get run(): ServiceRun | undefined {
    return this.#run;
  }
  get failure(): string {
    return this.#failure;
  }
  /** While a run goes on. */
  get progress(): { readonly done: number; readonly total: number | null } | undefined {
    return this.#progress;
  }
  get points(): readonly KneePoint[] {
    return this.#points;
  }
  /** Requests a second that the scenario could be served; null where nothing limits, or it is not known yet. */
  get capacity(): number | null {
    return this.#capacity;
  }
  get pinned(): ServiceRun | undefined {
    return this.#pinned?.run;
  }
  get pinnedPoints(): readonly KneePoint[] {
    return this.#pinned?.points ?? [];
  }
  get pairs(): readonly Pair[] {
    return this.#pairs;
  }
  get canUndo(): boolean {
    return this.#history.canUndo;
  }
  get canRedo(): boolean {
    return this.#history.canRedo;
  }
  /** Whether the run is one of another scenario than that which is written. */
  get isStale(): boolean {
    return this.#run !== undefined && this.#run.scenario !== this.#scenario;
  }
  /** Whether it is known what computing takes, is asked for, or cannot be known here. */
  get costs(): "known" | "asked" | "absent" {
    if (this.#scenario === undefined || plainOrKnown(this.#scenario, this.#book) !== undefined) return "known";
    return this.#book.isAsked(this.#scenario) ? "asked" : "absent";
  }
  /** In which fields B differs from A. */
  get changes(): readonly string[] {
    return this.#pinned === undefined || this.#scenario === undefined
      ? []
      : changedFields(this.#pinned.run.scenario, this.#scenario);
  }

  /** Another draft; `what` names the field that changed, where it is one. */
  change(draft: Draft, what?: string): void {
    if (draft === this.draft) return;
    this.#history.change(draft, what, performance.now());
    this.refresh();
  }

  /** A draft that was chosen as a whole: it is run, however long that takes. */
  open(draft: Draft): void {
    this.change(draft);
    if (this.isStale && this.#asked === undefined) this.start();
  }

  undo(): void {
    if (this.#history.undo() !== undefined) this.refresh();
  }

  redo(): void {
    if (this.#history.redo() !== undefined) this.refresh();
  }

  /** Reads the draft again, and runs it where that takes no time. */
  refresh(): void {
    try {
      this.#scenario = readScenario(this.draft);
      this.#fault = undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (!failure.isInput) throw error;
      this.#scenario = undefined;
      this.#fault = faultOf(failure);
    }
    this.#onChange("draft");
    const scenario = this.#scenario;
    if (scenario === undefined) return;
    const known = this.#costs(scenario);
    this.#onChange("costs");
    if (known === undefined) return;
    this.#trace(scenario, known.costs);
    clearTimeout(this.#later);
    // Not while a slider moves: the curve follows it, and the run comes where it stops.
    if (expectedArrivals(scenario.workload) <= mostUnasked) {
      this.#later = setTimeout(() => this.start(), this.#run === undefined ? 0 : pause);
    }
  }

  /** Runs the scenario. While a short run is on its way only the newest wish is kept. */
  start(): void {
    const scenario = this.#scenario;
    if (scenario === undefined) return;
    clearTimeout(this.#later);
    const known = this.#costs(scenario);
    if (known === undefined) return;
    if (this.#asked !== undefined && expectedArrivals(this.#asked.workload) <= mostUnasked) {
      this.#again = true;
      return;
    }
    this.#asked = scenario;
    this.#progress = { done: 0, total: null };
    this.#failure = "";
    this.#onChange("progress");
    const keep = expectedArrivals(scenario.workload) <= mostKept ? "log" : "figures";
    this.#runs.give({ kind: "run", scenario, costs: known.costs, keep }, (telling) => this.#hearRun(scenario, telling));
  }

  cancel(): void {
    this.#runs.cancel();
    this.#endRun();
  }

  /** Keeps the run as A. */
  pin(): void {
    if (this.#run === undefined) return;
    this.#pinned = { run: this.#run, points: this.#points };
    this.#pairs = [];
    this.#onChange("comparison");
    this.#compare();
  }

  /** Pins the run of another scenario as A, as soon as it is known. */
  compareWith(other: Scenario): void {
    const known = this.#costs(other);
    if (known === undefined) return;
    const keep = expectedArrivals(other.workload) <= mostKept ? "log" : "figures";
    this.#comparisons.give({ kind: "run", scenario: other, costs: known.costs, keep }, (telling) => {
      if (telling.kind === "run") this.#pinned = { run: { ...telling.run, scenario: other }, points: [] };
      if (telling.kind === "failed") this.#fail(telling);
      if (telling.kind !== "done") return;
      this.#onChange("comparison");
      this.#compare();
    });
  }

  /** What was refused elsewhere, in the words of an error, which begin with the field. */
  tell(failure: string): void {
    const field = /^(?:scenario: )?((?:target|workload|pipeline|serving)[\w.[\]]*): /.exec(failure);
    this.#fail({ message: failure, where: field === null ? null : field[0].slice(0, -2), isInput: true });
    this.#onChange("costs");
  }

  unpin(): void {
    this.#comparisons.cancel();
    this.#pinned = undefined;
    this.#pairs = [];
    this.#onChange("comparison");
  }

  dispose(): void {
    clearTimeout(this.#later);
    for (const shop of [this.#runs, this.#studies, this.#comparisons]) shop.dispose();
  }

  /** What the scenario takes, which is asked for where it is not known: undefined until it is. `costs` is null for its own figures. */
  #costs(scenario: Scenario): { readonly costs: ServiceCosts | null } | undefined {
    try {
      const known = plainOrKnown(scenario, this.#book);
      if (known !== undefined) return known;
      this.#book.ask(scenario);
    } catch (error) {
      this.#fail(failureOf(error));
    }
    return undefined;
  }

  #hearRun(scenario: Scenario, telling: Telling): void {
    if (telling.kind === "progress") {
      this.#progress = telling;
      this.#onChange("progress");
    } else if (telling.kind === "run") {
      // The same object that the draft was read as, so that one sees whether the run is of it.
      this.#run = { ...telling.run, scenario };
    } else if (telling.kind === "failed") {
      this.#endRun();
      this.#fail(telling);
    } else if (telling.kind === "done") {
      const again = this.#again;
      this.#endRun();
      this.#onChange("run");
      this.#compare();
      if (again) this.start();
    }
  }

  #endRun(): void {
    this.#asked = undefined;
    this.#again = false;
    this.#progress = undefined;
    this.#onChange("progress");
  }

  #fail({ message, where, isInput }: { message: string; where: string | null; isInput: boolean }): void {
    const path = isInput ? where?.replace(/^[^:]*: /, "") : undefined;
    if (
      path !== undefined &&
      (valueAt(this.draft, path) !== undefined || /^(target|workload|pipeline|serving)\b/.test(path))
    ) {
      this.#fault = faultOf({ message, where });
      this.#onChange("draft");
      return;
    }
    this.#failure = isInput ? message : `A fault of warplab's own: ${message}`;
    this.#onChange("failure");
  }

  /** The curve depends on everything but the rate and the length of the run. */
  #trace(scenario: Scenario, costs: ServiceCosts | null): void {
    const key = JSON.stringify({ ...atRate(scenario, 1, 1), name: "" });
    if (key === this.#curveOf || scenario.workload.recorded_ms !== undefined) return;
    this.#curveOf = key;
    this.#points = [];
    const requests = scenario.serving === undefined ? requestsOfPoints.pipeline : requestsOfPoints.model;
    this.#onChange("curve");
    this.#studies.give({ kind: "sweep", scenario, costs, rates: null, requests }, (telling) => {
      if (telling.kind === "capacity") this.#capacity = telling.capacity;
      else if (telling.kind === "point") {
        const { rate, summary } = telling;
        // A better one takes the place of a rough one.
        this.#points = [...this.#points.filter((each) => each.rate !== rate), { rate, summary }];
        this.#points.sort((a, b) => a.rate - b.rate);
      } else return;
      this.#onChange("curve");
    });
  }

  #compare(): void {
    const [a, b] = [this.#pinned?.run.scenario, this.#run?.scenario];
    if (a === undefined || b === undefined || this.changes.length === 0) return;
    const known = [this.#costs(a), this.#costs(b)];
    if (known[0] === undefined || known[1] === undefined) return;
    this.#pairs = [];
    this.#onChange("comparison");
    this.#comparisons.give(
      {
        kind: "comparison",
        scenarios: [shortened(a), shortened(b)],
        costs: [known[0].costs, known[1].costs],
        replications,
      },
      (telling) => {
        if (telling.kind !== "pair") return;
        this.#pairs.push(telling.summaries);
        this.#onChange("comparison");
      },
    );
  }
}

function plainOrKnown(scenario: Scenario, book: CostBook): { readonly costs: ServiceCosts | null } | undefined {
  if (plainCosts(scenario) !== undefined) return { costs: null };
  const costs = book.of(scenario);
  return costs === undefined ? undefined : { costs };
}

/** The first so many requests of it. */
function shortened(scenario: Scenario): Scenario {
  const { workload } = scenario;
  if (expectedArrivals(scenario.workload) <= mostCompared || workload.recorded_ms !== undefined) return scenario;
  const duration_s = mostCompared / workload.rps;
  return {
    ...scenario,
    workload: { ...workload, duration_s, warmup_s: Math.min(workload.warmup_s ?? 0, duration_s / 4), cooldown_s: 0 },
  };
}

function faultOf({ message, where }: { readonly message: string; readonly where: string | null }): Fault {
  const path = where?.replace(/^[^:]*: /, "");
  const prefix = `${where}: `;
  return { path, message: where !== null && message.startsWith(prefix) ? message.slice(prefix.length) : message };
}
