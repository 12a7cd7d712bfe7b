// Which colour an event is drawn in: by what it is (copies, waits, memory, calls), else by its name, so that the same kernel looks the
// same in every trace. Knows no canvas.

import { driverCallCategory } from "../../src/trace/driver-call.js";
import { copyDirections, type EventRole, eventRoles } from "../../src/trace/timeline/index.js";
import type { TraceColumns } from "./shown.js";

/** How events are told apart without colour too: lines rising or falling, or dots. */
export type Pattern = "none" | "rising" | "falling" | "dots";

export interface Fill {
  readonly colour: string;
  readonly pattern: Pattern;
}

/** Words on a fill; the same in both themes, as the fills are. */
export const labelInk = "#0d0f14";

/**
 * Every fill has a relative luminance near 0.27: at least 3 to 1 against white and against #111319, and 4.5 to 1 under `labelInk`
 * (test/widgets/timeline/colour.test.ts computes it). Made in OKLCH, of even lightness, without the reds, which mean waste.
 */
const grey = "#8c8e94";
const kinds = {
  other: { colour: grey, pattern: "none" },
  wait: { colour: "#9d8b7d", pattern: "dots" },
  toDevice: { colour: "#3b9c97", pattern: "rising" },
  toHost: { colour: "#3f99ae", pattern: "falling" },
  copy: { colour: "#3c97c6", pattern: "rising" },
  memset: { colour: "#af8842", pattern: "rising" },
  memory: { colour: "#6a9b4d", pattern: "none" },
  overhead: { colour: grey, pattern: "dots" },
  hook: { colour: "#8985d7", pattern: "none" },
  launch: { colour: "#668ed8", pattern: "none" },
  call: { colour: "#8a8e98", pattern: "none" },
} as const satisfies Record<string, Fill>;
type Kind = keyof typeof kinds;

const kindNames = Object.keys(kinds) as Kind[];
const hues = [
  "#668ed8",
  "#c47e3a",
  "#4d9d75",
  "#a37ecc",
  "#9d8f36",
  "#c673a4",
  "#3c97c6",
  "#6a9b4d",
  "#8985d7",
  "#af8842",
  "#3b9c97",
];

/** By number: what `colourNumbers` says an event has. */
export const fills: readonly Fill[] = [
  ...kindNames.map((name): Fill => kinds[name]),
  ...hues.map((colour): Fill => ({ colour, pattern: "none" })),
];

/** Per event: the number of its fill. */
export function colourNumbers({ events, texts }: Pick<TraceColumns, "events" | "texts">): Uint8Array {
  const ofName = new Uint8Array(texts.length);
  const ofCall = new Uint8Array(texts.length);
  const numbers = new Uint8Array(events.length);
  for (let event = 0; event < events.length; event++) {
    const name = events.name[event];
    const kind = kindOfRole[events.role[event]];
    if (kind === "by call") {
      // 0 is a kind too, but no call's: it stands for "not asked yet".
      ofCall[name] ||= kindNames.indexOf(callKind(texts[name], texts[events.category[event]]));
      numbers[event] = ofCall[name];
    } else if (kind === "by name") {
      ofName[name] ||= kindNames.length + (hash(texts[name]) % hues.length);
      numbers[event] = ofName[name];
    } else if (kind === "by direction") numbers[event] = copyNumbers[events.direction[event]];
    else numbers[event] = kindNames.indexOf(kind);
  }
  return numbers;
}

const roleKinds: Readonly<Record<EventRole, Kind | "by name" | "by call" | "by direction">> = {
  other: "by name",
  call: "by call",
  kernel: "by name",
  copy: "by direction",
  memset: "memset",
  wait: "wait",
  range: "by name",
  operator: "by name",
  function: "by name",
  hook: "hook",
  allocation: "memory",
  overhead: "overhead",
};
const kindOfRole = eventRoles.map((role) => roleKinds[role]);

const copyNumbers = copyDirections.map((direction) =>
  kindNames.indexOf(direction === "host to device" ? "toDevice" : direction === "device to host" ? "toHost" : "copy"),
);

/** A call's kind, by the category that it was recorded with or else its name, the runtime's (cudaMalloc) as the driver's (cuMemAlloc). */
function callKind(name: string, category: string): Kind {
  const recorded = callKinds.get(category);
  if (recorded !== undefined) return recorded;
  const asDriver = name
    .replace(/^cuda(?=[A-Z])/, "cu")
    .replace(/^cuMalloc/, "cuMemAlloc")
    .replace(/^cuFree/, "cuMemFree");
  return callKinds.get(driverCallCategory(asDriver)) ?? "call";
}

const callKinds = new Map<string, Kind>([
  ["sync", "wait"],
  ["transfer", "copy"],
  ["memory", "memory"],
  ["kernel", "launch"],
]);

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
