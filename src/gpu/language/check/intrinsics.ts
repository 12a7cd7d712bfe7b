// Calls of the intrinsics, those of one thread: popc(x), bfe(x, 8, 4), roundedAdd(a, b, "rz"). Knows nothing of warps.
import type * as acorn from "acorn";
import { type IntrinsicName, intrinsicRows } from "../intrinsics.js";
import { formatType, type Rounding, type ScalarType } from "../tree.js";
import { roundingOf } from "./casts.js";
import { buildAs } from "./convert.js";
import { known } from "./inference.js";
import { combine } from "./math.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";

/** The call, whose arguments have been counted. */
export function intrinsicCall(checker: Checker, node: acorn.CallExpression, name: IntrinsicName): Draft {
  const row = intrinsicRows[name];
  const use = { source: checker.frame.source, node };
  const drafts = row.operands.map((_, index) => checker.draft(node.arguments[index]));
  const rounding: Rounding | undefined =
    row.rounding === true ? roundingOf(checker, node.arguments[row.operands.length]) : undefined;
  const same = drafts.filter((_, index) => row.operands[index] === "same");
  const kind = row.of.includes("i32") ? "integer" : "float";
  for (const { slot } of same) checker.inference.require(slot, kind, use);
  for (const [index, rule] of row.operands.entries()) {
    if (rule !== "same") checker.inference.count(drafts[index].slot, { ...use, node: node.arguments[index] });
  }
  if (kind === "integer") for (const { slot } of same) checker.inference.suggest(slot, row.of[0]);
  const slot = same.map((draft) => draft.slot).reduce((a, b) => checker.inference.meet(a, b, use));
  return {
    kind: "draft",
    slot: row.result === "same" ? slot : known(row.result),
    node,
    build: () => {
      const { built, type: of } = combine(checker, node, name, same);
      if (!row.of.includes(of)) throw refused(checker, node, name, of);
      let next = 0;
      const operands = row.operands.map((rule, index) =>
        rule === "same" ? built[next++] : bitCount(checker, drafts[index], name),
      );
      const type: ScalarType = row.result === "same" ? of : row.result;
      const place = placeOf(node);
      return { kind: "intrinsic", name, of, type, place, operands, ...(rounding === undefined ? {} : { rounding }) };
    },
  };
}

/** A place or number of bits: i32, or a u32 as it is. */
function bitCount(checker: Checker, draft: Draft, name: IntrinsicName) {
  const built = draft.build();
  if (built.type === "u32") return built;
  return buildAs(checker, { ...draft, build: () => built }, "i32", `${name} counts bits in i32`);
}

function refused(checker: Checker, node: acorn.CallExpression, name: IntrinsicName, type: ScalarType) {
  const { of, fix } = intrinsicRows[name];
  const [argument] = node.arguments;
  return checker.error(
    node,
    `${name} takes ${of.join(", ").replace(/, (\w+)$/, " or $1")}, ${textOf(checker.frame.source, argument)} is ${formatType(type)}`,
    fix,
  );
}
