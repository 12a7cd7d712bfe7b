// The stages of a pipeline: each a line of a form; added, taken away, moved. Knows nothing of how they are run.
import { stageKinds } from "../../src/serving/scenario/index.js";
import { element, set, setText } from "../stepper/dom.js";
import { type Draft, stagesOf, withoutStage, withStage, withStageMoved } from "./draft.js";
import { FieldInput } from "./field-input.js";
import { type StageField, stageFields, valueUnits } from "./fields.js";
import { formatBytes } from "./figures.js";

export interface StageEvents {
  onValue(path: string, value: unknown): void;
  /** Stages were added, taken away or moved. */
  onDraft(draft: Draft): void;
}

const kindWords: Readonly<Record<string, string>> = {
  fixed_ms: "fixed time",
  bytes: "transfer",
  tokens: "tokens",
  work: "FLOP and bytes",
  graph: "model",
};

export class StageList {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #said: HTMLElement;
  readonly #lists: Readonly<Record<string, string>>;
  readonly #events: StageEvents;
  #rows: StageRow[] = [];
  #draft: Draft = {};

  constructor(lists: Readonly<Record<string, string>>, events: StageEvents) {
    this.#lists = lists;
    this.#events = events;
    this.#list = element("ol", { class: "stages" });
    this.#said = element("p", { class: "unseen", role: "status" });
    const add = element("button", { type: "button", class: "quiet", "data-action": "add-stage" }, "+ stage");
    add.addEventListener("click", () => {
      events.onDraft(withStage(this.#draft));
      this.#rows.at(-1)?.focus("name");
      setText(this.#said, `Stage ${this.#rows.length} was added.`);
    });
    this.element = element(
      "fieldset",
      { class: "group" },
      element("legend", {}, "Stages of a request"),
      this.#list,
      add,
      this.#said,
    );
  }

  update(draft: Draft, faultAt: (path: string) => string | undefined): void {
    this.#draft = draft;
    const stages = stagesOf(draft);
    while (this.#rows.length > stages.length) this.#rows.pop()?.element.remove();
    while (this.#rows.length < stages.length) {
      const row = new StageRow(this.#rows.length, this.#lists, {
        onValue: this.#events.onValue,
        onMove: (from, to) => this.#move(from, to),
        onRemove: (index) => this.#remove(index),
      });
      this.#rows.push(row);
      this.#list.append(row.element);
    }
    for (const row of this.#rows) row.update(draft, stages.length, faultAt);
  }

  #move(from: number, to: number): void {
    const name = nameOf(stagesOf(this.#draft)[from], from);
    this.#events.onDraft(withStageMoved(this.#draft, from, to));
    this.#rows[to]?.focus(to < from ? "up" : "down");
    setText(this.#said, `${name} is stage ${to + 1} of ${this.#rows.length}.`);
  }

  #remove(index: number): void {
    const name = nameOf(stagesOf(this.#draft)[index], index);
    this.#events.onDraft(withoutStage(this.#draft, index));
    const next = this.#rows[Math.min(index, this.#rows.length - 1)];
    if (next === undefined) this.element.querySelector("button")?.focus();
    else next.focus("name");
    setText(this.#said, `${name} was taken away.`);
  }
}

function nameOf(stage: unknown, index: number): string {
  const name = (stage as { name?: unknown } | null)?.name;
  return typeof name === "string" && name !== "" ? name : `stage ${index + 1}`;
}

interface RowEvents {
  onValue(path: string, value: unknown): void;
  onMove(from: number, to: number): void;
  onRemove(index: number): void;
}

class StageRow {
  readonly element: HTMLElement;
  readonly #index: number;
  readonly #name: FieldInput;
  readonly #kind: FieldInput;
  readonly #value: FieldInput;
  readonly #unit: HTMLElement;
  readonly #more: readonly { readonly field: StageField; readonly input: FieldInput }[];
  readonly #details: HTMLDetailsElement;
  readonly #buttons: Readonly<Record<"up" | "down" | "remove", HTMLButtonElement>>;

  constructor(index: number, lists: Readonly<Record<string, string>>, events: RowEvents) {
    this.#index = index;
    const at = `pipeline[${index}]`;
    const input = (field: StageField): FieldInput => new FieldInput(field, `${at}.${field.path}`, lists, events);
    this.#name = input({ path: "name", label: `Name of stage ${index + 1}`, kind: "text", fallback: "" });
    this.#kind = input({ path: "kind", label: `Kind of stage ${index + 1}`, kind: stageKinds, fallback: "" });
    for (const option of this.#kind.box.querySelectorAll("option")) {
      option.textContent = kindWords[option.value] ?? option.textContent;
    }
    this.#value = input({
      path: "value",
      label: `Value of stage ${index + 1}`,
      kind: "number",
      unit: "ms",
      fallback: "",
    });
    this.#unit = this.#value.element.querySelector(".unit")!;
    this.#more = stageFields.map((field) => ({ field, input: input(field) }));
    const button = (sign: string, what: string, action: string, onClick: () => void): HTMLButtonElement => {
      const made = element(
        "button",
        {
          type: "button",
          class: "quiet",
          title: what,
          "aria-label": `${what}: stage ${index + 1}`,
          "data-action": action,
        },
        sign,
      );
      made.addEventListener("click", onClick);
      return made;
    };
    this.#buttons = {
      up: button("\u2191", "Move up", "stage-up", () => events.onMove(index, index - 1)),
      down: button("\u2193", "Move down", "stage-down", () => events.onMove(index, index + 1)),
      remove: button("\u00d7", "Take away", "stage-remove", () => events.onRemove(index)),
    };
    this.#details = element(
      "details",
      { class: "more" },
      element("summary", { "aria-label": `More of stage ${index + 1}` }, "more"),
      ...this.#more.map((each) => each.input.element),
    );
    this.element = element(
      "li",
      { class: "stage" },
      element("div", { class: "line" }, this.#name.element, ...Object.values(this.#buttons)),
      element("div", { class: "line" }, this.#kind.element, this.#value.element),
      this.#details,
    );
  }

  focus(what: "name" | "up" | "down"): void {
    const button = what === "name" ? undefined : this.#buttons[what];
    if (button === undefined) this.#name.box.focus();
    else if (button.disabled) (what === "up" ? this.#buttons.down : this.#buttons.up).focus();
    else button.focus();
  }

  update(draft: Draft, count: number, faultAt: (path: string) => string | undefined): void {
    const stage = stagesOf(draft)[this.#index] as { kind?: unknown; value?: unknown } | null;
    const kind = String(stage?.kind ?? "");
    for (const input of [this.#name, this.#kind, this.#value]) input.update(draft, faultAt(input.path));
    this.#value.element.hidden = !(kind in valueUnits);
    const bytes = kind === "bytes" && typeof stage?.value === "number" && stage.value >= 1024;
    setText(this.#unit, bytes ? `B = ${formatBytes(stage.value as number)}` : (valueUnits[kind] ?? ""));
    let needsMore = false;
    for (const { field, input } of this.#more) {
      const fault = faultAt(input.path);
      input.update(draft, fault);
      input.element.hidden = field.kinds !== undefined && !field.kinds.includes(kind);
      needsMore ||= fault !== undefined;
    }
    if (needsMore || ((kind === "work" || kind === "graph") && this.#details.dataset["kind"] !== kind)) {
      this.#details.open = true;
    }
    set(this.#details, { "data-kind": kind });
    this.#buttons.up.disabled = this.#index === 0;
    this.#buttons.down.disabled = this.#index === count - 1;
  }
}
