// The values in memory around the last access: shared memory and each allocation, a row for each 32-byte sector. Written and
// changed elements are marked, the selected lane's is outlined, and any can be asked who wrote it.
import { dtypes } from "../../src/core/dtype.js";
import { element, set, setText } from "./dom.js";
import { memoryMap } from "./memory-map.js";
import { brief, count, exact, hex, readElement } from "./numbers.js";
import type { Part, Stage } from "./part.js";
import { addressOfLane, keyOf, nameOf, type Region, readRegions, regionOf } from "./regions.js";
import type { Scene } from "./scene.js";
import type { MemoryCell } from "./session.js";

const rowBytes = 32;
const shownRows = 8;
/** Of the value that is chosen, for those who do not see which it is. */
const selectedId = "chosen-value";

export function memoryPane({ replay, controls }: Stage): Part {
  const { session } = controls;
  const tabs = element("div", { class: "tabs", role: "tablist", "aria-label": "Memory" });
  const grid = element("div", {
    class: "grid",
    role: "grid",
    tabindex: 0,
    "aria-label": "Values: the arrows choose one",
  });
  const earlier = element("button", { type: "button", title: "Earlier values" }, "▲");
  const later = element("button", { type: "button", title: "Later values" }, "▼");
  const range = element("span", { class: "caption" });
  const map = memoryMap((address) => {
    const region = regions.find((each) => keyOf(each) === shownFor);
    if (region !== undefined) choose(region, address);
  });
  const node = element(
    "div",
    { class: "memory-pane", "data-part": "memory" },
    element("div", { class: "bar" }, tabs, range, earlier, later),
    element("div", { class: "contents" }, grid, map.element),
  );

  let chosen: string | undefined;
  let shownFor = "";
  let top = 0;
  let scene: Scene | undefined;
  let regions: Region[] = [];

  const showAgain = (): void => {
    if (scene !== undefined) draw(scene, false);
  };
  const page = (rows: number): void => {
    top += rows;
    showAgain();
  };
  earlier.addEventListener("click", () => page(-shownRows));
  later.addEventListener("click", () => page(shownRows));
  grid.addEventListener("wheel", (event) => {
    if (!event.shiftKey && !grid.matches(":focus")) return;
    event.preventDefault();
    page(Math.sign(event.deltaY) * 2);
  });
  tabs.addEventListener("click", (event) => {
    const tab = (event.target as Element).closest<HTMLElement>("[data-region]");
    if (tab === null) return;
    // Chosen once more, it follows the last access again.
    chosen = chosen === tab.dataset["region"] ? undefined : tab.dataset["region"];
    if (scene !== undefined) draw(scene, true);
  });
  const cellAt = (target: EventTarget | null): MemoryCell | undefined => {
    const cell = (target as Element | null)?.closest<HTMLElement>("[data-address]");
    if (cell == null) return undefined;
    const { address, space, name } = cell.dataset;
    return { space: space as MemoryCell["space"], address: Number(address), label: name as string };
  };
  grid.addEventListener("click", (event) => session.selectCell(cellAt(event.target)));
  grid.addEventListener("keydown", (event) => {
    const region = regions.find((each) => keyOf(each) === shownFor);
    const size = region === undefined ? 0 : dtypes[region.dtype].bytes;
    const leap = { ArrowLeft: -size, ArrowRight: size, ArrowUp: -rowBytes, ArrowDown: rowBytes }[event.key];
    if (region === undefined || leap === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const from = session.cell?.address ?? region.address + top * rowBytes - leap;
    const address = Math.min(region.address + region.bytes.length - size, Math.max(region.address, from + leap));
    choose(region, address);
  });
  const choose = (region: Region, address: number): void => {
    const row = Math.floor((address - region.address) / rowBytes);
    top = Math.min(row, Math.max(top, row - shownRows + 1));
    session.selectCell({ space: region.space, address, label: nameOf(region, address) });
  };

  function draw(next: Scene, recentre: boolean): void {
    scene = next;
    regions = readRegions(replay, next);
    const touched = next.access === undefined ? undefined : regionOf(regions, next);
    const region = regions.find((each) => keyOf(each) === chosen) ?? touched ?? regions[0];
    drawTabs(tabs, regions, region, touched);
    node.hidden = region === undefined;
    if (region === undefined) return;
    const rows = Math.ceil(region.bytes.length / rowBytes);
    const focus = region === touched ? addressOfLane(next) : undefined;
    if (recentre && focus !== undefined) {
      const row = Math.floor((focus - region.address) / rowBytes);
      if (keyOf(region) !== shownFor || row < top || row >= top + shownRows) top = row - 2;
    } else if (keyOf(region) !== shownFor) top = 0;
    shownFor = keyOf(region);
    top = Math.max(0, Math.min(top, rows - shownRows));
    const size = dtypes[region.dtype].bytes;
    const first = (top * rowBytes) / size;
    const last = Math.min(region.bytes.length, (top + shownRows) * rowBytes) / size - 1;
    setText(
      range,
      `${region.dtype}, elements ${count(first)} to ${count(Math.floor(last))} of ${count(Math.floor(region.bytes.length / size))}`,
    );
    earlier.hidden = later.hidden = rows <= shownRows;
    drawGrid(grid, region, top, next, session.cell);
    map.update(region, { focus: focus ?? session.cell?.address, top: first, bottom: last });
  }

  return {
    element: node,
    update(next) {
      // A value that is selected, or a fold-out that opens, is no reason to scroll.
      const moved = scene?.position !== next.position || scene.lane !== next.lane || scene.warp !== next.warp;
      draw(next, moved);
    },
    redraw() {
      revealTab(tabs);
      map.redraw();
    },
  };
}

function drawTabs(
  tabs: HTMLElement,
  regions: readonly Region[],
  shown: Region | undefined,
  touched: Region | undefined,
): void {
  const keys = regions.map(keyOf).join();
  if (tabs.dataset["keys"] !== keys) {
    tabs.dataset["keys"] = keys;
    tabs.replaceChildren(
      ...regions.map((each) =>
        element(
          "button",
          {
            type: "button",
            role: "tab",
            "data-region": keyOf(each),
            title: `${each.space} memory; chosen twice, it follows the last access`,
          },
          each.label,
        ),
      ),
    );
  }
  for (const [index, tab] of [...tabs.children].entries()) {
    set(tab, {
      "aria-selected": String(regions[index] === shown),
      "data-touched": regions[index] === touched ? "" : undefined,
      "aria-label": `${regions[index].label}${regions[index] === touched ? ", accessed last" : ""}`,
    });
  }
  revealTab(tabs);
}

function revealTab(tabs: HTMLElement): void {
  const tab = tabs.querySelector<HTMLElement>('[aria-selected="true"]');
  if (tab === null) return;
  const beyond = tab.offsetTop + tab.offsetHeight - tabs.clientHeight;
  if (tab.offsetTop < tabs.scrollTop || beyond > tabs.scrollTop) tabs.scrollTop = Math.min(tab.offsetTop, beyond + 4);
}

function drawGrid(
  grid: HTMLElement,
  region: Region,
  top: number,
  scene: Scene,
  selected: MemoryCell | undefined,
): void {
  const size = dtypes[region.dtype].bytes;
  const perRow = rowBytes / size;
  set(grid, { style: `--per-row: ${perRow}`, "data-dtype": region.dtype });
  const access = scene.access?.age === 0 ? scene.access.access : undefined;
  const reached = new Map<number, number>();
  for (let lane = 0; access?.space === region.space && lane < 32; lane++) {
    if (((access.mask >>> lane) & 1) === 0) continue;
    for (let byte = 0; byte < access.bytesPerLane; byte += size) reached.set(access.addresses[lane] + byte, lane);
  }
  const mine = access !== undefined && (access.mask >>> scene.lane) & 1 ? access.addresses[scene.lane] : undefined;
  const rows: HTMLElement[] = [];
  for (let row = top; row < top + shownRows && row * rowBytes < region.bytes.length; row++) {
    const cells: HTMLElement[] = [element("span", { class: "index", role: "rowheader" }, count(row * perRow))];
    for (let index = row * perRow; index < (row + 1) * perRow && (index + 1) * size <= region.bytes.length; index++) {
      const address = region.address + index * size;
      const value = readElement(region.bytes, index * size, region.dtype);
      const name = nameOf(region, address);
      const isSelected = selected?.space === region.space && selected.address === address;
      const lane = reached.get(address);
      cells.push(
        element(
          "span",
          {
            role: "gridcell",
            id: isSelected ? selectedId : undefined,
            "aria-label": `${name} ${exact(value, region.dtype)}`,
            "data-address": address,
            "data-space": region.space,
            "data-name": name,
            "data-reached": lane === undefined ? undefined : access?.kind,
            "data-mine": address === mine ? "" : undefined,
            "data-changed": region.before !== undefined && changed(region, index * size, size) ? "" : undefined,
            "aria-selected": String(isSelected),
            title: `${name} = ${exact(value, region.dtype)}\n${region.space === "global" ? hex(address) : `byte ${address}`}${lane === undefined ? "" : `\nlane ${lane} ${access?.kind === "load" ? "reads" : "writes"} it`}`,
          },
          brief(value, perRow > 8 ? 3 : 4),
        ),
      );
    }
    rows.push(element("div", { role: "row" }, ...cells));
  }
  grid.replaceChildren(...rows);
  const isThere = grid.querySelector(`#${selectedId}`) !== null;
  set(grid, { "aria-activedescendant": isThere ? selectedId : undefined });
}

function changed({ bytes, before }: Region, offset: number, size: number): boolean {
  for (let byte = offset; byte < offset + size; byte++) if (bytes[byte] !== before?.[byte]) return true;
  return false;
}
