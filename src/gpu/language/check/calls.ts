// Calls: which function of Math, of the context, of a pointer or of one's own is meant, and whether its arguments are as many
// as it takes. What each does is elsewhere.
import type * as acorn from "acorn";
import type { DTypeName } from "../../../core/dtype.js";
import { intrinsicRows, isIntrinsic, isWarpIntrinsic, warpIntrinsicRows } from "../intrinsics.js";
import { type Expression, isFloat, isHalf } from "../tree.js";
import { atomicCall, atomicOperators } from "./atomics.js";
import { bitcastCall, castCall, roundingOf } from "./casts.js";
import { castNames } from "./context-values.js";
import { fragmentSource, isFragmentSource } from "./fragments.js";
import { intrinsicCall } from "./intrinsics.js";
import { callExample, combine, mathDraft, mathNames, noSuchMath, operandCount } from "./math.js";
import { pointerAdd } from "./memory.js";
import { outerName, outerNameError } from "./names.js";
import { integerDivision } from "./operators.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft, Value } from "./scope.js";
import { loadVector } from "./vectors.js";
import { shuffleCall, shuffles, voteCall, votes, warpIntrinsicCall } from "./warp.js";

/** What a call stands for. Calls that are statements, `syncthreads()`, are refused here. */
export function visitCall(checker: Checker, node: acorn.CallExpression): Value {
  const outer = outerName(checker, node.callee);
  if (outer !== undefined) throw outerNameError(checker, node.callee, outer, "call");
  for (const argument of node.arguments) {
    if (argument.type === "SpreadElement")
      throw checker.error(argument, "... is not part of the kernel language", "Write each argument out.");
  }
  const { callee } = node;
  if (callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier") {
    const base = checker.value(callee.object);
    if (base.kind === "draft") return methodCall(checker, node, callee, base, callee.property.name);
  }
  const target = checker.value(callee);
  if (target.kind === "math-function") return mathCall(checker, node, target.name);
  if (target.kind === "context-function") return contextCall(checker, node, target.name);
  if (target.kind === "helper") return checker.call(target.helper, node);
  throw checker.error(
    node,
    `"${textOf(checker.frame.source, callee)}" is not a function`,
    "Call what the context or Math has, or a helper given with { use }.",
  );
}

function methodCall(
  checker: Checker,
  node: acorn.CallExpression,
  callee: acorn.MemberExpression,
  base: Draft,
  name: string,
): Value {
  if (name === "add") {
    count(checker, node, "add", 1);
    return pointerAdd(checker, node, base, node.arguments[0]);
  }
  if (name === "load2" || name === "load4") {
    count(checker, node, name, 1);
    return loadVector(checker, node, base);
  }
  if (name === "store2" || name === "store4") {
    throw checker.error(node, `${name} gives no value`, "Write it as a statement of its own.");
  }
  throw checker.error(
    callee,
    `${name} is not part of the kernel language`,
    "A pointer has .add(n), .load2(i), .load4(i), .store2(i, ...) and .store4(i, ...); numbers go through Math and operators.",
  );
}

function mathCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  if (!mathNames.includes(name)) throw noSuchMath(checker, node, name);
  count(checker, node, `Math.${name}`, operandCount(name));
  if (name === "fround") return castCall(checker, node, "f32");
  const operands = node.arguments.map((argument) => checker.draft(argument));
  return mathDraft(checker, node, name, operands);
}

const casts: ReadonlySet<string> = new Set(castNames);
/** Calls that are statements, and how they are written. */
export const statementExamples: Readonly<Record<string, string>> = {
  syncthreads: "syncthreads()",
  gridSync: "gridSync()",
  mma: "mma(sum, a, b)",
  storeMatrix: "storeMatrix(y, stride, sum)",
  syncwarp: "syncwarp(), and a mask of lanes if not all take part",
  threadfence: "threadfence()",
  threadfenceBlock: "threadfenceBlock()",
  threadfenceSystem: "threadfenceSystem()",
  barrierSync: "barrierSync(id), and a count of threads if not all of the block take part",
  barrierArrive: "barrierArrive(id, threads)",
  printf: 'printf("x = %d\\n", x)',
};

function contextCall(checker: Checker, node: acorn.CallExpression, name: string): Value {
  if (casts.has(name)) {
    count(checker, node, name, 1, 2);
    return castCall(checker, node, name as DTypeName);
  }
  if (name === "bitcast") {
    count(checker, node, name, 2);
    return bitcastCall(checker, node);
  }
  if (name === "idiv") {
    count(checker, node, name, 2);
    return integerDivision(checker, node, checker.draft(node.arguments[0]), checker.draft(node.arguments[1]));
  }
  if (name === "fma") return fmaCall(checker, node);
  if (name === "exp2") {
    count(checker, node, name, 1);
    return mathDraft(checker, node, name, [checker.draft(node.arguments[0])]);
  }
  if (isIntrinsic(name)) {
    const { operands, rounding } = intrinsicRows[name];
    count(checker, node, name, operands.length + (rounding === true ? 1 : 0));
    return intrinsicCall(checker, node, name);
  }
  if (isWarpIntrinsic(name)) {
    if (warpIntrinsicRows[name].of.length === 0) count(checker, node, name, 0);
    else count(checker, node, name, 1, 2);
    return warpIntrinsicCall(checker, node, name);
  }
  if (isFragmentSource(name)) {
    if (name === "fillMatrix") count(checker, node, name, 1);
    else count(checker, node, name, 2, 3);
    return fragmentSource(checker, node, name);
  }
  if (Object.hasOwn(shuffles, name)) {
    count(checker, node, name, 2, 4);
    return shuffleCall(checker, node, name);
  }
  if (Object.hasOwn(votes, name)) {
    count(checker, node, name, 1, 2);
    return voteCall(checker, node, name);
  }
  if (Object.hasOwn(atomicOperators, name)) {
    count(checker, node, name, name === "atomicCAS" ? 4 : 3);
    return atomicCall(checker, node, name);
  }
  if (Object.hasOwn(statementExamples, name)) {
    throw checker.error(node, `${name}() gives no value`, "Write it as a statement of its own.");
  }
  throw checker.error(
    node,
    `${name} declares an array, which needs a name`,
    `Write const tile = ${textOf(checker.frame.source, node)};`,
  );
}

function fmaCall(checker: Checker, node: acorn.CallExpression): Draft {
  count(checker, node, "fma", 3, 4);
  const operands = node.arguments.slice(0, 3).map((argument) => checker.draft(argument));
  const rounding = node.arguments[3] === undefined ? undefined : roundingOf(checker, node.arguments[3]);
  const use = { source: checker.frame.source, node };
  for (const { slot } of operands) checker.inference.require(slot, "float", use);
  const slot = operands.map((operand) => operand.slot).reduce((a, b) => checker.inference.meet(a, b, use));
  return {
    kind: "draft",
    slot,
    node,
    build: () => {
      const { built, type } = combine(checker, node, "fma", operands);
      if (!isFloat(type))
        throw checker.error(node, `fma takes floats, this is ${type}`, "Integers need none: write a * b + c.");
      if (isHalf(type) && rounding !== undefined && rounding !== "rn")
        throw checker.error(node, `fma in ${type} rounds to the nearest only`, "Leave the rounding out.");
      const three = built as [Expression, Expression, Expression];
      const rounds = rounding === undefined ? {} : { rounding };
      return { kind: "fma", type, place: placeOf(node), operands: three, ...rounds };
    },
  };
}

export function count(
  checker: Checker,
  node: acorn.CallExpression,
  name: string,
  least: number,
  most: number = least,
): void {
  const given = node.arguments.length;
  if (given >= least && given <= most) return;
  const words =
    most === Number.POSITIVE_INFINITY
      ? `${least} or more`
      : least === most
        ? `${least}`
        : `${least}${most - least > 1 ? " to " : " or "}${most}`;
  throw checker.error(
    node,
    `${name} takes ${words} argument${most === 1 ? "" : "s"}, ${given} given`,
    `Write ${example(name)}.`,
  );
}

function example(name: string): string {
  if (name === "add") return "x.add(n)";
  if (name === "load2" || name === "load4") return `const v = x.${name}(i)`;
  if (name === "bitcast") return "bitcast(u32, x)";
  if (name === "atomicCAS") return "atomicCAS(pointer, index, compare, value)";
  if (name === "atomicInc" || name === "atomicDec") return `${name}(pointer, index, limit)`;
  if (name.startsWith("atomic")) return `${name}(pointer, index, value)`;
  if (name.startsWith("shfl")) return `${name}(value, lane), and a mask of lanes if not all take part`;
  if (Object.hasOwn(votes, name)) return `${name}(condition), and a mask of lanes if not all take part`;
  if (isIntrinsic(name)) return intrinsicRows[name].example;
  if (isWarpIntrinsic(name)) return warpIntrinsicRows[name].example;
  if (name === "fillMatrix") return "const sum = fillMatrix(0)";
  if (isFragmentSource(name)) return `const a = ${name}(x, stride)`;
  if (name === "fma") return "fma(a, b, c)";
  if (name === "idiv") return "idiv(a, b)";
  if (Object.hasOwn(statementExamples, name)) return statementExamples[name];
  return callExample(name);
}
