// What limits a run, in a sentence or two: the device, the host that is late for it, or what it waits for. Knows nothing of where it stands.
import type { GapCause, TraceAnalysis } from "../analysis/index.js";
import { formatNanoseconds } from "../timeline/index.js";

/** From the busy share of the busiest device and the causes of the idle gaps; what the trace does not say is said to be unknown. */
export function describeLimit({ gaps, launches, calls }: TraceAnalysis): string {
  const [busiest] = [...gaps.devices].sort((a, b) => b.busy_share - a.busy_share);
  if (busiest === undefined) {
    if (calls.count === 0) return "It has neither calls nor work of a device.";
    const [top] = calls.by_name;
    return (
      "It does not say when the device worked. " +
      `The host's calls take ${formatNanoseconds(calls.self_ns)}, most of it in ${top.name} (${percent(top.share)}).`
    );
  }
  const which =
    gaps.devices.length === 1 ? "The device" : `Of ${gaps.devices.length} devices the busiest, ${busiest.device},`;
  const busy = `${which} is busy for ${percent(busiest.busy_share)} of the time`;
  const [kernel] = launches.by_kernel;
  const dominant = kernel === undefined ? "" : ` ${kernel.name} has ${percent(kernel.share)} of the time of kernels.`;
  if (busiest.busy_share >= limiting) return `${busy}: the device limits.${dominant}`;
  const idle = gaps.by_cause.reduce((sum, { total_ns }) => sum + total_ns, gaps.short.total_ns);
  const outside = gaps.by_cause.filter(({ cause }) => cause === "start" || cause === "end");
  const [cause] = gaps.by_cause.filter((each) => !outside.includes(each));
  const outer = outside.reduce((sum, { total_ns }) => sum + total_ns, 0);
  const said =
    outer < telling * idle ? "" : `, ${most(outer / idle)} of its idle time before the first work and after the last`;
  if (cause === undefined) return `${busy}${said}.${dominant}`;
  const [activity] = gaps.host_activity;
  const isKnown = cause.cause === "host" && activity !== undefined && activity.name !== "";
  const meanwhile = isKnown ? `, most of that at ${activity.name}` : "";
  const rest = said === "" ? "its idle time" : "the rest";
  return `${busy}${said}; ${most(cause.total_ns / (said === "" ? idle : idle - outer))} of ${rest} ${causeWords[cause.cause]}${meanwhile}.`;
}

/** A device that is so busy has nothing to gain from a host that is any faster. */
const limiting = 0.9;

/** Less than this of the idle time is not worth a word. */
const telling = 0.1;

const causeWords: Readonly<Record<GapCause, string>> = {
  host: "is the host being late to launch the next work",
  sync: "comes of the host waiting for the device before it launches more",
  dependency: "is launched work waiting for other work, or for its launch to arrive",
  start: "is before its first work",
  end: "is after its last work",
  unknown: "has a cause that the trace does not say",
};

function most(share: number): string {
  return share === 1 ? "all" : percent(share);
}

/** Nearly all is not all. */
function percent(share: number): string {
  const rounded = Number((100 * share).toPrecision(3));
  return rounded === 100 && share < 1 ? "over 99.9 %" : `${rounded} %`;
}
