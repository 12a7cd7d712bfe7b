import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Progress, setProgressReporter, silent } from "../../src/core/progress.js";
import { progress, reportProgress, terminalProgress } from "../../src/notebook/progress.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

let leave: (() => void) | undefined;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  setProgressReporter(reportProgress);
});
afterEach(() => {
  leave?.();
  leave = undefined;
  vi.useRealTimers();
  vi.unstubAllEnvs();
  setProgressReporter(silent);
});

function kernel(): RecordingBridge {
  const bridge = new RecordingBridge();
  leave = asKernel(bridge);
  return bridge;
}

const pass = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds);

/** What was put out, in words, and how: `new` or `update`. */
const shown = ({ displays }: RecordingBridge): string[] =>
  displays.map(({ bundle, options }) => `${options.update ? "update" : "new"} ${bundle["text/plain"]}`);

describe("a bar in the notebook", () => {
  it("does not appear for what is over within half a second", () => {
    const bridge = kernel();
    for (const _ of progress([1, 2, 3, 4])) pass(120);
    expect(bridge.displays).toEqual([]);
  });

  it("appears once, changes in place and ends in its final state", () => {
    const bridge = kernel();
    for (const _ of progress([1, 2, 3, 4], { label: "sweep", unit: "shapes" })) pass(250);
    expect(shown(bridge)).toEqual([
      "new sweep: 50 % · 2 of 4 shapes · 4 shapes/s · 0.5 s left",
      "update sweep: 75 % · 3 of 4 shapes · 4 shapes/s · 0.3 s left",
      "update sweep: done in 1.0 s",
    ]);
    expect(new Set(bridge.displays.map(({ options }) => options.displayId)).size).toBe(1);
    expect(bridge.displays[0].options.metadata).toEqual({ warplab: { progress: true } });
    expect(bridge.displays[0].bundle["text/html"]).toContain("<progress ");
  });

  it("shows the final state of what never reported while it ran", () => {
    const bridge = kernel();
    const bar = progress(2, { label: "long steps" });
    pass(3000);
    bar.finish();
    expect(shown(bridge)).toEqual(["new long steps: done in 3.0 s"]);
  });

  it("shows a bar inside another one with it, and takes it away when it is done", () => {
    const bridge = kernel();
    const outer = progress(2, { label: "outer" });
    pass(400);
    const inner = progress(4, { label: "inner" });
    pass(600);
    inner.advance();
    inner.finish();
    pass(200);
    outer.advance();
    outer.advance();
    expect(shown(bridge)).toEqual([
      "new outer: 0 % · 0 of 2\ninner: 25 % · 1 of 4 · 1.7/s · 1.8 s left",
      "update outer: 50 % · 1 of 2 · 1.2 s each · 1.2 s left",
      "update outer: done in 1.2 s",
    ]);
  });

  it("sends at most ten messages a second, however many bars there are", () => {
    const bridge = kernel();
    const bars = ["a", "b", "c"].map((label) => progress(100_000, { label }));
    for (let i = 0; i < 2000; i++) {
      pass(1);
      for (const bar of bars) bar.advance();
    }
    expect(bridge.displays.length).toBeGreaterThan(10);
    expect(bridge.displays.length).toBeLessThanOrEqual(14);
  });

  it.each([
    ["interrupted", "interrupted at 50 % after 1.0 s"],
    ["failed", "failed at 50 % after 1.0 s"],
    ["done", "stopped at 50 % after 1.0 s"],
  ] as const)("never seems to run after its cell: %s", (ending, words) => {
    const bridge = kernel();
    const bar = progress(4, { label: "launch" });
    pass(1000);
    bar.advance(2);
    bridge.endCell(ending);
    expect(shown(bridge).at(-1)).toBe(`update launch: ${words}`);
    const count = bridge.displays.length;
    pass(1000);
    bar.advance();
    // What goes on behind a cell that ended well is shown again.
    expect(bridge.displays.length - count).toBe(ending === "done" ? 1 : 0);
  });

  it("a bar of the next cell is one of its own", () => {
    const bridge = kernel();
    const abandoned = progress(4);
    pass(1000);
    abandoned.advance();
    bridge.endCell("done");
    for (const _ of progress([1, 2], { label: "second" })) pass(600);
    const ids = bridge.displays.map(({ options }) => options.displayId);
    expect(new Set(ids).size).toBe(2);
    expect(shown(bridge).at(-1)).toBe("update second: done in 1.2 s");
  });

  it("is not there where WARPLAB_PROGRESS is off", () => {
    const bridge = kernel();
    vi.stubEnv("WARPLAB_PROGRESS", "off");
    for (const _ of progress([1, 2, 3])) pass(1000);
    expect(bridge.displays).toEqual([]);
  });
});

describe("progress of a loop", () => {
  it("gives the items as they are, and closes what it loops over", () => {
    const closed: string[] = [];
    function* items(): Generator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        closed.push("closed");
      }
    }
    expect([...progress(items())]).toEqual([1, 2]);
    for (const _ of progress(items())) break;
    expect(closed).toEqual(["closed", "closed"]);
    expect([...progress(new Map([["a", 1]]))]).toEqual([["a", 1]]);
    expect([...progress("ab")]).toEqual(["a", "b"]);
  });

  it("says that a loop that is left was stopped, and one whose items throw failed", () => {
    const bridge = kernel();
    for (const item of progress([1, 2, 3, 4], { label: "left" })) {
      pass(600);
      if (item === 2) break;
    }
    function* broken(): Generator<number> {
      yield 1;
      pass(700);
      throw new RangeError("broken");
    }
    expect(() => [...progress(broken(), { label: "broken", total: 2 })]).toThrow("broken");
    expect(shown(bridge).filter((words) => / at /.test(words))).toEqual([
      "update left: stopped at 25 % after 1.2 s",
      "new broken: failed at 50 % after 0.7 s",
    ]);
  });

  it("counts what arrives asynchronously", async () => {
    const bridge = kernel();
    async function* items(): AsyncGenerator<number> {
      for (let i = 0; i < 3; i++) {
        pass(400);
        yield i;
      }
    }
    const seen: number[] = [];
    for await (const item of progress(items(), { label: "downloads", total: 3 })) seen.push(item);
    expect(seen).toEqual([0, 1, 2]);
    expect(shown(bridge).at(-1)).toBe("update downloads: done in 1.2 s");
  });

  it("refuses what cannot be counted", () => {
    expect(() => progress({} as never)).toThrow(/progress counts the items of a loop, got object\nWrite for/);
    expect(() => progress(-1)).toThrow("a total is a number from 0 on, got -1");
    expect(() => progress([1], { total: Number.NaN })).toThrow("got NaN");
  });
});

describe("a bar on a terminal", () => {
  function terminal(isTTY: boolean): { written: string[]; begin(label: string, total?: number): Progress } {
    const written: string[] = [];
    const reporter = terminalProgress({ isTTY, columns: 60, write: (text) => written.push(text) });
    return { written, begin: (label, total) => new Progress({ label, total }, { reporter }) };
  }

  it("is one line that changes, and stays as it ended", () => {
    const { written, begin } = terminal(true);
    const bar = begin("launch", 4);
    for (let i = 0; i < 4; i++) {
      pass(500);
      bar.advance();
    }
    expect(written).toEqual([
      "\r\u001b[Jlaunch  ━━━────────────  25 % · 1 of 4 · 2/s · 1.5 s left",
      "\r\u001b[Jlaunch  ━━━━━━━────────  50 % · 2 of 4 · 2/s · 1.0 s left",
      "\r\u001b[Jlaunch  ━━━━━━━━━━━────  75 % · 3 of 4 · 2/s · 0.5 s left",
      "\r\u001b[Jlaunch: done in 2.0 s\n",
    ]);
  });

  it("goes back over the lines of inner bars", () => {
    const { written, begin } = terminal(true);
    const outer = begin("outer", 2);
    const inner = begin("inner", 2);
    pass(600);
    inner.advance();
    pass(600);
    inner.advance();
    outer.advance(2);
    expect(written.map((text) => text.split("\n").length)).toEqual([2, 1, 2]);
    expect(written[1].startsWith("\r\u001b[1A\u001b[J")).toBe(true);
  });

  it("takes a terminal that does not know its width for one of 80 columns", () => {
    const written: string[] = [];
    const reporter = terminalProgress({ isTTY: true, columns: 0, write: (text) => written.push(text) });
    const bar = new Progress({ label: "launch", total: 2 }, { reporter });
    pass(1000);
    bar.advance();
    expect(written).toEqual(["\r\u001b[Jlaunch  ━━━━━━━━━━━━────────────  50 % · 1 of 2 · 1/s · 1.0 s left"]);
  });

  it("is not there where the stream is no terminal, or cannot go back", () => {
    for (const term of ["xterm", "dumb"]) {
      vi.stubEnv("TERM", term);
      const { written, begin } = terminal(term === "dumb");
      const bar = begin("launch", 2);
      pass(2000);
      bar.finish();
      expect(bar.heard).toBe(false);
      expect(written).toEqual([]);
    }
  });
});
