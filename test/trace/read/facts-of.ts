// What a timeline says, as plain data that tests compare.
import type { Timeline } from "../../../src/trace/timeline/index.js";

export function eventsOf(timeline: Timeline) {
  return Array.from({ length: timeline.events.length }, (_, at) => timeline.event(at));
}

/** Everything in it. */
export function factsOf(timeline: Timeline) {
  const { source, origin, processes, tracks, counters, flows, about, notes } = timeline;
  return {
    source,
    origin,
    processes,
    tracks,
    about,
    notes,
    events: eventsOf(timeline).map((event, at) => ({ ...event, argumentText: timeline.argumentTextOf(at) })),
    counters: counters.map(({ process, name, at, value }) => ({ process, name, at: [...at], value: [...value] })),
    flows: Array.from({ length: flows.length }, (_, at) => [
      timeline.texts[flows.name[at]],
      timeline.texts[flows.category[at]],
      flows.fromTrack[at],
      flows.fromAt[at],
      flows.toTrack[at],
      flows.toAt[at],
    ]),
  };
}
