// A cell that breaks a global which the kernel itself may live by: the kernel goes on with its own, or says that it cannot. It never
// leaves a client waiting.
import { afterEach, expect, test } from "vitest";
import type { KernelClient } from "../../../src/notebook/jupyter/client/client.js";
import { newFolder, printed, resultText, startKernel } from "./kernel.js";

let broken: KernelClient | undefined;
afterEach(() => broken?.shutdown());

// One of its own for each: it is of no use afterwards.
async function kernelAfter(code: string): Promise<{ client: KernelClient; reply: object }> {
  broken = await startKernel({ cwd: newFolder() });
  const { reply } = await broken.execute(code);
  return { client: broken, reply };
}

test.each([
  'JSON.stringify = () => "{}"; 1',
  "delete (globalThis as any).JSON; 1",
  "delete (globalThis as any).setTimeout; delete (globalThis as any).clearTimeout; 1",
  "delete (globalThis as any).Buffer; 1",
  "delete (globalThis as any).process; 1",
])("does without: %s", async (code) => {
  const { client, reply } = await kernelAfter(code);
  expect(reply).toMatchObject({ status: "ok" });
  const next = await client.execute('console.log("heard"); 6 * 7');
  expect(printed(next)).toBe("heard\n");
  expect(resultText(next)).toBe("42");
});

test.each([
  ["Array.prototype.push = () => { throw new Error('no pushing'); }; 1", /no pushing/],
  ["delete (globalThis as any).Promise; 1", /Promise is not defined/],
  ["(globalThis as any).Date = undefined; 1", /./],
])("says that it cannot go on: %s", async (code, why) => {
  const { client, reply } = await kernelAfter(code);
  const next = (await client.execute("6 * 7")).reply;
  const told = [reply, next].find(({ ename }: { ename?: string }) => ename === "KernelError");
  expect(told).toMatchObject({ status: "error", evalue: expect.stringMatching(why) });
  expect(told).toMatchObject({ evalue: expect.stringMatching(/a cell has changed a global .* Restart the kernel\.$/) });
});
