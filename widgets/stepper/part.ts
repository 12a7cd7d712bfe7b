// What every part of the stepper is: an element that is made once and brought up to date with each scene.
import type { Replay } from "../../src/gpu/analysis/replay.js";
import type { Controls } from "./commands.js";
import type { Scene } from "./scene.js";

export interface Part {
  readonly element: HTMLElement;
  update(scene: Scene): void;
  /** Colours or sizes changed: what is drawn by hand is drawn again. */
  redraw?(): void;
}

/** What a part is made from. */
export interface Stage {
  readonly replay: Replay;
  readonly controls: Controls;
}
