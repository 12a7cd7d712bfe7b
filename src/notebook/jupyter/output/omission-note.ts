// The note in place of output that is left out: words, and the same for a page. Knows nothing of why it is left out.
import { escapeHtml } from "../../../view/page/html.js";
import type { MimeBundle } from "../../bridge.js";
import type { Omission } from "./limit.js";

/** A note that follows the head of a stream; it stands above its tail, or holds the last lines so far. */
export function omissionBundle(stream: "stdout" | "stderr", omission: Omission): MimeBundle {
  const { latest, following } = omission;
  const what = [
    ...(omission.lines > 0 ? [plural(omission.lines, "line")] : []),
    plural(omission.characters, "character"),
  ].join(", ");
  const kind = stream === "stderr" ? " of standard error" : "";
  const words =
    latest === undefined
      ? `\u22ef ${what}${kind} left out here; the end (${plural(following ?? 0, "line")}) follows \u22ef`
      : `\u22ef ${what}${kind} left out so far; the latest: \u22ef`;
  const plain = latest === undefined ? words : `${words}\n${latest}`;
  const inside = latest === undefined ? "" : `<pre style="margin:0.25em 0 0">${escapeHtml(latest)}</pre>`;
  return {
    "text/plain": plain,
    "text/html": `<div style="border-left:3px solid currentColor;padding-left:0.75em;margin:0.5em 0"><em>${words}</em>${inside}</div>`,
  };
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
