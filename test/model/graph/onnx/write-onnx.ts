// ONNX files for the tests, written byte by byte after onnx.proto3, so that no file and no package is needed.

/** A message's fields: numbers become varints, texts and messages are length-delimited, `{ float }` has 32 bits. */
export type Message = readonly (readonly [number: number, value: Value])[];
type Value = number | bigint | string | Uint8Array | Message | { readonly float: number };

export function encode(message: Message): Uint8Array {
  const bytes: number[] = [];
  for (const [number, value] of message) {
    if (typeof value === "number" || typeof value === "bigint") {
      varint(bytes, number * 8);
      varint(bytes, value);
    } else if (typeof value === "object" && "float" in value) {
      varint(bytes, number * 8 + 5);
      bytes.push(...new Uint8Array(Float32Array.of(value.float).buffer));
    } else {
      const inner =
        typeof value === "string"
          ? new TextEncoder().encode(value)
          : value instanceof Uint8Array
            ? value
            : encode(value as Message);
      varint(bytes, number * 8 + 2);
      varint(bytes, inner.length);
      for (const byte of inner) bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

function varint(bytes: number[], value: number | bigint): void {
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
}

export const float = 1;
export const int64 = 7;
export const half = 10;

/** A value of an attribute: a whole number, a list of them, a text, `{ float }`, or a tensor or graph that is encoded. */
export type AttributeValue =
  | number
  | readonly number[]
  | string
  | { float: number }
  | { tensor: Message }
  | { graph: Message };

export function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = "",
): Message {
  return [
    ...inputs.map((name) => [1, name] as const),
    ...outputs.map((name) => [2, name] as const),
    [3, `${type}_${outputs[0]}`],
    [4, type],
    ...Object.entries(attributes).map(([name, value]) => [5, attribute(name, value)] as const),
    ...(domain === "" ? [] : [[7, domain] as const]),
  ];
}

function attribute(name: string, value: AttributeValue): Message {
  if (typeof value === "number")
    return [
      [1, name],
      [3, value],
      [20, 2],
    ];
  if (typeof value === "string")
    return [
      [1, name],
      [4, value],
      [20, 3],
    ];
  if (Array.isArray(value)) return [[1, name], ...value.map((one: number) => [8, one] as const), [20, 7]];
  if ("float" in value)
    return [
      [1, name],
      [2, value],
      [20, 1],
    ];
  if ("tensor" in value)
    return [
      [1, name],
      [5, value.tensor],
      [20, 4],
    ];
  return [
    [1, name],
    [6, (value as { graph: Message }).graph],
    [20, 5],
  ];
}

/** A weight of which only the shape is written, as where its data lie in a file of their own. */
export function weight(name: string, shape: readonly number[], type: number = float): Message {
  return [...shape.map((extent) => [1, extent] as const), [2, type], [8, name], [14, 1]];
}

/** A constant of whole numbers, as `raw_data`. */
export function numbers(name: string, values: readonly number[], shape: readonly number[] = [values.length]): Message {
  const raw = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
  return [...shape.map((extent) => [1, extent] as const), [2, int64], [8, name], [9, raw]];
}

/** A constant of floats, as `float_data`, packed. */
export function floats(name: string, values: readonly number[], shape: readonly number[] = [values.length]): Message {
  const packed = new Uint8Array(Float32Array.from(values).buffer);
  return [...shape.map((extent) => [1, extent] as const), [2, float], [4, packed], [8, name]];
}

/** An input, an output or a value between: extents, names of dimensions, or null for neither. */
export function value(name: string, shape: readonly (number | string | null)[], type: number = float): Message {
  const dimension = (extent: number | string | null): Message =>
    extent === null ? [] : typeof extent === "number" ? [[1, extent]] : [[2, extent]];
  return [
    [1, name],
    [
      2,
      [
        [
          1,
          [
            [1, type],
            [2, shape.map((extent) => [1, dimension(extent)] as const)],
          ],
        ],
      ],
    ],
  ];
}

export interface GraphParts {
  readonly nodes: readonly Message[];
  readonly inputs?: readonly Message[];
  readonly outputs?: readonly Message[];
  readonly weights?: readonly Message[];
  readonly values?: readonly Message[];
}

export function graph({ nodes, inputs = [], outputs = [], weights = [], values = [] }: GraphParts): Message {
  return [
    ...nodes.map((one) => [1, one] as const),
    [2, "test"],
    ...weights.map((one) => [5, one] as const),
    ...inputs.map((one) => [11, one] as const),
    ...outputs.map((one) => [12, one] as const),
    ...values.map((one) => [13, one] as const),
  ];
}

/** An ONNX file. */
export function model(parts: GraphParts, opset = 17): Uint8Array {
  return encode([
    [1, 8],
    [2, "the tests"],
    [7, graph(parts)],
    [
      8,
      [
        [1, ""],
        [2, opset],
      ],
    ],
  ]);
}
