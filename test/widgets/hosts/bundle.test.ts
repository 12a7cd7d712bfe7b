// The built bundles against what they may hold: a page steps kernels and never parses the language they were written in.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

async function bundle(entry: string): Promise<{ code: string; inputs: string[] }> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    define: { WARPLAB_VERSION: '"0"' },
  });
  return { code: result.outputFiles[0].text, inputs: Object.keys(result.metafile.inputs) };
}

describe.each(["widgets/hosts/page.ts", "widgets/hosts/labextension.ts", "widgets/hosts/anywidget.ts"])(
  "%s",
  (entry) => {
    it("reaches the simulator and never the language's parser, a drawing library or Node", async () => {
      const { code, inputs } = await bundle(entry);
      for (const reached of ["src/gpu/ptx/", "src/gpu/simt/", "src/gpu/analysis/", "widgets/stepper/"]) {
        expect(
          inputs.some((input) => input.startsWith(reached)),
          reached,
        ).toBe(true);
      }
      expect(
        inputs.filter((input) => /src\/gpu\/(language|host)\/|src\/(notebook|cli|model)\/|node_modules\//.test(input)),
      ).toEqual([]);
      expect(code).not.toContain("node:");
    });
  },
);

describe("the prebuilt JupyterLab extension", () => {
  const folder = `${root}dist/labextension`;

  it("names a container that is there", () => {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {
      name: string;
      jupyterlab: { _build: { load: string; extension: string } };
    };
    expect(manifest.name).toBe("warplab");
    expect(manifest.jupyterlab._build.extension).toBe("./extension");
    expect(existsSync(`${folder}/${manifest.jupyterlab._build.load}`)).toBe(true);
  });

  it("takes the newest widget base that the page shares, and registers our widgets with its registry", async () => {
    const container = loadContainer(readFileSync(`${folder}/static/remoteEntry.js`, "utf8"));
    const base = (label: string) => ({
      label,
      IJupyterWidgetRegistry: { label },
      DOMWidgetModel: class {},
      DOMWidgetView: class {},
    });
    const share = (label: string) => ({ get: async () => () => base(label) });
    container.init({ "@jupyter-widgets/base": { "6.0.9": share("old"), "6.0.10": share("new") } });
    const { default: plugin } = (await container.get("./extension"))();
    expect(plugin.optional).toEqual([{ label: "new" }]);
    const registered: { name: string; exports: object }[] = [];
    const { app, keys } = commandsOfLab();
    plugin.activate(app, { registerWidget: (widgets: { name: string; exports: object }) => registered.push(widgets) });
    expect(keys).toEqual(["Alt O"]);
    expect(registered).toHaveLength(1);
    expect(registered[0].name).toBe("warplab");
    expect(Object.keys(registered[0].exports)).toEqual(["WarplabModel", "WarplabView"]);
  });

  it("loads where there is no widget manager", async () => {
    const container = loadContainer(readFileSync(`${folder}/static/remoteEntry.js`, "utf8"));
    container.init({});
    const { default: plugin } = (await container.get("./extension"))();
    expect(plugin.optional).toBeUndefined();
    const { app, keys } = commandsOfLab();
    plugin.activate(app, null);
    expect(keys).toEqual(["Alt O"]);
  });
});

interface Container {
  init(scope: object): void;
  get(
    name: string,
  ): Promise<() => { default: { optional?: object[]; activate(app: object, registry: object | null): void } }>;
}

/** An application's commands, which keep account of the keys that they are given. */
function commandsOfLab(): { app: object; keys: string[] } {
  const keys: string[] = [];
  const commands = {
    addCommand: () => {},
    addKeyBinding: (binding: { keys: string[] }) => keys.push(...binding.keys),
  };
  return { app: { commands }, keys };
}

/** The container that a remoteEntry.js leaves behind, run as a page would. */
function loadContainer(code: string): Container {
  const page = { console: { info: () => {} } } as { _JUPYTERLAB?: Record<string, Container> };
  new Function("globalThis", "window", "console", code)(page, page, { info: () => {} });
  return page._JUPYTERLAB!["warplab"];
}
