// The form in which a scenario is written. Knows nothing of how it is run or checked: what is wrong comes with the path of its field.
import { element, setText } from "../stepper/dom.js";
import { type Draft, type Path, withArrivals, withKind, withValue } from "./draft.js";
import { FieldInput } from "./field-input.js";
import { fieldGroups, isLanguageModel } from "./fields.js";
import { StageList } from "./stage-list.js";

/** What is wrong, and the field that says so; undefined where it is no one field. */
export interface Fault {
  readonly path: Path | undefined;
  readonly message: string;
}

export interface BuilderEvents {
  /** The scenario became another; `what` names the field that changed, where it is one. */
  onDraft(draft: Draft, what?: string): void;
}

export interface Suggestions {
  readonly devices: readonly string[];
  readonly models: readonly string[];
}

const precisions = ["FP16", "BF16", "FP8_E4M3", "INT8", "NVFP4"];
let builders = 0;

export class Builder {
  readonly element: HTMLElement;
  readonly #inputs: readonly FieldInput[];
  readonly #groups: readonly HTMLElement[];
  readonly #name: FieldInput;
  readonly #stages: StageList;
  readonly #lists: Readonly<Record<keyof Suggestions | "precisions", HTMLDataListElement>>;
  readonly #general: HTMLElement;
  #draft: Draft = {};

  constructor({ onDraft }: BuilderEvents) {
    const number = ++builders;
    const list = (what: string): HTMLDataListElement => element("datalist", { id: `${what}-${number}` });
    this.#lists = { devices: list("devices"), models: list("models"), precisions: list("precisions") };
    fill(this.#lists.precisions, precisions);
    const ids = Object.fromEntries(Object.entries(this.#lists).map(([what, { id }]) => [what, id]));
    const onValue = (path: Path, value: unknown): void => onDraft(edited(this.#draft, path, value), path);
    this.#name = new FieldInput({ label: "Name", kind: "text", fallback: "" }, "name", ids, { onValue });
    const inputs: FieldInput[] = [];
    const groups = fieldGroups.map(({ name, fields }) => {
      const own = fields.map((field) => new FieldInput(field, field.path, ids, { onValue }));
      inputs.push(...own);
      return element("fieldset", { class: "group" }, element("legend", {}, name), ...own.map((input) => input.element));
    });
    this.#groups = groups;
    this.#inputs = inputs;
    this.#stages = new StageList(ids, { onValue, onDraft });
    this.#general = element("p", { class: "fault", role: "alert", "data-part": "fault" });
    this.element = element(
      "form",
      { class: "builder", "aria-label": "Scenario" },
      this.#general,
      this.#name.element,
      groups[0],
      this.#stages.element,
      ...groups.slice(1),
      ...Object.values(this.#lists),
    );
    this.element.addEventListener("submit", (event) => event.preventDefault());
  }

  suggest({ devices, models }: Suggestions): void {
    fill(this.#lists.devices, devices);
    fill(this.#lists.models, models);
  }

  update(draft: Draft, fault: Fault | undefined): void {
    this.#draft = draft;
    let isPlaced = false;
    const faultAt = (path: Path): string | undefined => {
      if (fault?.path !== path) return undefined;
      isPlaced = true;
      return fault.message;
    };
    this.#name.update(draft, faultAt("name"));
    for (const [g, { fields, applies }] of fieldGroups.entries()) {
      this.#groups[g].hidden = applies !== undefined && !applies(draft);
      for (const field of fields) {
        const input = this.#inputs.find(({ path }) => path === field.path)!;
        input.element.hidden = field.applies !== undefined && !field.applies(draft);
        input.update(draft, input.element.hidden || this.#groups[g].hidden ? undefined : faultAt(field.path));
      }
    }
    this.#stages.element.hidden = isLanguageModel(draft);
    this.#stages.update(draft, faultAt);
    // Told once more where it is no field's own, or where its field is not in sight.
    this.#general.hidden = fault === undefined || isPlaced;
    setText(this.#general, isPlaced ? "" : (fault?.message ?? ""));
  }

  /** Puts the keyboard into the field that is wrong. */
  focus(path: Path): void {
    const box = this.element.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
    box?.closest("details")?.setAttribute("open", "");
    box?.focus();
  }
}

/** Another kind of arrivals, or of a stage, takes along what only the one before had. */
function edited(draft: Draft, path: Path, value: unknown): Draft {
  if (path === "workload.arrivals") return withArrivals(draft, value);
  const stage = /^pipeline\[(\d+)\]\.kind$/.exec(path);
  return stage !== null && typeof value === "string"
    ? withKind(draft, Number(stage[1]), value)
    : withValue(draft, path, value);
}

function fill(list: HTMLDataListElement, names: readonly string[]): void {
  list.replaceChildren(...names.map((name) => element("option", { value: name })));
}
