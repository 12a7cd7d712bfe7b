// What an event of a timeline is, in words that all formats share. Knows no format.

/**
 * What an event is, whoever recorded it:
 * `call` of the driver or the runtime by a host thread; on the device `kernel`, `copy`, `memset` and `wait` (a stream that waits);
 * `range` that the program marked (NVTX, a stage, a layer); `operator` of a framework; `function` of the program's language;
 * `hook` in the kernel of the system; `allocation` told by a framework's allocator; `overhead` of the profiler; `other`.
 */
export const eventRoles = [
  "other",
  "call",
  "kernel",
  "copy",
  "memset",
  "wait",
  "range",
  "operator",
  "function",
  "hook",
  "allocation",
  "overhead",
] as const;
export type EventRole = (typeof eventRoles)[number];

/** The number by which the column `role` says a role. */
export const roleNumber: Readonly<Record<EventRole, number>> = numbersOf(eventRoles);

/** `slice`: it took its time. `instant`: it took none. `unfinished`: its end was not recorded; it is drawn to the trace's end. */
export const eventForms = ["slice", "instant", "unfinished"] as const;
export type EventForm = (typeof eventForms)[number];

/** The number by which the column `form` says a form. */
export const formNumber: Readonly<Record<EventForm, number>> = numbersOf(eventForms);

/** Which way a copy goes; empty where it is not known or the event is no copy. */
export const copyDirections = [
  "",
  "host to device",
  "device to host",
  "device to device",
  "peer to peer",
  "host to host",
] as const;
export type CopyDirection = (typeof copyDirections)[number];

/**
 * What a row of the timeline stands for: a host `thread`, a `stream` of a device, spans that may overlap each other (`async`), or
 * something else that was recorded.
 */
export type TrackKind = "thread" | "stream" | "async" | "other";

function numbersOf<Word extends string>(words: readonly Word[]): Readonly<Record<Word, number>> {
  return Object.fromEntries(words.map((word, number) => [word, number])) as Record<Word, number>;
}
