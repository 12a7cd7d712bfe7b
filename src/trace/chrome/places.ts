// Where events lie in a Chrome trace: as in any picture, but for those without an end. Knows nothing of the text.
import { type EventPlaces, formNumber, placeEvents, type Timeline } from "../timeline/index.js";

/**
 * The lanes of all events. What has no recorded end lasts beyond all that has one: what begins later lies within it, and it lies within
 * nothing that ends. Where one begins together with a slice that ends, those without an end get a lane of the track to themselves:
 * Perfetto takes the slice first, whatever their order in the file, and finds the other in it that does not end with it.
 */
export function placesInChrome({ events, tracks, end }: Timeline): EventPlaces {
  if (!events.form.includes(unfinished)) return placeEvents({ events, tracks });
  const duration = Float64Array.from(events.duration, (recorded, index) =>
    events.form[index] === unfinished ? end + 1 - events.start[index] : recorded,
  );
  const places = placeEvents({ events: { ...events, duration }, tracks });
  const apart = new Set<number>();
  for (let index = 0; index < events.length; index++) {
    for (let around = places.parent[index]; around !== -1; around = places.parent[around]) {
      if (events.start[around] !== events.start[index]) break;
      if (events.form[around] === unfinished && events.form[index] !== unfinished) apart.add(events.track[index]);
    }
  }
  if (apart.size === 0) return places;
  const rows: number[][] = places.rows.map((own, track) => (apart.has(track) ? [...own, 0] : [...own]));
  for (let index = 0; index < events.length; index++) {
    const track = events.track[index];
    if (events.form[index] !== unfinished || !apart.has(track)) continue;
    const lane = rows[track].length - 1;
    places.lane[index] = lane;
    places.depth[index] = rows[track][lane]++;
  }
  return { ...places, rows };
}

const { unfinished } = formNumber;
