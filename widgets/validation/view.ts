// The validation as a view of a widget: takes columns from the model, asks the kernel for another file or device, and keeps table
// and picture at one row. Predicts nothing itself.
import { statusSigns } from "../../src/view/theme.js";
import type { ShownModes } from "../../src/view/validation-modes.js";
import type { ValidationState } from "../../src/view/validation-state.js";
import { element, set, setText } from "../stepper/dom.js";
import { keepPlainKeys } from "../stepper/shortcuts.js";
import { followTheme } from "../stepper/theme.js";
import type { CleanUp, View, ViewModel } from "../view.js";
import { Grid } from "./grid.js";
import { type Picture, Plot, pictures } from "./plot.js";
import { type Choice, columnsIn, countByStatus, type SortKey, shownRows } from "./rows.js";
import { explanation, verdict } from "./said.js";
import { segments } from "./segments.js";
import { source } from "./source.js";
import { style } from "./style.js";

export const validation: View = { render };

const statuses = ["green", "yellow", "red"] as const;
const shownModes = ["realistic", "ideal", "both"] as const satisfies readonly ShownModes[];
/** Orders that begin with the worst. */
const worstFirst: ReadonlySet<SortKey> = new Set(["residual", "idealResidual", "status", "idealStatus"]);
const unconnected =
  "No kernel is connected to this view: rows can be sorted and filtered, but another file or device needs the notebook's cell to be run.";

function render({ model, el }: { model: ViewModel; el: HTMLElement }): CleanUp {
  const host = element("div", { "data-warplab": "validation", role: "group", "aria-label": "Validation" });
  const frame = element("div", { class: "validation" });
  host.attachShadow({ mode: "open" }).append(element("style", {}, style), frame);
  el.append(host);
  let choice: Choice = { text: "", statuses: new Set(statuses), key: "index", descending: false };
  let picture: Picture = "roofline";
  let mode: ShownModes = "both";
  let selected: number | undefined;

  const ask = (request: Readonly<Record<string, unknown>>): void => {
    setText(busy, "Predicting \u2026");
    model.set("request", request);
    model.save_changes();
  };
  const connection = element("p", { class: "notice", role: "status", "data-part": "connection" }, unconnected);
  const device = element("select", { "aria-label": "Device that is predicted" });
  device.addEventListener("change", () => ask({ device: device.value }));
  const file = element("span", { class: "file" });
  const busy = element("span", { class: "busy", role: "status" });
  const failure = element("p", { class: "failure", role: "alert", "data-part": "failure" });
  const from = source(
    frame,
    {
      onText: (text, name) => ask({ text, name }),
      onRefusal: (reason) => {
        failure.hidden = false;
        setText(failure, reason);
      },
    },
    {
      file: "benchmark file",
      label: "Benchmark JSON",
      placeholder: '{ "hardware_key": "gb10", "benchmarks": [ ... ] }',
      use: "Validate",
    },
  );
  const said = element("div", { class: "said", role: "status", "data-part": "said" });
  const boxes = new Map(
    statuses.map((status) => {
      const box = element("input", { type: "checkbox", "aria-label": `Show ${status} rows` });
      box.checked = true;
      box.addEventListener("change", () => {
        const kept = new Set(choice.statuses);
        if (box.checked) kept.add(status);
        else kept.delete(status);
        choose({ statuses: kept });
      });
      return [status, { box, words: element("span", { "data-status": status }) }] as const;
    }),
  );
  const search = element("input", {
    type: "search",
    placeholder: "filter: gemm fp16 red",
    "aria-label": "Filter rows by words",
  });
  search.addEventListener("input", () => choose({ text: search.value }));
  const shapes = element("select", { "aria-label": "Picture" });
  for (const [name, words] of Object.entries(pictures)) shapes.append(element("option", { value: name }, words));
  shapes.addEventListener("change", () => {
    picture = shapes.value as Picture;
    draw();
  });
  const models = segments("Model", shownModes, mode, (word) => {
    mode = word;
    tell();
    // What the other choice does not show cannot order it.
    choose(choice.key === "idealResidual" || choice.key === "ideal" ? { key: "index", descending: false } : {});
  });
  const everyRow = element("button", { type: "button", title: "Show the rows that a bar left out, too" }, "all rows");
  everyRow.addEventListener("click", () => choose({ only: undefined }));
  const count = element("span", { class: "count", role: "status", "data-part": "count" });
  const filters = element(
    "div",
    { class: "filters" },
    search,
    ...statuses.map((status) => {
      const { box, words } = boxes.get(status)!;
      return element("label", {}, box, words);
    }),
    models,
    shapes,
    everyRow,
    count,
  );
  const select = (row: number): void => {
    selected = row;
    grid.select(row);
    mark();
  };
  const grid = new Grid({
    onSort: (key) => choose({ key, descending: choice.key === key ? !choice.descending : worstFirst.has(key) }),
    onSelect: select,
  });
  const plot = new Plot(select);
  const why = element("p", { class: "why", role: "status", "data-part": "why" });
  const skipped = element("details", {});
  const body = element("div", {}, said, filters, plot.element, grid.element, why, skipped);
  const top = element("div", { class: "top" }, device, from.element, file, busy);
  frame.append(connection, top, failure, body);

  const state = (): ValidationState | null => (model.get("report") as ValidationState | null) ?? null;
  let rows: readonly number[] = [];
  const choose = (change: Partial<Choice>): void => {
    choice = { ...choice, ...change };
    table();
  };
  const table = (): void => {
    const report = state();
    if (report === null) return;
    const columns = columnsIn(report.columns, mode);
    rows = shownRows(columns, choice);
    grid.update(columns, rows, { ...choice, mode });
    everyRow.hidden = choice.only === undefined;
    const all = columns.measured.length;
    setText(
      count,
      rows.length === all
        ? `${all.toLocaleString("en-US")} rows`
        : `${rows.length.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} rows`,
    );
    draw();
  };
  /** What changes with the report and the model, but not with the rows that are shown. */
  const tell = (): void => {
    const report = state();
    if (report === null) return;
    said.replaceChildren(...verdict(report, mode, (failing) => choose({ only: new Set(failing) })));
    const counts = countByStatus(columnsIn(report.columns, mode));
    for (const [status, { words }] of boxes) {
      setText(words, `${statusSigns[status]} ${counts.get(status) ?? 0} ${status}`);
    }
  };
  const mark = (): void => {
    const report = state();
    plot.select(selected);
    if (report !== null) setText(why, explanation(report, selected));
  };
  const draw = (): void => {
    const report = state();
    if (report === null) return;
    plot.update(report, rows, { picture, mode });
  };
  const load = (): void => {
    const report = state();
    setText(busy, "");
    body.hidden = report === null;
    selected = undefined;
    choice = { ...choice, only: undefined };
    grid.select(undefined);
    mark();
    if (report === null) return;
    skipped.hidden = report.skipped.length === 0;
    skipped.replaceChildren(
      element("summary", {}, `${report.skipped.reduce((all, { count }) => all + count, 0)} not compared`),
      element("ul", {}, ...report.skipped.map(({ text }) => element("li", {}, text))),
    );
    tell();
    table();
  };
  const headline = (): void => {
    const choices = (model.get("devices") as { key: string; name: string }[] | null) ?? [];
    const key = model.get("device");
    device.replaceChildren(...choices.map(({ key, name }) => element("option", { value: key }, name)));
    device.value = typeof key === "string" ? key : "";
    const isLive = model.comm_live === true;
    connection.hidden = isLive;
    device.disabled = !isLive || model.get("file") === "";
    for (const button of from.element.querySelectorAll("button")) button.disabled = !isLive;
    const measuredOn = String(model.get("measured_on") ?? "");
    setText(
      file,
      model.get("file") === ""
        ? "Open, drop or paste a benchmark file."
        : `${model.get("file")}, measured on ${measuredOn}`,
    );
    const error = String(model.get("error") ?? "");
    failure.hidden = error === "";
    setText(failure, error);
    // The kernel has answered, if only by an error.
    if (model.get("request") === null) setText(busy, "");
  };
  const watched = {
    report: load,
    device: headline,
    devices: headline,
    file: headline,
    error: headline,
    request: headline,
    measured_on: headline,
  };
  for (const [name, listener] of Object.entries(watched)) model.on(`change:${name}`, listener);
  model.on("comm_live_update", headline);
  const forgetKeys = keepPlainKeys(host);
  const forgetTheme = followTheme(host, (theme) => {
    set(frame, { "data-theme": theme });
    draw();
  });
  headline();
  load();
  return () => {
    for (const [name, listener] of Object.entries(watched)) model.off(`change:${name}`, listener);
    model.off("comm_live_update", headline);
    plot.dispose();
    from.dispose();
    forgetTheme();
    forgetKeys();
    host.remove();
  };
}
