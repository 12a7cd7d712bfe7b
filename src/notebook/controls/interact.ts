// `interact`: a function, controls for its arguments, and what it prints, shows and returns for their values.
import { inspect } from "node:util";
import { InputError } from "../../core/errors.js";
import { kernelBridge } from "../bridge.js";
import { show } from "../show.js";
import type { Widget } from "../widget.js";
import { BoxControl, type BoxProperties } from "./boxes.js";
import { type Button, button, checkbox } from "./buttons.js";
import { type Control, ControlBase } from "./control.js";
import { floatSlider, slider } from "./numbers.js";
import { type OutputArea, output } from "./output.js";
import { prepareAnswers } from "./precompute.js";
import { dropdown, type OptionList, type OptionValue } from "./selections.js";
import { text } from "./texts.js";

/**
 * A control, or what stands for one: a number for a slider around it, `[min, max]` or `[min, max, step]` for a slider, true or
 * false for a box to tick, a string for a text, and any other list of options, or record of them, for a dropdown.
 */
export type Abbreviation =
  | number
  | boolean
  | string
  | OptionList
  | Control<{ value: unknown }>
  | { readonly value: unknown };

/** The values of the controls, by name. */
export type Values<C> = { -readonly [Name in keyof C]: ValueOf<C[Name]> };

type ValueOf<A> =
  A extends ControlBase<infer P>
    ? P extends { value: infer V }
      ? V
      : never
    : A extends boolean
      ? boolean
      : A extends number
        ? number
        : A extends string
          ? string
          : A extends readonly [number, number] | readonly [number, number, number]
            ? number
            : OptionValue<A>;

export interface InteractOptions {
  /** Runs when its button is pressed, instead of at each change. */
  readonly manual?: boolean | string;
  /**
   * Calls the function for every combination of the controls' values, at once, and saves the answers: the saved page then
   * answers with no kernel. At most 500 combinations of sliders, boxes to tick and choices.
   */
  readonly precompute?: boolean;
}

/**
 * Runs `fn` with the values of the controls, now and whenever one changes, and shows below them what it prints, returns and
 * throws. An asynchronous function, too: one run at a time, and values that were overtaken meanwhile are left out. Shown as a
 * cell's last expression, or by `show`. Throws InputError for what is no control.
 */
export function interact<const C extends Readonly<Record<string, Abbreviation>>>(
  controls: C,
  fn: (values: Values<C>) => unknown,
  { manual = false, precompute = false }: InteractOptions = {},
): Interactive<Values<C>> {
  if (typeof fn !== "function") {
    throw new InputError(`the second argument must be a function, got ${inspect(fn, { depth: 0 })}`, {
      where: "interact",
    });
  }
  if (precompute && manual !== false) {
    throw new InputError("with precompute every answer is there before a button is pressed", {
      where: "interact",
      fix: "Leave out manual or precompute.",
    });
  }
  const run =
    manual === false ? undefined : button(typeof manual === "string" ? manual : "Run", { buttonStyle: "primary" });
  const interactive = new Interactive<Values<C>>(controls, fn as (values: never) => unknown, run);
  try {
    if (precompute) interactive.precompute();
  } catch (error) {
    interactive.close();
    throw error;
  }
  return interactive;
}

/** What `interact` returns: the controls, and below them what the function puts out. */
export class Interactive<V extends object> extends BoxControl<BoxProperties> {
  /** The controls, by the names of their arguments. */
  readonly controls: { readonly [Name in keyof V]: Control<{ value: V[Name] }> };
  readonly #output: OutputArea;
  readonly #fn: (values: never) => unknown;
  readonly #waiters: (() => void)[] = [];
  #state: "idle" | "due" | "running" | "overtaken" = "idle";
  #run = 0;
  #result: unknown;
  #answers: Promise<void> | undefined;

  constructor(
    given: Readonly<Record<string, Abbreviation>>,
    fn: (values: never) => unknown,
    press: Button | undefined,
  ) {
    const controls = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, controlFor(name, one)]));
    const area = output();
    const added = press === undefined ? [area] : [press, area];
    super("VBox", "interact", { children: [...Object.values(controls), ...added] });
    this.set({ _dom_classes: ["widget-interact"] });
    this.controls = controls as never;
    this.#output = area;
    this.#fn = fn;
    Object.defineProperty(this, "controls", { enumerable: false });
    for (const control of Object.values(controls)) {
      if (press === undefined) control.onChange(() => this.#wake());
    }
    press?.onClick(() => this.#wake());
    this.onClose(() => {
      const own = Object.entries(controls).filter(([name, control]) => control !== given[name]);
      for (const widget of [...own.map(([, control]) => control), ...added]) widget.close();
      this.#settle();
    });
    if (press === undefined) this.#start();
  }

  /** The values of the controls now. */
  get values(): V {
    const controls = Object.entries(this.controls as Record<string, ValueControl>);
    return Object.fromEntries(controls.map(([name, control]) => [name, control.value])) as V;
  }

  /** What the function returned last; undefined before the first time and after an error. */
  get result(): unknown {
    return this.#result;
  }

  /** Runs the function with the values as they are, after a run that is going on. Resolves when it has ended. */
  run(): Promise<void> {
    this.#wake();
    return this.settled();
  }

  /** Resolves when no run is going on or due, and all answers are there that are computed beforehand. */
  async settled(): Promise<void> {
    if (this.#state !== "idle") await new Promise<void>((resolve) => void this.#waiters.push(resolve));
    await this.#answers;
  }

  /** Computes the answers for all combinations of the controls' values. Throws InputError where they have no end or are many. */
  precompute(): void {
    const controls = this.controls as Readonly<Record<string, ControlBase<object>>>;
    const answers = prepareAnswers({ controls, output: this.#output, fn: this.#fn })();
    const keep = (widget: Widget): void => {
      if (this.closed) widget.close();
      else this.onClose(() => widget.close());
    };
    if (answers instanceof Promise) this.#answers = answers.then(keep);
    else keep(answers);
  }

  #wake(): void {
    if (this.closed) return;
    if (this.#state === "running") this.#state = "overtaken";
    if (this.#state !== "idle") return;
    this.#state = "due";
    // Not at once: what pages have sent since is taken in first, and overtakes it.
    setImmediate(() => {
      if (this.#state === "due") this.#start();
    });
  }

  #start(): void {
    this.#state = "running";
    const run = ++this.#run;
    const area = this.#output;
    const sink = area.newSink(() => run === this.#run);
    // What is there stays until there is something new, so that the page does not jump.
    sink.clear({ wait: true });
    let isOver = false;
    const finish = (value: unknown): void => {
      if (isOver) return;
      this.#result = value;
      if (value !== undefined) area.captureTo(sink, () => show(value));
    };
    const fail = (error: unknown): void => {
      if (isOver) return;
      this.#result = undefined;
      const report = kernelBridge()?.describeError(error);
      if (report !== undefined) sink.add(report);
    };
    const done = (): void => {
      if (isOver) return;
      isOver = true;
      stopListening?.();
      area.settle();
      const isOvertaken = this.#state === "overtaken";
      this.#state = "idle";
      if (isOvertaken) this.#wake();
      if (this.#state === "idle") this.#settle();
    };
    // What an interrupt cuts short neither returns nor throws, and its promise never settles.
    const stopListening = kernelBridge()?.onInterrupt?.(() => {
      this.#result = undefined;
      sink.add({ output_type: "stream", name: "stderr", text: "Interrupted\n" });
      done();
    });
    try {
      const fn = this.#fn;
      const values = this.values as never;
      const result = area.captureTo(sink, () => fn(values));
      if (result instanceof Promise) {
        result.then(finish).catch(fail).then(done);
        return;
      }
      finish(result);
    } catch (error) {
      fail(error);
    }
    done();
  }

  #settle(): void {
    this.#state = "idle";
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

type ValueControl = Control<{ value: unknown }>;

function controlFor(name: string, given: Abbreviation): ValueControl {
  const control = given instanceof ControlBase ? given : abbreviated(name, given);
  if (!("value" in control)) {
    throw new InputError(`${name} has no value: ${inspect(control)}`, { where: "interact" });
  }
  const made = control as unknown as ValueControl & { description?: string };
  if (made.description === "") made.description = name;
  return made;
}

function abbreviated(name: string, given: unknown): ControlBase<object> {
  const where = `interact: ${name}`;
  const description = name;
  if (typeof given === "boolean") return checkbox({ value: given, description });
  if (typeof given === "string") return text({ value: given, description });
  if (typeof given === "number" && Number.isFinite(given)) return around(given, description);
  if (Array.isArray(given) && (given.length === 2 || given.length === 3) && given.every(Number.isFinite)) {
    const [min, max, step] = given as number[];
    if (min < max && (step === undefined || (step > 0 && step <= max - min)))
      return between(min, max, step, description);
    throw new InputError(`[${given.join(", ")}] is no [min, max] or [min, max, step]`, {
      where,
      fix: `For a choice among these numbers write dropdown([${given.join(", ")}]).`,
    });
  }
  if (given !== null && typeof given === "object") return dropdown(given as OptionList, { description });
  throw new InputError(`no control stands for ${inspect(given, { depth: 0 })}`, {
    where,
    fix: "Give a control, a number, [min, max], [min, max, step], true or false, a text, or a list of options.",
  });
}

/** From one time its opposite to three times itself, so that the number is in the middle, as ipywidgets does. */
function around(value: number, description: string): ControlBase<object> {
  const [min, max] = value === 0 ? [0, 1] : value > 0 ? [-value, 3 * value] : [3 * value, -value];
  const make = Number.isSafeInteger(value) ? slider : floatSlider;
  return make({ min, max, value, description });
}

function between(min: number, max: number, step: number | undefined, description: string): ControlBase<object> {
  const whole = [min, max, step ?? 1].every(Number.isSafeInteger);
  const fine = step ?? (whole ? 1 : 0.1);
  // The place of the slider that is next to the middle from below.
  const value = min + Math.floor((max - min) / 2 / fine) * fine;
  return (whole ? slider : floatSlider)({ min, max, step: fine, value, description });
}
