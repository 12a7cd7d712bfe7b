// Undo and redo of any value that is replaced and never changed. Knows nothing of scenarios and no DOM.

/** States so far; the oldest is forgotten beyond so many. */
const longest = 200;
/** Changes of the same thing within so many milliseconds are one step back: the letters of a number, the way of a slider. */
const together = 900;

/** The states that a person went through. */
export class History<T> {
  #past: T[] = [];
  #future: T[] = [];
  #now: T;
  #last: { readonly what: string; readonly when: number } | undefined;

  constructor(first: T) {
    this.#now = first;
  }

  get now(): T {
    return this.#now;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /**
   * Replaces the state. `what` names the thing that changed, undefined where it is a step by itself; `when` is the moment, in milliseconds
   * on a clock that never goes back.
   */
  change(next: T, what: string | undefined, when: number): void {
    const goesOn =
      what !== undefined && this.#last?.what === what && when - this.#last.when < together && this.#past.length > 0;
    if (!goesOn) this.#past.push(this.#now);
    if (this.#past.length > longest) this.#past.shift();
    this.#future = [];
    this.#now = next;
    this.#last = what === undefined ? undefined : { what, when };
  }

  /** The state before, or undefined where there is none. */
  undo(): T | undefined {
    const before = this.#past.pop();
    if (before === undefined) return undefined;
    this.#future.push(this.#now);
    this.#now = before;
    this.#last = undefined;
    return before;
  }

  /** The state that was undone last, or undefined where there is none. */
  redo(): T | undefined {
    const after = this.#future.pop();
    if (after === undefined) return undefined;
    this.#past.push(this.#now);
    this.#now = after;
    this.#last = undefined;
    return after;
  }
}
