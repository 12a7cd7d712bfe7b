// What the last memory access cost: a sentence, and lanes joined to the sectors or banks that they reached.

import type { Replay } from "../../src/gpu/analysis/replay.js";
import { type AccessShapes, accessShapes, type Target } from "./access-shapes.js";
import { element, set, setText, svg } from "./dom.js";
import { counted, hex } from "./numbers.js";
import type { Part, Stage } from "./part.js";
import type { Scene } from "./scene.js";
import { accessSentence, effectSentence, elementBefore, elementWords, type Phrase } from "./words.js";

const lanesBottom = 0.1;
const targetsTop = 0.68;

export function memoryPicture({ replay }: Stage): Part {
  const effect = element("p", { class: "say", "data-part": "effect" });
  const sentence = element("p", { class: "say", "data-part": "access" });
  const paths = Object.fromEntries(
    ["lanes", "box", "used", "spare", "again", "outside", "line", "chosen"].map((name) => [
      name,
      svg("path", { class: name }),
    ]),
  );
  const drawing = svg("svg", {
    class: "columns access",
    viewBox: "0 0 32 1",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  drawing.append(...Object.values(paths));
  const from = element("span");
  const legend = element("span", { class: "legend" });
  const to = element("span");
  const picture = element(
    "div",
    { class: "row picture" },
    element("span"),
    element("span"),
    element("div", {}, drawing, element("div", { class: "caption" }, from, legend, to)),
  );
  const node = element("div", { class: "memory", "data-part": "memory-picture" }, effect, sentence, picture);
  return {
    element: node,
    update(scene) {
      const { access } = scene;
      const now = access?.age === 0;
      say(effect, now ? [] : effectSentence(replay, scene));
      effect.hidden = now;
      const ago = access === undefined || now ? [] : [{ text: `${counted(access.age, "step")} ago: ` }];
      say(
        sentence,
        access === undefined
          ? [{ text: "This warp has not reached for memory yet." }]
          : [...ago, ...accessSentence(replay, scene)],
      );
      set(node, { "data-age": access === undefined ? undefined : now ? "now" : "earlier" });
      const shapes = access === undefined ? undefined : accessShapes(access.access, scene.atFault);
      draw(paths, shapes, scene);
      set(picture, { "data-empty": shapes === undefined ? "" : undefined });
      const ends = shapes === undefined ? undefined : captions(replay, shapes, scene);
      setText(from, ends?.from ?? "");
      setText(legend, ends?.legend ?? "");
      setText(to, ends?.to ?? "");
    },
  };
}

function captions(
  replay: Replay,
  shapes: AccessShapes,
  { atFault }: Scene,
): { from: string; legend: string; to: string } {
  if (shapes.kind === "banks") return { from: "bank 0", legend: "a bank serves one word at a time", to: "bank 31" };
  const first = shapes.targets[0];
  const last = shapes.targets[shapes.targets.length - 1];
  return {
    from: elementWords(replay, first.id) ?? hex(first.id),
    legend:
      atFault === 0
        ? "32-byte sectors; pale: moved for nothing"
        : "32-byte sectors; crossed: not memory of this access",
    to: elementBefore(replay, last.id + 32),
  };
}

function draw(
  paths: Record<string, SVGPathElement>,
  shapes: AccessShapes | undefined,
  { access, lane, atFault }: Scene,
): void {
  const d: Record<string, string> = {
    lanes: "",
    box: "",
    used: "",
    spare: "",
    again: "",
    outside: "",
    line: "",
    chosen: "",
  };
  const mask = access?.access.mask ?? 0;
  for (let each = 0; shapes !== undefined && each < 32; each++) {
    if ((mask >>> each) & 1)
      d[(atFault >>> each) & 1 ? "outside" : "lanes"] += rectangle(each + 0.06, 0, 0.88, lanesBottom - 0.02);
  }
  for (const target of shapes?.targets ?? []) addTarget(d, target, shapes?.kind === "banks");
  for (const [each, x] of shapes?.lines ?? []) {
    d[each === lane ? "chosen" : "line"] += `M${each + 0.5} ${lanesBottom}L${round(x)} ${targetsTop}`;
  }
  for (const [name, path] of Object.entries(paths)) set(path, { d: d[name] });
}

function addTarget(d: Record<string, string>, whole: Target, bank: boolean): void {
  const { used, depth } = whole;
  const height = 1 - targetsTop - 0.01;
  // Neighbours in a full row are told apart by the ground that shows between them.
  const gap = bank ? 0 : Math.min(0.06, whole.width / 8);
  const [left, width] = [whole.left + gap, whole.width - 2 * gap];
  d["box"] += rectangle(left, targetsTop, width, height);
  if (bank) {
    // One layer for each word that waits its turn; what is beyond the first pass is waste.
    const layers = Math.max(1, depth);
    const layer = height / Math.max(4, layers);
    for (let index = 0; index < depth; index++) {
      const shape = rectangle(left + 0.1, targetsTop + index * layer + layer * 0.1, width - 0.2, layer * 0.8);
      d[index === 0 ? "used" : "again"] += shape;
    }
    return;
  }
  // A sector that only lanes at fault asked for was not moved.
  if (used.length === 0 && whole.outside.length > 0) {
    d["outside"] += crossed(left, targetsTop, width, height);
    return;
  }
  for (const [from, to] of whole.outside) {
    d["outside"] += crossed(left + width * from, targetsTop, width * (to - from), height);
  }
  let end = 0;
  for (const [from, to] of [...used].sort(([a], [b]) => a - b)) {
    if (from > end) d["spare"] += rectangle(left + width * end, targetsTop, width * (from - end), height);
    if (to > end)
      d["used"] += rectangle(
        left + width * Math.max(from, end),
        targetsTop,
        width * (to - Math.max(from, end)),
        height,
      );
    end = Math.max(end, to);
  }
  if (end < 1) d["spare"] += rectangle(left + width * end, targetsTop, width * (1 - end), height);
}

export function say(node: Element, phrases: readonly Phrase[]): void {
  node.replaceChildren(
    ...phrases.map(({ text, tone }) => (tone === undefined ? text : element("b", { class: tone }, text))),
  );
}

function crossed(x: number, y: number, width: number, height: number): string {
  const [left, right, top, bottom] = [x, x + width, y, y + height].map(round);
  return `M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}${rectangle(x, y, width, height)}`;
}

function rectangle(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
