// The order in which a timeline's tracks stand: by process, the host's before the devices', each by what its format says. Knows no picture.
import type { Timeline } from "./timeline.js";

/** Indices of tracks, from top to bottom. */
export function tracksInOrder({ processes, tracks }: Pick<Timeline, "processes" | "tracks">): number[] {
  const placeOf = (order: number | undefined): number => order ?? Number.MAX_SAFE_INTEGER;
  return tracks
    .map(({ index }) => index)
    .sort((a, b) => {
      const [one, other] = [tracks[a], tracks[b]];
      const [host, guest] = [processes[one.process], processes[other.process]];
      return (
        placeOf(host.order) - placeOf(guest.order) ||
        host.index - guest.index ||
        placeOf(one.order) - placeOf(other.order) ||
        a - b
      );
    });
}
