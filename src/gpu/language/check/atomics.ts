// Calls that change an element of memory in one go: atomicAdd(x, i, 1). Knows nothing of other calls.
import type * as acorn from "acorn";
import type { DTypeName } from "../../../core/dtype.js";
import { type AtomicOperator, isFloat, isHalf, isInteger } from "../tree.js";
import { buildAs } from "./convert.js";
import { known } from "./inference.js";
import { elementDraft, valueTypeOf } from "./memory.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";

export const atomicOperators: Readonly<Record<string, AtomicOperator>> = {
  atomicAdd: "add",
  atomicSub: "sub",
  atomicMin: "min",
  atomicMax: "max",
  atomicExch: "exch",
  atomicCAS: "cas",
  atomicAnd: "and",
  atomicOr: "or",
  atomicXor: "xor",
  atomicInc: "inc",
  atomicDec: "dec",
};

const forAll: readonly AtomicOperator[] = ["add", "sub", "exch", "cas"];

export function atomicCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  const operator = atomicOperators[name];
  const [target, index, ...rest] = node.arguments;
  const pointer = checker.draft(target);
  const element = elementDraft(checker, node, pointer, index);
  const { element: dtype, space } = checker.typeOf(pointer.slot) as { element: DTypeName; space: string };
  const type = valueTypeOf(dtype);
  if (type !== dtype || isHalf(type)) {
    throw checker.error(
      node,
      `${name} works on 32- and 64-bit elements, these are ${dtype}`,
      isFloat(type) ? "Add up in an f32 array." : "Keep the counters in an i32 or u32 array.",
    );
  }
  if (space === "local") {
    throw checker.error(
      node,
      `${name} is for memory that threads share, ${textOf(checker.frame.source, target)} is local`,
      "Write a plain assignment: no other thread sees it.",
    );
  }
  if (!forAll.includes(operator) && !isInteger(type)) {
    throw checker.error(
      node,
      `${name} exists for integers only, these elements are ${type}`,
      operator === "min" || operator === "max"
        ? `Loop with atomicCAS, or keep the bits of numbers that are not negative, bitcast(${type === "f32" ? "u32" : "u64"}, x), which are in the same order.`
        : "Keep the elements in an integer type.",
    );
  }
  if ((operator === "inc" || operator === "dec") && type !== "u32") {
    throw checker.error(node, `${name} exists for u32 only, these elements are ${type}`, "Keep the counter in u32.");
  }
  const values = rest.map((each) => {
    const draft = checker.draft(each);
    checker.inference.flow(draft.slot, known(type), { source: checker.frame.source, node: each });
    return draft;
  });
  return {
    kind: "draft",
    slot: known(type),
    node,
    build: () => {
      const operands = values.map((value) =>
        buildAs(checker, value, type, `the elements of ${textOf(checker.frame.source, target)} are ${type}`),
      );
      return { kind: "atomic", operator, type, place: placeOf(node), element: element(), operands };
    },
  };
}
