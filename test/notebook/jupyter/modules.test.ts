// Packages in a cell: from the notebook's folder first, then from the kernel's own installation; types and run time alike.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { kernelForFile, newFolder, printed, resultText, startKernel } from "./kernel.js";

const folder = newFolder({
  "node_modules/esm-only/package.json": `{"name":"esm-only","type":"module","exports":{".":{"types":"./types/main.d.ts","import":"./lib/main.js"}}}`,
  "node_modules/esm-only/lib/main.js":
    "export const ready = await Promise.resolve('ready'); export default 5; export class Thing {}",
  "node_modules/esm-only/types/main.d.ts":
    "/** Whether it is. */ export declare const ready: string; declare const five: number; export default five; export interface Shape { sides: number } export declare class Thing {}",
  "node_modules/plain-cjs/package.json": `{"name":"plain-cjs","main":"index.js"}`,
  "node_modules/plain-cjs/index.js":
    "const all = {}; for (const n of ['one', 'two']) all[n] = n; module.exports = all;",
  "node_modules/interop/package.json": `{"name":"interop"}`,
  "node_modules/interop/index.js":
    "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'the default'; exports.named = 'named';",
  "node_modules/types-only/package.json": `{"name":"types-only","types":"index.d.ts"}`,
  "node_modules/types-only/index.d.ts": "export interface OnlyType { a: number }",
  "node_modules/fails/package.json": `{"name":"fails","main":"index.js"}`,
  "node_modules/fails/index.js": "throw new RangeError('while loading')",
  "beside.mjs":
    "export const beside = 'beside'; export const loads = (globalThis.loads = (globalThis.loads ?? 0) + 1);",
  "data.json": `{"answer":42}`,
  "model.ts": `import { sep } from "node:path";
import { factor } from "./deep/factor";
import five from "esm-only";
import { one } from "plain-cjs";

/** Doubles it. */
export function double(x: number): number { return x * factor; }
export interface Thing { size: number }
export enum Level { Low = 1, High = 2 }
export const parts = [sep, five, one, typeof import.meta.url];
export const later = async (): Promise<number> => (await import("./deep/factor.ts")).factor;

export function breaks(): never {
  interface Gone { a: number }
  const gone: Gone = { a: 1 };
  throw new Error("in the file" + gone.a);
}
`,
  "deep/factor.ts": "export const factor: number = 2;\n",
  "broken.ts": "const fine = 1;\nexport const z = 1 +;\n",
  "circle-a.ts": `import { b } from "./circle-b"; export const a = 1; export const both = (): number => a + b;`,
  "circle-b.ts": `import { a } from "./circle-a"; export const b = 2; export const sum = (): number => a + b;`,
});
const kernel = kernelForFile(() => ({ cwd: folder }));
const run = (code: string) => kernel().execute(code);

test("an ES module with top-level await, with its types", async () => {
  expect(
    resultText(await run("import five, { ready, Thing, type Shape } from 'esm-only'; [five, ready, typeof Thing]")),
  ).toBe("[ 5, 'ready', 'function' ]");
  expect(resultText(await run("const shape: Shape = { sides: five }; shape.sides"))).toBe("5");
  expect((await run("const wrong: number = ready;")).reply.evalue).toContain("Type 'string' is not assignable");
  expect((await run("import { nothing } from 'esm-only';")).reply.evalue).toContain(
    `no exported member named 'nothing'`,
  );
});

test("CommonJS, with names that only running it tells, and with __esModule", async () => {
  expect(resultText(await run("import { one, two as zwei } from 'plain-cjs'; [one, zwei]"))).toBe("[ 'one', 'two' ]");
  expect(resultText(await run("import plain from 'plain-cjs'; plain.one"))).toBe("'one'");
  expect(resultText(await run("import def, { named } from 'interop'; [def, named]"))).toBe(
    "[ 'the default', 'named' ]",
  );
});

test("a package of types alone is not loaded", async () => {
  expect(resultText(await run("import { OnlyType } from 'types-only'; const only: OnlyType = { a: 1 }; only.a"))).toBe(
    "1",
  );
});

test("files beside the notebook, by import, by import() and by require, each loaded once", async () => {
  expect(resultText(await run("import { beside } from './beside.mjs'; beside"))).toBe("'beside'");
  expect(resultText(await run("(await import('./beside.mjs')).loads"))).toBe("1");
  expect(resultText(await run("require('./beside.mjs').loads"))).toBe("1");
  expect(resultText(await run("require('./data.json').answer"))).toBe("42");
  expect(resultText(await run("import.meta.dirname"))).toBe(`'${folder}'`);
});

test("Node's own modules", async () => {
  expect(
    resultText(await run("import { sep } from 'node:path'; import * as fs from 'fs'; [sep, typeof fs.readFileSync]")),
  ).toBe("[ '/', 'function' ]");
});

test("our own packages from a folder that has none, with their types", async () => {
  expect(resultText(await run("import { table } from 'arquero'; table({ a: [1, 2] }).numRows()"))).toBe("2");
  expect(resultText(await run("import { compile } from 'vega-lite'; typeof compile"))).toBe("'function'");
  expect(resultText(await run("import embed from 'vega-embed'; typeof embed"))).toBe("'function'");
  expect((await run("const rows: string = table({ a: [1] }).numRows();")).reply.evalue).toContain(
    "'number' is not assignable",
  );
});

test("our own package by its name is this installation, once", async () => {
  const own = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const execution = await run(`require.resolve('${own.name}/package.json')`);
  expect(resultText(execution)).toBe(`'${new URL("../../../package.json", import.meta.url).pathname}'`);
  expect(printed(execution, "stderr")).toBe("");
});

test("an absent package is an error that names it and where it was looked for", async () => {
  expect((await run("import x from 'not-there';")).reply.evalue).toContain("Cannot find module 'not-there'");
  const dynamic = (await run("await import('not-there' as string)")).reply;
  expect(dynamic).toMatchObject({ status: "error" });
  expect(dynamic.evalue).toContain(`package "not-there" is not installed: neither in ${folder}`);
});

test("an error while a package loads is told as it is", async () => {
  expect((await run("import 'fails'")).reply).toMatchObject({ ename: "RangeError", evalue: "while loading" });
});

test("another version of our package in the notebook's folder is used, and said in one line, once", async () => {
  const other = newFolder({
    "node_modules/warplab/package.json": `{"name":"warplab","version":"9.9.9","type":"module","main":"main.js"}`,
    "node_modules/warplab/main.js": "export const version = '9.9.9';",
    "nested/readme.txt": "",
  });
  const kernel = await startKernel({ cwd: `${other}/nested` });
  const first = await kernel.execute("import { version } from 'warplab'; version");
  expect(resultText(first)).toBe("'9.9.9'");
  expect(printed(first, "stderr")).toMatch(
    /^warplab: this notebook uses version 9\.9\.9 of .*; the kernel is version .* of .*\n$/,
  );
  const second = await kernel.execute("import * as again from 'warplab'; again.version");
  expect(printed(second, "stderr")).toBe("");
  await kernel.shutdown();
});

test.each([
  ["import data from './data.json'; data.answer"],
  ["import { answer } from './data.json'; answer"],
  ["import * as all from './data.json'; all.answer"],
  ["(await import('./data.json')).default.answer"],
  ["(await import('./data.json', { with: { type: 'json' } })).default.answer"],
  ["import data from './data.json' assert { type: 'json' };\ndata.answer"],
  ["import data from './data.json' with { type: 'json' };\ndata.answer"],
  ["import {\n  answer,\n} from \"./data.json\" with {\n  type: 'json',\n};\nanswer"],
])("JSON by %s", async (code) => {
  expect(resultText(await run(code))).toBe("42");
});

test("a failed import is placed at its statement, without the kernel's frames or causes", async () => {
  const missing = await run("const before = 1;\n  import './nowhere.mjs' ;");
  const cell = `cell ${missing.reply.execution_count}`;
  expect(missing.reply.traceback).toEqual([
    `${cell}, line 2, column 3:`,
    "      import './nowhere.mjs' ;",
    "      ^",
    `Error: no module "./nowhere.mjs" in ${folder}: import needs the file's name, with its ending unless that is .ts`,
    `    at ${cell}:2:3`,
  ]);
  expect((await run("await import('./gone.json' as string)")).reply.evalue).toMatch(/^no module "\.\/gone\.json" in /);
  for (let attempt = 0; attempt < 2; attempt++) {
    const failing = await run("\nimport 'fails';");
    expect(failing.reply.traceback?.[0]).toBe(`cell ${failing.reply.execution_count}, line 2, column 1:`);
    expect(failing.reply.traceback?.join("\n")).toContain("RangeError: while loading");
  }
});

test("an Arquero table is a table though no cell has imported warplab", async () => {
  const fresh = await startKernel({ cwd: newFolder() });
  const execution = await fresh.execute("import { table } from 'arquero'; table({ a: [1, 2], b: ['x', 'y'] })");
  expect(execution.messages.find(({ type }) => type === "execute_result")?.content).toMatchObject({
    data: { "text/html": expect.stringContaining("<table"), "text/plain": expect.not.stringContaining("_data") },
  });
  await fresh.shutdown();
});

describe("a TypeScript file beside the notebook", () => {
  test.each(["./model.ts", "./model", "./model.js"])(
    "is imported as %s, with its types and its own imports",
    async (path) => {
      expect(
        resultText(
          await run(`import { double, Level, parts, type Thing } from "${path}"; [double(4), Level.High, parts]`),
        ),
      ).toBe("[ 8, 2, [ '/', 5, 'one', 'string' ] ]");
      expect((await run("double('x')")).reply.evalue).toContain("Argument of type 'string' is not assignable");
      expect((await run("const thing: Thing = { sise: 1 };")).reply.evalue).toContain(
        "'sise' does not exist in type 'Thing'",
      );
      expect(resultText(await run(`const { later } = await import("${path}"); await later()`))).toBe("2");
    },
  );

  test("names the file's line in an error, and the cell's", async () => {
    const { reply } = await run(`import { breaks } from "./model.ts";\nbreaks();`);
    const cell = `cell ${reply.execution_count}`;
    expect(reply.traceback?.[0]).toBe(`${cell}, line 2, column 1:`);
    expect(reply.traceback?.slice(-2)).toEqual([
      `    at breaks (${join(folder, "model.ts")}:16:9)`,
      `    at ${cell}:2:1`,
    ]);
  });

  test("with a mistake of syntax is an error that names file, line and the import", async () => {
    const { reply } = await run(`\nimport { z } from "./broken.ts"; z`);
    expect(reply.traceback?.[0]).toBe(`cell ${reply.execution_count}, line 2, column 1:`);
    expect(reply.evalue).toContain(`${join(folder, "broken.ts")}, line 2, column 21: Expression expected.`);
  });

  test("may import a file that imports it", async () => {
    expect(
      resultText(await run(`import { both } from "./circle-a"; import { sum } from "./circle-b"; [both(), sum()]`)),
    ).toBe("[ 3, 3 ]");
  });

  test("that has changed is loaded again, with its new types, by the next cell that imports it", async () => {
    writeFileSync(join(folder, "deep/factor.ts"), "export const factor: number = 30;\nexport const added = 'new';\n");
    expect(resultText(await run(`import { double } from "./model"; double(4)`))).toBe("120");
    const added = await run(`import { added } from "./deep/factor"; added.length`);
    expect(added.reply.evalue).toBeUndefined();
    expect(resultText(added)).toBe("3");
    expect((await run(`import { later as l2 } from "./deep/factor";`)).reply.evalue).toContain("no exported member");
  });
});
