// Where an event stands among the others, words about it, and rows as text.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeEvents, TimelineBuilder } from "../../src/trace/timeline/index.js";
import { csvOf } from "../../widgets/timeline/csv.js";
import { Shown } from "../../widgets/timeline/opened.js";
import { enclosing, nthOfName, sameName } from "../../widgets/timeline/relatives.js";
import { Session } from "../../widgets/timeline/session.js";
import { bothTimes, eventInWords, formatBytes, formatShare, pictureInWords } from "../../widgets/timeline/words.js";
import { inference } from "../view/timeline/examples.js";

const timeline = inference();
const opened = (name: string) => ({ title: name, sentence: "", leftOut: "", timeline, size: 0 });
const named = (name: string, place = 1): number => nthOfName(timeline, name, place)!;

describe("an event among the others", () => {
  it("lies within what encloses it on its track", () => {
    const around = enclosing(timeline, named("cuStreamSynchronize"));
    expect(around.map((event) => timeline.nameOf(event))).toEqual(["iteration 0"]);
    expect(enclosing(timeline, named("sgemm"))).toEqual([]);
  });

  it("lies within those that its lane has above it, and each of them encloses it", () => {
    const event = fc.record({ track: fc.constant(0), start: fc.nat(40), duration: fc.nat(20), name: fc.constant("e") });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 15 }), (events) => {
        const builder = new TimelineBuilder();
        builder.track(builder.process(1), 1);
        for (const each of events) builder.event(each);
        const made = builder.build({ name: "made", format: "chrome" });
        const { parent } = placeEvents(made);
        for (let index = 0; index < made.events.length; index++) {
          const around = enclosing(made, index);
          const { start, duration } = made.event(index);
          for (const each of around) {
            const other = made.event(each);
            expect(other.start).toBeLessThanOrEqual(start);
            expect(other.start + other.duration).toBeGreaterThanOrEqual(start + duration);
          }
          if (parent[index] >= 0) expect(around.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it("knows those of its name before and after it", () => {
    const second = named("cuLaunchKernel", 2);
    expect(sameName(timeline, second)).toEqual({
      ...{ place: 2, count: 4, first: named("cuLaunchKernel") },
      ...{ previous: named("cuLaunchKernel", 1), next: named("cuLaunchKernel", 3) },
    });
    expect(nthOfName(timeline, "cuLaunchKernel", 5)).toBeUndefined();
    expect(nthOfName(timeline, "nothing", 1)).toBeUndefined();
  });
});

describe("in words", () => {
  it("an event says what, how long, when and where", () => {
    const shown = new Shown([opened("a"), opened("b")], [0, 1000]);
    expect(eventInWords(shown, { trace: 1, event: named("sgemm") })).toBe(
      "sgemm, kernel, which takes 30 \u00b5s, at 116 \u00b5s on stream 7 of GPU 0: H100 of b.",
    );
    const alone = new Shown([opened("a")], [0]);
    expect(eventInWords(alone, { trace: 0, event: named("done") })).toBe(
      "done, other event, an instant, at 230 \u00b5s on main thread of python.",
    );
  });

  it("the picture says which part of time, and how much there is", () => {
    const session = new Session([opened("a")], [0]);
    session.range = { start: 100_000, end: 164_000 };
    expect(pictureInWords(session)).toBe(
      "Timeline, 64 \u00b5s, from 100 \u00b5s to 164 \u00b5s shown: 7 events on 2 tracks. " +
        "Press t for a table of them, question mark for all keys.",
    );
    session.isVisible = (_, track) => track === 1;
    expect(pictureInWords(session)).toContain("2 events on 1 track.");
  });

  it("no nanosecond and no byte is lost", () => {
    expect(bothTimes(1_234_567)).toBe("1.235 ms (1,234,567 ns)");
    expect(bothTimes(999)).toBe("999 ns");
    expect(formatBytes(4_000_000)).toBe("4,000,000 (3.815 MiB)");
    expect(formatBytes(-3)).toBe("-3");
    expect(formatShare(0.00001)).toBe("< 0.1 %");
  });
});

describe("rows as text", () => {
  it("have quotes only where they need them", () => {
    const rows = [
      ["name", "count"],
      ['void f<int, 2>("x")', 3],
    ];
    expect(csvOf(rows, ",")).toBe('name,count\n"void f<int, 2>(""x"")",3\n');
    expect(csvOf([["a, b", 1]], "\t")).toBe("a, b\t1\n");
  });
});

describe("what all parts share", () => {
  it("numbers the events of both traces by their time on the axis", () => {
    const session = new Session([opened("a"), opened("b")], [0, 5_000]);
    const numbers = [...session.numbers(() => true)];
    const starts = numbers.map((number) => session.shown.startOf(session.shown.refOf(number)));
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(2 * timeline.events.length);
    for (const number of numbers) expect(session.shown.numberOf(session.shown.refOf(number))).toBe(number);
  });

  it("moves traces against each other and leaves the earliest at 0", () => {
    const session = new Session([opened("a"), opened("b")], [0, 0]);
    const told: string[] = [];
    session.on(["traces"], () => told.push("traces"));
    session.setOffsets([0, -700]);
    expect(session.shown.offsets).toEqual([700, 0]);
    expect(told).toEqual(["traces"]);
  });

  it("tells of a choice once", () => {
    const session = new Session([opened("a")], [0]);
    let told = 0;
    session.on(["chosen"], () => told++);
    session.choose({ trace: 0, event: 3 });
    session.choose({ trace: 0, event: 3 });
    expect(told).toBe(1);
  });
});
