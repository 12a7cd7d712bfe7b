// Types become spaces: what is left is JavaScript with the same lines and columns, and means what TypeScript makes of it.
import ts from "@tslab/typescript-for-tslab";
import { describe, expect, test } from "vitest";
import { eraseTypes } from "../../../src/notebook/jupyter/cells/erase-types.js";
import { EditedText } from "../../../src/notebook/jupyter/errors/edited-text.js";

function erase(source: string): string {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const { edits, untouched } = eraseTypes(file, file);
  expect(untouched).toEqual([]);
  return new EditedText(source, edits).text;
}

const examples: readonly (readonly [string, string, string])[] = [
  ["annotations", "const a: number = 1, b: string[] = [];", "const a         = 1, b           = [];"],
  [
    "parameters and return types",
    "function f(a: number, b?: string): void {}",
    "function f(a        , b         )       {}",
  ],
  ["arrow functions", "const f = (a: { b: number }): number => a.b;", "const f = (a               )         => a.b;"],
  [
    "generics",
    "function f<T extends object>(a: T) { return g<T, string>(a); }",
    "function f                  (a   ) { return g           (a); }",
  ],
  ["as, satisfies and !", "const a = (b as any as T).c! satisfies U;", "const a = (b            ).c             ;"],
  ["angle-bracket assertions", "const a = <number>b;", "const a =         b;"],
  [
    "interfaces and aliases",
    "interface A { b: string }\ntype C = A | D;\n1",
    ";                        \n;              \n1",
  ],
  [
    "declarations",
    "declare const a: number;\nabstract class B { abstract c(): void; d() {} }",
    ";                       \n         class B {                     d() {} }",
  ],
  [
    "members",
    "class A<T> extends B<T> implements C, D { private readonly x: number = 1; declare y: T; static override z?: T; constructor(); constructor(a?: T) { super(); } }",
    "class A    extends B                    {                  x         = 1;               static          z    ;                constructor(a    ) { super(); } }",
  ],
  ["a this parameter", "function f(this: Window, a: number) {}", "function f(              a        ) {}"],
  [
    "overloads",
    "function f(a: string): void;\nfunction f(a: any) {}",
    ";                           \nfunction f(a     ) {}",
  ],
  ["tagged templates and new", "new Map<string, number>(); tag<T>`x`;", "new Map                (); tag   `x`;"],
  [
    "a definite let and a typed catch",
    "let a!: number; try {} catch (e: unknown) {}",
    "let a         ; try {} catch (e         ) {}",
  ],
  [
    "type-only imports and exports",
    "import type { A } from 'a';\nexport type { A };",
    ";                          \n;                 ",
  ],
  [
    "predicates",
    "function f(a: unknown): a is string { return true; }",
    "function f(a         )              { return true; }",
  ],
];

describe("erased in place", () => {
  test.each(examples)("%s", (_what, source, erased) => {
    expect(erase(source)).toBe(erased);
  });
});

describe("where white space would change the meaning", () => {
  test("a return type over several lines keeps the arrow beside its parenthesis", () => {
    const erased = erase("const f = (a: number): {\n  b: number;\n} => ({ b: a });");
    expect(erased).toBe("const f = (a            \n            \n) => ({ b: a });");
  });

  test("a type before a parenthesis on the next line ends its statement", () => {
    expect(erase("const a = b as string\n(c as any).d()")).toBe("const a = b         ;\n(c       ).d()");
    expect(erase("const a = b\ntype T = string\n(c).d()")).toBe("const a = b\n;              \n(c).d()");
    expect(erase("let a: number\n;[1].map(x => x)")).toBe("let a        \n;[1].map(x => x)");
  });
});

describe("what has a meaning of its own is not erased but listed", () => {
  test.each([
    ["enum A { B }"],
    ["namespace A { export const b = 1; }"],
    ["class A { constructor(private b: number) {} }"],
    ["@d class A {}"],
    ["import a = require('a');"],
  ])("%s", (source) => {
    const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
    expect(eraseTypes(file, file).untouched).toHaveLength(1);
  });

  test("a namespace of types alone is a type", () => {
    expect(erase("namespace A { export interface B {} }")).toMatch(/^; +$/);
  });
});

test.each(examples)("keeps length and lines, and has the tokens that TypeScript emits: %s", (_what, source) => {
  const erased = erase(source);
  expect(erased.length).toBe(source.length);
  expect(erased.split("\n").length).toBe(source.split("\n").length);
  const emitted = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      removeComments: true,
      verbatimModuleSyntax: true,
    },
  }).outputText;
  expect(tokens(erased)).toEqual(tokens(emitted));
});

/** Tokens but semicolons, commas and parentheses, which TypeScript adds and takes away freely, and `export {}`. */
function tokens(code: string): string[] {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, true);
  scanner.setText(code.replace(/export \{ ?\};?/, ""));
  const found: string[] = [];
  while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken) found.push(scanner.getTokenText());
  return found.filter((token) => !/^[;,()]$/.test(token));
}
