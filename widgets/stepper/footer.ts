// What the whole launch cost, in the counters that profilers use.
import type { Replay } from "../../src/gpu/analysis/replay.js";
import { element } from "./dom.js";
import { brief, count, percent } from "./numbers.js";

type Counters = Replay["counters"];

export interface Figure {
  readonly name: string;
  readonly value: string;
  /** How it is worked out, for the tooltip. */
  readonly meaning: string;
}

export function footer(counters: Counters): HTMLElement {
  return element(
    "footer",
    { "data-part": "footer", "aria-label": "Counters of the whole launch" },
    element("span", { class: "scope" }, "whole launch"),
    ...figures(counters).map(({ name, value, meaning }) =>
      element("span", { title: meaning }, `${name} `, element("b", {}, value)),
    ),
  );
}

/** A ratio whose denominator is zero is left out rather than shown as nothing. */
export function figures(counters: Counters): Figure[] {
  const list: Figure[] = [
    { name: "warp instructions", value: count(counters.warp_instructions), meaning: "One for each step of a warp" },
  ];
  const { branches, divergent_branches } = counters;
  if (branches > 0) {
    list.push({
      name: "branch efficiency",
      value: percent(branches - divergent_branches, branches),
      meaning: `${count(divergent_branches)} of ${count(branches)} branches sent lanes of one warp different ways`,
    });
  }
  const requests = counters.global_load_requests + counters.global_store_requests;
  const sectors = counters.global_load_sectors + counters.global_store_sectors;
  if (requests > 0) {
    list.push({
      name: "sectors per request",
      value: (sectors / requests).toFixed(1),
      meaning: `${count(sectors)} sectors of 32 bytes for ${count(requests)} loads and stores of global memory`,
    });
  }
  const conflicts = counters.shared_load_conflicts + counters.shared_store_conflicts;
  list.push({
    name: "bank conflicts",
    value: count(conflicts),
    meaning: "Passes over shared memory beyond the first of each request",
  });
  const flop = counters.flop_f16 + counters.flop_f32 + counters.flop_f64 + counters.flop_tensor;
  const bytes = counters.bytes_global_read + counters.bytes_global_written;
  if (bytes > 0) {
    list.push({
      name: "FLOP per byte",
      value: brief(flop / bytes, 3),
      meaning: `${count(flop)} floating-point operations, ${count(bytes)} bytes of global memory asked for by lanes`,
    });
  }
  return list;
}
