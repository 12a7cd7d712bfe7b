// The line that says what runs and where the reader is: kernel, launch, block, warp, step; and chooses the warp to stay with.
import { formatDim3 } from "../../src/core/dim3.js";
import { element, set, setText } from "./dom.js";
import { count } from "./numbers.js";
import type { Part, Stage } from "./part.js";
import { blockName } from "./words.js";

/** Up to here blocks are chosen from a list; beyond it their linear number is typed. */
const listedBlocks = 512;

export function header({ replay, controls }: Stage): Part {
  const { image } = replay;
  const { session } = controls;
  const block =
    replay.blocks <= listedBlocks
      ? element("select", {}, ...options(replay.blocks, (index) => blockName(replay, index)))
      : element("input", { type: "number", min: 0, max: replay.blocks - 1 });
  set(block, {
    "data-choose": "block",
    "aria-label": "Block to show",
    title: "The block on show: choose another to stay with it",
  });
  const warp = element(
    "select",
    { "data-choose": "warp", "aria-label": "Warp to show", title: "The warp on show: choose another to stay with it" },
    ...options(replay.warpsPerBlock, String),
  );
  const stay = element("input", { type: "checkbox", "data-choose": "follow" });
  const step = element("b");
  const choose = (): void => {
    const chosen = Math.min(replay.blocks - 1, Math.max(0, Math.trunc(Number(block.value))));
    session.pin({ block: chosen, warp: Number(warp.value) });
  };
  block.addEventListener("change", choose);
  warp.addEventListener("change", choose);
  stay.addEventListener("change", () => session.pin(stay.checked ? session.warp : undefined));

  const node = element(
    "header",
    { "data-part": "header" },
    element("h3", {}, replay.entry.name),
    element(
      "span",
      { class: "launch" },
      `<<<${formatDim3(image.grid)}, ${formatDim3(image.block)}>>> on ${image.limits.device}`,
    ),
    element(
      "span",
      { class: "where" },
      element("label", {}, "block ", block),
      element("label", {}, "warp ", warp),
      element(
        "label",
        { class: "stay", title: "Step along this warp only, whatever else runs (f)" },
        stay,
        " stay with it",
      ),
      element("span", { class: "at" }, "step ", step, ` of ${count(replay.length)}`),
    ),
  );
  return {
    element: node,
    update(scene) {
      block.value = String(scene.warp.block);
      warp.value = String(scene.warp.warp);
      stay.checked = session.pinned !== undefined;
      setText(step, count(scene.position));
    },
  };
}

function options(length: number, name: (index: number) => string): HTMLOptionElement[] {
  return Array.from({ length }, (_, index) => element("option", { value: index }, name(index)));
}
