// Shapes of operators that move, cut and join tensors, with their values where those are constants: the chains of Shape, Gather,
// Concat and Reshape that exporters write to compute a shape while the model runs. Knows no device.
import { mostFolded, spread } from "./elementwise.js";
import { broadcast, countOf, type Inferred, type KnownNode, type ShapeRule } from "./rule.js";

export const layoutRules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ["Constant", constant],
  ["ConstantOfShape", constantOfShape],
  ["Shape", shapeOf],
  ["Size", (node) => [{ type: "INT64", shape: [], values: [countOf(node.shape(0))] }]],
  ["Reshape", reshape],
  ["Flatten", flatten],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
  ["Transpose", transpose],
  ["Concat", concat],
  ["Split", split],
  ["Slice", slice],
  ["Gather", gather],
  ["GatherElements", (node) => [{ shape: node.shape(1) }]],
  ["GatherND", gatherND],
  ["Expand", expand],
  ["Tile", tile],
  ["Range", range],
  ["Pad", pad],
  ["OneHot", oneHot],
  ["EyeLike", (node) => [{ shape: node.shape(0) }]],
  ["DepthToSpace", depthToSpace],
  ["SpaceToDepth", spaceToDepth],
  ["RandomNormalLike", (node) => [{ shape: node.shape(0) }]],
  ["RandomUniformLike", (node) => [{ shape: node.shape(0) }]],
]);

function constant(node: KnownNode): Inferred[] {
  const tensor = node.attribute("value")?.tensor;
  if (tensor !== undefined) return [{ type: tensor.type, shape: tensor.shape, values: tensor.values }];
  const one = (type: "INT64" | "FLOAT", value: number): Inferred[] => [{ type, shape: [], values: [value] }];
  const many = (type: "INT64" | "FLOAT", values: readonly number[]): Inferred[] => [
    { type, shape: [values.length], values },
  ];
  const read = (name: string) => node.attribute(name);
  if (read("value_int") !== undefined) return one("INT64", read("value_int")?.integer ?? 0);
  if (read("value_float") !== undefined) return one("FLOAT", read("value_float")?.float ?? 0);
  if (read("value_ints") !== undefined) return many("INT64", read("value_ints")?.integers ?? []);
  if (read("value_floats") !== undefined) return many("FLOAT", read("value_floats")?.floats ?? []);
  return [{ type: "STRING", shape: undefined }];
}

function constantOfShape(node: KnownNode): Inferred[] {
  const shape = node.values(0) ?? [];
  const tensor = node.attribute("value")?.tensor;
  const value = tensor === undefined ? 0 : tensor.values?.[0];
  return [{ type: tensor?.type ?? "FLOAT", shape, values: value === undefined ? undefined : filled(shape, value) }];
}

function filled(shape: readonly number[], value: number): readonly number[] | undefined {
  const count = countOf(shape);
  return count > mostFolded ? undefined : Array<number>(count).fill(value);
}

function shapeOf(node: KnownNode): Inferred[] {
  const whole = node.shape(0);
  const values = whole.slice(node.integer("start", 0), node.attribute("end")?.integer ?? whole.length);
  return [{ type: "INT64", shape: [values.length], values }];
}

function reshape(node: KnownNode): Inferred[] {
  const from = node.shape(0);
  // An attribute in the oldest operator set.
  const wanted = node.integersOrInput("shape", 1) ?? [];
  const keepsZero = node.integer("allowzero", 0) === 0;
  const shape = wanted.map((extent, i) => (extent === 0 && keepsZero ? (from[i] ?? 0) : extent));
  const count = countOf(from);
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = count / countOf(shape.filter((_, i) => i !== open));
  if (countOf(shape) !== count || !shape.every(Number.isInteger)) {
    node.refuse(`makes [${from.join(", ")}] into [${wanted.join(", ")}], which does not fit`);
  }
  return [{ shape, values: node.input(0).values }];
}

function flatten(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const axis = node.integer("axis", 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return [{ shape: [countOf(shape.slice(0, at)), countOf(shape.slice(at))], values: node.input(0).values }];
}

function squeeze(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const axes = node.integersOrInput("axes", 1)?.map((axis) => node.axis(axis, shape.length));
  const kept = shape.filter((extent, i) => (axes === undefined ? extent !== 1 : !axes.includes(i)));
  return [{ shape: kept, values: node.input(0).values }];
}

function unsqueeze(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const given = node.integersOrInput("axes", 1) ?? [];
  const rank = shape.length + given.length;
  const axes = given.map((axis) => node.axis(axis, rank));
  const rest = [...shape];
  const wider = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number)));
  return [{ shape: wider, values: node.input(0).values }];
}

function transpose(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const order = node.integers("perm") ?? shape.map((_, i) => shape.length - 1 - i);
  const { values } = node.input(0);
  // A list of numbers, or a single one, stays what it is.
  return [{ shape: order.map((axis) => shape[axis]), values: shape.length < 2 ? values : undefined }];
}

function concat(node: KnownNode): Inferred[] {
  const shapes = node.inputs.map((_, i) => node.shape(i));
  const axis = node.axis(node.integer("axis", 1), shapes[0].length);
  const shape = shapes[0].map((extent, i) => (i === axis ? shapes.reduce((sum, one) => sum + one[i], 0) : extent));
  const parts = node.inputs.map((input) => input?.values);
  const known = shape.length === 1 && parts.every((part) => part !== undefined);
  return [{ shape, values: known ? (parts as (readonly number[])[]).flat() : undefined }];
}

function split(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const axis = node.axis(node.integer("axis", 0), shape.length);
  const parts = node.integer("num_outputs", node.node.outputs.length);
  const even = Math.ceil(shape[axis] / parts);
  const sizes =
    node.integersOrInput("split", 1) ?? Array.from({ length: parts }, (_, i) => Math.min(even, shape[axis] - i * even));
  const { values } = node.input(0);
  let start = 0;
  return sizes.map((size) => {
    const part = shape.length === 1 ? values?.slice(start, start + size) : undefined;
    start += size;
    return { shape: shape.map((extent, i) => (i === axis ? size : extent)), values: part };
  });
}

function slice(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const starts = node.integersOrInput("starts", 1) ?? [];
  const ends = node.integersOrInput("ends", 2) ?? [];
  const axes = (node.integersOrInput("axes", 3) ?? starts.map((_, i) => i)).map((axis) =>
    node.axis(axis, shape.length),
  );
  const steps = node.values(4) ?? starts.map(() => 1);
  const cut = [...shape];
  let picked: number[] | undefined;
  for (const [i, axis] of axes.entries()) {
    const indices = sliceIndices(shape[axis], starts[i], ends[i], steps[i]);
    cut[axis] = indices.count;
    if (shape.length === 1) picked = Array.from({ length: indices.count }, (_, j) => indices.first + j * steps[i]);
  }
  const { values } = node.input(0);
  return [{ shape: cut, values: picked?.map((index) => values?.[index]).filter((x) => x !== undefined) }].map((out) =>
    values === undefined ? { shape: out.shape } : out,
  );
}

/** Python's rule: negative indices count from the end, and what lies outside is cut off. */
function sliceIndices(extent: number, start: number, end: number, step: number): { first: number; count: number } {
  const within = (index: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, index < 0 ? index + extent : index));
  const [first, last] =
    step > 0
      ? [within(start, 0, extent), within(end, 0, extent)]
      : [within(start, 0, extent - 1), within(end, -1, extent - 1)];
  return { first, count: Math.max(0, Math.ceil((last - first) / step)) };
}

function gather(node: KnownNode): Inferred[] {
  const [shape, indices] = [node.shape(0), node.shape(1)];
  const axis = node.axis(node.integer("axis", 0), shape.length);
  const [data, at] = [node.input(0).values, node.input(1).values];
  const known = shape.length === 1 && data !== undefined && at !== undefined;
  return [
    {
      shape: [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)],
      values: known ? at.map((index) => data[index < 0 ? index + shape[0] : index]) : undefined,
    },
  ];
}

function gatherND(node: KnownNode): Inferred[] {
  const [shape, indices] = [node.shape(0), node.shape(1)];
  const batch = node.integer("batch_dims", 0);
  const depth = indices[indices.length - 1] ?? 0;
  return [{ shape: [...indices.slice(0, -1), ...shape.slice(batch + depth)] }];
}

function expand(node: KnownNode): Inferred[] {
  const from = node.shape(0);
  const shape = broadcast(from, node.values(1) ?? []);
  if (shape === undefined) return node.refuse(`cannot broadcast [${from.join(", ")}]`);
  const { values } = node.input(0);
  const known = values !== undefined && countOf(shape) <= mostFolded;
  return [{ shape, values: known ? spread(values, from, shape) : undefined }];
}

function tile(node: KnownNode): Inferred[] {
  const repeats = node.values(1) ?? [];
  return [{ shape: node.shape(0).map((extent, i) => extent * (repeats[i] ?? 1)) }];
}

function range(node: KnownNode): Inferred[] {
  const [start, limit, step] = [0, 1, 2].map((i) => node.values(i)?.[0] ?? 0);
  const count = Math.max(0, Math.ceil((limit - start) / step));
  const values = count > mostFolded ? undefined : Array.from({ length: count }, (_, i) => start + i * step);
  return [{ shape: [count], values }];
}

function pad(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const pads = node.integersOrInput("pads", 1) ?? [];
  const axes = (node.inputs[3] === undefined ? undefined : node.values(3)) ?? shape.map((_, i) => i);
  const wider = [...shape];
  for (const [i, given] of axes.entries()) {
    const axis = node.axis(given, shape.length);
    wider[axis] += pads[i] + pads[i + axes.length];
  }
  return [{ shape: wider }];
}

function oneHot(node: KnownNode): Inferred[] {
  const indices = node.shape(0);
  const depth = node.values(1)?.[0] ?? 0;
  const axis = node.axis(node.integer("axis", -1), indices.length + 1);
  return [{ type: node.input(2).type, shape: [...indices.slice(0, axis), depth, ...indices.slice(axis)] }];
}

function depthToSpace(node: KnownNode): Inferred[] {
  const [n, c, h, w] = node.shape(0);
  const block = node.integer("blocksize", 1);
  return [{ shape: [n, c / block ** 2, h * block, w * block] }];
}

function spaceToDepth(node: KnownNode): Inferred[] {
  const [n, c, h, w] = node.shape(0);
  const block = node.integer("blocksize", 1);
  return [{ shape: [n, c * block ** 2, h / block, w / block] }];
}
