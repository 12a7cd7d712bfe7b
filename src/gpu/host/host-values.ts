// What a person passes from the host, checked against a dtype: single values and whole arrays. Knows nothing of devices.
import { type DType, type DTypeName, type HostArrays, hostZeros, isDType, isNarrowFloat } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import { floatFormats, roundTo } from "../../core/float-format.js";

/** What can fill an array: plain numbers, bigints for 64-bit integers, or a typed array of the same kind. */
export type ArrayData<Name extends DTypeName> = readonly number[] | readonly bigint[] | HostArrays[Name];

/** Host values as a typed array. Numbers that an integer type cannot hold are refused rather than wrapped. */
export function hostArray<Name extends DTypeName>(
  dtype: DType<Name>,
  data: ArrayData<Name>,
  label: string,
): HostArrays[Name] {
  checkDType(dtype);
  const list = data as ArrayLike<number | bigint> | null | undefined;
  const target = hostZeros(dtype, typeof list?.length === "number" ? list.length : 0);
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

/** Refuses what is no dtype, as the first argument of a call that makes an array. */
export function checkDType(dtype: unknown): asserts dtype is DType {
  if (isDType(dtype)) return;
  throw new InputError("the first argument must be a type such as f32", {
    fix: 'Write gpu.zeros(f32, 1024, { label: "y" }).',
  });
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
