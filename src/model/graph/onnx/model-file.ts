// An ONNX file as it is written: nodes, tensors, declared shapes (onnx.proto3 of the ONNX project, IR version 11). Decodes, and
// knows nothing of what operators mean. Of weights only the shape is kept, unless they are few enough to be a shape themselves.
import { InputError } from "../../../core/errors.js";
import { bytesOf, type Field, fieldsOf, fixedOf, floatOf, integerOf, integersOf, textOf } from "./wire.js";

export interface OnnxModel {
  readonly producer: string;
  /** The version of each operator set, by domain; ONNX's own is "". */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  /** Weights and other constants. */
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Shapes that the file states of what is between inputs and outputs. */
  readonly values: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  /** "" for ONNX's own operators. */
  readonly domain: string;
  /** Names of tensors; "" where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxAttribute {
  readonly integer?: number;
  readonly float?: number;
  readonly text?: string;
  readonly tensor?: OnnxTensor;
  readonly graph?: OnnxGraph;
  readonly integers: readonly number[];
  readonly floats: readonly number[];
}

/** A tensor with a value. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Its numbers in row-major order, where there are at most `mostValues` and the file has them. */
  readonly values?: readonly number[];
}

/** What the file states of a tensor without a value. */
export interface OnnxValue {
  readonly name: string;
  /** Undefined for what is no tensor: a sequence, a map. */
  readonly type: ElementType | undefined;
  /** A number, the name of a symbolic dimension, or undefined where neither is stated; no shape at all is undefined. */
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

/** TensorProto.DataType, by the names it has there. */
export type ElementType = (typeof elementTypes)[number];

export const elementTypes = [
  "UNDEFINED",
  "FLOAT",
  "UINT8",
  "INT8",
  "UINT16",
  "INT16",
  "INT32",
  "INT64",
  "STRING",
  "BOOL",
  "FLOAT16",
  "DOUBLE",
  "UINT32",
  "UINT64",
  "COMPLEX64",
  "COMPLEX128",
  "BFLOAT16",
  "FLOAT8E4M3FN",
  "FLOAT8E4M3FNUZ",
  "FLOAT8E5M2",
  "FLOAT8E5M2FNUZ",
  "UINT4",
  "INT4",
  "FLOAT4E2M1",
] as const;

/** Shapes, axes and the like are shorter; a tensor of more numbers is taken for a weight. */
const mostValues = 1024;

/** Decodes an ONNX file. Throws InputError where it is none. */
export function decodeModel(file: Uint8Array): OnnxModel {
  let producer = "";
  let graph: OnnxGraph | undefined;
  const opsets = new Map<string, number>();
  for (const field of fieldsOf(file)) {
    if (field.number === 2) producer = textOf(field);
    else if (field.number === 7) graph = decodeGraph(bytesOf(field));
    else if (field.number === 8) addOpset(opsets, bytesOf(field));
  }
  if (graph === undefined) {
    throw new InputError("there is no graph in it, so that it is no ONNX model", {
      fix: "Give a file that torch.onnx.export, or another exporter of ONNX, has written.",
    });
  }
  return { producer, opsets, graph };
}

function addOpset(opsets: Map<string, number>, message: Uint8Array): void {
  let domain = "";
  let version = 1;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) domain = ownDomain(textOf(field));
    else if (field.number === 2) version = integerOf(field);
  }
  opsets.set(domain, version);
}

// ONNX's own domain has two spellings.
function ownDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

function decodeGraph(message: Uint8Array): OnnxGraph {
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const values: OnnxValue[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) nodes.push(decodeNode(bytesOf(field)));
    else if (field.number === 2) name = textOf(field);
    else if (field.number === 5) initializers.push(decodeTensor(bytesOf(field)));
    else if (field.number === 11) inputs.push(decodeValue(bytesOf(field)));
    else if (field.number === 12) outputs.push(decodeValue(bytesOf(field)));
    else if (field.number === 13) values.push(decodeValue(bytesOf(field)));
    else if (field.number === 15) initializers.push(decodeSparseTensor(bytesOf(field)));
  }
  return { name, nodes, initializers, inputs, outputs, values };
}

function decodeNode(message: Uint8Array): OnnxNode {
  let [name, type, domain] = ["", "", ""];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  for (const field of fieldsOf(message)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) name = textOf(field);
    else if (field.number === 4) type = textOf(field);
    else if (field.number === 5) attributes.set(...decodeAttribute(bytesOf(field)));
    else if (field.number === 7) domain = ownDomain(textOf(field));
  }
  return { name, type, domain, inputs, outputs, attributes };
}

function decodeAttribute(message: Uint8Array): [name: string, attribute: OnnxAttribute] {
  let name = "";
  const one: { -readonly [key in keyof OnnxAttribute]?: OnnxAttribute[key] } = {};
  const integers: number[] = [];
  const floats: number[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) one.float = floatOf(field);
    else if (field.number === 3) one.integer = integerOf(field);
    else if (field.number === 4) one.text = textOf(field);
    else if (field.number === 5) one.tensor = decodeTensor(bytesOf(field));
    else if (field.number === 6) one.graph = decodeGraph(bytesOf(field));
    else if (field.number === 7) floats.push(...fixedOf(field, 4));
    else if (field.number === 8) integers.push(...integersOf(field));
  }
  return [name, { ...one, integers, floats }];
}

function decodeTensor(message: Uint8Array): OnnxTensor {
  let name = "";
  let type: ElementType = "UNDEFINED";
  const shape: number[] = [];
  const data: Field[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) shape.push(...integersOf(field));
    else if (field.number === 2) type = elementType(integerOf(field));
    else if (field.number === 8) name = textOf(field);
    else if ([4, 5, 7, 9, 10, 11].includes(field.number)) data.push(field);
  }
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count > mostValues) return { name, type, shape };
  const values = data.flatMap((field) => decodeValues(field, type));
  return values.length === count ? { name, type, shape, values } : { name, type, shape };
}

/** A sparse tensor stands in memory as it is stored: its values, and their places. */
function decodeSparseTensor(message: Uint8Array): OnnxTensor {
  for (const field of fieldsOf(message)) {
    if (field.number === 1) return decodeTensor(bytesOf(field));
  }
  throw new InputError("a sparse tensor without values");
}

function decodeValues(field: Field, type: ElementType): number[] {
  switch (field.number) {
    case 4:
      return fixedOf(field, 4);
    case 10:
      return fixedOf(field, 8);
    case 9:
      return decodeRaw(bytesOf(field), type);
    default:
      return integersOf(field);
  }
}

/** `raw_data`: the numbers as they stand in memory, little-endian. Formats that no shape is written in are left. */
function decodeRaw(raw: Uint8Array, type: ElementType): number[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const read: Partial<Record<ElementType, readonly [width: number, at: (offset: number) => number]>> = {
    FLOAT: [4, (at) => view.getFloat32(at, true)],
    DOUBLE: [8, (at) => view.getFloat64(at, true)],
    INT64: [8, (at) => Number(view.getBigInt64(at, true))],
    UINT64: [8, (at) => Number(view.getBigUint64(at, true))],
    INT32: [4, (at) => view.getInt32(at, true)],
    UINT32: [4, (at) => view.getUint32(at, true)],
    INT16: [2, (at) => view.getInt16(at, true)],
    UINT16: [2, (at) => view.getUint16(at, true)],
    INT8: [1, (at) => view.getInt8(at)],
    UINT8: [1, (at) => view.getUint8(at)],
    BOOL: [1, (at) => view.getUint8(at)],
  };
  const known = read[type];
  if (known === undefined) return [];
  const [width, at] = known;
  return Array.from({ length: Math.floor(raw.length / width) }, (_, i) => at(i * width));
}

function decodeValue(message: Uint8Array): OnnxValue {
  let name = "";
  let type: ElementType | undefined;
  let shape: (number | string | undefined)[] | undefined;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field);
    if (field.number !== 2) continue;
    for (const kind of fieldsOf(bytesOf(field))) {
      if (kind.number !== 1) continue;
      for (const part of fieldsOf(bytesOf(kind))) {
        if (part.number === 1) type = elementType(integerOf(part));
        else if (part.number === 2) shape = [...fieldsOf(bytesOf(part))].filter(isDimension).map(decodeDimension);
      }
    }
  }
  return { name, type, shape };
}

function isDimension({ number }: Field): boolean {
  return number === 1;
}

function decodeDimension(field: Field): number | string | undefined {
  for (const part of fieldsOf(bytesOf(field))) {
    if (part.number === 1) {
      const extent = integerOf(part);
      // Older exporters write 0 or -1 for an extent that is not known.
      return extent > 0 ? extent : undefined;
    }
    if (part.number === 2) return textOf(part) || undefined;
  }
  return undefined;
}

function elementType(code: number): ElementType {
  return elementTypes[code] ?? "UNDEFINED";
}
