// Packages in a cell: from the notebook's folder first, then from the kernel's own installation; types and run time alike.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
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
    `Error: no module "./nowhere.mjs" in ${folder}: import needs the file's name with its ending`,
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
