// `show`: a value under the cell that runs, in every form that its reader may understand. Our kernel takes whole bundles and live
// widgets, stock tslab whole bundles without widgets, a plain program prints words.
import { createRequire } from "node:module";
import { TraceRecorder } from "../trace/index.js";
import { type CellRun, type KernelBridge, kernelBridge, type MimeBundle } from "./bridge.js";
import { bundleOf, isStepper } from "./mime.js";
import { explorerOf, isServiceRun } from "./service-explorer.js";
import { stepperWidget } from "./stepper-widget.js";
import { isTimeline, timelineExplorerOf } from "./timeline-explorer.js";

export interface ShowOptions {
  /** Names the place: showing again with the same id changes what is there instead of adding to it. */
  readonly id?: string;
}

/**
 * Shows a value: a stepper as a live view, a chart as a chart, a table as a table, anything else as `util.inspect` writes it.
 * Throws what a value's own form throws, and a WarplabError for a chart that cannot be drawn.
 */
export function show(value: unknown, options: ShowOptions = {}): void {
  const bridge = kernelBridge();
  if (bridge !== undefined) {
    showInKernel(bridge, value, options);
    return;
  }
  const bundle = bundleOf(value);
  const writeToTslab = tslabWriter();
  if (writeToTslab === undefined) {
    console.log(bundle["text/plain"]);
    return;
  }
  const again = isShown(tslab, options.id);
  writeToTslab({ data: bundle, metadata: {}, transient: { display_id: options.id } }, again);
}

function showInKernel(bridge: KernelBridge, value: unknown, { id }: ShowOptions): void {
  bridge.display(
    fullBundle(value, bridge),
    id === undefined ? {} : { displayId: id, update: isShown(bridge, id, bridge.cellRun?.()) },
  );
}

/** All forms of a value in a notebook, the live one among them. */
function fullBundle(value: unknown, bridge: KernelBridge | undefined = kernelBridge()): MimeBundle {
  return { ...(bridge === undefined ? {} : liveForm(value, bridge)), ...bundleOf(value) };
}

function liveForm(value: unknown, bridge: KernelBridge): MimeBundle {
  if (isStepper(value)) return stepperWidget(value, bridge).viewBundle();
  if (isTimeline(value) || value instanceof TraceRecorder) return timelineExplorerOf(value).view(bridge) ?? {};
  return (isServiceRun(value) ? explorerOf(value).view(bridge) : undefined) ?? {};
}

// The kernel shows the last value of a cell as `show` would, and finds the way here, since the library that made the value need
// not be the copy that the kernel was started from.
(globalThis as Record<symbol, unknown>)[Symbol.for("warplab.bundle")] = fullBundle;

/** Stands for tslab, whose writer is a new function for each cell. */
const tslab = {};
/** By id, the run of the cell under which it is shown. */
const shownIds = new WeakMap<object, Map<string, CellRun | undefined>>();

/** What was shown with an id is gone: showing it again adds to the page. */
export function forgetShown(where: object): void {
  shownIds.delete(where);
}

/**
 * Whether what was shown with the id is still there; from now on it is. A cell that is run again has lost what it showed; what an
 * earlier run of it left behind, a timer for one, changes what the new run shows.
 */
function isShown(where: object, id: string | undefined, current?: CellRun): boolean {
  if (id === undefined) return false;
  const ids = shownIds.get(where) ?? new Map();
  shownIds.set(where, ids);
  const owner = ids.get(id);
  const isGone = owner !== undefined && current !== undefined && owner.cell === current.cell && owner.run < current.run;
  if (ids.has(id) && !isGone) return true;
  ids.set(id, current);
  return false;
}

type TslabWriter = (
  output: { data: MimeBundle; metadata: object; transient: { display_id: string | undefined } },
  update: boolean,
) => void;

/** The display writer of the tslab kernel that this process is. Other copies of tslab on the disk do not matter: it is the one loaded. */
function tslabWriter(): TslabWriter | undefined {
  const loaded = createRequire(import.meta.url).cache;
  for (const [file, module] of Object.entries(loaded)) {
    if (!/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file)) continue;
    const exported = module?.exports as { lastWriteDisplayData?: TslabWriter | null } | undefined;
    const writer = exported?.lastWriteDisplayData;
    if (writer) return writer;
  }
  return undefined;
}
