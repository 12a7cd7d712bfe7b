// A simulated service that a reader works with: builds the scenario, runs it, tries other rates, compares. The page simulates; the
// notebook has the models of devices, and keeps the scenario as it stands in the page. The drawing is widgets/service's.
import { WarplabError } from "../core/errors.js";
import { inspectAsText } from "../core/inspect.js";
import { silent } from "../core/progress.js";
import { devices } from "../hardware/index.js";
import { models } from "../model/index.js";
import { plainCosts } from "../serving/cost/plain.js";
import { costsOf } from "../serving/cost/predicted.js";
import { readScenario, type Scenario, type ServiceCosts, type ServiceRun, simulate } from "../serving/index.js";
import { serviceCard } from "../view/index.js";
import { type KernelBridge, kernelBridge, type MimeBundle, mimeForm } from "./bridge.js";
import { layoutWidget, ownModel, Widget } from "./widget.js";
import { isRecord, type WidgetState } from "./widget-state.js";

export interface ServiceExplorerOptions {
  /** Another scenario, whose run is shown as A beside the one that is changed. */
  readonly against?: unknown;
}

/** What computing takes, and the scenario that it was computed for. */
interface KnownCosts {
  readonly scenario: Scenario;
  readonly costs: ServiceCosts;
}

/** A scenario to work with. `scenario` is as it stands in the page at present, `run()` simulates it here. */
export class ServiceExplorer {
  static {
    inspectAsText(ServiceExplorer);
  }

  #scenario: Scenario;
  readonly #against: Scenario | undefined;
  #widget: Widget | undefined;

  /** Throws InputError for a scenario that cannot be run, naming the field. */
  constructor(scenario: unknown, { against }: ServiceExplorerOptions = {}) {
    this.#scenario = readScenario(scenario);
    this.#against = against === undefined ? undefined : readScenario(against, "against");
    Object.defineProperty(this, mimeForm, { value: () => this.#bundle() });
  }

  get scenario(): Scenario {
    return this.#scenario;
  }

  /** A run of the scenario as it stands. */
  run(): ServiceRun {
    return simulate(this.#scenario);
  }

  toString(): string {
    return `A service to explore: ${this.#scenario.name}`;
  }

  /** Its live form; undefined outside warplab's kernel. */
  view(bridge: KernelBridge | undefined = kernelBridge()): MimeBundle | undefined {
    return bridge === undefined ? undefined : this.#live(bridge).viewBundle();
  }

  #live(bridge: KernelBridge): Widget {
    if (this.#widget === undefined || this.#widget.closed) {
      const widget = new Widget(
        {
          ...ownModel(),
          tabbable: null,
          tooltip: null,
          layout: layoutWidget({}, bridge),
          ...serviceState(this.#scenario, this.#against),
        },
        bridge,
      );
      widget.observe("scenario", (scenario) => this.#take(scenario));
      widget.observe("request", (request) => answer(widget, request));
      this.#widget = widget;
    }
    return this.#widget;
  }

  /** The page has read it before it sent it: what cannot be run stays there, with its fault. */
  #take(scenario: unknown): void {
    this.#scenario = readScenario(scenario);
  }

  #bundle(): MimeBundle {
    // Figures alone: nothing of a still form says what happened to one request.
    const run = simulate(this.#scenario, { keep: "figures", progress: silent });
    return { ...this.view(), "text/html": serviceCard(run), "text/plain": this.toString() };
  }
}

/**
 * A service to work with: in a notebook one builds the scenario, runs it, moves rate, concurrency and batch size over the knee curve,
 * compares two scenarios and plays a run. Takes a scenario as `simulate` does. Throws InputError that names the field.
 */
export function serviceExplorer(scenario: unknown, options: ServiceExplorerOptions = {}): ServiceExplorer {
  return new ServiceExplorer(scenario, options);
}

const explorers = new WeakMap<ServiceRun, ServiceExplorer>();

/** The explorer that shows a run: the page simulates it again, which gives the same run, and so needs none of its requests. */
export function explorerOf(run: ServiceRun): ServiceExplorer {
  const known = explorers.get(run);
  if (known !== undefined) return known;
  const made = new ServiceExplorer({ ...run.scenario, seed: run.seed });
  explorers.set(run, made);
  return made;
}

/** Whether a value is what `simulate` gives. */
export function isServiceRun(value: unknown): value is ServiceRun {
  if (!isRecord(value)) return false;
  const { scenario, summary, stages, resources, bottleneck, checks } = value;
  const lists = [stages, resources, checks];
  return isRecord(scenario) && isRecord(summary) && isRecord(bottleneck) && lists.every((each) => Array.isArray(each));
}

/** The properties that the view of a service reads. */
export function serviceState(scenario: Scenario, against?: Scenario): WidgetState {
  const known = [scenario, ...(against === undefined ? [] : [against])].flatMap(predictedCosts);
  return {
    view: "service",
    scenario: scenario as unknown as WidgetState,
    compared_with: (against ?? null) as unknown as WidgetState,
    costs: known as unknown as WidgetState,
    devices: devices().map(({ key }) => key),
    models: [...models.keys()],
    request: null,
    answer: null,
  };
}

/** A page prices what the target's own figures say by itself, and has no models of devices. */
function predictedCosts(scenario: Scenario): KnownCosts[] {
  return plainCosts(scenario) === undefined ? [{ scenario, costs: costsOf(scenario) }] : [];
}

function answer(widget: Widget, request: unknown): void {
  if (!isRecord(request)) return;
  const { scenario } = request;
  try {
    widget.set({ answer: { scenario, costs: costsOf(readScenario(scenario)) } as unknown as WidgetState });
  } catch (error) {
    if (!(error instanceof WarplabError)) throw error;
    widget.set({ answer: { scenario, error: error.message } as unknown as WidgetState });
  }
}
