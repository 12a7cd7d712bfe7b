// A stepped launch and its widget: one cursor and one lane, whoever moves them. Knows nothing of how either draws or runs.
import type { LaunchImage } from "../gpu/simt/launch-image.js";
import { type KernelBridge, kernelBridge } from "./bridge.js";
import { layoutWidget, ownModel, Widget } from "./widget.js";
import type { WidgetState } from "./widget-state.js";

/** What `gpu.step` returns, as far as a widget needs it. */
export interface SteppingLaunch {
  readonly image: LaunchImage;
  /** The step that is shown, from 0. */
  cursor: number;
  /** The lane whose values are shown, 0 to 31. */
  lane: number;
  /** Calls the listener when cursor or lane changes. Returns what stops it. */
  onChange(listener: () => void): () => void;
}

/** The properties that the stepper's view reads. */
export function stepperState(stepper: SteppingLaunch): WidgetState {
  return { view: "stepper", image: stepper.image, cursor: stepper.cursor, lane: stepper.lane };
}

const widgets = new WeakMap<SteppingLaunch, Widget>();

/** The widget of a stepped launch: made at the first call, the same one after, so that all its views move together. */
export function stepperWidget(stepper: SteppingLaunch, bridge: KernelBridge | undefined = kernelBridge()): Widget {
  const known = widgets.get(stepper);
  if (known !== undefined && !known.closed) return known;
  const widget = new Widget(
    {
      ...ownModel(),
      tabbable: null,
      tooltip: null,
      layout: layoutWidget({}, bridge),
      ...stepperState(stepper),
    },
    bridge,
  );
  tellOfMoves(stepper, widget, bridge);
  widget.observe("cursor", (cursor) => {
    if (typeof cursor === "number" && cursor !== stepper.cursor) stepper.cursor = cursor;
  });
  widget.observe("lane", (lane) => {
    if (typeof lane === "number" && lane !== stepper.lane) stepper.lane = lane;
  });
  widgets.set(stepper, widget);
  return widget;
}

/** Milliseconds between two messages while a program moves the cursor: Jupyter's server drops beyond a thousand a second. */
const interval = 50;

/** Tells the views where the stepper is when it moves: at once, in a stream of moves now and then, and always at the end. */
function tellOfMoves(stepper: SteppingLaunch, widget: Widget, bridge: KernelBridge | undefined): void {
  const seen = { cursor: stepper.cursor, lane: stepper.lane };
  const moved = new Set<keyof typeof seen>();
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    const changes = Object.fromEntries([...moved].map((name) => [name, stepper[name]]));
    moved.clear();
    widget.set(changes);
  };
  stepper.onChange(() => {
    for (const name of ["cursor", "lane"] as const) {
      if (stepper[name] === seen[name]) continue;
      seen[name] = stepper[name];
      // Where a view moved it, the widget knows; unless it has to take back what still waits.
      if (widget.get(name) !== seen[name] || moved.has(name)) moved.add(name);
    }
    if (moved.size === 0) return;
    if (performance.now() - last >= interval) tell();
    else if (timer === undefined) {
      timer = setTimeout(tell, interval);
      bridge?.whenCellEnds?.(() => {
        if (timer !== undefined) tell();
      });
    }
  });
}
