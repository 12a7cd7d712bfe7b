// Timelines drawn at random for laws: whatever a format may bring, and more. Knows nothing of Chrome traces.
import fc from "fast-check";
import { type NewEvent, type Timeline, TimelineBuilder, type TrackKind } from "../../../src/trace/timeline/index.js";

/** Names as people and machines write them. */
const word = fc.oneof(
  fc.constantFrom("cuLaunchKernel", "gemm", 'a "name"', "\u00b5 \u{1f600}", "", "line\nbreak"),
  fc.string({ maxLength: 6, unit: "grapheme" }),
);

const number = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom("python", "device 0", "7", 2 ** 31, -1));

const kind = fc.constantFrom<TrackKind>("thread", "stream", "async", "other");

const args = fc.option(
  fc.dictionary(word, fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), word, fc.boolean()), {
    maxKeys: 3,
  }),
  { nil: undefined },
);

const event = fc.record({
  track: fc.nat(),
  start: fc.nat(60),
  duration: fc.nat(25),
  form: fc.constantFrom("slice", "slice", "slice", "instant", "unfinished"),
  role: fc.constantFrom("call", "kernel", "copy", "range", "other"),
  stream: fc.option(fc.nat(3), { nil: undefined }),
  name: word,
  category: fc.constantFrom("", "kernel", "cuda_runtime"),
  correlation: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  args,
}) as fc.Arbitrary<NewEvent & { readonly track: number }>;

const arrow = fc.record({
  from: fc.nat(),
  to: fc.nat(),
  fromAt: fc.nat(60),
  toAt: fc.nat(60),
  name: word,
  category: fc.constantFrom("", "ac2g"),
});

const curve = fc.record({
  process: fc.nat(),
  name: fc.constantFrom("memory", "queue"),
  at: fc.nat(60),
  value: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
});

/** Timelines with everything in them; an epoch or no origin. */
export function drawnTimelines({ flows }: { readonly flows: "recorded" | "none" }): fc.Arbitrary<Timeline> {
  return fc
    .record({
      tracks: fc.array(fc.record({ pid: number, tid: number, kind, name: word, order: fc.option(fc.nat(5)) }), {
        minLength: 1,
        maxLength: 5,
      }),
      events: fc.array(event, { maxLength: 60 }),
      flows: fc.array(arrow, { maxLength: flows === "recorded" ? 12 : 0 }),
      counters: fc.array(curve, { maxLength: 10 }),
      origin: fc.constantFrom(0n, 1_700_000_000_123_456_789n),
    })
    .map(({ tracks, events, flows, counters, origin }) => {
      const builder = new TimelineBuilder();
      const processes = tracks.map(({ pid }) => builder.process(pid, { name: `process ${pid}` }));
      const rows = tracks.map(({ tid, kind, name, order }, index) =>
        builder.track(processes[index], tid, { kind, name, ...(order !== null && { order }) }),
      );
      for (const { track, ...drawn } of events) {
        const takesTime = drawn.form === "slice";
        builder.event({ ...drawn, track: rows[track % rows.length], ...(!takesTime && { duration: 0 }) });
      }
      for (const { from, to, ...drawn } of flows) {
        builder.flow({ ...drawn, fromTrack: rows[from % rows.length], toTrack: rows[to % rows.length] });
      }
      for (const { process, name, at, value } of counters) {
        builder.counter(processes[process % processes.length], name, at, value);
      }
      return builder.build({ name: "drawn.json", format: "chrome" }, { origin });
    });
}
