// A timeline that travels as bytes is the same timeline where it arrives.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NewEvent, type Timeline, TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { packTimeline, unpackTimeline } from "../../../src/view/timeline/packed.js";
import { VarintReader, VarintWriter } from "../../../src/view/timeline/varints.js";

/** All that a timeline says, as plain values. */
function said(timeline: Timeline): unknown {
  const { source, origin, processes, tracks, counters, about, notes, end, flows, texts } = timeline;
  return {
    ...{ source, origin, processes, tracks, about, notes, end, texts },
    counters: counters.map(({ at, value, ...rest }) => ({ ...rest, at: [...at], value: [...value] })),
    flows: Object.entries(flows).map(([name, column]) => [name, typeof column === "number" ? column : [...column]]),
    events: Array.from({ length: timeline.events.length }, (_, index) => ({
      ...timeline.event(index),
      text: timeline.argumentTextOf(index),
    })),
  };
}

const whole = fc.maxSafeNat().map((value) => value % 2 ** 50);
const event: fc.Arbitrary<NewEvent> = fc.record(
  {
    track: fc.nat(2),
    start: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    duration: whole,
    form: fc.constantFrom("slice", "instant", "unfinished"),
    role: fc.constantFrom("call", "kernel", "copy", "other"),
    name: fc.string({ unit: "grapheme" }),
    category: fc.constantFrom("", "kernel", "memory"),
    correlation: fc.oneof(whole, fc.constant(undefined)),
    bytes: fc.oneof(fc.integer(), fc.constant(undefined), fc.constant(0.5)),
    direction: fc.constantFrom("", "host to device", "device to device"),
    stream: fc.oneof(fc.nat(9), fc.constant(undefined)),
    args: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
  },
  { requiredKeys: ["track", "start", "name"] },
);

function built(events: readonly NewEvent[], values: readonly number[] = []): Timeline {
  const builder = new TimelineBuilder();
  const host = builder.process(7, { name: "host" });
  const device = builder.process("gpu", { name: "GPU 0", device: 0, order: 1 });
  builder.track(host, 1, { name: "main" });
  builder.track(device, "s0", { name: "stream 0", kind: "stream", order: 3 });
  builder.track(device, "s1", { kind: "stream" });
  for (const each of events) builder.event(each);
  for (const [i, value] of values.entries()) builder.counter(device, "bytes", i * 10, value);
  if (events.length > 0) {
    builder.flow({ name: "launch", category: "cuda", fromTrack: 0, fromAt: 1, toTrack: 1, toAt: 5 });
  }
  builder.note("a line that is no JSON", "line 17");
  return builder.build(
    { name: "a.json", format: "chrome" },
    { origin: 1_700_000_000_000_000_001n, about: { cuda: 13 } },
  );
}

describe("a packed timeline", () => {
  it("is the same when it is unpacked, whatever its events are", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.array(fc.double({ noNaN: true })), (events, values) => {
        const timeline = built(events, values);
        const { bytes, withoutArguments } = packTimeline(timeline);
        expect(withoutArguments).toBe(0);
        expect(said(unpackTimeline(bytes))).toEqual(said(timeline));
      }),
      { numRuns: 300 },
    );
  });

  it("takes a few bytes an event", () => {
    const events = Array.from(
      { length: 10_000 },
      (_, i): NewEvent => ({ track: 0, start: i * 5_000, duration: 3_000, name: "cuLaunchKernel" }),
    );
    // Start and duration two bytes and a half each, seven columns of one or two, one for each argument's length.
    expect(packTimeline(built(events)).bytes.length).toBeLessThan(14 * 10_000);
  });

  it("leaves arguments behind beyond the limit, those of the last events, and says of how many", () => {
    const events = [1, 2, 3, 4].map(
      (i): NewEvent => ({ track: 0, start: i, name: "call", args: i === 3 ? {} : { i } }),
    );
    // {"i":1} is seven bytes.
    const { bytes, withoutArguments } = packTimeline(built(events), { argumentBytes: 20 });
    expect(withoutArguments).toBe(1);
    const read = unpackTimeline(bytes);
    expect([0, 1, 2, 3].map((index) => read.argumentTextOf(index))).toEqual(['{"i":1}', '{"i":2}', "", ""]);
  });

  it("says that bytes are none", () => {
    expect(() => unpackTimeline(new Uint8Array())).toThrow("the bytes end after 0");
    const { bytes } = packTimeline(built([{ track: 0, start: 0, name: "a" }]));
    expect(() => unpackTimeline(bytes.subarray(0, bytes.length - 1))).toThrow(
      `the bytes end after ${bytes.length - 1}`,
    );
  });
});

describe("whole numbers in few bytes", () => {
  it("come back as they went in", () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), (values) => {
        const writer = new VarintWriter();
        for (const value of values) writer.unsigned(value);
        const reader = new VarintReader(writer.done());
        expect(values.map(() => reader.unsigned())).toEqual(values);
      }),
    );
  });

  it("are as LEB128 has them", () => {
    const writer = new VarintWriter();
    // The example of DWARF's standard.
    writer.unsigned(624485);
    expect([...writer.done()]).toEqual([0xe5, 0x8e, 0x26]);
  });

  it("are refused where they never end", () => {
    expect(() => new VarintReader(new Uint8Array(12).fill(0xff)).unsigned()).toThrow("is longer than any");
  });
});
