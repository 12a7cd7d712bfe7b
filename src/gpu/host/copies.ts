// Copies between host arrays and device memory, as memcpy does them: which way they go, whether they fit, and the moving of the
// bytes. Knows nothing of time; devices are told apart by their memory.
import { type DType, type HostArrays, hostZeros, isNarrowFloat } from "../../core/dtype.js";
import { decodeElements, encodeElements } from "../../core/elements.js";
import { InputError } from "../../core/errors.js";
import { DeviceArray, DevicePointer } from "./device-array.js";
import type { DeviceMemory, TransferDirection } from "./device-memory.js";

/** Memory of the host: any typed array. */
export type HostMemory = HostArrays[keyof HostArrays];

/** An end of a copy. */
export type CopyEnd = DeviceArray | DevicePointer | HostMemory;

/** A copy that was found to fit. */
export interface CopyPlan {
  readonly direction: Extract<TransferDirection, `${string} to ${string}`>;
  readonly bytes: number;
  /** What it reaches in device memory. */
  readonly label: string;
  readonly address: number;
  readonly from: DeviceMemory | undefined;
  readonly to: DeviceMemory | undefined;
  perform(): void;
}

/** Rows of a matrix with a distance between them: both ends' pitches, and the part that is copied, in bytes. */
export interface Pitched {
  /** Bytes from one row to the next where it is copied to. */
  readonly toPitch: number;
  /** Bytes from one row to the next where it is copied from. */
  readonly fromPitch: number;
  /** Bytes of each row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * `count` elements of the device's dtype, or all of an array; between two arrays of the device, of the source's. A host array holds
 * elements, or, as a Uint8Array, bytes. Throws InputError for what does not fit.
 */
export function planCopy(to: CopyEnd, from: CopyEnd, count: number | undefined): CopyPlan {
  const [target, source] = [endOf(to, "destination"), endOf(from, "source")];
  const { dtype } = source.dtype === undefined ? target : source;
  if (dtype === undefined) {
    throw new InputError("both ends of the copy are on the host", { where, fix: "Use the array's own set()." });
  }
  if (count !== undefined && (!Number.isInteger(count) || count < 0)) {
    throw new InputError(`a copy takes a whole number of elements, got ${String(count)}`, { where });
  }
  const size = (end: End): number | undefined => (end.open ? undefined : end.bytesAs(dtype));
  const bytes = count === undefined ? agree(size(target), size(source), to, from) : count * dtype.bytes;
  for (const end of [target, source]) {
    if (end.bytesAs(dtype) < bytes) {
      throw new InputError(
        `${bytes} bytes do not fit: ${end.label} has ${end.bytesAs(dtype)}${end.open ? " from there on" : ""}`,
        { where },
      );
    }
  }
  return {
    ...placed(target, source),
    bytes,
    perform: () => target.write(source.read(bytes, dtype), dtype),
  };
}

/** The copy of a matrix that lies in rows with gaps between them, or of a part of one. Bytes throughout. */
export function planPitchedCopy(to: CopyEnd, from: CopyEnd, { toPitch, fromPitch, width, height }: Pitched): CopyPlan {
  const sizes = { toPitch, fromPitch, width, height };
  for (const [name, value] of Object.entries(sizes)) {
    if (Number.isInteger(value) && value >= 0) continue;
    throw new InputError(`must be a whole number, got ${String(value)}`, { where: `memcpy2D, ${name}` });
  }
  const [target, source] = [endOf(to, "destination"), endOf(from, "source")];
  for (const [end, pitch, name] of [
    [target, toPitch, "toPitch"],
    [source, fromPitch, "fromPitch"],
  ] as const) {
    if (pitch < width) {
      throw new InputError(`rows of ${width} bytes overlap: they are ${pitch} bytes apart`, {
        where: `memcpy2D, ${name}`,
      });
    }
    const needed = height === 0 ? 0 : (height - 1) * pitch + width;
    if (needed > end.raw().length) {
      throw new InputError(`${height} rows take ${needed} bytes: ${end.label} has ${end.raw().length}`, {
        where: `memcpy2D, ${name}`,
      });
    }
  }
  return {
    ...placed(target, source),
    bytes: width * height,
    perform() {
      const [into, out] = [target.raw(), source.raw().slice()];
      for (let row = 0; row < height; row++) {
        into.set(out.subarray(row * fromPitch, row * fromPitch + width), row * toPitch);
      }
      target.changed();
    },
  };
}

const where = "memcpy";

// One end, whichever it is. `open`: a pointer does not say how much is meant.
interface End {
  readonly label: string;
  readonly dtype: DType | undefined;
  readonly memory: DeviceMemory | undefined;
  readonly address: number;
  readonly open: boolean;
  /** How many bytes it has, where the other end's elements are of a dtype. */
  bytesAs(dtype: DType): number;
  read(bytes: number, dtype: DType): Uint8Array;
  write(bytes: Uint8Array, dtype: DType): void;
  /** Its own bytes, in place. */
  raw(): Uint8Array;
  changed(): void;
}

function endOf(end: unknown, what: string): End {
  if (end instanceof DeviceArray || end instanceof DevicePointer) return deviceEnd(end);
  if (ArrayBuffer.isView(end) && !(end instanceof DataView)) return hostEnd(end as HostMemory);
  throw new InputError(`the ${what} is neither an array, nor a pointer, nor a typed array of the host`, {
    where,
    fix: "Write gpu.memcpy(y, x), or gpu.memcpy(y, new Float32Array([1, 2])).",
  });
}

function deviceEnd(end: DeviceArray | DevicePointer): End {
  const array = end instanceof DeviceArray ? end : end.array;
  const { region, memory } = array;
  const open = end instanceof DevicePointer;
  const label = open ? String(end) : `"${array.label}"`;
  if (array.freed) throw new InputError(`"${array.label}" has been freed`, { where, fix: "Allocate it anew." });
  const start = end.address - region.base;
  if (start < 0 || start > region.byteLength) {
    throw new InputError(`it points outside "${region.label}", which has ${region.byteLength} bytes`, { where: label });
  }
  // A pointer reaches to the end of its allocation, a view to its own.
  const bytes = region.u8.subarray(start, open ? region.byteLength : start + array.byteLength);
  return {
    label,
    dtype: end.dtype,
    memory,
    address: end.address,
    open,
    bytesAs: () => bytes.length,
    read: (count) => bytes.slice(0, count),
    write(data) {
      bytes.set(data);
      region.wrote(start, start + data.length);
    },
    raw: () => bytes,
    changed() {
      region.wrote(start, start + bytes.length);
    },
  };
}

function hostEnd(array: HostMemory): End {
  const raw = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const label = `the ${array.constructor.name} of the host`;
  // As values of the dtype where it is the array for those, as bytes where it is a Uint8Array.
  const holds = (dtype: DType): boolean => {
    if (array.constructor === hostZeros(dtype, 0).constructor) return isNarrowFloat(dtype);
    if (array instanceof Uint8Array) return false;
    const wanted = hostZeros(dtype, 0).constructor.name;
    throw new InputError(`a ${array.constructor.name} does not hold ${dtype.name} values`, {
      where,
      fix: `Pass a ${wanted}, or a Uint8Array of bytes.`,
    });
  };
  return {
    label,
    dtype: undefined,
    memory: undefined,
    address: 0,
    open: false,
    bytesAs: (dtype) => (holds(dtype) ? array.length * dtype.bytes : raw.length),
    read: (bytes, dtype) =>
      holds(dtype)
        ? encodeElements(dtype, (array as Float32Array).subarray(0, bytes / dtype.bytes) as HostArrays["f16"])
        : raw.subarray(0, bytes),
    write(data, dtype) {
      if (holds(dtype)) (array as Float32Array).set(decodeElements(dtype, data) as Float32Array);
      else raw.set(data);
    },
    raw: () => raw,
    changed: () => {},
  };
}

function agree(target: number | undefined, source: number | undefined, to: CopyEnd, from: CopyEnd): number {
  if (target === undefined && source === undefined) {
    throw new InputError("two pointers do not say how much is copied", {
      where,
      fix: "Say how many elements: gpu.memcpy(to, from, { count: 16 }).",
    });
  }
  if (target !== undefined && source !== undefined && target !== source) {
    throw new InputError(`${nameOf(from)} has ${source} bytes, ${nameOf(to)} ${target}`, {
      where,
      fix: "Say how many elements: gpu.memcpy(to, from, { count: 16 }), or copy to x.subarray(0, n).",
    });
  }
  return (source ?? target) as number;
}

function nameOf(end: CopyEnd): string {
  return end instanceof DeviceArray
    ? `"${end.label}"`
    : end instanceof DevicePointer
      ? String(end)
      : "the host's array";
}

function placed(target: End, source: End): Omit<CopyPlan, "bytes" | "perform"> {
  const [to, from] = [target.memory, source.memory];
  const direction =
    from === undefined
      ? "host to device"
      : to === undefined
        ? "device to host"
        : from === to
          ? "device to device"
          : "peer to peer";
  if (to === undefined && from === undefined) {
    throw new InputError("both ends of the copy are on the host", { where, fix: "Use the array's own set()." });
  }
  const device = to === undefined ? source : target;
  return { direction, label: device.label.replaceAll('"', ""), address: device.address, from, to };
}

/** The dtype of memory that is counted in bytes. */
