// A launch to be stepped: what `gpu.step` returns. It holds a copy of the memory as it was, a cursor that can be read and
// set, and replays the launch here only when it is asked about; a view replays it where it is seen.
import { formatDim3 } from "../../core/dim3.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { Replay } from "../analysis/replay.js";
import type { LaunchImage } from "../simt/launch-image.js";

export class Stepper {
  static {
    inspectAsText(Stepper);
  }

  private replayed: Replay | undefined;
  private position = 0;
  private selectedLane = 0;
  private readonly listeners = new Set<() => void>();

  constructor(readonly image: LaunchImage) {}

  /** Time travel over the launch; the first use runs it once. */
  get replay(): Replay {
    this.replayed ??= new Replay(this.image);
    return this.replayed;
  }

  /** Warp instructions that the launch takes. */
  get length(): number {
    return this.replay.length;
  }

  /** How many steps have been executed where the reader is, from 0 to length. */
  get cursor(): number {
    return this.position;
  }

  set cursor(position: number) {
    if (!Number.isInteger(position) || position < 0 || position > this.length) {
      throw new InputError(`the cursor must be a whole number from 0 to ${this.length}, got ${position}`);
    }
    this.change(() => {
      this.position = position;
    }, position !== this.position);
  }

  /** The lane whose values are read, 0 to 31. */
  get lane(): number {
    return this.selectedLane;
  }

  set lane(lane: number) {
    if (!Number.isInteger(lane) || lane < 0 || lane > 31) {
      throw new InputError(`a lane is a whole number from 0 to 31, got ${lane}`);
    }
    this.change(() => {
      this.selectedLane = lane;
    }, lane !== this.selectedLane);
  }

  /** Calls back when cursor or lane change, whoever changes them. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  toString(): string {
    const { kernel, grid, block, limits } = this.image;
    const where = `step ${this.position.toLocaleString("en-US")}`;
    return `Stepper of ${kernel}<<<${formatDim3(grid)}, ${formatDim3(block)}>>> on ${limits.device}, at ${where}`;
  }

  private change(apply: () => void, different: boolean): void {
    if (!different) return;
    apply();
    for (const listener of this.listeners) listener();
  }
}
