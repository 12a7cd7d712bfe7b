// The functions of Math: which types each takes and gives. Knows nothing of how calls are written.
import type * as acorn from "acorn";
import { type InputError, nearest } from "../../../core/errors.js";
import {
  type Expression,
  formatType,
  isFloat,
  isPointer,
  type MathOperator,
  type ScalarType,
  type ValueType,
} from "../tree.js";
import { buildAs, widen } from "./convert.js";
import { known } from "./inference.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";
import { joinTypes, mixingFix, scalarTypes } from "./types.js";

const floatOnly: readonly string[] = [
  "sqrt",
  "floor",
  "ceil",
  "trunc",
  "sin",
  "cos",
  "tan",
  "exp",
  "log",
  "log2",
  "log10",
  "pow",
];
/** What PTX has in f32 only, approximately. */
const approximate: readonly string[] = ["sin", "cos", "tan", "exp", "log", "log2", "log10", "pow"];
const twoOperands: readonly string[] = ["min", "max", "pow", "imul"];
export const mathNames: readonly string[] = [...floatOnly, "abs", "min", "max", "fround", "imul"];

/** How many operands a function of Math takes. */
export function operandCount(name: string): number {
  return twoOperands.includes(name) ? 2 : 1;
}

export function noSuchMath(checker: Checker, node: acorn.Node, name: string): InputError {
  const slip = nearest(name, mathNames);
  const choices = `${slip === undefined ? "" : `Did you mean Math.${slip}? `}It has ${mathNames.join(", ")}.`;
  const fix = name === "round" ? "Write Math.floor(x + 0.5)." : choices;
  return checker.error(node, `the kernel language has no Math.${name}`, fix);
}

/** A function of Math with its operands; `x ** y` is `pow`. `fround` is a cast, and not here. */
export function mathDraft(checker: Checker, node: acorn.Node, name: string, operands: readonly Draft[]): Draft {
  const { inference, frame } = checker;
  const use = { source: frame.source, node };
  if (floatOnly.includes(name)) for (const { slot } of operands) inference.require(slot, "float", use);
  if (name === "imul") for (const { slot } of operands) inference.flow(slot, known("i32"), use);
  const slot = operands.map((operand) => operand.slot).reduce((a, b) => inference.meet(a, b, use));
  return {
    kind: "draft",
    slot: name === "imul" ? known("i32") : slot,
    node,
    build: () => {
      const place = placeOf(node);
      if (name === "imul") {
        const [left, right] = operands.map((operand) => buildAs(checker, operand, "i32", "Math.imul multiplies i32"));
        return { kind: "binary", operator: "mul", type: "i32", place, left, right };
      }
      const { built, type } = combine(checker, node, `Math.${name}`, operands);
      if (floatOnly.includes(name) && !isFloat(type)) {
        const x = textOf(frame.source, operands[0].node);
        const whole = name === "floor" || name === "ceil" || name === "trunc";
        throw checker.error(
          node,
          `Math.${name} takes floats, this is ${type}`,
          whole ? `An integer is whole already: write ${x}.` : `Write Math.${name}(f32(${x})).`,
        );
      }
      if (approximate.includes(name) && type === "f64") {
        throw checker.error(
          node,
          `Math.${name} exists in f32 only, this is f64`,
          `Write Math.${name}(f32(${textOf(frame.source, operands[0].node)})).`,
        );
      }
      return { kind: "math", operator: name as MathOperator, type, place, operands: built };
    },
  };
}

/** All operands built and brought to one type of numbers. */
export function combine(
  checker: Checker,
  node: acorn.Node,
  name: string,
  operands: readonly Draft[],
): { built: Expression[]; type: ScalarType } {
  const built = operands.map((operand) => operand.build());
  let type: ValueType = built[0].type;
  for (const [index, next] of built.entries()) {
    const joined = joinTypes(type, next.type);
    if (joined === undefined) {
      const [x, y] = [
        textOf(checker.frame.source, operands[0].node),
        textOf(checker.frame.source, operands[index].node),
      ];
      throw checker.error(
        node,
        `${name} cannot combine ${formatType(type)} with ${formatType(next.type)}`,
        mixingFix(type, next.type, x, y),
      );
    }
    type = joined;
  }
  const scalar = scalarTypes.find((each) => each === type);
  if (scalar === undefined) {
    throw checker.error(
      node,
      `${name} takes numbers, this is ${formatType(type)}`,
      isPointer(type) ? "Take an element: x[i]." : "Write condition ? 1 : 0.",
    );
  }
  return { built: built.map((each) => widen(each, scalar)), type: scalar };
}
