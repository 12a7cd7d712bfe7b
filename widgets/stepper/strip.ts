// The active mask of the shown warp over its steps, and below it which warp ran when in the launch: the picture of divergence
// is the scrubber.
import { colourOf } from "./colour.js";
import { element, set, setText } from "./dom.js";
import { activeLanes, laneActivity } from "./mask-history.js";
import { isBarrier } from "./mnemonic.js";
import { count, percent } from "./numbers.js";
import type { Part, Stage } from "./part.js";
import type { Scene } from "./scene.js";
import { countBelow, type WarpId } from "./session.js";

/** A warp's steps as the strip needs them. */
interface History {
  readonly key: string;
  readonly steps: Uint32Array;
  /** The lanes that executed each step, and those that were there, predicated off or not. */
  readonly masks: Uint32Array;
  readonly active: Uint32Array;
  /** Which of the steps are barriers. */
  readonly barriers: readonly number[];
}

export function strip({ replay, controls }: Stage, onDrag: (dragging: boolean) => void): Part {
  const { session } = controls;
  const canvas = element("canvas", { class: "mask" });
  const launch = element("canvas", { class: "launch-bar" });
  const mark = element("i", { class: "mark" });
  const launchMark = element("i", { class: "mark" });
  const laneMark = element("i", { class: "lane-mark" });
  const caption = element("span");
  const share = element("span");
  const slider = element(
    "div",
    {
      class: "slider",
      role: "slider",
      tabindex: 0,
      "aria-label": "Step of this warp",
      "aria-valuemin": 0,
      "data-part": "scrubber",
    },
    canvas,
    laneMark,
    mark,
  );
  const bar = element(
    "div",
    {
      class: "slider launch",
      "data-part": "launch-bar",
      title: "The whole launch, warp after warp; this warp's turns are blue",
    },
    launch,
    launchMark,
  );
  const node = element(
    "section",
    { class: "strip", "data-part": "strip" },
    slider,
    bar,
    element("div", { class: "caption" }, caption, share),
  );

  let history: History | undefined;
  let drawn = "";
  drag(slider, onDrag, (fraction) => {
    if (history === undefined || history.steps.length === 0) return;
    controls.pause();
    const index = Math.min(history.steps.length - 1, Math.floor(fraction * history.steps.length));
    session.goTo(history.steps[index] + 1);
  });
  drag(bar, onDrag, (fraction) => {
    controls.pause();
    session.goTo(Math.round(fraction * replay.length));
  });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== "PageUp" && event.key !== "PageDown") return;
    event.preventDefault();
    const leap = Math.max(1, Math.round(replay.length / 20));
    session.goTo(session.position + (event.key === "PageUp" ? leap : -leap));
  });

  const draw = (): void => {
    if (history === undefined || canvas.clientWidth === 0) return;
    const colours = getComputedStyle(node);
    const accent = colours.getPropertyValue("--accent");
    drawMasks(canvas, history, accent, colours.getPropertyValue("--hot"));
    drawLaunch(launch, replay, history, accent, colours.getPropertyValue("--soft"));
    drawn = history.key;
  };

  return {
    element: node,
    redraw: draw,
    update(scene) {
      const key = `${scene.warp.block}:${scene.warp.warp}`;
      if (history?.key !== key) history = readHistory(replay, scene.warp, key);
      if (drawn !== key) draw();
      const { steps } = history;
      const done = countBelow(steps, scene.position);
      mark.style.left = `${(100 * Math.max(0, done - 0.5)) / Math.max(1, steps.length)}%`;
      launchMark.style.left = `${(100 * scene.position) / Math.max(1, replay.length)}%`;
      laneMark.style.top = `${(100 * (scene.lane + 0.5)) / 32}%`;
      set(slider, {
        "aria-valuemax": steps.length,
        "aria-valuenow": done,
        "aria-valuetext": `step ${count(done)} of ${count(steps.length)} of warp ${scene.warp.warp}`,
      });
      setText(
        caption,
        `lanes 0 to 31 of this warp over its ${count(steps.length)} steps, then the whole launch: drag to go anywhere`,
      );
      setText(share, shareSentence(history, scene));
    },
  };
}

function shareSentence({ active }: History, scene: Scene): string {
  const exists = scene.lanes.filter((state) => state !== "absent").length;
  return active.length === 0 ? "" : `${percent(activeLanes(active), active.length * exists)} of lanes active`;
}

function readHistory(replay: Stage["replay"], { block, warp }: WarpId, key: string): History {
  const steps = replay.stepsOfWarp(block, warp);
  const masks = new Uint32Array(steps.length);
  const active = new Uint32Array(steps.length);
  const barriers: number[] = [];
  for (const [index, step] of steps.entries()) {
    const record = replay.recordAt(step);
    masks[index] = record.mask;
    active[index] = record.active;
    const { pc } = record;
    if (isBarrier(replay.entry.instructions[pc].text)) barriers.push(index);
  }
  return { key, steps, masks, active, barriers };
}

const paleness = 0.35;

function drawMasks(canvas: HTMLCanvasElement, { masks, active, barriers }: History, accent: string, hot: string): void {
  const { context, width, height } = prepare(canvas);
  const columns = Math.max(1, Math.min(masks.length, width));
  const ran = laneActivity(masks, columns);
  const there = laneActivity(active, columns);
  const picture = new OffscreenCanvas(columns, 32);
  const pixels = new ImageData(columns, 32);
  const [red, green, blue] = colourOf(accent);
  for (let column = 0; column < columns; column++) {
    for (let lane = 0; lane < 32; lane++) {
      const at = 4 * (lane * columns + column);
      pixels.data[at] = red;
      pixels.data[at + 1] = green;
      pixels.data[at + 2] = blue;
      // Lanes that were there but predicated off, as at a branch that they do not take, are paler.
      pixels.data[at + 3] = paleness * there[column * 32 + lane] + (1 - paleness) * ran[column * 32 + lane];
    }
  }
  picture.getContext("2d")?.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, width, height);
  // Hairlines between the lanes, so that one can be followed along.
  const row = height / 32;
  context.globalCompositeOperation = "destination-out";
  context.fillStyle = row > 3 ? "#000" : "#0006";
  for (let lane = 1; lane < 32; lane++) context.fillRect(0, Math.round(lane * row), width, 1);
  context.globalCompositeOperation = "source-over";
  if (barriers.length > width / 8) return;
  context.fillStyle = hot;
  for (const index of barriers) {
    const x = Math.round((width * (index + 0.5)) / masks.length);
    context.fillRect(x, 0, Math.max(1, width / 1400), height);
  }
}

/** Which warp ran when: neighbours in alternating greys, the shown warp in the accent colour. */
function drawLaunch(
  canvas: HTMLCanvasElement,
  replay: Stage["replay"],
  { steps }: History,
  accent: string,
  soft: string,
): void {
  const { context, width, height } = prepare(canvas);
  context.fillStyle = soft;
  for (let x = 0; x < width && replay.length > 0; x++) {
    const { block, warp } = replay.recordAt(Math.floor((x * replay.length) / width));
    context.globalAlpha = (block * replay.warpsPerBlock + warp) % 2 === 0 ? 0.45 : 0.2;
    context.fillRect(x, 0, 1, height);
  }
  context.globalAlpha = 1;
  context.fillStyle = accent;
  for (let index = 0; index < steps.length; index++) {
    const start = index;
    while (index + 1 < steps.length && steps[index + 1] === steps[index] + 1) index++;
    const left = (width * steps[start]) / replay.length;
    context.clearRect(left, 0, Math.max(2, (width * (steps[index] + 1)) / replay.length - left), height);
    context.fillRect(left, 0, Math.max(2, (width * (steps[index] + 1)) / replay.length - left), height);
  }
}

function prepare(canvas: HTMLCanvasElement): { context: CanvasRenderingContext2D; width: number; height: number } {
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no 2-D canvas");
  return { context, width, height };
}

/** Calls `go` with the fraction of the width, from 0 to 1, wherever the pointer is pressed or drawn to. */
function drag(node: HTMLElement, onDrag: (dragging: boolean) => void, go: (fraction: number) => void): void {
  const to = (event: PointerEvent): void => {
    const { left, width } = node.getBoundingClientRect();
    go(Math.min(1, Math.max(0, (event.clientX - left) / width)));
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    onDrag(true);
    to(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (node.hasPointerCapture(event.pointerId)) to(event);
  });
  node.addEventListener("lostpointercapture", () => onDrag(false));
}
