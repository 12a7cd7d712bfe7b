// What is asked of whoever simulates for a page, and what it tells: plain data that crosses into a worker. Knows no DOM and no worker.
import type { RunSummary, Scenario, ServiceCosts, ServiceRun } from "../../src/serving/index.js";

export type Task = RunTask | SweepTask | ComparisonTask;

/** One run. */
export interface RunTask {
  readonly kind: "run";
  readonly scenario: Scenario;
  /** By the model of a device; null where the target's own figures say it. */
  readonly costs: ServiceCosts | null;
  /** Whether what happened is kept, or only figures. */
  readonly keep: "log" | "figures";
}

/** Short runs at several offered rates, the others as they are: a point each, as soon as it is known. */
export interface SweepTask {
  readonly kind: "sweep";
  readonly scenario: Scenario;
  readonly costs: ServiceCosts | null;
  /** Requests a second, in the order in which they are run; null tries those around the capacity. */
  readonly rates: readonly number[] | null;
  /** Requests of each run, pass by pass: a rough curve at once, and a better one after. */
  readonly requests: readonly number[];
}

/** Runs of two scenarios with the same seeds, pair by pair. */
export interface ComparisonTask {
  readonly kind: "comparison";
  readonly scenarios: readonly [Scenario, Scenario];
  readonly costs: readonly [ServiceCosts | null, ServiceCosts | null];
  readonly replications: number;
}

export type Telling =
  | { readonly kind: "progress"; readonly done: number; readonly total: number | null }
  | { readonly kind: "capacity"; readonly capacity: number | null }
  | { readonly kind: "point"; readonly rate: number; readonly summary: RunSummary }
  | { readonly kind: "pair"; readonly summaries: readonly [RunSummary, RunSummary] }
  | { readonly kind: "run"; readonly run: ServiceRun }
  | { readonly kind: "done" }
  | Failure;

/** Input that cannot be run, and the field that says so; or a fault of our own, which has no field. */
export interface Failure {
  readonly kind: "failed";
  readonly message: string;
  readonly where: string | null;
  readonly isInput: boolean;
}

/** A telling, and which task it is about. */
export interface Envelope<T> {
  readonly id: number;
  readonly content: T;
}
