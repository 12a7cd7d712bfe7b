// Operations on two literals are done when the kernel is compiled, in their type. Knows nothing of names or syntax.
import { binary } from "../arithmetic.js";
import { type Binary, type Expression, isFloat } from "../tree.js";

/** The result as a literal where both operands are literals; integer division by a literal 0 stays as it is. */
export function foldBinary(node: Binary): Expression {
  const { operator, type, left, right, place } = node;
  if (left.kind !== "literal" || right.kind !== "literal") return node;
  if (typeof left.value === "boolean" || typeof right.value === "boolean") return node;
  const integer = !isFloat(type);
  if (integer && (operator === "div" || operator === "rem") && Number(right.value) === 0) return node;
  return { kind: "literal", type, place, value: binary(operator, type, left.value, right.value) };
}
