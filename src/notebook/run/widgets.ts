// The widgets that a run opened, as Jupyter saves them in a notebook. Follows their comms like a page without a screen would.

import { savedWidget } from "../framed.js";
import { packState, unpackState, type WidgetState } from "../widget-state.js";
import type { PublishedMessage } from "./outputs.js";

type Paths = readonly (readonly (string | number)[])[];

export class WidgetCollector {
  readonly #states = new Map<string, WidgetState>();
  /** Every id that was ever opened, in that order. */
  readonly ids: string[] = [];

  receive({ header, content, buffers }: PublishedMessage): void {
    const id = String(content["comm_id"]);
    const data = (content["data"] ?? {}) as { method?: unknown; state?: WidgetState; buffer_paths?: Paths };
    const state = (): WidgetState | undefined => {
      try {
        return unpackState(data.state ?? {}, data.buffer_paths ?? [], buffers);
      } catch {
        return undefined;
      }
    };
    switch (header.msg_type) {
      case "comm_open":
        if (content["target_name"] !== "jupyter.widget") return;
        this.#keep(id, state());
        this.ids.push(id);
        return;
      case "comm_msg": {
        const known = this.#states.get(id);
        if (known !== undefined && (data.method === "update" || data.method === "echo_update")) {
          const changes = state();
          this.#keep(id, changes === undefined ? undefined : Object.assign(known, changes));
        }
        return;
      }
      case "comm_close":
        this.#states.delete(id);
        return;
    }
  }

  // A widget whose state makes no sense is not saved: the page shows its words in its place.
  #keep(id: string, state: WidgetState | undefined): void {
    if (state === undefined) this.#states.delete(id);
    else this.#states.set(id, state);
  }

  /** `application/vnd.jupyter.widget-state+json`, or undefined when no widget is open. */
  saved(): object | undefined {
    if (this.#states.size === 0) return undefined;
    const state = Object.fromEntries([...this.#states].map(([id, own]) => [id, savedWidget(packState(own))]));
    return { version_major: 2, version_minor: 0, state };
  }
}
