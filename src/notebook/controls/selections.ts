// Controls that choose among options: the value is what the option stands for, what travels is its index.
import { inspect } from "node:util";
import { InputError, listChoices } from "../../core/errors.js";
import type { WidgetState } from "../widget-state.js";
import { type Control, type Input, makeControl, type Options, type PropertyForm, type Refuse } from "./control.js";
import type { ControlName } from "./models.js";

type Primitive = string | number | boolean | bigint | null;

/**
 * What can be chosen: values that are their own labels, `[label, value]` pairs, a record of values by label, or objects that
 * say by a `label` or `name` what they are called.
 */
export type OptionList =
  | readonly Primitive[]
  | readonly (readonly [label: string, value: unknown])[]
  | readonly ({ readonly label: string } | { readonly name: string })[]
  | Readonly<Record<string, unknown>>;

/** The type of the values that can be chosen. */
export type OptionValue<O> = O extends readonly (infer Entry)[]
  ? Entry extends readonly [string, infer V]
    ? V
    : Entry
  : O extends Readonly<Record<string, infer V>>
    ? V
    : never;

export interface SelectionProperties<V> extends Input {
  value: V;
  /** Which option it is, from 0. */
  index: number;
  /** Setting other options keeps the value where it is among them, and else chooses the first. */
  options: OptionList;
}

export interface SelectProperties<V> extends SelectionProperties<V> {
  /** How many options are seen at once. */
  rows: number | null;
}

export interface MultipleProperties<V> extends Input {
  value: readonly V[];
  index: readonly number[];
  options: OptionList;
  rows: number | null;
}

export interface RadioProperties<V> extends SelectionProperties<V> {
  orientation: "horizontal" | "vertical";
}

export interface ToggleButtonsProperties<V> extends SelectionProperties<V> {
  buttonStyle: "" | "primary" | "success" | "info" | "warning" | "danger";
  /** Names of Font Awesome's icons, one an option. */
  icons: readonly string[];
  tooltips: readonly string[];
}

export interface SelectionSliderProperties<V> extends SelectionProperties<V> {
  orientation: "horizontal" | "vertical";
  readout: boolean;
  continuousUpdate: boolean;
  behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
}

export type Selection<V> = Control<SelectionProperties<V>>;
export type MultipleSelection<V> = Control<MultipleProperties<V>>;

/** Settings of a control that chooses: its first value too, as `value` or by `index`. */
type Settings<P> = Omit<Options<P>, "options">;

/** A list that opens. Throws InputError where there are no options or the value is none of them. */
export function dropdown<const O extends OptionList>(
  options: O,
  settings: Settings<SelectionProperties<OptionValue<O>>> = {},
): Selection<OptionValue<O>> {
  return chooseOne<SelectionProperties<OptionValue<O>>>("Dropdown", "dropdown", options, settings);
}

/** Round buttons, of which one is on. Throws InputError as `dropdown` does. */
export function radioButtons<const O extends OptionList>(
  options: O,
  settings: Settings<RadioProperties<OptionValue<O>>> = {},
): Control<RadioProperties<OptionValue<O>>> {
  return chooseOne<RadioProperties<OptionValue<O>>>("RadioButtons", "radioButtons", options, settings);
}

/** A row of buttons, of which one is pressed. Throws InputError as `dropdown` does. */
export function toggleButtons<const O extends OptionList>(
  options: O,
  settings: Settings<ToggleButtonsProperties<OptionValue<O>>> = {},
): Control<ToggleButtonsProperties<OptionValue<O>>> {
  return chooseOne<ToggleButtonsProperties<OptionValue<O>>>("ToggleButtons", "toggleButtons", options, settings);
}

/** A list that stays open. Throws InputError as `dropdown` does. */
export function select<const O extends OptionList>(
  options: O,
  settings: Settings<SelectProperties<OptionValue<O>>> = {},
): Control<SelectProperties<OptionValue<O>>> {
  return chooseOne<SelectProperties<OptionValue<O>>>("Select", "select", options, settings);
}

/** A slider whose places are the options. Throws InputError as `dropdown` does. */
export function selectionSlider<const O extends OptionList>(
  options: O,
  settings: Settings<SelectionSliderProperties<OptionValue<O>>> = {},
): Control<SelectionSliderProperties<OptionValue<O>>> {
  return chooseOne<SelectionSliderProperties<OptionValue<O>>>("SelectionSlider", "selectionSlider", options, settings);
}

/** A list in which any number of options may be chosen. Throws InputError as `dropdown` does. */
export function selectMultiple<const O extends OptionList>(
  options: O,
  settings: Settings<MultipleProperties<OptionValue<O>>> = {},
): MultipleSelection<OptionValue<O>> {
  const where = "selectMultiple";
  const list = new Choices(options, where);
  const control: MultipleSelection<OptionValue<O>> = makeControl(
    "SelectMultiple",
    { options, ...settings },
    {
      where,
      forms: {
        options: optionsForm(list, (kept) => ({ index: kept.filter((index) => index >= 0) })),
        value: {
          property: "index",
          dependsOn: "_options_labels",
          read: (index) => (index as number[]).map((i) => list.values[i]),
          write: (values) => {
            if (!Array.isArray(values)) throw new InputError("value must be a list of options", { where });
            return { index: values.map((value) => list.indexOf(value)) };
          },
        },
      },
      reconcile: (changes, next, refuse) => {
        const index = next["index"] as number[];
        for (const one of index) checkIndex(one, next, refuse);
        if (new Set(index).size < index.length) refuse("an option is chosen twice");
        return changes;
      },
    },
  );
  list.chosen = () => control.value;
  return control;
}

function chooseOne<P extends object>(
  name: ControlName,
  where: string,
  options: OptionList,
  settings: object,
): Control<P> {
  const list = new Choices(options, where);
  const control = makeControl<P>(
    name,
    { options, ...settings },
    {
      where,
      forms: {
        options: optionsForm(list, ([kept]) => ({ index: Math.max(kept ?? 0, 0) })),
        value: {
          property: "index",
          dependsOn: "_options_labels",
          read: (index) => list.values[index as number],
          write: (value) => ({ index: list.indexOf(value) }),
        },
      },
      reconcile: (changes, next, refuse) => {
        if (typeof next["index"] !== "number") refuse(`index must be a whole number, got ${inspect(next["index"])}`);
        checkIndex(next["index"] as number, next, refuse);
        return changes;
      },
    },
  );
  list.chosen = () => [(control as { value?: unknown }).value];
  return control;
}

/** Setting options takes the list over at once, and says where the options that were chosen are now. */
function optionsForm(list: Choices, choose: (kept: readonly number[]) => WidgetState): PropertyForm {
  return {
    property: "_options_labels",
    read: () => list.given,
    write: (options) => {
      const chosen = list.chosen();
      list.take(options as OptionList);
      return { _options_labels: [...list.labels], ...choose(chosen.map((value) => list.values.indexOf(value))) };
    },
  };
}

function checkIndex(index: number, { _options_labels }: Readonly<WidgetState>, refuse: Refuse): void {
  const count = (_options_labels as string[]).length;
  if (index < 0 || index >= count) refuse(`index must be from 0 to ${count - 1}, got ${index}`);
}

/** The options of one control. */
class Choices {
  given!: OptionList;
  labels: readonly string[] = [];
  values: readonly unknown[] = [];
  /** The values that are chosen now; the control that has these options says it. */
  chosen: () => readonly unknown[] = () => [];

  constructor(
    options: OptionList,
    private readonly where: string,
  ) {
    this.take(options);
  }

  take(options: OptionList): void {
    const pairs = this.pairsOf(options);
    if (pairs.length === 0) throw new InputError("there must be at least one option", { where: this.where });
    this.given = options;
    this.labels = pairs.map(([label]) => label);
    this.values = pairs.map(([, value]) => value);
  }

  indexOf(value: unknown): number {
    const index = this.values.findIndex((option) => Object.is(option, value));
    if (index >= 0) return index;
    const shown = this.labels.length > 12 ? [...this.labels.slice(0, 12), "..."] : this.labels;
    throw new InputError(`value is none of the options: ${inspect(value, { depth: 0 })}`, {
      where: this.where,
      fix: `There are ${listChoices(shown)}.`,
    });
  }

  private pairsOf(options: OptionList): readonly (readonly [string, unknown])[] {
    if (options === null || typeof options !== "object") {
      throw new InputError(`options must be a list or a record, got ${inspect(options)}`, { where: this.where });
    }
    if (!Array.isArray(options)) return Object.entries(options);
    const entries = options as readonly unknown[];
    const isPair = (entry: unknown): entry is readonly [string, unknown] =>
      Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string";
    if (entries.every(isPair)) return entries;
    return entries.map((entry, i) => [this.labelOf(entry, i), entry]);
  }

  private labelOf(entry: unknown, i: number): string {
    if (entry === null || typeof entry !== "object") return String(entry);
    const { label, name } = entry as { label?: unknown; name?: unknown };
    if (typeof label === "string") return label;
    if (typeof name === "string") return name;
    throw new InputError(`option ${i} has no label: ${inspect(entry, { depth: 0 })}`, {
      where: this.where,
      fix: 'Give it a "label" or a "name", or write it as a pair: ["label", value].',
    });
  }
}
