// What the second argument of a kernel's body holds, by name.
import type * as acorn from "acorn";
import { nearest } from "../../../core/errors.js";
import { intrinsicRows, warpIntrinsicRows } from "../intrinsics.js";
import { known } from "./inference.js";
import { numberDraft } from "./operators.js";
import { recursion } from "./recursion.js";
import { placeOf } from "./report.js";
import type { Checker, Value } from "./scope.js";

const indices = ["threadIdx", "blockIdx", "blockDim", "gridDim"] as const;

export const castNames = ["i32", "u32", "i64", "u64", "f16", "bf16", "f32", "f64", "i8", "u8", "i16", "u16"] as const;

const functionNames = [
  ...castNames,
  "syncthreads",
  "gridSync",
  "loadMatrixA",
  "loadMatrixB",
  "loadMatrixC",
  "fillMatrix",
  "mma",
  "storeMatrix",
  "syncwarp",
  "threadfence",
  "threadfenceBlock",
  "threadfenceSystem",
  "barrierSync",
  "barrierArrive",
  "printf",
  "shared",
  "local",
  "dynamicShared",
  "bitcast",
  "exp2",
  ...Object.keys(intrinsicRows),
  ...Object.keys(warpIntrinsicRows),
  "idiv",
  "fma",
  "shfl",
  "shflUp",
  "shflDown",
  "shflXor",
  "ballot",
  "any",
  "all",
  "uniform",
  "atomicAdd",
  "atomicSub",
  "atomicMin",
  "atomicMax",
  "atomicExch",
  "atomicAnd",
  "atomicOr",
  "atomicXor",
  "atomicCAS",
  "atomicInc",
  "atomicDec",
];

/** Every name that the context has, helpers aside. */
export const contextNames: ReadonlySet<string> = new Set([...indices, ...functionNames, "laneId", "warpSize"]);

export function contextValue(checker: Checker, node: acorn.Node, name: string): Value {
  const { use, self } = checker.frame;
  if (Object.hasOwn(use, name)) return { kind: "helper", name, helper: use[name] };
  if (self?.name === name) return { kind: "helper", name, helper: self };
  const index = indices.find((each) => each === name);
  if (index !== undefined) return { kind: "thread-index", index };
  if (functionNames.includes(name)) return { kind: "context-function", name };
  if (name === "warpSize") return numberDraft(checker, node, 32, known("i32"));
  if (name === "laneId") {
    return {
      kind: "draft",
      slot: known("i32"),
      node,
      build: () => ({ kind: "lane", type: "i32", place: placeOf(node) }),
    };
  }
  const { callers, result } = checker.frame;
  if (result !== undefined && callers.includes(name)) throw recursion(checker, node, name);
  const slip = nearest(name, [...contextNames, ...Object.keys(use)]);
  const what = `the context has no ${name}`;
  if (slip !== undefined) throw checker.error(node, what, `Did you mean ${slip}?`);
  throw checker.error(
    node,
    what,
    `It has ${[...contextNames].join(", ")}. A function of your own is given with { use: { ${name} } }.`,
  );
}
