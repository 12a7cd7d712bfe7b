// Variables of the source, and all registers on request, across the lanes: drawn as bars, read exactly for the chosen lane.
import type { Replay } from "../../src/gpu/analysis/replay.js";
import type { KernelVariable } from "../../src/gpu/ptx/debug-info.js";
import { element, set, setText, svg } from "./dom.js";
import type { Part, Stage } from "./part.js";
import { isSharedArray } from "./regions.js";
import type { LaneState, Scene, ValueRow } from "./scene.js";
import { bars } from "./sparkline.js";
import { shortName, valueWords } from "./words.js";

interface Row {
  readonly element: HTMLElement;
  update(row: ValueRow, scene: Scene): void;
}

/** The variables of the source of the kernel, or of a function that it calls, that a lane has values of. */
export function shownVariables({ image, entry }: Replay, owner: string): KernelVariable[] {
  const { debug } = image;
  const of = owner === entry.name ? debug : debug?.functions?.find(({ name }) => name === owner);
  return (of?.variables ?? []).filter((variable) => !isSharedArray(variable));
}

export function variables(stage: Stage): Part {
  const node = element("div", { class: "values", "data-part": "variables" });
  const rowsOf = rowsByFunction(stage, node, (owner) => shownVariables(stage.replay, owner).map(({ name }) => name));
  return {
    element: node,
    update(scene) {
      for (const [index, row] of rowsOf(scene.function).entries()) row.update(scene.variables[index], scene);
    },
  };
}

/** A list whose rows are those of the function asked for last; each function's are made once. */
function rowsByFunction(stage: Stage, list: HTMLElement, namesOf: (owner: string) => readonly string[]) {
  const made = new Map<string, readonly Row[]>();
  let shown: string | undefined;
  return (owner: string): readonly Row[] => {
    const rows = made.get(owner) ?? namesOf(owner).map((name) => valueRow(stage, name));
    made.set(owner, rows);
    if (owner !== shown) list.replaceChildren(...rows.map((row) => row.element));
    shown = owner;
    return rows;
  };
}

/** A fold-out; `onOpen` hears when it opens or closes, because closed registers are not read. */
export function registers(stage: Stage, open: boolean, onOpen: (open: boolean) => void): Part {
  const list = element("div", { class: "values" });
  const summary = element("summary");
  const node = element("details", { "data-part": "registers" }, summary, list);
  node.open = open;
  node.addEventListener("toggle", () => onOpen(node.open));
  const { registers: all, entry } = stage.replay;
  const rowsOf = rowsByFunction(stage, list, (owner) =>
    all.filter((each) => each.function === owner).map(({ name }) => name),
  );
  return {
    element: node,
    update(scene) {
      const rows = rowsOf(scene.function);
      setText(
        summary,
        `all ${rows.length} registers${scene.function === entry.name ? "" : ` of ${shortName(scene.function)}`}`,
      );
      if (scene.registers.length === 0) return;
      for (const [index, row] of rows.entries()) row.update(scene.registers[index], scene);
    },
  };
}

function valueRow({ replay, controls }: Stage, label: string): Row {
  const name = element("span", { class: "name" }, label);
  const value = element("span", { class: "value" });
  const paths = {
    off: svg("path", { class: "off" }),
    on: svg("path", { class: "on" }),
    odd: svg("path", { class: "odd" }),
    selected: svg("path", { class: "selected" }),
  };
  const drawing = svg("svg", {
    class: "columns",
    viewBox: "0 0 32 1",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  drawing.append(...Object.values(paths));
  drawing.addEventListener("click", (event) => {
    const { left, width } = drawing.getBoundingClientRect();
    controls.session.selectLane(Math.floor((32 * (event.clientX - left)) / width));
  });
  const node = element("div", { class: "row value-row", "data-name": label }, name, value, drawing);
  return {
    element: node,
    update(row, scene) {
      const mine = row.values?.[scene.lane];
      const there = scene.lanes[scene.lane] !== "absent";
      const text = mine === undefined || !there ? "–" : valueWords(replay, row, mine);
      setText(value, text);
      set(value, { title: text });
      set(name, { title: `${label}: ${row.type}${row.register === label ? "" : ` in ${row.register}`}` });
      set(node, {
        "data-changed": row.changed === 0 ? undefined : ((row.changed >>> scene.lane) & 1) === 1 ? "here" : "elsewhere",
        "data-value": text,
      });
      const shapes =
        row.values === undefined
          ? undefined
          : bars(
              row.values,
              laneMask(scene, (state) => state !== "absent"),
              laneMask(scene, (state) => state === "on"),
              scene.lane,
            );
      for (const [kind, path] of Object.entries(paths)) set(path, { d: shapes?.[kind as keyof typeof paths] ?? "" });
    },
  };
}

function laneMask(scene: Scene, chosen: (state: LaneState) => boolean): number {
  let mask = 0;
  for (const [lane, state] of scene.lanes.entries()) if (chosen(state)) mask |= 1 << lane;
  return mask;
}
