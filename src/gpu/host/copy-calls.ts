// The driver's calls for copies, by direction, and by whether the host waits.
import type { CopyPlan } from "./copies.js";
import type { Stream } from "./timeline.js";

/** The name of the driver's call for a direction. */
export type CopyCalls = Readonly<Record<"synchronous" | "asynchronous", (direction: CopyPlan["direction"]) => string>>;

const copyNames: Readonly<Record<CopyPlan["direction"], string>> = {
  "host to device": "cuMemcpyHtoD",
  "device to host": "cuMemcpyDtoH",
  "device to device": "cuMemcpyDtoD",
  "peer to peer": "cuMemcpyPeer",
};

export const copyCalls: CopyCalls = {
  synchronous: (direction) => `${copyNames[direction]}${direction === "peer to peer" ? "" : "_v2"}`,
  asynchronous: (direction) => `${copyNames[direction]}Async${direction === "peer to peer" ? "" : "_v2"}`,
};

/** Work in a stream that is named is asynchronous. */
export function modeOf(stream: Stream | undefined): "synchronous" | "asynchronous" {
  return stream === undefined ? "synchronous" : "asynchronous";
}
