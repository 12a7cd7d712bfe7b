// anywidget's contract as its host keeps it: two hooks, a model, clean-ups, and the AbortSignal of version 0.11.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { anyWidgetOf } from "../../../widgets/hosts/anywidget-module.js";
import { PageModel } from "../../../widgets/hosts/page-model.js";
import type { View, ViewModel } from "../../../widgets/view.js";

/** A view that writes down what is done with it. */
function recorder(): { view: View; log: string[] } {
  const log: string[] = [];
  let views = 0;
  const view: View = {
    initialize({ model }) {
      log.push("initialize");
      model.set("seen", true);
      return () => log.push("model ends");
    },
    render({ model }) {
      const name = `view ${++views}`;
      const listen = (): void => void log.push(`${name}: ${String(model.get("value"))}`);
      log.push(name);
      model.on("change:value", listen);
      return () => {
        model.off("change:value", listen);
        log.push(`${name} ends`);
      };
    },
  };
  return { view, log };
}

const el = {} as HTMLElement;

describe("a view as an anywidget module", () => {
  it.each(["stepper.js", "timeline.mjs"])(
    "is the built module's default export, with both hooks and nothing to load: %s",
    async (name) => {
      const file = new URL(`../../../dist/assets/${name}`, import.meta.url);
      const module = (await import(file.href)) as { default: Record<string, unknown> };
      expect(Object.keys(module)).toEqual(["default"]);
      expect(module.default["initialize"]).toBeTypeOf("function");
      expect(module.default["render"]).toBeTypeOf("function");
      const { metafile } = await build({
        entryPoints: [fileURLToPath(file)],
        metafile: true,
        write: false,
        logLevel: "silent",
      });
      expect(Object.values(metafile.outputs)[0].imports).toEqual([]);
    },
  );

  it("has several views of one model, each with an end of its own", () => {
    const { view, log } = recorder();
    const module = anyWidgetOf(view);
    const model = new PageModel({ value: 0 });
    const endModel = module.initialize({ model });
    const endFirst = module.render({ model, el });
    const endSecond = module.render({ model, el });
    model.set("value", 1);
    endFirst();
    model.set("value", 2);
    endSecond();
    endModel();
    model.set("value", 3);
    expect(log).toEqual([
      ...["initialize", "view 1", "view 2", "view 1: 1", "view 2: 1", "view 1 ends", "view 2: 2"],
      ...["view 2 ends", "model ends"],
    ]);
  });

  it("ends by its signal as by its function, and only once", () => {
    const { view, log } = recorder();
    const module = anyWidgetOf(view);
    const model = new PageModel({ value: 0 });
    const controller = new AbortController();
    const end = module.render({ model, el, signal: controller.signal });
    controller.abort();
    end();
    model.set("value", 1);
    expect(log).toEqual(["view 1", "view 1 ends"]);
  });

  it("ends at once where its signal had come before it", () => {
    const { view, log } = recorder();
    anyWidgetOf(view).initialize({ model: new PageModel({}), signal: AbortSignal.abort() });
    expect(log).toEqual(["initialize", "model ends"]);
  });

  it("reads binary state as bytes, and everything else of the model as the host's own", () => {
    const sent: unknown[] = [];
    class HostModel extends PageModel {
      override save_changes(): void {
        sent.push(this.get("cursor"));
      }
      override send(...message: unknown[]): void {
        sent.push(message);
      }
    }
    const model = new HostModel({ bytes: new DataView(Uint8Array.of(1, 2, 3).buffer, 1), cursor: 0 });
    let seen: ViewModel | undefined;
    anyWidgetOf({
      render({ model: given }) {
        seen = given;
        return undefined;
      },
    }).render({ model, el });
    expect(seen?.get("bytes")).toEqual(Uint8Array.of(2, 3));
    seen?.set("cursor", 7);
    seen?.save_changes();
    seen?.send({ type: "hello" });
    expect(model.get("cursor")).toBe(7);
    expect(sent).toEqual([7, [{ type: "hello" }]]);
  });
});
