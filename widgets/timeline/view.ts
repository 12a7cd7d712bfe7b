// A timeline as a view of a widget: opens the traces that its state holds, says where that cannot be, and hands them to the workbench.
import type { TraceState } from "../../src/view/timeline/state.js";
import { element, set } from "../stepper/dom.js";
import { followTheme } from "../stepper/theme.js";
import type { CleanUp, View, ViewModel } from "../view.js";
import { openTrace } from "./opened.js";
import { style } from "./style.js";
import { Workbench } from "./workbench.js";

export const timeline: View = { render };

function render({ model, el }: { model: ViewModel; el: HTMLElement }): CleanUp {
  const host = element("div", { "data-warplab": "timeline", role: "group", "aria-label": "Timeline" });
  const frame = element("div", { class: "timeline" });
  host.attachShadow({ mode: "open" }).append(element("style", {}, style), frame);
  el.append(host);
  let end: CleanUp | undefined;
  let isGone = false;
  frame.append(element("p", { class: "loading", role: "status" }, "Opening the trace \u2026"));
  const traces = model.get("traces") as readonly TraceState[] | null | undefined;
  const opened =
    Array.isArray(traces) && traces.length > 0
      ? Promise.all(traces.map(openTrace))
      : Promise.reject(new Error("Its widget holds no trace."));
  const forgetTheme = followTheme(host, (theme) => set(frame, { "data-theme": theme }));
  opened
    .then((loaded) => {
      if (isGone) return;
      const workbench = new Workbench(model, host, frame, loaded);
      end = () => workbench.dispose();
    })
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      frame.replaceChildren(
        element(
          "p",
          { class: "failure", role: "alert", "data-part": "failure" },
          `This timeline could not be drawn. ${reason}`,
        ),
      );
    });
  return () => {
    isGone = true;
    end?.();
    forgetTheme();
    host.remove();
  };
}
