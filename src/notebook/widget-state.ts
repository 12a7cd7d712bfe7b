// The state of a widget as it travels: JSON with the binary values taken out and other widgets by their ids. Knows no comm.
import { InputError, WarplabError } from "../core/errors.js";

/** The properties of a widget. Byte arrays may stand anywhere in them; a widget as a value refers to that widget. */
export type WidgetState = Record<string, unknown>;

/** The ids of widgets, by which a state refers to them. */
const modelIds = new WeakMap<object, string>();
const modelPrefix = "IPY_MODEL_";

/** The way to a value in a state: names and indices. */
export type Path = (string | number)[];

/** A state as it travels: JSON, with the binary values taken out. */
export interface PackedState {
  readonly state: Record<string, unknown>;
  readonly buffer_paths: Path[];
  readonly buffers: Uint8Array[];
}

/** From now on a state that holds the widget refers to it by this id. */
export function nameModel(widget: object, id: string): void {
  modelIds.set(widget, id);
}

/** Takes byte arrays out of a state, whatever their depth, and names their places. */
export function packState(state: WidgetState): PackedState {
  const buffer_paths: Path[] = [];
  const buffers: Uint8Array[] = [];
  const pack = (value: unknown, path: Path): unknown => {
    const model = modelOf(value);
    if (model !== undefined) return `${modelPrefix}${model}`;
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
  return typeof step === "string" && step !== "__proto__";
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return Array.isArray(value) || isRecord(value);
}

/** A received value with the widgets that it refers to, as `find` has them by id. */
export function withModels(value: unknown, find: (id: string) => unknown): unknown {
  if (typeof value === "string" && value.startsWith(modelPrefix)) return find(value.slice(modelPrefix.length)) ?? value;
  if (Array.isArray(value)) return value.map((inner) => withModels(inner, find));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withModels(inner, find)]));
}

/** Whether two values are the same to a page. Bytes are compared as the objects that hold them: they may be many. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => isSame(value, b[i]));
  if (!isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}

/** An object without a class: one that is its properties. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Throws InputError that names the property which cannot be sent to a page. */
export function checkSendable(state: WidgetState): void {
  for (const [name, value] of Object.entries(state)) {
    try {
      JSON.stringify(packState({ [name]: value }).state);
    } catch (error) {
      throw new InputError(`the property "${name}" cannot be sent to a page: ${(error as Error).message}`, {
        where: "widget",
        fix: "Give it what JSON can say (no bigint, no circles), bytes, or a widget.",
      });
    }
  }
}

function modelOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? modelIds.get(value) : undefined;
}

function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
