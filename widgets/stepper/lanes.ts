// The 32 lanes of the shown warp as columns: what each is doing, told by fill, hatching, dots and outline as well as colour.
import { element, set, setText } from "./dom.js";
import type { Part, Stage } from "./part.js";
import type { LaneState } from "./scene.js";
import { lanesSentence } from "./words.js";

/** How a test or a stylesheet reads a lane: whether it ran, and what else it is doing. */
const stateNames: Readonly<Record<LaneState, string>> = {
  on: "on",
  skip: "off",
  off: "off",
  barrier: "barrier",
  done: "done",
  ready: "ready",
  absent: "absent",
};

const meanings: Readonly<Record<LaneState, string>> = {
  on: "ran this instruction",
  skip: "was here, but its predicate said no",
  off: "waits on another path (mask off)",
  barrier: "waits at the barrier",
  done: "has returned",
  ready: "has not begun",
  absent: "does not exist: the block has fewer threads",
};

const branchMeanings: Readonly<Partial<Record<LaneState, string>>> = {
  on: "takes the branch",
  skip: "goes on after the branch",
};

export function lanes({ controls }: Stage): Part {
  const { session } = controls;
  const title = element("h4", { "data-part": "lanes-sentence" });
  const name = element("span", { class: "value" });
  const cells = Array.from({ length: 32 }, (_, lane) =>
    element("button", { type: "button", "data-lane": lane, tabindex: -1 }, element("span", {}, String(lane))),
  );
  const columns = element(
    "div",
    { class: "lanes columns", role: "group", "aria-label": "Lanes of the warp; [ and ] select one" },
    ...cells,
  );
  columns.addEventListener("click", (event) => {
    const cell = (event.target as Element).closest<HTMLElement>("[data-lane]");
    if (cell !== null) session.selectLane(Number(cell.dataset["lane"]));
  });
  const node = element(
    "div",
    { "data-part": "lanes" },
    title,
    element("div", { class: "row" }, element("span", { class: "name" }), name, columns),
  );
  return {
    element: node,
    update(scene) {
      setText(title, lanesSentence(scene));
      setText(name, `lane ${scene.lane}`);
      for (const [lane, cell] of cells.entries()) {
        const state = scene.lanes[lane];
        const faulty = ((scene.atFault >>> lane) & 1) === 1;
        const meaning = faulty
          ? "made the launch fault"
          : ((scene.branch ? branchMeanings[state] : undefined) ?? meanings[state]);
        const chosen = lane === scene.lane;
        set(cell, {
          "data-state": stateNames[state],
          "data-fault": faulty ? "" : undefined,
          "data-why": state === "skip" ? "predicate" : undefined,
          "aria-pressed": String(chosen),
          "aria-label": `lane ${lane} ${meaning}`,
          title: `lane ${lane} ${meaning}`,
          tabindex: chosen ? 0 : -1,
        });
      }
    },
  };
}
