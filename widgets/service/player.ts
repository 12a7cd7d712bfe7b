// Goes on in time by itself until it is paused or at the end. Knows nothing of what it plays.

export class Player {
  /** How many seconds of the run pass in one. */
  speed = 1;
  #frame: number | undefined;
  #last = 0;
  readonly #advance: (seconds: number) => boolean;
  readonly #onChange: () => void;

  /** `advance` goes on by so many seconds of the run and says whether there are more; `onChange` hears of beginning and end. */
  constructor(advance: (seconds: number) => boolean, onChange: () => void) {
    this.#advance = advance;
    this.#onChange = onChange;
  }

  get isPlaying(): boolean {
    return this.#frame !== undefined;
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play(): void {
    if (this.isPlaying) return;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame(this.#tick);
    this.#onChange();
  }

  pause(): void {
    if (this.#frame === undefined) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#onChange();
  }

  readonly #tick = (now: number): void => {
    // A page that was hidden for a while does not make up for it.
    const passed = Math.min(0.1, Math.max(0, now - this.#last) / 1000);
    this.#last = now;
    this.#frame = requestAnimationFrame(this.#tick);
    if (!this.#advance(passed * this.speed)) this.pause();
  };
}
