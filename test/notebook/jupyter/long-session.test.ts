// A notebook of many cells: what stays in memory, and what is offered of all that they declare.
import { expect, test } from "vitest";
import { kernelForFile, resultText } from "./kernel.js";

const kernel = kernelForFile();

async function run(code: string): Promise<string | undefined> {
  const execution = await kernel().execute(code);
  expect(execution.reply).toMatchObject({ status: "ok" });
  return resultText(execution);
}

async function matches(code: string): Promise<readonly string[]> {
  const { reply } = await kernel().request("shell", "complete_request", { code, cursor_pos: code.length });
  return reply.content["matches"] as readonly string[];
}

test("keeps of a cell that has run neither its program nor its checker", { timeout: 120_000 }, async () => {
  await run(`require("node:v8").setFlagsFromString("--expose-gc");
const collect = require("node:vm").runInNewContext("gc") as () => void;
const heap = (): number => (collect(), collect(), process.memoryUsage().heapUsed);`);
  for (let i = 0; i < 10; i++) await run(`const early${i} = ${i}; early${i}`);
  const before = Number(await run("heap()"));
  for (let i = 0; i < 60; i++) await run(`const late${i} = ${i}; late${i}`);
  const after = Number(await run("heap()"));
  // A checker is half a megabyte.
  expect((after - before) / 60).toBeLessThan(100_000);
});

test("offers every name, and where a type stands every type", { timeout: 120_000 }, async () => {
  for (let i = 0; i < 50; i++) await run(`const thing${i} = ${i}; interface Thing${i} { size: number }`);
  const names = await matches("thing");
  expect(new Set(names.filter((name) => name.startsWith("thing"))).size).toBe(50);
  expect(new Set((await matches("")).filter((name) => /^thing\d+$/.test(name))).size).toBe(50);
  const types = await matches("let one: Thing");
  expect(new Set(types.filter((name) => name.startsWith("Thing"))).size).toBe(50);
  expect(types.filter((name) => name.startsWith("thing"))).toEqual([]);
  expect(await matches("thing3.toFix")).toEqual(["toFixed"]);
});
