// Pointers and arrays: indexing, moving, declaring. Knows nothing of operators.
import type * as acorn from "acorn";
import { type DTypeName, dtypes } from "../../../core/dtype.js";
import { type Element, type Expression, formatType, isPointer, type PointerValue, type ScalarType } from "../tree.js";
import { buildAs } from "./convert.js";
import { known } from "./inference.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";

/** The type in which an element is computed with: narrow integers become i32. */
export function valueTypeOf(element: DTypeName): ScalarType {
  if (element === "i8" || element === "u8" || element === "i16" || element === "u16") return "i32";
  // A signature has no FP8, and there is no other way for it to come here.
  return element as ScalarType;
}

/** `tile[y]`, a row, or `x[i]`, an element. */
export function rowOrElement(checker: Checker, node: acorn.MemberExpression, base: Draft): Draft {
  const type = pointerType(checker, base);
  if (type.rows.length > 0) {
    const [length] = type.rows;
    const row: PointerValue = { ...type, rows: type.rows.slice(1) };
    const index = indexDraft(checker, node.property);
    const stride = type.rows.reduce((product, extent) => product * extent, 1);
    return {
      kind: "draft",
      slot: known(row),
      node,
      length,
      build: () => ({
        kind: "pointer-add",
        type: row,
        place: placeOf(node),
        pointer: base.build(),
        count: index(),
        stride,
      }),
    };
  }
  const element = elementDraft(checker, node, base, node.property);
  const result = valueTypeOf(type.element);
  return {
    kind: "draft",
    slot: known(result),
    node,
    build: () => ({ kind: "load", type: result, place: placeOf(node), element: element() }),
  };
}

/** An element to read, write or change. */
export function elementDraft(checker: Checker, node: acorn.Node, base: Draft, index: acorn.Node): () => Element {
  const type = pointerType(checker, base);
  if (type.rows.length > 0) {
    const text = textOf(checker.frame.source, base.node);
    throw checker.error(
      node,
      `${text} has ${type.rows.length + 1} dimensions, this names one of them`,
      `Index each: ${text}${"[i]".repeat(type.rows.length + 1)}.`,
    );
  }
  const at = indexDraft(checker, index);
  return () => ({ pointer: base.build(), index: at(), dtype: type.element });
}

/** `pointer.add(count)`. */
export function pointerAdd(checker: Checker, node: acorn.Node, base: Draft, count: acorn.Node): Draft {
  const type = pointerType(checker, base);
  if (type.rows.length > 0) {
    throw checker.error(node, `${formatType(type)} is moved by indexing`, "Index it: tile[y].");
  }
  const by = indexDraft(checker, count);
  return {
    kind: "draft",
    slot: known(type),
    node,
    build: () => ({ kind: "pointer-add", type, place: placeOf(node), pointer: base.build(), count: by(), stride: 1 }),
  };
}

/** `shared(f32, [16, 16])`, `local(i32, 8)`, `dynamicShared(f32)`: to be called for the value of a `const` only. */
export function declareArray(
  checker: Checker,
  call: acorn.CallExpression,
  declares: ArrayFunction,
  name: string,
  element: DTypeName,
): Draft {
  if (declares === "dynamicShared") return dynamicArray(checker, call, name, element);
  const space = declares;
  const extents = readExtents(checker, call, space);
  const bytes = extents.reduce((product, extent) => product * extent, dtypes[element].bytes);
  if (space === "shared" && bytes > 48 * 1024) {
    throw checker.error(
      call,
      `${name} takes ${bytes} bytes: static shared memory ends at 49152`,
      "Make it smaller, or declare it with dynamicShared(...) and give its bytes to the launch: { shared: bytes }.",
    );
  }
  const array = { name, space, element, extents, place: placeOf(call) };
  checker.arrays.push(array);
  const type: PointerValue = { space, element, rows: extents.slice(1) };
  return {
    kind: "draft",
    slot: known(type),
    node: call,
    length: extents[0],
    build: () => ({ kind: "array", type, place: placeOf(call), array }),
  };
}

export type ArrayFunction = "shared" | "local" | "dynamicShared";

/** As many bytes as the launch gives; all that are declared so begin at the same place. Inner extents are known. */
function dynamicArray(checker: Checker, call: acorn.CallExpression, name: string, element: DTypeName): Draft {
  const inner = call.arguments.length < 2 ? [] : readExtents(checker, call, "dynamicShared");
  if (inner.length > 2) {
    throw checker.error(
      call,
      "an array has one to three dimensions",
      "The launch says the first: write dynamicShared(f32), dynamicShared(f32, 16) for rows of 16.",
    );
  }
  const array = { name, space: "shared", element, extents: [undefined, ...inner], place: placeOf(call) } as const;
  checker.arrays.push(array);
  const type: PointerValue = { space: "shared", element, rows: inner };
  return {
    kind: "draft",
    slot: known(type),
    node: call,
    build: () => ({ kind: "array", type, place: placeOf(call), array }),
  };
}

function readExtents(checker: Checker, call: acorn.CallExpression, space: string): number[] {
  const node = call.arguments[1];
  const example = `Write ${space}(f32, 256) or ${space}(f32, [16, 16]).`;
  if (node === undefined || (node.type === "ArrayExpression" && call.arguments.length > 2)) {
    throw checker.error(call, `${space} takes a type and the array's extents`, example);
  }
  const nodes = node.type === "ArrayExpression" ? node.elements : call.arguments.slice(1);
  if (nodes.length < 1 || nodes.length > 3) throw checker.error(node, "an array has one to three dimensions", example);
  return nodes.map((each) => {
    if (each === null) throw checker.error(node, "an extent is missing", example);
    const draft = checker.draft(each);
    checker.inference.suggest(draft.slot, "i32");
    const extent = draft.constant;
    if (extent === undefined) {
      throw checker.error(
        each,
        `the extent "${textOf(checker.frame.source, each)}" is not known when the kernel is compiled`,
        "Write a number, or a const that is one: const T = 16.",
      );
    }
    if (!Number.isInteger(extent) || extent < 1) {
      throw checker.error(each, `an extent is a whole number of at least 1, not ${extent}`, example);
    }
    return extent;
  });
}

function indexDraft(checker: Checker, node: acorn.Node): () => Expression {
  const draft = checker.draft(node);
  const use = { source: checker.frame.source, node };
  checker.inference.require(draft.slot, "integer", use);
  checker.inference.count(draft.slot, use);
  return () => {
    const built = draft.build();
    return built.type === "u32" ? built : buildAs(checker, { ...draft, build: () => built }, "i32", "an index is i32");
  };
}

function pointerType(checker: Checker, base: Draft): PointerValue {
  const { slot, node } = base;
  if (slot.kind === "known" && isPointer(slot.type)) return slot.type;
  const text = textOf(checker.frame.source, node);
  throw checker.error(
    node,
    `${text} is no pointer or array`,
    `Only those are indexed: declare ${/^\w+$/.test(text) ? text : "x"}: f32.ptr in the signature.`,
  );
}
