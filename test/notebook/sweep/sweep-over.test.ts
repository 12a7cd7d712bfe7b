// A function of one's own over combinations: its rows, its reasons, and what its cell can still do meanwhile.
import { afterEach, expect, it } from "vitest";
import type { ProgressState } from "../../../src/core/progress.js";
import { silent } from "../../../src/core/progress.js";
import { sweepOver } from "../../../src/notebook/sweep/index.js";
import { asKernel, RecordingBridge } from "../recording-bridge.js";

let leave: (() => void) | undefined;
afterEach(() => {
  leave?.();
  leave = undefined;
});

it("is a row for each point, with what varied, what the function returned, and a reason where it threw", async () => {
  const states: ProgressState[] = [];
  const table = await sweepOver(
    { n: [1, 2], word: ["a", "b"] },
    async ({ n, word }) => {
      if (n === 2 && word === "a") throw new Error("no 2 with a\nand more");
      return n === 1 ? { twice: 2 * n } : { twice: 2 * n, both: word + n };
    },
    { label: "twice", progress: () => ({ update: (state) => void states.push(state) }) },
  );
  expect(table.objects()).toEqual([
    { n: 1, word: "a", twice: 2, both: null, note: "" },
    { n: 1, word: "b", twice: 2, both: null, note: "" },
    { n: 2, word: "a", twice: null, both: null, note: "Error: no 2 with a" },
    { n: 2, word: "b", twice: 4, both: "b2", note: "" },
  ]);
  expect(states.at(-1)).toMatchObject({ label: "twice", done: 4, total: 4, unit: "points", status: "done" });
});

it.each([
  [() => 5, "the function returns no columns"],
  [() => [1], "the function returns no columns"],
  [() => ({ n: 1 }), `the result's "n" is a column already: call it otherwise`],
  [() => ({ note: "x" }), `the result's "note" is a column already: call it otherwise`],
])("a result that is no row is its point's reason (%#)", async (compute, says) => {
  const table = await sweepOver({ n: [1] }, compute as never, { progress: silent });
  expect(table.objects()).toEqual([{ n: 1, note: says }]);
});

it.each<[object, unknown, string]>([
  [{}, () => ({}), "vary: nothing varies"],
  [{ note: [1] }, () => ({}), 'vary: "note" is a column of every sweep'],
  [{ n: [1] }, undefined, "sweepOver: there is no function to call"],
])("refuses what is no sweep (%#)", async (vary, compute, says) => {
  await expect(sweepOver(vary as never, compute as never, { progress: silent })).rejects.toThrow(says);
});

it("lets the kernel do its other work between points, and ends with its cell when that is interrupted", async () => {
  const bridge = new RecordingBridge();
  leave = asKernel(bridge);
  let calls = 0;
  const states: ProgressState[] = [];
  const running = sweepOver(
    { n: Array.from({ length: 100_000 }, (_, i) => i) },
    () => {
      calls++;
      for (const end = performance.now() + 20; performance.now() < end; );
      return {};
    },
    { progress: () => ({ update: (state) => void states.push(state) }) },
  );
  // What the kernel does when an interrupt comes; it never would if the sweep kept the thread.
  setTimeout(() => bridge.endCell("interrupted"));
  await expect(running).rejects.toThrow("The sweep was interrupted.");
  expect(calls).toBeLessThan(100_000);
  expect(states.at(-1)?.status).toBe("interrupted");
});
