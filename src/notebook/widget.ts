// The kernel's side of a Jupyter widget: a model whose properties are shared with the page over a comm. Knows no particular
// widget. Protocol: Jupyter widget messaging 2.1, with buffers for binary values at any depth.
import { AsyncResource } from "node:async_hooks";
import { InputError, WarplabError } from "../core/errors.js";
import { type Comm, type KernelBridge, kernelBridge, type MimeBundle } from "./bridge.js";
import { installation } from "./installation.js";
import {
  checkSendable,
  isRecord,
  isSame,
  nameModel,
  type PackedState,
  type Path,
  packState,
  unpackState,
  type WidgetState,
  withModels,
} from "./widget-state.js";

/** The value under which a page finds a widget again. */
export const widgetViewType: string = "application/vnd.jupyter.widget-view+json";

/** Is told the new value and the one before. */
export type PropertyListener = (value: unknown, previous: unknown) => void;
export type MessageListener = (content: unknown, buffers: readonly Uint8Array[]) => void;

/**
 * Decides over changes before they are made, by the kernel or by a page: returns those to make instead, and throws InputError
 * for what the widget cannot be. What a page or a link wishes becomes the `nearest` that there is; a program's is `exact`.
 */
export type PropertyCheck = (changes: WidgetState, now: Readonly<WidgetState>, manner: Manner) => WidgetState;
export type Manner = "exact" | "nearest";

const protocolVersion = "2.1.0";

/** The widgets that are open, by id: what a page that is reloaded asks for. */
const openWidgets = new Map<string, Widget>();
const bridgesThatAnswer = new WeakSet<KernelBridge>();

/** What a widget is, which no page may change. */
const identity = new Set([
  "_model_module",
  "_model_module_version",
  "_model_name",
  "_view_module",
  "_view_module_version",
  "_view_name",
]);

/** How often a listener may change the property that it listens to, within one another: one that settles does so in a few. */
const deepestTelling = 100;

/** How deep in `batch` the program is, and which widgets have changes to send when it leaves. */
let batchDepth = 0;
const waiting = new Set<Widget>();

/**
 * Sends the changes that `work` makes in one message a widget, when it is done, so that no page sees half of them. Throws what
 * `work` throws, after the changes that it did make.
 */
export function batch<T>(work: () => T): T {
  batchDepth++;
  try {
    return work();
  } finally {
    if (--batchDepth <= 0) endBatch();
  }
}

function endBatch(): void {
  batchDepth = 0;
  for (const widget of [...waiting]) widget.sendWaiting();
}

/** The widget of this id, when it is open. */
export function openWidget(id: string): Widget | undefined {
  return openWidgets.get(id);
}

/** A model that lives in the kernel and in every page that shows the notebook. */
export class Widget {
  readonly id: string;
  readonly #state: WidgetState;
  readonly #comm: Comm;
  readonly #bridge: KernelBridge;
  readonly #check: PropertyCheck;
  readonly #waiting = new Set<string>();
  readonly #closeListeners = new Set<() => void>();
  readonly #propertyListeners = new Map<string, Set<PropertyListener>>();
  readonly #messageListeners = new Set<MessageListener>();
  /** How many times within one another the listeners of a property are being told. */
  #telling = new Map<string, number>();
  #closed = false;

  /** Opens the widget in the kernel that runs this code; an error outside warplab's kernel, which alone has widgets. */
  constructor(
    state: WidgetState,
    bridge: KernelBridge | undefined = kernelBridge(),
    check: PropertyCheck = (changes) => changes,
  ) {
    if (bridge === undefined) {
      throw new WarplabError("A widget needs warplab's own Jupyter kernel.", {
        fix: "Run the notebook with `warplab run` or `warplab lab`, or choose the kernel that `warplab kernel install` adds.",
      });
    }
    checkSendable(state);
    answerControlMessages(bridge);
    this.#bridge = bridge;
    this.#check = check;
    this.#state = { ...state };
    const { buffers, ...data } = packState(this.#state);
    this.#comm = bridge.openComm("jupyter.widget", data, { buffers, metadata: { version: protocolVersion } });
    this.id = this.#comm.id;
    this.#comm.onMessage = (message, received) => this.#receive(message, received);
    this.#comm.onClose = () => this.#forget();
    nameModel(this, this.id);
    openWidgets.set(this.id, this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  /**
   * Changes properties here and in every page, in one message. Listeners hear of those that differ from before. Throws
   * InputError, and changes nothing, where the widget cannot be so.
   */
  set(changes: WidgetState): void {
    this.#set(changes, "exact");
  }

  /** As `set`, where a value out of range becomes the nearest that is in it. */
  setNearest(changes: WidgetState): void {
    this.#set(changes, "nearest");
  }

  #set(changes: WidgetState, manner: Manner): void {
    const checked = this.#check(changes, this.#state, manner);
    checkSendable(checked);
    this.#refuseLoop(checked);
    const changed = this.#apply(checked);
    for (const [name] of changed) this.#waiting.add(name);
    if (batchDepth === 0) this.sendWaiting();
    else waiting.add(this);
    for (const [name, value, before] of changed) this.#tell(name, value, before);
  }

  /** Sends what `batch` has held back. */
  sendWaiting(): void {
    waiting.delete(this);
    const names = [...this.#waiting];
    this.#waiting.clear();
    if (names.length > 0) this.#sendState("update", Object.fromEntries(names.map((name) => [name, this.#state[name]])));
  }

  /**
   * Calls `listener` whenever the property changes, here or in a page. What it prints, and an error that it throws, appears
   * where this was called: under that cell. Returns what stops it.
   */
  observe(name: string, listener: PropertyListener): () => void {
    const listeners = this.#propertyListeners.get(name) ?? new Set();
    const bound = this.#inPlace(listener);
    listeners.add(bound);
    this.#propertyListeners.set(name, listeners);
    return () => void listeners.delete(bound);
  }

  /** Calls `listener` when the widget is closed, here or by a page. Returns what stops it. */
  onClose(listener: () => void): () => void {
    const bound = this.#inPlace(listener);
    this.#closeListeners.add(bound);
    return () => void this.#closeListeners.delete(bound);
  }

  /** Sends a message of our own making to the views. */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    if (!this.#closed) this.#comm.send({ method: "custom", content }, { buffers });
  }

  /** Calls `listener` for each message that a view sends, as `observe` does. Returns what stops it. */
  onMessage(listener: MessageListener): () => void {
    const bound = this.#inPlace(listener);
    this.#messageListeners.add(bound);
    return () => void this.#messageListeners.delete(bound);
  }

  /** Takes the widget out of every page. */
  close(): void {
    if (this.#closed) return;
    // Those who show it let go of it first, so that no page is left with a reference to nothing.
    this.#forget();
    this.#comm.close();
  }

  /** What makes a page show the widget. */
  viewBundle(): MimeBundle {
    return { [widgetViewType]: { version_major: 2, version_minor: 0, model_id: this.id } };
  }

  packed(): PackedState {
    return packState(this.#state);
  }

  /** An interrupt has cut the listeners short: none is being told any more. */
  endTelling(): void {
    this.#telling = new Map();
  }

  #forget(): void {
    if (this.#closed) return;
    this.#closed = true;
    openWidgets.delete(this.id);
    waiting.delete(this);
    for (const listener of [...this.#closeListeners]) listener();
  }

  /** The listener as it behaves where it was given: its output goes there, and its error does not stop the others. */
  #inPlace<A extends readonly unknown[]>(listener: (...args: A) => unknown): (...args: A) => void {
    const told = (error: unknown): void => {
      const report = this.#bridge.describeError(error);
      if (report.output_type === "error") console.error(report.traceback.join("\n"));
    };
    return AsyncResource.bind((...args: A): void => {
      try {
        const result = listener(...args);
        if (result instanceof Promise) result.catch(told);
      } catch (error) {
        told(error);
      }
    });
  }

  /** Makes the changes that differ; which, with the value now and the one before. */
  #apply(changes: WidgetState): [name: string, value: unknown, before: unknown][] {
    const changed: [string, unknown, unknown][] = [];
    for (const [name, value] of Object.entries(changes)) {
      if (Object.hasOwn(this.#state, name) && isSame(this.#state[name], value)) continue;
      changed.push([name, value, this.#state[name]]);
      this.#state[name] = value;
    }
    return changed;
  }

  #sendState(method: "update" | "echo_update", state: WidgetState): void {
    if (this.#closed) return;
    const { buffers, ...data } = packState(state);
    this.#comm.send({ method, ...data }, { buffers });
  }

  #receive(message: unknown, buffers: readonly Uint8Array[]): void {
    if (!isRecord(message)) return;
    const { method, state, buffer_paths, content } = message;
    if (method === "custom") {
      for (const listener of [...this.#messageListeners]) listener(content, buffers);
    } else if (method === "request_state") {
      this.#sendState("update", this.#state);
    } else if (method === "update" && isRecord(state)) {
      this.#receiveState(unpackState(state, Array.isArray(buffer_paths) ? buffer_paths : [], buffers));
    }
  }

  #receiveState(received: WidgetState): void {
    const wanted = Object.fromEntries(
      Object.entries(received)
        .filter(([name]) => Object.hasOwn(this.#state, name) && !identity.has(name))
        .map(([name, value]) => [name, withModels(value, openWidget)]),
    );
    const accepted = this.#accepted(wanted);
    const changed = this.#apply(accepted);
    // Every page, the one that sent it too, learns what now holds before listeners change it further. A page waits for the
    // echo of each property that it sent, and takes from it what was refused.
    const own = Object.keys(wanted);
    const send = (method: "update" | "echo_update", sent: readonly string[]): void => {
      if (sent.length > 0) this.#sendState(method, Object.fromEntries(sent.map((name) => [name, this.#state[name]])));
    };
    if (echoes()) send("echo_update", own);
    const differs = (name: string): boolean => !Object.hasOwn(wanted, name) || !isSame(this.#state[name], wanted[name]);
    send("update", [...new Set([...own, ...Object.keys(accepted)])].filter(differs));
    for (const [name, value, before] of changed) this.#tell(name, value, before);
  }

  /** What of a page's wishes the widget can be: all of them, else those that hold each for itself. */
  #accepted(wanted: WidgetState): WidgetState {
    const check = (changes: WidgetState, now: WidgetState): WidgetState | undefined => {
      try {
        return this.#check(changes, now, "nearest");
      } catch (error) {
        if (error instanceof InputError) return undefined;
        throw error;
      }
    };
    const whole = check(wanted, this.#state);
    if (whole !== undefined) return whole;
    let accepted: WidgetState = {};
    for (const [name, value] of Object.entries(wanted)) {
      accepted = { ...accepted, ...check({ [name]: value }, { ...this.#state, ...accepted }) };
    }
    return accepted;
  }

  #tell(name: string, value: unknown, previous: unknown): void {
    const depth = (this.#telling.get(name) ?? 0) + 1;
    this.#telling.set(name, depth);
    try {
      for (const listener of [...(this.#propertyListeners.get(name) ?? [])]) listener(value, previous);
    } finally {
      if (depth === 1) this.#telling.delete(name);
      else this.#telling.set(name, depth - 1);
    }
  }

  /** Refuses a change that the listeners of the same property make of it without end. */
  #refuseLoop(changes: WidgetState): void {
    for (const [name, value] of Object.entries(changes)) {
      if ((this.#telling.get(name) ?? 0) < deepestTelling || isSame(this.#state[name], value)) continue;
      throw new WarplabError(
        `"${name}" changes without end: its listener sets "${name}" again, ${deepestTelling} times within one another by now`,
        {
          fix: `Let what observes "${name}" set it only where it is not yet as it should be, or set another property.`,
        },
      );
    }
  }
}

/** The names of the model and view that are warplab's own, whose property `view` says which of its views draws it. */
export function ownModel(): WidgetState {
  const { version } = installation();
  return {
    _model_module: "warplab",
    _model_module_version: version,
    _model_name: "WarplabModel",
    _view_module: "warplab",
    _view_module_version: version,
    _view_name: "WarplabView",
    _view_count: null,
    _dom_classes: [],
  };
}

/** The layout that every visible widget of Jupyter refers to. */
export function layoutWidget(style: WidgetState = {}, bridge?: KernelBridge): Widget {
  const base = { module: "@jupyter-widgets/base", version: "2.0.0" };
  return new Widget(
    {
      _model_module: base.module,
      _model_module_version: base.version,
      _model_name: "LayoutModel",
      _view_module: base.module,
      _view_module_version: base.version,
      _view_name: "LayoutView",
      ...style,
    },
    bridge ?? kernelBridge(),
  );
}

/** Whether pages are told of what a page has changed. ipywidgets reads the same variable of the environment. */
function echoes(): boolean {
  return !["0", "false", "no", "off"].includes((process.env["JUPYTER_WIDGETS_ECHO"] ?? "").toLowerCase());
}

// A page that was reloaded asks for all widgets at once, over a comm of its own.
function answerControlMessages(bridge: KernelBridge): void {
  if (bridgesThatAnswer.has(bridge)) return;
  bridgesThatAnswer.add(bridge);
  // An interrupt that cuts a batch short skips its `finally`.
  bridge.onInterrupt?.(() => {
    for (const widget of openWidgets.values()) widget.endTelling();
    endBatch();
  });
  bridge.registerTarget("jupyter.widget.control", (comm) => {
    comm.onMessage = (message) => {
      if ((message as { method?: unknown } | null)?.method !== "request_states") return;
      const { states, buffer_paths, buffers } = allStates();
      comm.send({ method: "update_states", states, buffer_paths }, { buffers });
    };
  });
}

function allStates(): { states: Record<string, unknown>; buffer_paths: Path[]; buffers: Uint8Array[] } {
  const states: Record<string, unknown> = {};
  const buffer_paths: Path[] = [];
  const buffers: Uint8Array[] = [];
  for (const widget of openWidgets.values()) {
    const packed = widget.packed();
    try {
      checkSendable(packed.state);
    } catch (error) {
      // An array that was changed in place: the other widgets are to live all the same.
      console.error(`warplab: a widget is left out of the page. ${(error as Error).message}`);
      continue;
    }
    states[widget.id] = {
      model_name: widget.get("_model_name"),
      model_module: widget.get("_model_module"),
      model_module_version: widget.get("_model_module_version"),
      state: packed.state,
    };
    buffer_paths.push(...packed.buffer_paths.map((path) => [widget.id, "state", ...path]));
    buffers.push(...packed.buffers);
  }
  return { states, buffer_paths, buffers };
}
