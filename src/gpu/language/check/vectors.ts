// Vectors: elements side by side that are read and written in one access, const v = x.load4(i), x.store2(i, a, b).
// Knows nothing of other calls.
import type * as acorn from "acorn";
import { dtypes } from "../../../core/dtype.js";
import { isPointer, type Statement } from "../tree.js";
import { buildAs } from "./convert.js";
import { known } from "./inference.js";
import { elementDraft, valueTypeOf } from "./memory.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft, OpenVariable, StatementDraft, Value, VectorLoad } from "./scope.js";

export const vectorFields = ["x", "y", "z", "w"] as const;

/** `x.load4(i)`, which becomes numbers once it has a name. */
export function loadVector(checker: Checker, node: acorn.CallExpression, base: Draft): VectorLoad {
  const width = widthOf(checker, node, base);
  return { kind: "vector-load", node, base, width, element: elementDraft(checker, node, base, node.arguments[0]) };
}

/** `const v = x.load4(i)`: a variable for each element. */
export function nameVector(
  checker: Checker,
  node: acorn.Node,
  name: string,
  load: VectorLoad,
): { value: Value; statement: StatementDraft } {
  const type = checker.typeOf(load.base.slot);
  if (!isPointer(type)) throw new Error("only pointers are loaded from");
  const slot = known(valueTypeOf(type.element));
  const place = placeOf(node);
  const variables = vectorFields.slice(0, load.width).map((field): OpenVariable => {
    const variable: OpenVariable = { name: `${name}.${field}`, type: slot.type, place };
    checker.variables.push({ variable, slot });
    return variable;
  });
  const parts = variables.map(
    (variable): Draft => ({
      kind: "draft",
      slot,
      node,
      build: () => ({ kind: "variable", type: slot.type, place: placeOf(node), variable }),
    }),
  );
  const statement = (): Statement[] => [{ kind: "load-vector", place, variables, element: load.element() }];
  return { value: { kind: "vector", parts }, statement };
}

/** `x.store4(i, a, b, c, d)` or `x.store4(i, v)`. */
export function storeVector(checker: Checker, node: acorn.CallExpression, base: Draft): StatementDraft {
  const width = widthOf(checker, node, base);
  const [index, ...rest] = node.arguments;
  const text = textOf(checker.frame.source, base.node);
  const example = `Write ${text}.store${width}(i, ${width === 2 ? "a, b" : "a, b, c, d"}), or ${text}.store${width}(i, v) of a loaded v.`;
  if (index === undefined) throw checker.error(node, `store${width} takes an index and ${width} values`, example);
  const element = elementDraft(checker, node, base, index);
  const given = rest.map((each) => checker.value(each));
  const [vector] = given;
  const whole = given.length === 1 && vector.kind === "vector" ? vector.parts : undefined;
  if (whole === undefined && rest.length !== width) {
    throw checker.error(node, `store${width} takes ${width} values after the index, ${rest.length} given`, example);
  }
  const values = whole ?? rest.map((each) => checker.draft(each));
  if (values.length !== width) {
    throw checker.error(node, `store${width} takes ${width} values, this vector has ${values.length}`, example);
  }
  const type = checker.typeOf(base.slot);
  if (!isPointer(type)) throw new Error("only pointers are stored to");
  const held = valueTypeOf(type.element);
  for (const value of values) {
    checker.inference.flow(value.slot, known(held), { source: checker.frame.source, node: value.node });
  }
  return () => [
    {
      kind: "store-vector",
      place: placeOf(node),
      element: element(),
      values: values.map((value) => buildAs(checker, value, held, `the elements of ${text} are ${type.element}`)),
    },
  ];
}

/** Two or four, as the method's name says. */
function widthOf(checker: Checker, node: acorn.CallExpression, base: Draft): number {
  const { name } = (node.callee as acorn.MemberExpression).property as acorn.Identifier;
  const width = name.endsWith("2") ? 2 : 4;
  const type = checker.typeOf(base.slot);
  const text = textOf(checker.frame.source, base.node);
  if (!isPointer(type)) {
    throw checker.error(
      node,
      `${text} is no pointer or array`,
      "Only those are loaded from and stored to: x.load4(i).",
    );
  }
  const bytes = width * dtypes[type.element].bytes;
  if (bytes > 16) {
    throw checker.error(
      node,
      `an access takes 16 bytes at most, four ${type.element} are ${bytes}`,
      `Write ${text}.${name.replace("4", "2")}(i) twice.`,
    );
  }
  if (type.space !== "global") checker.widestAccess = Math.max(checker.widestAccess, bytes);
  return width;
}
