// Sweeps that last: launches and functions of one's own over whatever varies, into tables and into files.
export type { StopSignal } from "../cell-interruption.js";
export type { LaunchJson, LaunchPoint, LaunchSweep } from "./launch-sweep.js";
export { type SweepLaunchesOptions, sweepLaunchColumns, sweepLaunches } from "./launches.js";
export type { PointOf, Varied } from "./points.js";
export { type SweepOverOptions, type SweptResult, sweepOver } from "./sweep-over.js";
export { type TableFormat, tableFormats } from "./table-file.js";
export { type SweepFile, type SweepFileOptions, sweepLaunchesToFile, sweepToFile } from "./to-file.js";
