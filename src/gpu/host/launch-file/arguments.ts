// The arguments of a launch file: laid out as the kernel takes them, its arrays in the device's memory.
import { type DTypeName, dtypes } from "../../../core/dtype.js";
import { writeElement } from "../../../core/elements.js";
import { InputError, listChoices } from "../../../core/errors.js";
import type { Entry } from "../../ptx/syntax.js";
import { writeScalar } from "../arguments.js";
import { allocateArray, type DeviceArray } from "../device-array.js";
import type { DeviceMemory } from "../device-memory.js";
import { scalar } from "../host-values.js";
import { decodeBase64 } from "./base64.js";
import { list, object, onlyFields, text, whole } from "./json-fields.js";

/** Arguments as the kernel takes them. */
export interface ArgumentLayout {
  /** The bytes of the parameters. */
  readonly block: Uint8Array;
  /** The arrays by the index of the argument that made them. */
  readonly arrays: ReadonlyMap<number, DeviceArray>;
}

/** Allocates the arrays and writes the parameters. Throws InputError that names the argument. */
export function layOutArguments(entry: Entry, args: readonly unknown[], memory: DeviceMemory): ArgumentLayout {
  const { parameters } = entry;
  if (args.length !== parameters.length) {
    throw new InputError(`kernel "${entry.name}" takes ${parameters.length} arguments, found ${args.length}`, {
      where: "args",
      fix: `Its parameters: ${parameters.map(({ name, type, bytes }) => `${name} (.${type.name}, ${bytes} bytes)`).join(", ")}.`,
    });
  }
  const block = new Uint8Array(entry.parameterBytes);
  const arrays = new Map<number, DeviceArray>();
  args.forEach((argument, index) => {
    const where = `args[${index}]`;
    const fields = object(argument, where);
    const { offset, bytes, name } = parameters[index];
    const mustHold = (size: number): void => {
      if (size === bytes) return;
      throw new InputError(`has ${size} bytes where parameter ${name} has ${bytes}`, { where });
    };
    if ("ptr" in fields || "ref" in fields) {
      if ("ptr" in fields && "ref" in fields) {
        throw new InputError("is an array of its own or an earlier one, not both", {
          where,
          fix: "Leave out ptr or ref.",
        });
      }
      mustHold(8);
      const array =
        "ptr" in fields
          ? allocate(fields["ptr"], index, `${where}.ptr`, memory)
          : referred(fields["ref"], arrays, where);
      if ("ptr" in fields) arrays.set(index, array);
      const shift = whole(fields["offset"] ?? 0, `${where}.offset`);
      writeScalar(block, offset, dtypes.u64, BigInt(array.address + shift));
      onlyFields(fields, ["ptr", "ref", "offset"], where);
      return;
    }
    onlyFields(fields, ["bytes", ...Object.keys(dtypes)], where);
    const [kind, ...others] = Object.keys(fields);
    if (kind === undefined || others.length > 0) {
      throw new InputError("needs one of ptr, ref, bytes or a scalar type", {
        where,
        fix: 'Write {"i32": 5} or {"ptr": {…}}.',
      });
    }
    if (kind === "bytes") {
      const data = decodeBase64(text(fields["bytes"], `${where}.bytes`), `${where}.bytes`);
      mustHold(data.length);
      block.set(data, offset);
      return;
    }
    const dtype = dtypes[kind as DTypeName];
    mustHold(dtype.bytes);
    writeScalar(block, offset, dtype, element(kind as DTypeName, fields[kind], `${where}.${kind}`));
  });
  return { block, arrays };
}

function allocate(json: unknown, index: number, where: string, memory: DeviceMemory): DeviceArray {
  const fields = object(json, where);
  onlyFields(fields, ["dtype", "data", "base64", "count", "fill"], where);
  const name = fields["dtype"];
  if (name === undefined) {
    throw new InputError("is missing", { where: `${where}.dtype`, fix: 'Write "dtype": "f32", or another.' });
  }
  if (typeof name !== "string" || !(name in dtypes)) {
    throw new InputError(`unknown dtype ${JSON.stringify(name)}`, {
      where: `${where}.dtype`,
      fix: `Known: ${listChoices(Object.keys(dtypes), false)}.`,
    });
  }
  const dtype = dtypes[name as DTypeName];
  const given = ["data", "base64", "count"].filter((field) => field in fields);
  if (given.length !== 1) {
    throw new InputError("needs one of data, base64 or count", {
      where,
      fix: 'Write "data": [1, 2] or "count": 1024.',
    });
  }
  if (!("count" in fields) && "fill" in fields)
    throw new InputError("goes with count only", { where: `${where}.fill` });
  const label = `argument ${index}`;
  if ("base64" in fields) {
    const bytes = decodeBase64(text(fields["base64"], `${where}.base64`), `${where}.base64`);
    if (bytes.length % dtype.bytes !== 0) {
      throw new InputError(`${bytes.length} bytes are no whole number of ${dtype.name}`, { where: `${where}.base64` });
    }
    const array = allocateArray(memory, dtype, bytes.length / dtype.bytes, label);
    array.region.u8.set(bytes);
    return array;
  }
  if ("count" in fields) {
    const array = allocateArray(memory, dtype, whole(fields["count"], `${where}.count`), label);
    const view = new DataView(array.region.u8.buffer);
    const fill = element(dtype.name, fields["fill"] ?? 0, `${where}.fill`);
    for (let i = 0; i < array.length; i++) writeElement(view, i * dtype.bytes, dtype, fill);
    return array;
  }
  const data = list(fields["data"], `${where}.data`);
  const array = allocateArray(memory, dtype, data.length, label);
  const view = new DataView(array.region.u8.buffer);
  data.forEach((value, position) => {
    writeElement(view, position * dtype.bytes, dtype, element(dtype.name, value, `${where}.data[${position}]`));
  });
  return array;
}

function referred(json: unknown, arrays: ReadonlyMap<number, DeviceArray>, where: string): DeviceArray {
  const index = whole(json, `${where}.ref`);
  const array = arrays.get(index);
  if (array === undefined) {
    throw new InputError(`argument ${index} is no earlier ptr`, {
      where: `${where}.ref`,
      fix: "Refer to the index of a ptr before it.",
    });
  }
  return array;
}

// 64-bit integers come as strings or numbers, and what JSON cannot say of floats as strings.
function element(name: DTypeName, value: unknown, where: string): number | bigint {
  const dtype = dtypes[name];
  if (typeof value === "string") {
    if (dtype.kind === "float" && floatWords.includes(value)) return Number(value);
    if (dtype.bytes === 8 && dtype.kind !== "float" && /^-?\d+$/.test(value))
      return scalar(dtype, BigInt(value), where);
    throw new InputError(`${JSON.stringify(value)} is no ${name}`, { where });
  }
  return scalar(dtype, value, where);
}

const floatWords: readonly unknown[] = ["NaN", "Infinity", "-Infinity"];
