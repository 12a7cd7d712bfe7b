// The device's own bank of constant memory, 64 KiB, as the host writes and reads it by offsets. The variables of a module that are
// constant lie apart, with the module.
import { type DType, type DTypeName, dtypes, isDType } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { MemoryRegion } from "../simt/memory-region.js";
import { DeviceArray } from "./device-array.js";
import type { DeviceMemory } from "./device-memory.js";
import type { ArrayData } from "./host-values.js";

/** Constant memory in bytes (CUDA C++ Programming Guide, technical specifications per compute capability). */
export const constantBytes: number = 64 * 1024;

export class ConstantBank {
  static {
    inspectAsText(ConstantBank);
  }

  private bank: DeviceArray<"u8"> | undefined;

  constructor(
    private readonly memory: DeviceMemory,
    private readonly address: number,
  ) {}

  /** Copies bytes, or elements of a dtype, from the host to an offset in bytes. */
  write(offset: number, bytes: Uint8Array): void;
  write<Name extends DTypeName>(offset: number, dtype: DType<Name>, data: ArrayData<Name>): void;
  write(offset: number, first: Uint8Array | DType, data?: ArrayData<DTypeName>): void {
    if (first instanceof Uint8Array) {
      this.part(offset, first.length).set(first);
      return;
    }
    if (!isDType(first)) {
      throw new InputError("constant memory is written as a Uint8Array, or as values of a dtype", {
        fix: "Write gpu.constant.write(0, f32, [1, 2]).",
      });
    }
    const values = data ?? [];
    this.array(first, offset, values.length).set(values);
  }

  /** Copies `size` bytes from an offset to the host. */
  read(offset: number, size: number): Uint8Array {
    return this.part(offset, size).toArray();
  }

  /** `length` elements from an offset in bytes as an array, for a kernel that takes a pointer to them. */
  array<Name extends DTypeName>(dtype: DType<Name>, offset: number, length: number): DeviceArray<Name> {
    return this.part(offset, length * dtype.bytes).view(dtype);
  }

  toString(): string {
    return `constant memory: ${constantBytes.toLocaleString("en-US")} bytes${this.bank === undefined ? ", not used yet" : ""}`;
  }

  private part(offset: number, size: number): DeviceArray<"u8"> {
    const isPlace = Number.isInteger(offset) && Number.isInteger(size) && offset >= 0 && size >= 0;
    if (!isPlace || offset + size > constantBytes) {
      throw new InputError(`${size} bytes at offset ${offset} are not within its ${constantBytes} bytes`, {
        where: "constant memory",
      });
    }
    return this.whole().subarray(offset, offset + size);
  }

  // There from its first use on, so that who uses none has none in the table.
  private whole(): DeviceArray<"u8"> {
    if (this.bank === undefined) {
      const region = new MemoryRegion(this.address, constantBytes, "constant memory", "u8");
      region.constant = true;
      this.memory.adopt(region, "constant bank");
      this.bank = new DeviceArray(this.memory, region, dtypes.u8, constantBytes);
    }
    return this.bank;
  }
}
