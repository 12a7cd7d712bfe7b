// Advances by itself until it is paused or there is nothing more. Knows nothing of what it advances.

/** Steps per second that a reader can choose. */
export const speeds = [2, 5, 15, 60, 240] as const;

export class Player {
  /** Steps per second. */
  speed: number = 5;
  #timer: number | undefined;
  #due = 0;
  #last = 0;
  readonly #advance: () => boolean;
  readonly #onChange: () => void;

  /** `advance` goes one step and says whether it could; `onChange` hears when playing begins and ends. */
  constructor(advance: () => boolean, onChange: () => void) {
    this.#advance = advance;
    this.#onChange = onChange;
  }

  get playing(): boolean {
    return this.#timer !== undefined;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (this.playing) return;
    this.#due = 1;
    this.#last = performance.now();
    this.#timer = requestAnimationFrame(this.#tick);
    this.#onChange();
  }

  pause(): void {
    if (this.#timer === undefined) return;
    cancelAnimationFrame(this.#timer);
    this.#timer = undefined;
    this.#onChange();
  }

  readonly #tick = (now: number): void => {
    this.#timer = requestAnimationFrame(this.#tick);
    // A page that was hidden for a while does not make up for it.
    this.#due += Math.min(0.1, Math.max(0, now - this.#last) / 1000) * this.speed;
    this.#last = now;
    for (; this.#due >= 1; this.#due--) {
      if (this.#advance()) continue;
      this.pause();
      return;
    }
  };
}
