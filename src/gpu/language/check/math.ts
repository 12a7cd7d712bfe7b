// The functions of Math: which types each takes and gives, and whether it is an instruction or a function of the library.
// Knows nothing of how calls are written.
import type * as acorn from "acorn";
import { type InputError, nearest } from "../../../core/errors.js";
import { libraryFunction, libraryNames } from "../library.js";
import {
  type Expression,
  formatType,
  isFloat,
  isHalf,
  isPointer,
  type MathOperator,
  type ScalarType,
  type ValueType,
} from "../tree.js";
import { buildAs, widen } from "./convert.js";
import { known } from "./inference.js";
import { inSingle } from "./operators.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";
import { joinTypes, mixingFix, scalarTypes } from "./types.js";

/** Of every float exactly, of integers the last three. */
const exactly: readonly string[] = ["sqrt", "floor", "ceil", "trunc", "abs", "min", "max"];
/** Instructions of f32, approximately; in f64 functions of the library. */
const approximately: readonly string[] = ["sin", "cos", "tan", "exp", "exp2", "log", "log2", "log10", "pow"];
/** What integers have too. */
const ofIntegers: readonly string[] = ["abs", "min", "max", "sign"];
const wholeAlready: readonly string[] = ["floor", "ceil", "trunc", "round"];
const twoOperands: readonly string[] = ["min", "max", "pow", "imul", "atan2", "hypot"];

export const mathNames: readonly string[] = [
  ...new Set([...exactly, ...approximately.filter((name) => name !== "exp2"), ...libraryNames]),
  "fround",
  "imul",
  "clz32",
];

/** How many operands a function of Math takes. */
export function operandCount(name: string): number {
  return twoOperands.includes(name) ? 2 : 1;
}

/** How it is called. */
export function callExample(name: string): string {
  const bare = name.replace(/^Math\./, "");
  return twoOperands.includes(bare) ? `${name}(a, b)` : `${name}(x)`;
}

export function noSuchMath(checker: Checker, node: acorn.Node, name: string): InputError {
  const slip = nearest(name, mathNames);
  const choices = `${slip === undefined ? "" : `Did you mean Math.${slip}? `}It has ${mathNames.join(", ")}.`;
  const fix =
    name === "random" ? "Pass random numbers in an array, or compute them from the thread's number." : choices;
  return checker.error(node, `the kernel language has no Math.${name}`, fix);
}

/** A function of Math with its operands; `x ** y` is `pow`, and `exp2` is the context's. `fround` is a cast, and not here. */
export function mathDraft(checker: Checker, node: acorn.Node, name: string, operands: readonly Draft[]): Draft {
  const { inference, frame } = checker;
  const use = { source: frame.source, node };
  const wholeOnly = name === "imul" || name === "clz32";
  const floatOnly = !wholeOnly && !ofIntegers.includes(name);
  if (floatOnly) for (const { slot } of operands) inference.require(slot, "float", use);
  if (name === "imul") for (const { slot } of operands) inference.flow(slot, known("i32"), use);
  if (name === "clz32") inference.suggest(operands[0].slot, "i32");
  const slot = operands.map((operand) => operand.slot).reduce((a, b) => inference.meet(a, b, use));
  const called = name === "exp2" ? name : `Math.${name}`;
  return {
    kind: "draft",
    slot: wholeOnly ? known("i32") : slot,
    node,
    build: () => {
      const place = placeOf(node);
      if (name === "imul") {
        const [left, right] = operands.map((operand) => buildAs(checker, operand, "i32", "Math.imul multiplies i32"));
        return { kind: "binary", operator: "mul", type: "i32", place, left, right };
      }
      const { built, type } = combine(checker, node, called, operands);
      const text = textOf(frame.source, operands[0].node);
      if (name === "clz32") {
        if (type === "i32" || type === "u32")
          return { kind: "intrinsic", name: "clz", of: type, type: "i32", place, operands: built };
        throw checker.error(node, `Math.clz32 takes i32 or u32, this is ${type}`, `Write clz(${text}).`);
      }
      if (floatOnly && !isFloat(type)) {
        const whole = wholeAlready.includes(name);
        throw checker.error(
          node,
          `${called} takes floats, this is ${type}`,
          whole ? `An integer is whole already: write ${text}.` : `Write ${called}(f32(${text})).`,
        );
      }
      if (isHalf(type)) return inSingle(node, type, built, (wide) => mathNode(checker, node, name, "f32", wide));
      return mathNode(checker, node, name, type, built);
    },
  };
}

function mathNode(
  checker: Checker,
  node: acorn.Node,
  name: string,
  type: ScalarType,
  operands: readonly Expression[],
): Expression {
  const place = placeOf(node);
  const instruction = exactly.includes(name) || (type === "f32" && approximately.includes(name));
  if (instruction) return { kind: "math", operator: name as MathOperator, type, place, operands };
  const helper = libraryFunction(name, type);
  if (helper === undefined) throw new Error(`the library has no ${name} of ${type}`);
  const { parameters, body } = checker.instance(helper);
  return { kind: "call", type, place, name: `${name}_${type}`, parameters, operands, body };
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
