// Binary values inside a widget's state: Jupyter sends them apart from the JSON, saved pages as base64. Knows no model.

/** Where a binary value stands in a state: `["image", "memory", 0, "bytes"]`. */
export type BufferPath = readonly (string | number)[];

export interface SavedBuffer {
  readonly path: BufferPath;
  readonly encoding: "base64";
  readonly data: string;
}

/**
 * Puts the buffers of a saved widget back into its state, in place. A path that leads to no place of the state's own is an
 * error: a page may have come from anybody, and none may lead into a prototype.
 */
export function restoreBuffers(state: Record<string, unknown>, buffers: readonly SavedBuffer[]): void {
  for (const { path, data } of buffers) {
    let holder: unknown = path.length > 0 && path.every(isOwnStep) ? state : undefined;
    for (const step of path.slice(0, -1)) {
      holder = isHolder(holder) && Object.hasOwn(holder, step) ? holder[step] : undefined;
    }
    if (!isHolder(holder)) throw new Error(`The saved widget has no place for the bytes of ${JSON.stringify(path)}.`);
    holder[path[path.length - 1]] = decodeBase64(data);
  }
}

function isOwnStep(step: string | number): boolean {
  return !["__proto__", "constructor", "prototype"].includes(String(step));
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}

export function decodeBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The same value with every DataView and ArrayBuffer, as Jupyter hands them over, as the Uint8Array that views expect. */
export function withByteArrays(value: unknown): unknown {
  if (value instanceof DataView) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return mapPlain(value, withByteArrays);
}

/** A deep copy that keeps binary values as they are, where JSON would turn them into objects. */
export function copyKeepingBytes(value: unknown): unknown {
  return mapPlain(value, copyKeepingBytes);
}

function mapPlain(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}
