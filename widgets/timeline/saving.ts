// What is shown, as a picture that stands still, and the traces as Chrome traces: files that a person takes away. Knows no panel.
import { timelineToChrome } from "../../src/trace/chrome/index.js";
import { timelineSvg } from "../../src/view/timeline/still.js";
import { download, fileName, joinedParts } from "../download.js";
import { isWithin } from "./layout.js";
import type { Session } from "./session.js";
import type { LayoutItem, LayoutState } from "./shown.js";

/** The part of time, the tracks and the counters that are in sight, in their order. */
export function savePicture(
  { shown, range }: Session,
  items: readonly LayoutItem[],
  { hidden }: Pick<LayoutState, "hidden">,
): void {
  const traces = shown.traces.map(({ timeline, title, sentence }, trace) => {
    const visible = items.filter((item) => item.trace === trace && !isWithin(item.key, hidden));
    const indices = (wanted: LayoutItem["kind"]): number[] =>
      visible.filter(({ kind }) => kind === wanted).map(({ index }) => index);
    const offset = shown.offsets[trace];
    return { timeline, title, sentence, offset, tracks: indices("track"), counters: indices("counter") };
  });
  const svg = timelineSvg(traces, { span: range, mostTracks: Number.POSITIVE_INFINITY });
  download(`${fileName(shown.traces[0].title, "timeline")}.svg`, [svg], "image/svg+xml");
}

export function saveTraces({ shown }: Session): void {
  for (const { timeline, title } of shown.traces) {
    download(`${fileName(title, "trace")}-chrome.json`, joinedParts(timelineToChrome(timeline)));
  }
}
