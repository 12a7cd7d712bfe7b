// A cell that is one object literal shows the object, as Node's and Deno's own prompts do; a block stays a block.
import { expect, test } from "vitest";
import { kernelForFile, printed, resultText } from "./kernel.js";

const kernel = kernelForFile();

test.each([
  ["{ a: 1 }", "{ a: 1 }"],
  ["{ a: 1, b: 2 }", "{ a: 1, b: 2 }"],
  ["{}", "{}"],
  ["// what is known\n{\n  a: 1,\n  'b c': [2, 3],\n}  // all", "{ a: 1, 'b c': [ 2, 3 ] }"],
  ["{ a: 1 as number, f: (x: number) => x + 1 }", "{ a: 1, f: [Function: f] }"],
  ["{ ...[1], get b() { return 2; } }", "{ '0': 1, b: [Getter] }"],
  ["{ a: await Promise.resolve(1), b: await Promise.resolve(2) }", "{ a: 1, b: 2 }"],
  ["{ a: <any>1, b: Math.max(1, 2) }", "{ a: 1, b: 2 }"],
])("%j shows an object", async (code, text) => {
  expect(resultText(await kernel().execute(code))).toBe(text);
});

test("names of earlier cells are seen, in short too", async () => {
  await kernel().execute("const one = 1; let two = 2;");
  expect(resultText(await kernel().execute("{ one, two }"))).toBe("{ one: 1, two: 2 }");
  expect(resultText(await kernel().execute("{ sum: one + two }"))).toBe("{ sum: 3 }");
});

test.each([
  ["{ console.log(1) }", "1\n"],
  ["{ a: console.log(2); }", "2\n"],
  ["{ if (true) { console.log(3) } }", "3\n"],
  ["{ let x = 4; console.log(x); }\n{ console.log(5) }", "4\n5\n"],
])("%j stays a block", async (code, text) => {
  const execution = await kernel().execute(code);
  expect(printed(execution)).toBe(text);
  expect(resultText(execution)).toBeUndefined();
});

test("what is wrong in an object has its place as typed", async () => {
  const mistake = await kernel().execute("{ a: 1, b: nowhere }");
  expect(mistake.reply.evalue).toContain("line 1, column 12: Cannot find name 'nowhere'");
  const failure = await kernel().execute("{ a: 1, b: (() => { throw new Error('here') })() }");
  expect(failure.reply.traceback?.[0]).toMatch(/^cell \d+, line 1, column 27:$/);
  const later = await kernel().execute("{ a: 1,\n  b: JSON.parse('?') }");
  expect(later.reply.traceback?.[0]).toMatch(/^cell \d+, line 2, column 11:$/);
});
