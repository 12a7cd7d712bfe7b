// A widget's model without a kernel: properties and their events, nothing else.
import type { ViewModel } from "../view.js";

type Callback = (...args: never[]) => void;

export class PageModel implements ViewModel {
  readonly #state: Record<string, unknown>;
  readonly #listeners = new Map<string, Set<Callback>>();

  constructor(state: Record<string, unknown>) {
    this.#state = state;
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  set(name: string, value: unknown): void {
    if (Object.is(this.#state[name], value)) return;
    this.#state[name] = value;
    this.#emit(`change:${name}`, value);
    this.#emit("change");
  }

  /** Nobody to send it to. */
  save_changes(): void {}

  /** Nobody to send it to. */
  send(): void {}

  on(event: string, callback: Callback): void {
    const known = this.#listeners.get(event) ?? new Set();
    known.add(callback);
    this.#listeners.set(event, known);
  }

  off(event?: string | null, callback?: Callback | null): void {
    for (const [name, callbacks] of this.#listeners) {
      if (event != null && event !== name) continue;
      if (callback == null) callbacks.clear();
      else callbacks.delete(callback);
    }
  }

  // Backbone's arguments: the model first, then the new value.
  #emit(event: string, ...values: unknown[]): void {
    for (const callback of [...(this.#listeners.get(event) ?? [])]) {
      (callback as (...args: unknown[]) => void)(this, ...values);
    }
  }
}
