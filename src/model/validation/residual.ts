// How far a prediction is from a measured time, and what is said of that: the one definition that verdicts, bars and pictures share.
// Knows no predictions.

/** A predicted and a measured time in one unit. */
export interface TimePair {
  readonly predicted_time_us: number;
  readonly measured_time_us: number;
}

/** (predicted - measured) / measured in percent: above 0 it was predicted too slow. */
export function residualOf({ predicted_time_us, measured_time_us }: TimePair): number {
  return ((predicted_time_us - measured_time_us) / measured_time_us) * 100;
}

/** |predicted - measured| / measured in percent. */
export function errorOf(times: TimePair): number {
  return Math.abs(residualOf(times));
}

/** `green` below 10 % of error, `yellow` up to 25 %, `red` above. */
export type ValidationStatus = "green" | "yellow" | "red";

/** The errors, in percent, at which a status begins: green < 10 <= yellow <= 25 < red. */
export const statusLimits: { readonly yellow: number; readonly red: number } = { yellow: 10, red: 25 };

/** The status of an error in percent. */
export function statusOf(errorPercent: number): ValidationStatus {
  if (errorPercent < statusLimits.yellow) return "green";
  return errorPercent <= statusLimits.red ? "yellow" : "red";
}
