// A page of a browser test with all three hosts of a view: the classes of @jupyter-widgets/base, anywidget's contract, and the
// saved page. Each hosts the same view, which writes down what is done with it.
import * as base from "@jupyter-widgets/base";
import { anyWidgetOf } from "../../widgets/hosts/anywidget-module.js";
import { widgetsFor } from "../../widgets/hosts/jupyter.js";
import { PageModel } from "../../widgets/hosts/page-model.js";
import { PageWidgets } from "../../widgets/hosts/page-widgets.js";
import { registerView } from "../../widgets/hosts/views.js";
import type { CleanUp, View } from "../../widgets/view.js";

const log: string[] = [];
let views = 0;

const recorder: View = {
  initialize({ model }) {
    log.push(`initialize with ${describe(model.get("bytes"))}`);
    return () => log.push("model ends");
  },
  render({ model, el }) {
    const name = `view ${++views}`;
    const listen = (): void => void log.push(`${name}: ${String(model.get("value"))}`);
    log.push(name);
    el.append(`drawn ${name}`);
    model.on("change:value", listen);
    return () => {
      model.off("change:value", listen);
      log.push(`${name} ends`);
    };
  },
};
registerView("recorder", recorder);

function describe(value: unknown): string {
  return value instanceof Uint8Array ? `bytes ${[...value].join(" ")}` : typeof value;
}

/** A model in a host: its views are opened and ended one by one. */
interface Hosted {
  view(): Promise<CleanUp>;
  set(value: number): void;
  end(): void;
}

const state = { view: "recorder", value: 0 };
const bytes = (): DataView => new DataView(Uint8Array.of(9, 1, 2, 3).buffer, 1);

const hosts: Record<string, () => Promise<Hosted>> = {
  async jupyter() {
    const { WarplabModel, WarplabView } = widgetsFor(base, "1.0.0") as {
      WarplabModel: typeof base.DOMWidgetModel;
      WarplabView: typeof base.DOMWidgetView;
    };
    const manager = { display_model: () => {}, callbacks: () => ({}), get_model: async () => undefined } as never;
    const saved = { ...state, bytes: bytes() };
    const attributes = await WarplabModel._deserialize_state(saved as never, manager);
    const model = new WarplabModel(attributes as never, { model_id: "m", widget_manager: manager });
    const ends: CleanUp[] = [];
    return {
      async view() {
        const view = new WarplabView({ model, options: {} } as never);
        view.render();
        document.body.append(view.el);
        ends.push(() => view.remove());
        return () => view.remove();
      },
      set: (value) => void model.set("value", value),
      end: () => void model.close(),
    };
  },

  async anywidget() {
    const module = anyWidgetOf(recorder);
    const model = new PageModel({ ...state, bytes: bytes() });
    const controller = new AbortController();
    module.initialize({ model, signal: controller.signal });
    return {
      async view() {
        const el = document.body.appendChild(document.createElement("div"));
        return module.render({ model, el });
      },
      set: (value) => model.set("value", value),
      end: () => controller.abort(),
    };
  },

  async page() {
    const buffers = [{ path: ["bytes"], encoding: "base64" as const, data: "AQID" }];
    const widgets = new PageWidgets({
      m: { model_name: "WarplabModel", model_module: "warplab", state: { ...state }, buffers },
    });
    return {
      async view() {
        return widgets.mount("IPY_MODEL_m", document.body);
      },
      set: (value) => widgets.model("m").set("value", value),
      end: () => widgets.end(),
    };
  },
};

/** Two views of one model, opened and ended one after the other; what the view wrote down. */
async function live(host: string): Promise<{ log: string[]; drawn: string }> {
  log.length = 0;
  views = 0;
  document.body.replaceChildren();
  const hosted = await hosts[host]();
  const first = await hosted.view();
  const second = await hosted.view();
  const drawn = document.body.textContent ?? "";
  hosted.set(1);
  first();
  hosted.set(2);
  second();
  hosted.set(3);
  hosted.end();
  return { log: [...log], drawn };
}

(globalThis as unknown as { live: typeof live }).live = live;
