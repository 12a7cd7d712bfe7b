// What a search finds: its language, and every kind of term against a search by hand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Timeline } from "../../src/trace/timeline/index.js";
import { parseQuery } from "../../widgets/timeline/query.js";
import { isHit, search } from "../../widgets/timeline/search.js";
import { inference } from "../view/timeline/examples.js";

const timeline = inference();

/** The names that a search finds, in the order of their events; each search is run to its end. */
function found(text: string, traces: readonly Timeline[] = [timeline]): string[] {
  const steps = search(
    traces.map((each) => ({ timeline: each })),
    parseQuery(text),
  );
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const hits = step.value;
  const names = traces.flatMap((each, trace) =>
    Array.from({ length: each.events.length }, (_, event) => event)
      .filter((event) => isHit(hits, trace, event))
      .map((event) => each.nameOf(event)),
  );
  expect(hits.count).toBe(names.length);
  return names;
}

describe("a search", () => {
  it("finds words in names, categories and arguments, whatever their case", () => {
    expect(found("MEMALLOC")).toEqual(["cuMemAlloc_v2"]);
    expect(found("sync")).toEqual(["cuStreamSynchronize", "cuStreamSynchronize"]);
    // Launches say the kernel's name in their arguments.
    expect(found("sgemm")).toEqual(["cuLaunchKernel", "sgemm", "cuLaunchKernel", "sgemm"]);
  });

  it("finds what has all the words, and none that is excluded", () => {
    expect(found("sgemm -name:cu")).toEqual(["sgemm", "sgemm"]);
    expect(found("relu category:kernel name:cu")).toEqual(["cuLaunchKernel", "cuLaunchKernel"]);
    expect(found('"load weights"')).toEqual(["load weights"]);
    expect(found('"weights load"')).toEqual([]);
  });

  it("looks in one place where that is said", () => {
    expect(found("name:sgemm")).toEqual(["sgemm", "sgemm"]);
    expect(found("args:sgemm")).toEqual(["cuLaunchKernel", "cuLaunchKernel"]);
    expect(found("cat:transfer")).toEqual(["cuMemcpyHtoD_v2", "copy host to device"]);
    expect(found('track:"GPU 0"')).toHaveLength(5);
    expect(found("track:main")).toHaveLength(12);
  });

  it("takes regular expressions, with their flags", () => {
    expect(found("name:/^iteration \\d$/")).toEqual(["iteration 0", "iteration 1"]);
    expect(found("/CU(mem|init)/")).toEqual(["cuMemAlloc_v2", "cuMemcpyHtoD_v2"]);
    expect(found("/CU(mem|init)/u")).toEqual([]);
    // A "g" would make every second test fail.
    expect(found("name:/relu/gi")).toEqual(["relu", "relu"]);
  });

  it("finds by how long an event takes", () => {
    expect(found(">60us")).toEqual(["load weights", "iteration 0", "iteration 1"]);
    expect(found(">=60.5us name:load")).toEqual(["load weights"]);
    expect(found("<6us")).toEqual([...new Array(4).fill("cuLaunchKernel"), "done"]);
    expect(found(">1s")).toEqual([]);
  });

  it("finds nothing where nothing is asked for", () => {
    expect(found("")).toEqual([]);
    expect(found("   ")).toEqual([]);
  });

  it("looks in both of two traces", () => {
    expect(found("name:sgemm", [timeline, inference({ name: "b" })])).toHaveLength(4);
  });

  it("says what is no regular expression", () => {
    expect(() => parseQuery("/a(/")).toThrow(/^This is no regular expression: .*nterminated group/);
  });

  it("takes any text as words or says what is wrong with it", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseQuery(text);
        } catch (error) {
          expect((error as Error).message).toMatch(/^This is no regular expression: /);
        }
      }),
    );
  });

  it("finds an event by any part of its name", () => {
    const part = fc.nat({ max: timeline.events.length - 1 }).chain((event) => {
      const name = timeline.nameOf(event);
      return fc.tuple(fc.constant(name), fc.nat(name.length - 1), fc.integer({ min: 1, max: name.length }));
    });
    fc.assert(
      fc.property(part, ([name, from, length]) => {
        const text = name.slice(from, from + length);
        expect(found(`name:"${text}"`)).toContain(name);
      }),
    );
  });

  it("rests between slices of a large trace, and says how far it is", () => {
    const many = { events: { length: 10_000 } } as unknown as Timeline;
    const shares = [...search([{ timeline: many }], { terms: [] })];
    expect(shares).toEqual([0.4096, 0.8192]);
  });
});
