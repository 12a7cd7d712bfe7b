// A device's global memory as its host sees it: arrays with a type and a label, pointers into them, copies both ways.
import { type DType, type DTypeName, type HostArrays, hostZeros, isDType, isNarrowFloat } from "../../core/dtype.js";
import { decodeElements, encodeElements, formatElement } from "../../core/elements.js";
import { InputError } from "../../core/errors.js";
import { floatFormats, roundTo } from "../../core/float-format.js";
import { inspectAsText } from "../../core/inspect.js";
import { allocationAlignment, GlobalMemory, globalBase, MemoryRegion } from "../simt/memory-region.js";

/** What can fill an array: plain numbers, bigints for 64-bit integers, or a typed array of the same kind. */
export type ArrayData<Name extends DTypeName> = readonly number[] | readonly bigint[] | HostArrays[Name];

/** An address in device memory, `offset` elements into an array. Passed to a kernel where it takes a pointer. */
export class DevicePointer<Name extends DTypeName = DTypeName> {
  static {
    inspectAsText(DevicePointer);
  }

  constructor(
    readonly array: DeviceArray<Name>,
    /** In elements. */
    readonly offset: number,
  ) {}

  get dtype(): DType<Name> {
    return this.array.dtype;
  }

  /** The virtual address in bytes. */
  get address(): number {
    return this.array.address + this.offset * this.dtype.bytes;
  }

  /** The pointer `count` elements on. It may point anywhere; the kernel's accesses are checked. */
  add(count: number): DevicePointer<Name> {
    return new DevicePointer(this.array, this.offset + count);
  }

  toString(): string {
    return `${this.dtype.name}.ptr to ${this.array.label}[${this.offset}]`;
  }
}

/** An array in device memory. */
export class DeviceArray<Name extends DTypeName = DTypeName> {
  static {
    inspectAsText(DeviceArray);
  }

  constructor(
    private readonly memory: DeviceMemory,
    /** The bytes in the device; use toArray and set instead. */
    readonly region: MemoryRegion,
    readonly dtype: DType<Name>,
    readonly length: number,
  ) {}

  get label(): string {
    return this.region.label;
  }

  /** The virtual address of the first element. */
  get address(): number {
    return this.region.base;
  }

  get freed(): boolean {
    return !this.memory.holds(this.region);
  }

  /** The address `count` elements on, for a kernel. */
  add(count: number): DevicePointer<Name> {
    return new DevicePointer(this, count);
  }

  /** Copies the elements to the host. */
  toArray(): HostArrays[Name] {
    this.checkLive("read");
    return decodeElements(this.dtype, this.region.bytes);
  }

  /** Copies elements from the host, from element `at` on. */
  set(data: ArrayData<Name>, at = 0): void {
    this.checkLive("written");
    const values = hostArray(this.dtype, data, this.label);
    if (at < 0 || at + values.length > this.length) {
      throw new InputError(`${values.length} values from element ${at} on do not fit`, {
        where: `"${this.label}" (${this.dtype.name}, ${this.length} elements)`,
      });
    }
    this.region.u8.set(encodeElements(this.dtype, values), at * this.dtype.bytes);
    this.region.dirty = true;
  }

  /** Gives the memory back; the array cannot be used afterwards. */
  free(): void {
    this.checkLive("freed");
    this.memory.free(this.region);
  }

  toString(): string {
    if (this.freed) return `${this.label}: ${this.dtype.name}[${this.length}], freed`;
    const first = decodeElements(this.dtype, this.region.bytes.subarray(0, 8 * this.dtype.bytes)) as ArrayLike<
      number | bigint
    >;
    const shown = Array.from(first, (value) => formatElement(this.dtype, value));
    const rest = this.length > shown.length ? ", …" : "";
    return `${this.label}: ${this.dtype.name}[${this.length}] on the device [${shown.join(", ")}${rest}]`;
  }

  private checkLive(what: string): void {
    if (this.freed) {
      throw new InputError(`"${this.label}" has been freed and cannot be ${what}`, { fix: "Allocate it anew." });
    }
  }
}

/** Allocates in one device's address space. Addresses are never used twice, so that a stale pointer is always seen. */
export class DeviceMemory {
  static {
    inspectAsText(DeviceMemory);
  }

  readonly global: GlobalMemory = new GlobalMemory();
  private next = globalBase;
  private used = 0;
  private count = 0;

  /** `capacity` in bytes: what the device has. */
  constructor(
    private readonly deviceName: string,
    private readonly capacity: number,
  ) {}

  /** Bytes that are allocated. */
  get allocatedBytes(): number {
    return this.used;
  }

  allocate<Name extends DTypeName>(dtype: DType<Name>, length: number, label: string | undefined): DeviceArray<Name> {
    if (!isDType(dtype)) {
      throw new InputError("the first argument must be a type such as f32", {
        fix: 'Write gpu.zeros(f32, 1024, { label: "y" }).',
      });
    }
    if (!Number.isInteger(length) || length < 0) {
      throw new InputError(`an array needs a whole number of elements, got ${String(length)}`, {
        fix: "Write gpu.zeros(f32, 1024).",
      });
    }
    const bytes = length * dtype.bytes;
    if (this.used + bytes > this.capacity) {
      throw new InputError(
        `${bytes.toLocaleString("en-US")} bytes do not fit: ${this.deviceName} has ${this.capacity.toLocaleString("en-US")}, of which ${this.used.toLocaleString("en-US")} are in use`,
        { fix: "Free arrays that are not needed (array.free()), or use a smaller shape." },
      );
    }
    const name = label ?? `array${++this.count}`;
    const region = new MemoryRegion(this.next, bytes, name, dtype.name);
    this.next += (Math.ceil(bytes / allocationAlignment) + 1) * allocationAlignment;
    this.used += bytes;
    this.global.add(region);
    return new DeviceArray(this, region, dtype, length);
  }

  /** One line: `memory of H100 SXM: 2 arrays in 640 bytes of 80,000,000,000`. */
  toString(): string {
    const count = this.global.allocations.length;
    const [used, capacity] = [this.used, this.capacity].map((bytes) => bytes.toLocaleString("en-US"));
    return `memory of ${this.deviceName}: ${count} array${count === 1 ? "" : "s"} in ${used} bytes of ${capacity}`;
  }

  holds(region: MemoryRegion): boolean {
    return this.global.allocations.includes(region);
  }

  free(region: MemoryRegion): void {
    this.global.remove(region);
    this.used -= region.byteLength;
  }
}

/** Host values as a typed array. Numbers that an integer type cannot hold are refused rather than wrapped. */
export function hostArray<Name extends DTypeName>(
  dtype: DType<Name>,
  data: ArrayData<Name>,
  label: string,
): HostArrays[Name] {
  const target = hostZeros(dtype, data.length);
  if (ArrayBuffer.isView(data)) {
    if (data.constructor !== target.constructor) {
      throw new InputError(`${data.constructor.name} does not hold ${dtype.name} values`, {
        where: `array "${label}"`,
        fix: `Pass a ${target.constructor.name}, or plain numbers.`,
      });
    }
    (target as Float64Array).set(data as unknown as Float64Array);
    return target;
  }
  if (!Array.isArray(data)) {
    throw new InputError(`an array is filled from a list or a ${target.constructor.name}`, {
      where: `array "${label}"`,
    });
  }
  // Rounded here and not by way of f32, which would round twice.
  const round = isNarrowFloat(dtype)
    ? (value: number | bigint) => roundTo(floatFormats[dtype.name], Number(value))
    : undefined;
  data.forEach((value: number | bigint, index) => {
    const checked = scalar(dtype, value, `array "${label}", element ${index}`);
    (target as unknown as (number | bigint)[])[index] = round === undefined ? checked : round(checked);
  });
  return target;
}

/** A host value checked against a dtype: bigint for 64-bit integers, number otherwise. `where` names it in the error. */
export function scalar(dtype: DType, value: unknown, where: string): number | bigint {
  if (dtype.kind === "float") {
    if (typeof value === "number") return value;
    throw new InputError(`${show(value)} is not a number, as ${dtype.name} needs`, { where });
  }
  const whole = typeof value === "bigint" ? value : Number.isInteger(value) ? BigInt(value as number) : undefined;
  const bits = BigInt(dtype.bytes * 8);
  const [low, high] =
    dtype.kind === "signed" ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (whole === undefined || whole < low || whole > high) {
    throw new InputError(`${show(value)} is not a whole number from ${low} to ${high}, as ${dtype.name} needs`, {
      where,
    });
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new InputError(`${value} is too large to be exact as a number`, {
      where,
      fix: `Write it as a bigint: ${whole}n.`,
    });
  }
  return dtype.bytes === 8 ? whole : Number(whole);
}

function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : String(value);
}
