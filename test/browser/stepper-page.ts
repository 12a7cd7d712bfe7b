// A page with one stepper in it, as the browser tests open it: the view and a launch, with a model that keeps account.
import { PageModel } from "../../widgets/hosts/page-model.js";
import stepper from "../../widgets/stepper/index.js";
import { divergentLaunch, faultyLaunch, sharedLaunch } from "../widgets/stepper/launches.js";
import {
  allocatingLaunch,
  callingLaunch,
  cooperativeLaunch,
  copyingLaunch,
  longNameLaunch,
  printingLaunch,
  residentLaunch,
} from "./machine-launches.js";

const launches = {
  calling: callingLaunch,
  longName: longNameLaunch,
  printing: printingLaunch,
  resident: residentLaunch,
  cooperative: cooperativeLaunch,
  allocating: allocatingLaunch,
  copying: copyingLaunch,
  divergent: () => divergentLaunch(),
  large: () => divergentLaunch(128, 40),
  shared: sharedLaunch,
  faulty: faultyLaunch,
  nameless: () => ({ ...sharedLaunch(), kernel: "nope" }),
};

export type LaunchName = keyof typeof launches;

/** What a test does with the page through `window`. */
export interface StepperPage {
  model: CountingModel;
  /** How often the view sent its changes to the kernel. */
  saves: number;
  clean: () => void;
  /** What the view showed when `render` returned. */
  firstWords: string;
}

class CountingModel extends PageModel {
  /** As a notebook's model says it: undefined on a page that has no kernel to lose. */
  comm_live: boolean | undefined;

  readonly #connectionListeners = new Set<(...args: never[]) => void>();

  override on(event: string, callback: (...args: never[]) => void): void {
    super.on(event, callback);
    if (event === "comm_live_update") this.#connectionListeners.add(callback);
  }

  connect(live: boolean): void {
    this.comm_live = live;
    for (const listener of this.#connectionListeners) listener();
  }

  override save_changes(): void {
    page.saves++;
  }
}

const query = new URLSearchParams(location.search);
const page: StepperPage = {
  model: new CountingModel({
    image: launches[query.get("launch") as LaunchName](),
    cursor: Number(query.get("cursor") ?? 0),
    lane: Number(query.get("lane") ?? 0),
  }),
  saves: 0,
  clean: () => {},
  firstWords: "",
};
(globalThis as unknown as { stepperPage: StepperPage }).stepperPage = page;
// As JupyterLab does: the view is drawn first, and put into the page after.
const el = document.createElement("div");
page.clean = stepper.render({ model: page.model, el }) ?? page.clean;
document.body.append(el);
page.firstWords = document.querySelector("[data-warplab]")?.shadowRoot?.querySelector(".stepper")?.textContent ?? "";
