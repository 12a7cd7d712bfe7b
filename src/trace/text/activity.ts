// What events are as a letter and a word: one for each role, and for calls one for each category. Knows nothing of where it is drawn.
import { type DriverCallCategory, driverCallCategory } from "../driver-call.js";
import { copyDirections, type EventRole, eventRoles, roleNumber, type Timeline } from "../timeline/index.js";

/** A kind of event that a text tells apart: the host's in lower case, the device's in upper case. */
export interface Activity {
  readonly letter: string;
  readonly word: string;
  readonly side: "host" | "device";
}

const host = (letter: string, word: string): Activity => ({ letter, word, side: "host" });
const onDevice = (letter: string, word: string): Activity => ({ letter, word, side: "device" });

const calls: Readonly<Record<DriverCallCategory, Activity>> = {
  init: host("i", "initialise"),
  context: host("c", "context"),
  module: host("d", "module"),
  memory: host("m", "memory"),
  transfer: host("t", "transfer"),
  kernel: host("l", "launch"),
  sync: host("s", "synchronise"),
  stream: host("e", "stream or event"),
  other: host("x", "other call"),
};

const copies: readonly Activity[] = [
  onDevice("C", "copy"),
  onDevice("H", "copy host to device"),
  onDevice("D", "copy device to host"),
  onDevice("I", "copy device to device"),
  onDevice("P", "copy peer to peer"),
  onDevice("B", "copy host to host"),
];

const roles: Readonly<Record<Exclude<EventRole, "call" | "copy">, Activity>> = {
  kernel: onDevice("K", "kernel"),
  memset: onDevice("S", "memset"),
  wait: onDevice("W", "wait"),
  range: host(".", "within a range"),
  operator: host("o", "operator"),
  function: host("f", "function"),
  hook: host("h", "system call or hook"),
  allocation: host("a", "allocation"),
  overhead: host("v", "profiler's overhead"),
  other: host("u", "other"),
};

/** In the order of a legend: what the host does, then the device. */
export const activities: readonly Activity[] = [
  ...Object.values(calls),
  ...Object.values(roles).filter(({ side }) => side === "host"),
  ...[roles.kernel, ...copies, roles.memset, roles.wait],
];

/** Says of each event of a timeline which of `activities` it is, by number. Each name's category is found once. */
export function activityNumbers(timeline: Timeline): (event: number) => number {
  const { events, texts } = timeline;
  const ofName = new Int8Array(texts.length).fill(-1);
  const numbers = new Map(activities.map((activity, number) => [activity, number]));
  const numberOf = (activity: Activity): number => numbers.get(activity) ?? 0;
  const ofRole = eventRoles.map((role) => (role === "call" || role === "copy" ? -1 : numberOf(roles[role])));
  const ofDirection = copyDirections.map((_, direction) => numberOf(copies[direction]));
  const { call, copy } = roleNumber;
  return (event) => {
    const role = events.role[event];
    if (role === copy) return ofDirection[events.direction[event]];
    if (role !== call) return ofRole[role];
    const name = events.name[event];
    if (ofName[name] < 0) ofName[name] = numberOf(calls[driverCallCategory(texts[name])]);
    return ofName[name];
  };
}
