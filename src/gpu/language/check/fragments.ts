// Tensor Core fragments: 16 by 16 matrices that a warp holds together, loaded, multiplied and stored as one. Knows nothing of other
// calls.
import type * as acorn from "acorn";
import { formatType, isPointer, type PointerValue, type Statement } from "../tree.js";
import { buildAs } from "./convert.js";
import { known } from "./inference.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft, Fragment, FragmentSource, OpenVariable, StatementDraft } from "./scope.js";

const roles = { loadMatrixA: "a", loadMatrixB: "b", loadMatrixC: "c", fillMatrix: "c" } as const;

export function isFragmentSource(name: string): name is keyof typeof roles {
  return Object.hasOwn(roles, name);
}

/** `loadMatrixA(x, stride)`, `fillMatrix(0)`: what becomes a fragment once it has a name. The arguments have been counted. */
export function fragmentSource(checker: Checker, node: acorn.CallExpression, name: string): FragmentSource {
  const role = roles[name as keyof typeof roles];
  if (name === "fillMatrix") {
    const value = checker.draft(node.arguments[0]);
    checker.inference.flow(value.slot, known("f32"), { source: checker.frame.source, node });
    return { kind: "fragment-source", node, role, value };
  }
  const base = checker.draft(node.arguments[0]);
  const type = matrixPointer(checker, base, role === "c" ? ["f32"] : ["f16", "bf16"]);
  const stride = strideOf(checker, node.arguments[1]);
  return { kind: "fragment-source", node, role, base, type, stride, layout: layoutOf(checker, node.arguments[2]) };
}

/** `const a = loadMatrixA(x, stride)`: the registers that each lane holds of it. */
export function nameFragment(
  checker: Checker,
  node: acorn.Node,
  name: string,
  source: FragmentSource,
): { value: Fragment; statement: StatementDraft } {
  const { role, type } = source;
  const element = type?.element ?? "f32";
  const held = role === "c" ? "f32" : "u32";
  const place = placeOf(node);
  const variables = Array.from({ length: element === "bf16" ? 4 : 8 }, (_, index): OpenVariable => {
    const variable: OpenVariable = { name: `${name}.${index}`, type: held, place };
    checker.variables.push({ variable, slot: known(held) });
    return variable;
  });
  const layout = source.layout ?? "row";
  const value: Fragment = { kind: "fragment", role, element: element as Fragment["element"], layout, variables };
  const statement = (): Statement[] => {
    if (source.value !== undefined) {
      const filled = buildAs(checker, source.value, "f32", "the sums of a matrix are f32");
      const [first, ...rest] = variables;
      const copy = { kind: "variable", type: "f32", place, variable: first } as const;
      return [
        { kind: "declare", place, variable: first, value: filled },
        ...rest.map((variable): Statement => ({ kind: "declare", place, variable, value: copy })),
      ];
    }
    const stride = buildAs(checker, source.stride as Draft, "i32", "a matrix's stride is i32");
    const pointer = (source.base as Draft).build();
    return [{ kind: "fragment-load", place, role, layout, variables, pointer, stride }];
  };
  return { value, statement };
}

/** `mma(sum, a, b)`: sum += a b. */
export function mmaStatement(checker: Checker, node: acorn.CallExpression): StatementDraft {
  const parts = node.arguments.map((each) => checker.value(each));
  const [sum, a, b] = parts.map((part, index) => {
    const role = (["c", "a", "b"] as const)[index];
    if (part.kind === "fragment" && part.role === role) return part;
    if (node.arguments[index].type === "CallExpression") {
      const text = textOf(checker.frame.source, node.arguments[index]);
      throw checker.error(
        node.arguments[index],
        "a matrix has a name before it is multiplied",
        `Write const ${role === "c" ? "sum" : role} = ${text}; and mma(sum, a, b).`,
      );
    }
    throw checker.error(
      node.arguments[index],
      `mma takes a matrix of sums, one of loadMatrixA and one of loadMatrixB, ${textOf(checker.frame.source, node.arguments[index])} is none of ${role === "c" ? "sums" : role.toUpperCase()}`,
      "Write mma(sum, a, b), with const sum = fillMatrix(0).",
    );
  });
  if (a.element !== b.element) {
    throw checker.error(node, `a is ${a.element} and b is ${b.element}`, "Multiply matrices of one type.");
  }
  const element = a.element as "f16" | "bf16";
  const layouts = [a.layout, b.layout] as const;
  return () => [
    {
      kind: "fragment-mma",
      place: placeOf(node),
      element,
      layouts,
      sum: sum.variables,
      a: a.variables,
      b: b.variables,
    },
  ];
}

/** `storeMatrix(y, stride, sum)`. */
export function storeMatrixStatement(checker: Checker, node: acorn.CallExpression): StatementDraft {
  const base = checker.draft(node.arguments[0]);
  matrixPointer(checker, base, ["f32"]);
  const stride = strideOf(checker, node.arguments[1]);
  const sum = checker.value(node.arguments[2]);
  if (sum.kind !== "fragment" || sum.role !== "c") {
    throw checker.error(node.arguments[2], "storeMatrix stores a matrix of sums", "Write storeMatrix(y, stride, sum).");
  }
  const layout = layoutOf(checker, node.arguments[3]);
  return () => [
    {
      kind: "fragment-store",
      place: placeOf(node),
      layout,
      variables: sum.variables,
      pointer: base.build(),
      stride: buildAs(checker, stride, "i32", "a matrix's stride is i32"),
    },
  ];
}

function matrixPointer(checker: Checker, base: Draft, elements: readonly string[]): PointerValue {
  const type = checker.typeOf(base.slot);
  if (isPointer(type) && type.rows.length === 0 && type.space !== "local" && elements.includes(type.element)) {
    // Rows begin at multiples of 16 bytes, and so does the matrix: in shared memory the array does.
    checker.widestAccess = Math.max(checker.widestAccess, 32);
    return type;
  }
  throw checker.error(
    base.node,
    `this is ${formatType(type)}, a matrix lies in global or shared memory as ${elements.join(" or ")}`,
    "Give a pointer to its first element: x.add(row * stride + column), tile[0].",
  );
}

function strideOf(checker: Checker, node: acorn.Node): Draft {
  const draft = checker.draft(node);
  checker.inference.flow(draft.slot, known("i32"), { source: checker.frame.source, node });
  return draft;
}

function layoutOf(checker: Checker, node: acorn.Node | undefined): "row" | "col" {
  const value = node?.type === "Literal" ? (node as acorn.Literal).value : undefined;
  if (node === undefined || value === "row") return "row";
  if (value === "col") return "col";
  throw checker.error(node, "a matrix lies by rows or by columns", 'Write "row" or "col".');
}
