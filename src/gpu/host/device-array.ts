// Arrays in device memory and pointers into them, as the host holds them: elements to read and write, views that share memory,
// arithmetic. Knows nothing of time or of launches.
import type { DType, DTypeName, HostArrays } from "../../core/dtype.js";
import { decodeElements, encodeElements, formatElement, readElement, writeElement } from "../../core/elements.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import type { MemoryRegion } from "../simt/memory-region.js";
import type { DeviceMemory, TransferDirection } from "./device-memory.js";
import { type HostAtomic, hostAtomic } from "./host-atomics.js";
import { type ArrayData, checkDType, hostArray, scalar } from "./host-values.js";

/** One value of a dtype on the host: a bigint for 64-bit integers, a number otherwise. */
export type HostValue<Name extends DTypeName> = HostArrays[Name][number];

/** What is written where a value of a dtype is expected. */
export type ValueLike<Name extends DTypeName> = Name extends "i64" | "u64" ? bigint | number : number;

/**
 * An array in device memory, or a view of a part of one. It goes wherever a kernel takes a pointer. Copies to and from the host
 * take simulated time and are logged.
 */
export class DeviceArray<Name extends DTypeName = DTypeName> {
  static {
    inspectAsText(DeviceArray);
  }

  /** Made by gpu.array, gpu.zeros, gpu.malloc and views. */
  constructor(
    readonly memory: DeviceMemory,
    /** The allocation that it lies in, with the bytes in the device; use toArray and set instead. */
    readonly region: MemoryRegion,
    readonly dtype: DType<Name>,
    readonly length: number,
    /** Bytes from the allocation's start to the first element. */
    readonly byteOffset: number = 0,
  ) {}

  /** What messages and views call it: the allocation's label, of a view with what part it is. */
  get label(): string {
    const { region, dtype, length, byteOffset } = this;
    const isWhole = byteOffset === 0 && length * dtype.bytes === region.byteLength;
    const type = dtype.name === region.dtype ? "" : ` as ${dtype.name}`;
    const first = byteOffset / dtype.bytes;
    return isWhole ? `${region.label}${type}` : `${region.label}${type}[${first}..${first + length}]`;
  }

  /** Size of all elements in bytes. */
  get byteLength(): number {
    return this.length * this.dtype.bytes;
  }

  /** The virtual address of the first element. */
  get address(): number {
    return this.region.base + this.byteOffset;
  }

  get freed(): boolean {
    return !this.memory.holds(this.region);
  }

  /** Whether it is a part of an allocation, or the same memory as another dtype, and so not to be freed. */
  get isView(): boolean {
    const { region, dtype, byteOffset, byteLength } = this;
    return byteOffset !== 0 || byteLength !== region.byteLength || dtype.name !== region.dtype;
  }

  /** The pointer `count` elements on. It may point anywhere; accesses through it are checked. */
  add(count: number): DevicePointer<Name> {
    return new DevicePointer(this, 0, this.dtype).add(count);
  }

  /** The elements from `begin` to before `end` as an array that shares their memory. */
  subarray(begin: number, end: number = this.length): DeviceArray<Name> {
    this.checkLive("viewed");
    const isRange = Number.isInteger(begin) && Number.isInteger(end) && begin >= 0 && begin <= end;
    if (!isRange || end > this.length) {
      throw new InputError(`elements ${begin} to ${end} are not within it: it has ${this.length}`, {
        where: `view of "${this.label}"`,
      });
    }
    return new DeviceArray(
      this.memory,
      this.region,
      this.dtype,
      end - begin,
      this.byteOffset + begin * this.dtype.bytes,
    );
  }

  /** The same memory as elements of another dtype: `x.view(u8)` are the bytes of x. */
  view<Other extends DTypeName>(dtype: DType<Other>): DeviceArray<Other> {
    checkDType(dtype);
    this.checkLive("viewed");
    const where = `"${this.label}" as ${dtype.name}`;
    if (this.byteLength % dtype.bytes !== 0) {
      throw new InputError(`${this.byteLength} bytes are no whole number of elements of ${dtype.bytes} bytes`, {
        where,
        fix: "Take a part first: x.subarray(0, n).view(dtype).",
      });
    }
    if (this.address % dtype.bytes !== 0) {
      throw new InputError(`it begins at an address that is no multiple of ${dtype.bytes}`, { where });
    }
    return new DeviceArray(this.memory, this.region, dtype, this.byteLength / dtype.bytes, this.byteOffset);
  }

  /** The element at an index. Throws InputError for an index outside. */
  get(index: number): HostValue<Name> {
    return this.add(0).get(this.checked(index));
  }

  /** The element at an index; a negative one counts from the end, as in lists. Throws InputError for an index outside. */
  at(index: number): HostValue<Name> {
    return this.get(index < 0 ? this.length + index : index);
  }

  /** Writes one element. Throws InputError for an index outside and a value that the dtype does not hold. */
  put(index: number, value: ValueLike<Name>): void {
    this.add(0).put(this.checked(index), value);
  }

  /** Copies the elements to the host. */
  toArray(): HostArrays[Name] {
    this.checkLive("read");
    this.transferred("cuMemcpyDtoH_v2", "device to host");
    return decodeElements(this.dtype, this.contents());
  }

  /** Copies elements from the host, from element `at` on. */
  set(data: ArrayData<Name>, at = 0): void {
    this.checkLive("written");
    const values = hostArray(this.dtype, data, this.label);
    if (at < 0 || !Number.isInteger(at) || at + values.length > this.length) {
      throw new InputError(`${values.length} values from element ${at} on do not fit`, {
        where: `"${this.label}" (${this.dtype.name}, ${this.length} elements)`,
      });
    }
    const bytes = encodeElements(this.dtype, values);
    this.contents().set(bytes, at * this.dtype.bytes);
    const start = this.byteOffset + at * this.dtype.bytes;
    this.region.wrote(start, start + bytes.length);
    this.transferred("cuMemcpyHtoD_v2", "host to device", bytes.length);
  }

  /** Sets every element to one value. */
  fill(value: ValueLike<Name>): void {
    this.checkLive("filled");
    const { dtype } = this;
    const checked = scalar(dtype, value, `fill of "${this.label}"`);
    const one = new Uint8Array(dtype.bytes);
    writeElement(new DataView(one.buffer), 0, dtype, checked);
    const bytes = this.contents();
    for (let at = 0; at < bytes.length; at += one.length) bytes.set(one, at);
    this.region.wrote(this.byteOffset, this.byteOffset + this.byteLength);
    // The driver sets bytes, 2-byte and 4-byte words; it has no call for 8 bytes.
    this.transferred(`cuMemsetD${8 * Math.min(4, dtype.bytes)}_v2`, "memset");
  }

  /** Adds to an element, as one that nothing comes between; returns the old value. Integers wrap around. */
  atomicAdd(index: number, value: ValueLike<Name>): HostValue<Name> {
    return this.atomic("add", index, value);
  }

  /** Subtracts from an element; returns the old value. Integers wrap around. */
  atomicSub(index: number, value: ValueLike<Name>): HostValue<Name> {
    return this.atomic("sub", index, value);
  }

  /** Makes an element the smaller of itself and `value`; returns the old value. */
  atomicMin(index: number, value: ValueLike<Name>): HostValue<Name> {
    return this.atomic("min", index, value);
  }

  /** Makes an element the larger of itself and `value`; returns the old value. */
  atomicMax(index: number, value: ValueLike<Name>): HostValue<Name> {
    return this.atomic("max", index, value);
  }

  /** Puts a value in an element's place; returns the old one. */
  atomicExchange(index: number, value: ValueLike<Name>): HostValue<Name> {
    return this.atomic("exchange", index, value);
  }

  /** Compare and swap: puts `value` in the place of an element that is `expected`, bit for bit; returns the old value. */
  atomicCas(index: number, expected: ValueLike<Name>, value: ValueLike<Name>): HostValue<Name> {
    const where = `atomic on "${this.label}"`;
    return this.atomic("cas", index, value, scalar(this.dtype, expected, where));
  }

  /** Gives the memory back; the array and all views of it cannot be used afterwards. Throws InputError for a view. */
  free(): void {
    this.checkLive("freed");
    if (this.isView) {
      throw new InputError(`"${this.label}" is a view of "${this.region.label}": only the whole array can be freed`, {
        fix: "Free the array that it is a view of.",
      });
    }
    this.memory.free(this.region);
  }

  /** The bytes as they are in the device, not a copy, and without a transfer: for what shows them. */
  contents(): Uint8Array {
    return this.region.u8.subarray(this.byteOffset, this.byteOffset + this.byteLength);
  }

  toString(): string {
    if (this.freed) return `${this.label}: ${this.dtype.name}[${this.length}], freed`;
    const first = decodeElements(this.dtype, this.contents().subarray(0, 8 * this.dtype.bytes)) as ArrayLike<
      number | bigint
    >;
    const shown = Array.from(first, (value) => formatElement(this.dtype, value));
    const rest = this.length > shown.length ? ", …" : "";
    return `${this.label}: ${this.dtype.name}[${this.length}] on the device [${shown.join(", ")}${rest}]`;
  }

  private atomic(
    operation: HostAtomic,
    index: number,
    value: ValueLike<Name>,
    expected?: number | bigint,
  ): HostValue<Name> {
    this.checkLive("changed");
    const { dtype, region } = this;
    const checked = scalar(dtype, value, `atomic on "${this.label}"`);
    const offset = this.byteOffset + this.checked(index) * dtype.bytes;
    const old = hostAtomic(operation, new DataView(region.u8.buffer), offset, dtype, checked, expected);
    region.wrote(offset, offset + dtype.bytes);
    this.transferred(`atomic ${operation}`, "host atomic", dtype.bytes);
    return old as HostValue<Name>;
  }

  private checked(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return index;
    throw new InputError(`there is no element ${index}: it has ${this.length}`, { where: `"${this.label}"` });
  }

  private transferred(call: string, direction: TransferDirection, bytes: number = this.byteLength): void {
    this.memory.observer?.transferred({ call, direction, bytes, label: this.label, address: this.address });
  }

  private checkLive(what: string): void {
    checkLive(this, what);
  }
}

/** An address in device memory with a type, somewhere in or about an array. Passed to a kernel where it takes a pointer. */
export class DevicePointer<Name extends DTypeName = DTypeName> {
  static {
    inspectAsText(DevicePointer);
  }

  constructor(
    /** The array that it was made from. */
    readonly array: DeviceArray,
    /** Bytes from the array's first element. */
    readonly byteOffset: number,
    readonly dtype: DType<Name>,
  ) {}

  /** Elements of the pointer's own dtype from the array's start. */
  get offset(): number {
    return this.byteOffset / this.dtype.bytes;
  }

  /** The virtual address in bytes. */
  get address(): number {
    return this.array.address + this.byteOffset;
  }

  /** The pointer `count` elements on. It may point anywhere; accesses through it are checked. */
  add(count: number): DevicePointer<Name> {
    if (!Number.isInteger(count)) {
      throw new InputError(`a pointer moves by a whole number of elements, got ${String(count)}`, {
        where: this.toString(),
      });
    }
    return new DevicePointer(this.array, this.byteOffset + count * this.dtype.bytes, this.dtype);
  }

  /** The pointer `count` elements back. */
  sub(count: number): DevicePointer<Name> {
    return this.add(-count);
  }

  /** Elements from another pointer into the same allocation to this one. Throws InputError where that means nothing. */
  minus(other: DevicePointer<Name> | DeviceArray<Name>): number {
    const from = other instanceof DeviceArray ? other : other.array;
    const where = `${this} minus ${other instanceof DeviceArray ? `"${other.label}"` : other}`;
    if (from.region !== this.array.region) {
      throw new InputError("pointers into different allocations have no distance", { where });
    }
    if (other.dtype !== this.dtype) throw new InputError("pointers of different types have no distance", { where });
    return (this.address - other.address) / this.dtype.bytes;
  }

  /** Whether it is the same address. */
  equals(other: DevicePointer | DeviceArray): boolean {
    return (
      this.address === other.address &&
      this.array.memory === (other instanceof DeviceArray ? other : other.array).memory
    );
  }

  /** Negative where it lies before the other, positive where behind it, 0 where both are one address; for sorting. */
  compare(other: DevicePointer | DeviceArray): number {
    return this.address - other.address;
  }

  /** The same address as a pointer to another type. */
  cast<Other extends DTypeName>(dtype: DType<Other>): DevicePointer<Other> {
    checkDType(dtype);
    return new DevicePointer(this.array, this.byteOffset, dtype);
  }

  /** The element `index` elements on. Throws InputError where no allocation holds it, or it is not aligned. */
  get(index = 0): HostValue<Name> {
    const offset = this.locate(index, "read");
    this.transferred("cuMemcpyDtoH_v2", "device to host");
    return readElement(new DataView(this.array.region.u8.buffer), offset, this.dtype) as HostValue<Name>;
  }

  /** The same as `get`; for those who think of it as an index. */
  at(index: number): HostValue<Name> {
    return this.get(index);
  }

  /** Writes the element `index` elements on. */
  put(index: number, value: ValueLike<Name>): void {
    const offset = this.locate(index, "written");
    const checked = scalar(this.dtype, value, `${this}, element ${index}`);
    writeElement(new DataView(this.array.region.u8.buffer), offset, this.dtype, checked);
    this.array.region.wrote(offset, offset + this.dtype.bytes);
    this.transferred("cuMemcpyHtoD_v2", "host to device");
  }

  /** `length` elements from here as an array that shares their memory. */
  view(length: number): DeviceArray<Name> {
    const { array, dtype } = this;
    const byteOffset = array.byteOffset + this.byteOffset;
    const fits = Number.isInteger(length) && length >= 0 && byteOffset >= 0;
    if (!fits || byteOffset + length * dtype.bytes > array.region.byteLength) {
      throw new InputError(
        `${length} elements do not fit: "${array.region.label}" has ${array.region.byteLength} bytes`,
        {
          where: `view of ${this}`,
        },
      );
    }
    if (this.address % dtype.bytes !== 0) {
      throw new InputError(`it points to an address that is no multiple of ${dtype.bytes}`, {
        where: `view of ${this}`,
      });
    }
    return new DeviceArray(array.memory, array.region, dtype, length, byteOffset);
  }

  toString(): string {
    const { array, dtype, byteOffset, offset } = this;
    const isElement = dtype.name === array.dtype.name && Number.isInteger(offset);
    const place = isElement ? `${array.label}[${offset}]` : `${array.label} + ${byteOffset} bytes`;
    return `${dtype.name}.ptr to ${place}`;
  }

  // Where an element lies in its allocation, in bytes.
  private locate(index: number, what: string): number {
    const { array, dtype } = this;
    checkLive(array, what);
    const { region } = array;
    const offset = array.byteOffset + this.byteOffset + index * dtype.bytes;
    if (!Number.isInteger(index) || offset < 0 || offset + dtype.bytes > region.byteLength) {
      throw new InputError(`element ${index} lies outside "${region.label}", which has ${region.byteLength} bytes`, {
        where: this.toString(),
      });
    }
    if (offset % dtype.bytes !== 0) {
      throw new InputError(`it points to an address that is no multiple of ${dtype.bytes}`, { where: this.toString() });
    }
    return offset;
  }

  private transferred(call: string, direction: TransferDirection): void {
    const { array, address, dtype } = this;
    array.memory.observer?.transferred({ call, direction, bytes: dtype.bytes, label: array.label, address });
  }
}

/** Allocates an array of zeros. */
export function allocateArray<Name extends DTypeName>(
  memory: DeviceMemory,
  dtype: DType<Name>,
  length: number,
  label: string | undefined,
): DeviceArray<Name> {
  checkDType(dtype);
  return new DeviceArray(memory, memory.allocate(dtype, length, label), dtype, length);
}

function checkLive(array: DeviceArray, what: string): void {
  if (!array.freed) return;
  throw new InputError(
    what === "freed"
      ? `"${array.label}" has been freed already`
      : `"${array.label}" has been freed and cannot be ${what}`,
    { fix: what === "freed" ? "Free it once." : "Allocate it anew." },
  );
}
