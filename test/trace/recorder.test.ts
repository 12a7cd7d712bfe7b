// A trace as JSON lines: whole, and in pieces that are the same bytes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DriverCall,
  formatTrace,
  simulatedTraceHeader,
  TraceRecorder,
  tracePieces,
} from "../../src/trace/index.js";

const header = simulatedTraceHeader("H100 SXM");
const call = (id: number, label: string): DriverCall => {
  return { ts: 10 * id, pid: 1, tid: 1, ph: "X", id, name: "cuMemAlloc_v2", cat: "memory", dur: 5, args: { label } };
};

describe("a trace as JSON lines", () => {
  it("is its header, then a call a line, with a line break at the end", () => {
    expect(formatTrace(header, [call(1, "x")])).toBe(
      '{"format":"warplab-trace","version":1,"clock":"simulated","device":"H100 SXM","host":"warplab","source":"simulated"}\n' +
        '{"ts":10,"pid":1,"tid":1,"ph":"X","id":1,"name":"cuMemAlloc_v2","cat":"memory","dur":5,"args":{"label":"x"}}\n',
    );
    expect(formatTrace(header, [])).toBe(`${JSON.stringify(header)}\n`);
  });

  it("is the same in pieces, each of whole lines", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40_000 }), { maxLength: 8 }), (labels) => {
        const calls = labels.map((label, index) => call(index, label));
        const pieces = [...tracePieces(header, calls)];
        expect(pieces.join("")).toBe(formatTrace(header, calls));
        for (const piece of pieces) expect(piece.endsWith("\n")).toBe(true);
        const lines = pieces.join("").trimEnd().split("\n");
        expect(lines.map((line) => JSON.parse(line))).toEqual([header, ...calls]);
      }),
      { numRuns: 30 },
    );
  });

  it("is kept by a recorder as it is told", () => {
    const recorder = new TraceRecorder(header);
    recorder.call(call(1, "x"));
    recorder.call(call(2, "y"));
    expect(recorder.toJsonl()).toBe(formatTrace(header, [call(1, "x"), call(2, "y")]));
    expect(recorder.table[1]).toEqual({
      ts: 20,
      name: "cuMemAlloc_v2",
      cat: "memory",
      dur: 5,
      stream: undefined,
      label: "y",
    });
    recorder.call({ ...call(3, "z"), name: "input", cat: "other", args: { range: "stage" } });
    expect(recorder.toString()).toBe("trace of H100 SXM: 2 driver calls");
  });
});
