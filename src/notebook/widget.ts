// The kernel's side of a Jupyter widget: a model whose properties are shared with the page over a comm. Knows no particular
// widget. Protocol: Jupyter widget messaging 2.1, with buffers for binary values at any depth.
import { WarplabError } from "../core/errors.js";
import { type Comm, type KernelBridge, kernelBridge, type MimeBundle } from "./bridge.js";

/** The value under which a page finds a widget again. */
export const widgetViewType: string = "application/vnd.jupyter.widget-view+json";

/** The properties of a widget. Byte arrays may stand anywhere in them; a widget as a value refers to that widget. */
export type WidgetState = Record<string, unknown>;

/** Is told the new value and the one before. */
export type PropertyListener = (value: unknown, previous: unknown) => void;
export type MessageListener = (content: unknown, buffers: readonly Uint8Array[]) => void;

type Path = (string | number)[];

/** A state as it travels: JSON, with the binary values taken out. */
export interface PackedState {
  readonly state: Record<string, unknown>;
  readonly buffer_paths: Path[];
  readonly buffers: Uint8Array[];
}

const protocolVersion = "2.1.0";

/** The widgets that are open, by id: what a page that is reloaded asks for. */
const openWidgets = new Map<string, Widget>();
const bridgesThatAnswer = new WeakSet<KernelBridge>();

/** A model that lives in the kernel and in every page that shows the notebook. */
export class Widget {
  readonly id: string;
  readonly #state: WidgetState;
  readonly #comm: Comm;
  readonly #propertyListeners = new Map<string, Set<PropertyListener>>();
  readonly #messageListeners = new Set<MessageListener>();
  #closed = false;

  /** Opens the widget in the kernel that runs this code; an error outside warplab's kernel, which alone has widgets. */
  constructor(state: WidgetState, bridge: KernelBridge | undefined = kernelBridge()) {
    if (bridge === undefined) {
      throw new WarplabError("A widget needs warplab's own Jupyter kernel.", {
        fix: "Run the notebook with `warplab run` or `warplab lab`, or choose the kernel that `warplab kernel install` adds.",
      });
    }
    answerControlMessages(bridge);
    this.#state = { ...state };
    const { buffers, ...data } = packState(this.#state);
    this.#comm = bridge.openComm("jupyter.widget", data, { buffers, metadata: { version: protocolVersion } });
    this.id = this.#comm.id;
    this.#comm.onMessage = (message, received) => this.#receive(message, received);
    this.#comm.onClose = () => this.#forget();
    openWidgets.set(this.id, this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  /** Changes properties here and in every page, in one message. Listeners hear of those that differ from before. */
  set(changes: WidgetState): void {
    const changed = Object.entries(changes).filter(([name, value]) => !Object.is(this.#state[name], value));
    if (changed.length === 0) return;
    const before = new Map(changed.map(([name]) => [name, this.#state[name]]));
    for (const [name, value] of changed) this.#state[name] = value;
    this.#sendState("update", Object.fromEntries(changed));
    for (const [name, value] of changed) this.#tell(name, value, before.get(name));
  }

  /** Calls `listener` whenever the property changes, here or in a page. Returns what stops it. */
  observe(name: string, listener: PropertyListener): () => void {
    const listeners = this.#propertyListeners.get(name) ?? new Set();
    listeners.add(listener);
    this.#propertyListeners.set(name, listeners);
    return () => void listeners.delete(listener);
  }

  /** Sends a message of our own making to the views. */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    if (!this.#closed) this.#comm.send({ method: "custom", content }, { buffers });
  }

  /** Calls `listener` for each message that a view sends. Returns what stops it. */
  onMessage(listener: MessageListener): () => void {
    this.#messageListeners.add(listener);
    return () => void this.#messageListeners.delete(listener);
  }

  /** Takes the widget out of every page. */
  close(): void {
    if (this.#closed) return;
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

  #forget(): void {
    this.#closed = true;
    openWidgets.delete(this.id);
  }

  #sendState(method: "update" | "echo_update", state: WidgetState): void {
    if (this.#closed) return;
    const { buffers, ...data } = packState(state);
    this.#comm.send({ method, ...data }, { buffers });
  }

  #receive(message: unknown, buffers: readonly Uint8Array[]): void {
    const { method, state, buffer_paths, content } = message as {
      method?: unknown;
      state?: unknown;
      buffer_paths?: unknown;
      content?: unknown;
    };
    if (method === "custom") {
      for (const listener of [...this.#messageListeners]) listener(content, buffers);
    } else if (method === "request_state") {
      this.#sendState("update", this.#state);
    } else if (method === "update" && isRecord(state)) {
      const changes = unpackState(state, Array.isArray(buffer_paths) ? buffer_paths : [], buffers);
      const before = { ...this.#state };
      Object.assign(this.#state, changes);
      // Other pages, and the one that sent it, learn what now holds before listeners change it further.
      this.#sendState("echo_update", changes);
      for (const [name, value] of Object.entries(changes)) {
        if (!Object.is(before[name], value)) this.#tell(name, value, before[name]);
      }
    }
  }

  #tell(name: string, value: unknown, previous: unknown): void {
    for (const listener of [...(this.#propertyListeners.get(name) ?? [])]) listener(value, previous);
  }
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

/** Takes byte arrays out of a state, whatever their depth, and names their places. */
export function packState(state: WidgetState): PackedState {
  const buffer_paths: Path[] = [];
  const buffers: Uint8Array[] = [];
  const pack = (value: unknown, path: Path): unknown => {
    if (value instanceof Widget) return `IPY_MODEL_${value.id}`;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      buffer_paths.push(path);
      buffers.push(bytesOf(value));
      return undefined;
    }
    // A hole keeps the indices of what follows.
    if (Array.isArray(value)) return value.map((inner, i) => pack(inner, [...path, i]) ?? null);
    if (!isRecord(value)) return value;
    const packed: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) {
      const plain = pack(inner, [...path, name]);
      if (plain !== undefined) packed[name] = plain;
    }
    return packed;
  };
  return { state: pack(state, []) as Record<string, unknown>, buffer_paths, buffers };
}

/** The state with its buffers back in their places; a path that leads to no place of the state's own is an error. */
export function unpackState(
  state: WidgetState,
  paths: readonly (readonly (string | number)[])[],
  buffers: readonly Uint8Array[],
): WidgetState {
  const whole = structuredClone(state);
  paths.forEach((path, i) => {
    // Paths come from whatever page speaks to the kernel: none may lead out of the state into a prototype.
    const isPath = Array.isArray(path) && path.length > 0 && path.every(isOwnStep);
    let holder: unknown = isPath ? whole : undefined;
    for (const step of isPath ? path.slice(0, -1) : []) {
      holder = isHolder(holder) && Object.hasOwn(holder, step) ? holder[step] : undefined;
    }
    if (!isHolder(holder) || buffers[i] === undefined) {
      throw new WarplabError(`A widget message has no place or no buffer for ${JSON.stringify(path)}.`);
    }
    holder[path[path.length - 1]] = buffers[i];
  });
  return whole;
}

function isOwnStep(step: unknown): boolean {
  if (typeof step === "number") return Number.isSafeInteger(step) && step >= 0;
  return typeof step === "string" && !["__proto__", "constructor", "prototype"].includes(step);
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return Array.isArray(value) || isRecord(value);
}

// A page that was reloaded asks for all widgets at once, over a comm of its own.
function answerControlMessages(bridge: KernelBridge): void {
  if (bridgesThatAnswer.has(bridge)) return;
  bridgesThatAnswer.add(bridge);
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

function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
