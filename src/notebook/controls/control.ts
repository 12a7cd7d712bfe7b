// What all stock controls of Jupyter share: a model from the table, its properties typed and checked, its layout and style,
// and its forms. Knows no particular control.
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { layoutProperties } from "../../view/layout-properties.js";
import { type MimeBundle, mimeForm } from "../bridge.js";
import { type PropertyCheck, Widget } from "../widget.js";
import type { WidgetState } from "../widget-state.js";
import {
  baseModule,
  type ControlModel,
  type ControlName,
  controlModels,
  controlsModule,
  outputModule,
  type Properties,
  type StyleName,
  styleModels,
} from "./models.js";
import { camelCase, complaint, quoted } from "./rules.js";
import { plainText, stillHtml, words } from "./still.js";

type Text = string | null;

/** CSS of the box that a control stands in: `{ width: "300px" }`. */
export type LayoutOptions = { [Name in CamelCase<(typeof layoutProperties)[number]>]?: Text };

/** Looks of a control: `{ descriptionWidth: "initial" }`. Which there are depends on the control. */
export interface StyleOptions {
  descriptionWidth?: string;
  handleColor?: Text;
  barColor?: Text;
  buttonColor?: Text;
  buttonWidth?: string;
  background?: Text;
  fontFamily?: Text;
  fontSize?: Text;
  fontStyle?: Text;
  fontVariant?: Text;
  fontWeight?: Text;
  textColor?: Text;
  textDecoration?: Text;
}

/** Properties that every control has. */
export interface Shown {
  /** What appears when the pointer rests on it. */
  tooltip: string | null;
  /** Whether the Tab key reaches it; null leaves that to the control. */
  tabbable: boolean | null;
}

/** Properties of a control with words beside it. */
export interface Described extends Shown {
  description: string;
  /** Whether `description` may hold HTML. */
  descriptionAllowHtml: boolean;
}

/** Properties of a control that a reader may change. */
export interface Input extends Described {
  disabled: boolean;
}

/** A control's properties as they are given when it is made. */
export type Options<P> = Partial<P> & { readonly layout?: LayoutOptions; readonly style?: StyleOptions };

/** A stock control with its typed properties: `n.value`, `n.max = 20`, `n.onChange((value) => ...)`. */
export type Control<P extends object = object> = ControlBase<P> & P;

/** A property that is not what travels: `value` of a dropdown, which travels as an index. */
export interface PropertyForm {
  /** The property that travels. */
  readonly property: string;
  /** Another property that decides what it reads as. */
  readonly dependsOn?: string;
  read(raw: unknown): unknown;
  /** The changes that setting it means. Throws InputError. */
  write(value: unknown): WidgetState;
}

export interface ControlSetup {
  /** The function that makes it, to be named in what is refused. */
  readonly where: string;
  /** Holds the properties against each other: the changes to make, perhaps with others that they entail. Throws InputError. */
  reconcile?(changes: WidgetState, next: Readonly<WidgetState>, refuse: Refuse, outside: Outside): WidgetState;
  readonly forms?: Readonly<Record<string, PropertyForm>>;
}

/** Throws the InputError for what a control cannot be. */
export type Refuse = (what: string, fix?: string) => never;

/** Refuses a value out of range, unless the nearest will do: then it returns. */
export type Outside = (what: string) => void;

type ValueOf<P> = P extends { value: infer V } ? V : never;

export class ControlBase<P extends object> extends Widget {
  static {
    inspectAsText(ControlBase);
  }

  readonly #forms: Readonly<Record<string, PropertyForm>>;
  readonly #names: ReadonlyMap<string, string>;
  readonly #where: string;
  readonly layout: Control<Required<LayoutOptions>>;
  readonly style: Control<StyleOptions>;

  constructor(
    name: ControlName,
    options: Readonly<Record<string, unknown>>,
    { where, reconcile, forms = {} }: ControlSetup,
  ) {
    const model: ControlModel = controlModels[name];
    const { layout, style, ...given } = options;
    const names = new Map(Object.keys(model.properties).map((property) => [camelCase(property), property]));
    for (const form in forms) names.set(form, forms[form].property);
    const changes = translate(given, names, forms, where);
    const check = checkOf(model, where, reconcile);
    const identity = identityOf(name, model);
    const first: WidgetState = {
      ...identity,
      _dom_classes: [],
      _view_count: null,
      ...structuredClone(model.properties),
    };
    const state = { ...first, ...check(changes, first, "exact") };
    const layoutPart = stylePart("LayoutModel", layout, `${where}.layout`);
    const stylePartOf = model.style === undefined ? undefined : stylePart(model.style, style, `${where}.style`);
    if (stylePartOf === undefined && style !== undefined) {
      layoutPart.close();
      throw new InputError(`a ${name} has no style`, { where });
    }
    super({ ...state, layout: layoutPart, ...(stylePartOf && { style: stylePartOf }) }, undefined, check);
    this.#forms = forms;
    this.#names = names;
    this.#where = where;
    this.layout = layoutPart as unknown as Control<Required<LayoutOptions>>;
    this.style = (stylePartOf ?? layoutPart) as unknown as Control<StyleOptions>;
    defineProperties(
      this,
      names.keys(),
      (property) => this.read(property),
      (property, value) => this.update({ [property]: value } as Partial<P>),
    );
    hideFromInspection(this, ["layout", "style", "id"]);
    Object.defineProperty(this, mimeForm, { value: () => this.bundle() });
    // Its layout and style are its own, and end with it.
    this.onClose(() => {
      layoutPart.close();
      stylePartOf?.close();
    });
  }

  /** Changes several properties in one message. Throws InputError, and changes nothing, where the control cannot be so. */
  update(changes: Partial<P>): void {
    this.set(translate(changes as Record<string, unknown>, this.#names, this.#forms, this.#where));
  }

  /** As `update`, where a value out of range becomes the nearest that is in it, as it does when it comes from a page. */
  updateNearest(changes: Partial<P>): void {
    this.setNearest(translate(changes as Record<string, unknown>, this.#names, this.#forms, this.#where));
  }

  /** Calls `listener` whenever the value changes, here or in a page. Returns what stops it. */
  onChange(listener: (value: ValueOf<P>, previous: ValueOf<P>) => unknown): () => void {
    return this.observe("value" as never, listener as never);
  }

  /** Calls `listener` whenever the property changes, here or in a page. Returns what stops it. */
  override observe<K extends keyof P & string>(
    name: K,
    listener: (value: P[K], previous: P[K]) => unknown,
  ): () => void {
    const form = this.#forms[name];
    const trait = this.traitOf(name);
    if (form === undefined) return super.observe(trait, (value, previous) => listener(value as P[K], previous as P[K]));
    let last = this.read(name) as P[K];
    const heard = (): unknown => {
      const now = this.read(name) as P[K];
      if (isEqual(now, last)) return undefined;
      const previous = last;
      last = now;
      return listener(now, previous);
    };
    const stops = [trait, form.dependsOn].flatMap((each) => (each === undefined ? [] : [super.observe(each, heard)]));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** The name under which a property travels. Throws InputError when the control has no such property. */
  traitOf(name: string): string {
    const trait = this.#names.get(name);
    if (trait === undefined) throw unknownProperty(name, [...this.#names.keys()], this.#where);
    return trait;
  }

  /** Whether the property travels as it is, so that a page can link it without the kernel. */
  travels(name: string): boolean {
    return this.#names.has(name) && this.#forms[name] === undefined;
  }

  /** The name under which the value travels, and what `value` reads as for something that travels so. */
  valueForm(): { readonly trait: string; read(raw: unknown): unknown } {
    const form = this.#forms["value"];
    return { trait: this.traitOf("value"), read: (raw) => (form === undefined ? raw : form.read(raw)) };
  }

  /** Every form in which it can be shown. */
  bundle(): MimeBundle {
    return { ...this.viewBundle(), "text/html": stillHtml(this), "text/plain": plainText(this) };
  }

  /** One line, as a result prints it. */
  override toString(): string {
    return words(this);
  }

  private read(name: string): unknown {
    const raw = this.get(this.traitOf(name));
    const form = this.#forms[name];
    return form === undefined ? raw : form.read(raw);
  }
}

/** Makes a control of the table. */
export function makeControl<P extends object>(
  name: ControlName,
  options: Readonly<Record<string, unknown>>,
  setup: ControlSetup,
): Control<P> {
  return new ControlBase<P>(name, options, setup) as Control<P>;
}

function identityOf(name: ControlName, { view = name }: ControlModel): WidgetState {
  const module = name === "Output" ? outputModule : controlsModule;
  return {
    _model_module: module.name,
    _model_module_version: module.version,
    _model_name: `${name}Model`,
    _view_module: module.name,
    _view_module_version: module.version,
    _view_name: `${view}View`,
  };
}

/** The model of a layout or a style; its properties are CSS, read and set by their names. */
function stylePart(name: StyleName | "LayoutModel", options: unknown, where: string): Widget {
  const isLayout = name === "LayoutModel";
  const module = isLayout ? baseModule : controlsModule;
  const properties: Properties = isLayout
    ? Object.fromEntries(layoutProperties.map((property) => [property, null]))
    : styleModels[name];
  const names = new Map(Object.keys(properties).map((property) => [camelCase(property), property]));
  const check: PropertyCheck = (changes) => {
    for (const [property, value] of Object.entries(changes)) {
      if (property === "_view_count" || value === null || typeof value === "string") continue;
      throw new InputError(`${camelCase(property)} must be text or null, got ${quoted(value)}`, { where });
    }
    return changes;
  };
  const given = check(translate((options ?? {}) as Record<string, unknown>, names, {}, where), {}, "exact");
  const part = new Widget(
    {
      _model_module: module.name,
      _model_module_version: module.version,
      _model_name: isLayout ? name : `${name}Model`,
      _view_module: baseModule.name,
      _view_module_version: baseModule.version,
      _view_name: isLayout ? "LayoutView" : "StyleView",
      _view_count: null,
      ...properties,
      ...given,
    },
    undefined,
    check,
  );
  defineProperties(
    part,
    names.keys(),
    (property) => part.get(names.get(property)!),
    (property, value) => part.set({ [names.get(property)!]: value }),
  );
  return part;
}

function checkOf(model: ControlModel, where: string, reconcile: ControlSetup["reconcile"]): PropertyCheck {
  const refuse: Refuse = (what, fix) => {
    throw new InputError(what, fix === undefined ? { where } : { where, fix });
  };
  return (wished, now, manner) => {
    const changes = manner === "nearest" && model.whole ? rounded(wished, now) : wished;
    for (const [property, value] of Object.entries(changes)) {
      const wanted = complaint(model, property, value);
      if (wanted !== undefined) refuse(`${camelCase(property)} must be ${wanted}, got ${quoted(value)}`);
    }
    if (reconcile === undefined) return changes;
    return reconcile(changes, { ...now, ...changes }, refuse, manner === "exact" ? refuse : () => {});
  };
}

/** The value as a whole number, or both ends as such. */
function rounded(changes: WidgetState, { value: now }: Readonly<WidgetState>): WidgetState {
  const { value } = changes;
  if (typeof value === "number" && typeof now === "number") return { ...changes, value: Math.round(value) };
  const isPair = Array.isArray(value) && Array.isArray(now) && value.every((end) => typeof end === "number");
  return isPair ? { ...changes, value: value.map(Math.round) } : changes;
}

/** Properties by the names under which they travel. */
function translate(
  given: Readonly<Record<string, unknown>>,
  names: ReadonlyMap<string, string>,
  forms: Readonly<Record<string, PropertyForm>>,
  where: string,
): WidgetState {
  const changes: WidgetState = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const property = names.get(name);
    if (property === undefined) throw unknownProperty(name, [...names.keys()], where);
    if (forms[name] === undefined) changes[property] = value;
    else Object.assign(changes, forms[name].write(value));
  }
  return changes;
}

function unknownProperty(name: string, names: readonly string[], where: string): InputError {
  const near = nearest(name, names);
  const known = names.filter((known) => !known.startsWith("_"));
  const fix = near === undefined ? `There are ${listChoices(known)}.` : `Did you mean "${near}"?`;
  return new InputError(`there is no property "${name}"`, { where, fix });
}

function defineProperties(
  target: object,
  names: Iterable<string>,
  get: (name: string) => unknown,
  set: (name: string, value: unknown) => void,
): void {
  for (const name of names) {
    Object.defineProperty(target, name, { get: () => get(name), set: (value) => set(name, value), enumerable: true });
  }
}

function hideFromInspection(target: object, names: readonly string[]): void {
  for (const name of names) Object.defineProperty(target, name, { enumerable: false });
}

/** Whether two values are one, or lists of the same. */
function isEqual(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;
