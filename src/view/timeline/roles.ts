// What is said and how it is coloured for each role of an event, in pictures that stand still and in legends. Knows no events.
import type { EventRole } from "../../trace/timeline/index.js";
import { colours } from "../theme.js";

export interface RoleLook {
  /** In a legend: `kernels`. */
  readonly words: string;
  /** Readable on light and dark pages alike, as all of theme.ts's. */
  readonly colour: string;
  /** Drawn with lines across, so that it is told without colour too. */
  readonly isHatched: boolean;
}

const [blue, orange, green, violet, olive, pink, teal, indigo] = colours.series;

export const roleLooks: Readonly<Record<EventRole, RoleLook>> = {
  kernel: { words: "kernels", colour: green, isHatched: false },
  copy: { words: "copies", colour: orange, isHatched: true },
  memset: { words: "fills of memory", colour: orange, isHatched: false },
  wait: { words: "waits", colour: colours.ink, isHatched: true },
  call: { words: "driver calls", colour: blue, isHatched: false },
  range: { words: "ranges", colour: violet, isHatched: false },
  operator: { words: "operators", colour: olive, isHatched: false },
  function: { words: "functions", colour: teal, isHatched: false },
  hook: { words: "hooks", colour: pink, isHatched: false },
  allocation: { words: "allocations", colour: indigo, isHatched: false },
  overhead: { words: "overhead", colour: colours.ink, isHatched: false },
  other: { words: "other events", colour: indigo, isHatched: true },
};
