// The prebuilt JupyterLab extension: a module-federation container written by hand, which takes @jupyter-widgets/base from what
// JupyterLab shares and registers our widgets with the widget manager. Where there is no manager it says so and does nothing.
import { type WidgetBase, widgetModule, widgetsFor } from "./jupyter.js";
import { laterView, loadScript } from "./later-view.js";
import { addOutputKey, type LabApp } from "./output-key.js";
import "./standard-views.js";
import { registerView } from "./views.js";

declare const WARPLAB_VERSION: string;

interface WidgetRegistry {
  registerWidget(widgets: { name: string; version: string; exports: unknown }): void;
}

// JupyterLab loads this at each start: what few notebooks show comes from beside it when one does.
const here = (globalThis.document?.currentScript as HTMLScriptElement | null | undefined)?.src ?? "";
for (const name of ["service", "timeline", "validation"]) {
  registerView(
    name,
    laterView(name, () => loadScript(new URL(`${name}.js?${WARPLAB_VERSION}`, here).href)),
  );
}

type SharedScope = Record<string, Record<string, { get(): Promise<() => unknown> }>>;

let shared: SharedScope = {};

const container = {
  init(scope: SharedScope): void {
    shared = scope;
  },

  async get(_module: string): Promise<() => unknown> {
    const base = (await newest("@jupyter-widgets/base")) as
      | (WidgetBase & { IJupyterWidgetRegistry: unknown })
      | undefined;
    return () => ({ __esModule: true, default: base === undefined ? pluginWithoutManager : pluginFor(base) });
  },
};

const pluginWithoutManager = {
  id: "warplab:plugin",
  autoStart: true,
  activate(app: LabApp): void {
    addOutputKey(app);
    sayThereIsNoManager();
  },
};

function sayThereIsNoManager(): void {
  console.info(
    "warplab: this JupyterLab has no widget manager (the Python package ipywidgets): static forms are shown.",
  );
}

function pluginFor(base: WidgetBase & { IJupyterWidgetRegistry: unknown }): object {
  return {
    id: "warplab:plugin",
    autoStart: true,
    optional: [base.IJupyterWidgetRegistry],
    activate(app: LabApp, registry: WidgetRegistry | null): void {
      addOutputKey(app);
      if (registry === null) {
        sayThereIsNoManager();
        return;
      }
      registry.registerWidget({
        name: widgetModule,
        version: WARPLAB_VERSION,
        exports: widgetsFor(base, WARPLAB_VERSION),
      });
    },
  };
}

/** The newest version of a package that the page shares, or undefined when it shares none. */
async function newest(name: string): Promise<unknown> {
  const versions = shared[name];
  if (versions === undefined) return undefined;
  const [latest] = Object.keys(versions).sort(byVersionDescending);
  return (await versions[latest].get())();
}

function byVersionDescending(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return right[i] - left[i];
  return 0;
}

const page = globalThis as { _JUPYTERLAB?: Record<string, unknown> };
page._JUPYTERLAB ??= {};
page._JUPYTERLAB[widgetModule] = container;
