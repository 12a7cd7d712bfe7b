// Calls that the lanes of a warp make together: shuffles, votes, matches, reductions. Knows nothing of other calls.
import type * as acorn from "acorn";
import { type WarpIntrinsicName, warpIntrinsicRows } from "../intrinsics.js";
import { type Expression, formatType, isPointer, type ScalarType, type ShuffleMode, type VoteMode } from "../tree.js";
import { buildAs } from "./convert.js";
import { known } from "./inference.js";
import { boolDraft } from "./operators.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";

export const shuffles: Readonly<Record<string, ShuffleMode>> = {
  shfl: "idx",
  shflUp: "up",
  shflDown: "down",
  shflXor: "bfly",
};
export const votes: Readonly<Record<string, VoteMode>> = { ballot: "ballot", any: "any", all: "all", uniform: "uni" };

export function shuffleCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  const [value, lane] = node.arguments.slice(0, 2).map((argument) => checker.draft(argument));
  const mask = maskDraft(checker, node, 2);
  const width = groupWidth(checker, node.arguments[3]);
  checker.inference.flow(lane.slot, known("i32"), { source: checker.frame.source, node });
  return {
    kind: "draft",
    slot: value.slot,
    node,
    build: () => {
      const built = value.build();
      const { type } = built;
      if (isPointer(type) || type === "bool") {
        throw checker.error(
          node,
          `${name} moves numbers between lanes, this is ${formatType(type)}`,
          type === "bool" ? "Vote on a condition: ballot(condition)." : "Move an element: x[i].",
        );
      }
      const from = buildAs(checker, lane, "i32", "a lane is i32");
      const place = placeOf(node);
      return { kind: "shuffle", mode: shuffles[name], type, place, value: built, lane: from, mask: mask(), width };
    },
  };
}

function groupWidth(checker: Checker, node: acorn.Node | undefined): number {
  if (node === undefined) return 32;
  const draft = checker.draft(node);
  checker.inference.suggest(draft.slot, "i32");
  const width = draft.constant;
  if (width !== undefined && [1, 2, 4, 8, 16, 32].includes(width)) return width;
  throw checker.error(
    node,
    `the width of the groups is 1, 2, 4, 8, 16 or 32, this is ${textOf(checker.frame.source, node)}`,
    "Write a number, or a const that is one: const W = 8.",
  );
}

export function voteCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  const mode = votes[name];
  const condition = checker.condition(node.arguments[0]);
  const mask = maskDraft(checker, node, 1);
  const type = mode === "ballot" ? "u32" : "bool";
  const build = (): Expression => ({
    kind: "vote",
    mode,
    type,
    place: placeOf(node),
    condition: condition.build(),
    mask: mask(),
  });
  return type === "bool" ? boolDraft(node, build) : { kind: "draft", slot: known(type), node, build };
}

/** `reduceAdd(x)`, `matchAny(x)`, `activemask()`. */
export function warpIntrinsicCall(checker: Checker, node: acorn.CallExpression, name: WarpIntrinsicName): Draft {
  const row = warpIntrinsicRows[name];
  const place = placeOf(node);
  if (row.of.length === 0) {
    const build = (): Expression => ({
      kind: "warp-intrinsic",
      name,
      type: "u32",
      place,
      value: undefined,
      mask: undefined,
    });
    return { kind: "draft", slot: known("u32"), node, build };
  }
  const value = checker.draft(node.arguments[0]);
  checker.inference.suggest(value.slot, "i32");
  const mask = maskDraft(checker, node, 1);
  return {
    kind: "draft",
    slot: row.result === "same" ? value.slot : known(row.result),
    node,
    build: () => {
      const built = value.build();
      if (!row.of.some((type) => type === built.type)) {
        const text = textOf(checker.frame.source, value.node);
        const reduces = row.result === "same";
        throw checker.error(
          node,
          `${name} takes ${row.of.join(", ").replace(/, (\w+)$/, " or $1")}, ${text} is ${formatType(built.type)}`,
          reduces
            ? "Reduce other types with shuffles: for (let k = 16; k > 0; k >>= 1) sum += shflXor(sum, k);"
            : `Compare a number: ${name}(u32(x)).`,
        );
      }
      const type: ScalarType = row.result === "same" ? (built.type as ScalarType) : row.result;
      return { kind: "warp-intrinsic", name, type, place, value: built, mask: mask() };
    },
  };
}

/** The lanes that take part, all of them where the argument is missing. */
export function maskDraft(checker: Checker, node: acorn.CallExpression, index: number): () => Expression {
  const argument = node.arguments[index];
  if (argument === undefined) return () => ({ kind: "literal", type: "u32", place: placeOf(node), value: 0xffffffff });
  const draft = checker.draft(argument);
  checker.inference.flow(draft.slot, known("u32"), { source: checker.frame.source, node: argument });
  return () => buildAs(checker, draft, "u32", "a mask of lanes is u32");
}
