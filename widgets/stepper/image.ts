// Reads the launch that a host hands over: its bytes arrive as Uint8Array in a page, as DataView through a comm, as
// ArrayBuffer from a worker. Knows nothing of the simulator.
import { InputError } from "../../src/core/errors.js";
import type { AllocationImage, LaunchImage } from "../../src/gpu/simt/launch-image.js";

/** The model's `image` with every run of bytes as a Uint8Array. Throws InputError that names the field that is wrong. */
export function readImage(value: unknown): LaunchImage {
  const image = record(value, "image");
  for (const field of ["ptx", "kernel"]) {
    if (typeof image[field] !== "string") throw wrong(`image.${field}`, "a string", image[field]);
  }
  if (!Array.isArray(image["memory"])) throw wrong("image.memory", "a list of allocations", image["memory"]);
  for (const field of ["grid", "block"]) extents(image[field], `image.${field}`);
  return {
    ...(image as unknown as LaunchImage),
    parameters: readBytes(image["parameters"], "image.parameters"),
    memory: image["memory"].map((allocation: unknown, index: number) => {
      const field = `image.memory[${index}]`;
      const entry = record(allocation, field);
      return { ...(entry as unknown as AllocationImage), bytes: readBytes(entry["bytes"], `${field}.bytes`) };
    }),
  };
}

/** Bytes that start on an 8-byte boundary, so that they can be viewed as any element type. */
export function readBytes(value: unknown, field: string): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) throw wrong(field, "bytes", value);
  const { buffer, byteOffset, byteLength } = value;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return byteOffset % 8 === 0 ? bytes : bytes.slice();
}

function record(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw wrong(field, "an object", value);
  return value as Record<string, unknown>;
}

function extents(value: unknown, field: string): void {
  const { x, y, z } = record(value, field);
  for (const extent of [x, y, z]) {
    if (!Number.isInteger(extent) || (extent as number) < 1) throw wrong(field, "{ x, y, z }, each at least 1", value);
  }
}

function wrong(field: string, expected: string, value: unknown): InputError {
  const found = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 60);
  return new InputError(`expected ${expected}, got ${found}`, {
    where: field,
    fix: "Show what gpu.step(...) returned.",
  });
}
