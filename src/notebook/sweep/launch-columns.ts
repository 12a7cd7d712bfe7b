// What the row of a launch has behind what varies, in this order. Knows nothing of how it is found.

import type { Counters } from "../../gpu/host/index.js";
import type { Prediction } from "../../model/index.js";

/** What every launch's row has behind what varies. */
export type LaunchColumn = keyof Counters | PlaceColumn | (typeof between)[number] | (typeof last)[number];

/** What it has of the ideal roofline's answer for what the launch did. */
export type PlaceColumn = (typeof places)[number];

const counters = [
  "warp_instructions",
  "thread_instructions",
  "divergent_branches",
  "branches",
  "global_load_requests",
  "global_load_sectors",
  "global_store_requests",
  "global_store_sectors",
  "shared_load_requests",
  "shared_load_conflicts",
  "shared_store_requests",
  "shared_store_conflicts",
  "atomic_requests",
  "barriers",
  "flop_f16",
  "flop_f32",
  "flop_f64",
  "flop_tensor",
  "bytes_global_read",
  "bytes_global_written",
  "bytes_shared",
  "local_bytes",
] as const;

const between = [
  "occupancy",
  "active_warps_per_sm",
  "registers_per_thread",
  "waves",
  "occupancy_limiter",
  "device",
  "kernel_type",
] as const;

const last = ["findings", "note"] as const;

const places = [
  "model",
  "precision",
  "predicted_time_us",
  "predicted_tflops",
  "ai",
  "critical_ai",
  "bottleneck",
  "flops",
  "bytes",
] as const;

export const placeColumns: readonly PlaceColumn[] = places satisfies readonly (keyof Prediction)[];

export const launchColumnNames: readonly LaunchColumn[] = [
  ...(counters satisfies readonly (keyof Counters)[]),
  ...between,
  ...places,
  ...last,
];
