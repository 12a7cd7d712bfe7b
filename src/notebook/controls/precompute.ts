// Answers for each combination of a few controls' values, computed beforehand and saved with the notebook: a page without a
// kernel chooses among them (widgets/controls/precomputed.ts). Knows nothing of `interact`.
import { InputError } from "../../core/errors.js";
import type { Output } from "../../view/page/index.js";
import { kernelBridge } from "../bridge.js";
import { show } from "../show.js";
import { ownModel, Widget } from "../widget.js";
import type { ControlBase } from "./control.js";
import { type OutputArea, output } from "./output.js";

/** More combinations than this would make the notebook large and the cell slow. */
export const mostAnswers = 500;

/** A control, the property that travels and all that it may be. */
interface Axis {
  readonly name: string;
  readonly control: ControlBase<object>;
  readonly property: string;
  readonly domain: Domain;
}

/** Values that can be gone through, as they travel. */
interface Domain {
  readonly size: number;
  at(index: number): unknown;
}

export interface Question {
  /** The controls, by the names of the function's arguments. */
  readonly controls: Readonly<Record<string, ControlBase<object>>>;
  /** Where the page shows the answers. */
  readonly output: OutputArea;
  readonly fn: (values: never) => unknown;
}

/**
 * Checks that the combinations can be counted and are few. Throws InputError, which names the control or the number; what it
 * returns does the work: it calls the function for each combination and saves what that prints, shows, returns and throws. The
 * widget that holds the answers, at once, or when the last has come where the function is asynchronous.
 */
export function prepareAnswers({ controls, output: area, fn }: Question): () => Widget | Promise<Widget> {
  const axes = Object.entries(controls).map(([name, control]) => axisOf(name, control));
  const count = axes.reduce((product, { domain }) => product * domain.size, 1);
  if (count > mostAnswers) {
    const sizes = axes.map(({ name, domain }) => `${name} has ${domain.size}`).join(", ");
    throw new InputError(`the controls have ${count} combinations of values (${sizes})`, {
      where: "interact: precompute",
      fix: `At most ${mostAnswers} are computed beforehand: give larger steps or fewer options, or leave out precompute.`,
    });
  }
  return () => {
    const scratch = output();
    const answers: Output[][] = [];
    const done = (): Widget => {
      scratch.close();
      return answersWidget(axes, area, answers);
    };
    const goOn = (): Widget | Promise<Widget> => {
      while (answers.length < count) {
        scratch.clear();
        const pending = answerTo(valuesAt(axes, answers.length), fn, scratch);
        const keep = (): void => {
          scratch.flush();
          answers.push([...structuredClone(scratch.outputs)]);
        };
        if (pending !== undefined) return pending.then(keep).then(goOn);
        keep();
      }
      return done();
    };
    return goOn();
  };
}

function answerTo(
  values: Readonly<Record<string, unknown>>,
  fn: (values: never) => unknown,
  scratch: OutputArea,
): Promise<void> | undefined {
  const shown = (value: unknown): void => {
    if (value !== undefined) scratch.capture(() => show(value));
  };
  const failed = (error: unknown): void => {
    const report = kernelBridge()?.describeError(error);
    if (report !== undefined) scratch.newSink().add(report);
  };
  try {
    const result = scratch.capture(() => fn(values as never));
    if (result instanceof Promise) return result.then(shown).catch(failed);
    shown(result);
  } catch (error) {
    failed(error);
  }
  return undefined;
}

/** The values of one point of the grid, the last control running fastest. */
function valuesAt(axes: readonly Axis[], point: number): Readonly<Record<string, unknown>> {
  const values: [string, unknown][] = [];
  let rest = point;
  for (const { name, control, domain } of [...axes].reverse()) {
    values.unshift([name, control.valueForm().read(domain.at(rest % domain.size))]);
    rest = Math.floor(rest / domain.size);
  }
  return Object.fromEntries(values);
}

function axisOf(name: string, control: ControlBase<object>): Axis {
  const { trait: property } = control.valueForm();
  const domain = domainOf(control);
  if (domain === undefined) {
    throw new InputError(`${name} can be anything: ${control}`, {
      where: "interact: precompute",
      fix: "Sliders, boxes to tick and choices have values that can be gone through.",
    });
  }
  return { name, control, property, domain };
}

/** All that the control may be; undefined where that has no end. */
function domainOf(control: ControlBase<object>): Domain | undefined {
  const model = String(control.get("_model_name")).replace(/Model$/, "");
  if (model === "Checkbox" || model === "ToggleButton") return { size: 2, at: (i) => i === 1 };
  const labels = control.get("_options_labels");
  if (Array.isArray(labels)) {
    return Array.isArray(control.get("index")) ? undefined : { size: labels.length, at: (i) => i };
  }
  if (!["IntSlider", "FloatSlider", "FloatLogSlider", "BoundedIntText"].includes(model)) return undefined;
  const [min, max, step] = ["min", "max", "step"].map((property) => Number(control.get(property)));
  if (!(step > 0)) return undefined;
  // A step such as 0.1 is not exact: the last value still counts where only rounding keeps it from `max`.
  const size = Math.floor((max - min) / step + 1e-9) + 1;
  const place = (i: number): number => rounded(min + i * step);
  const base = Number(control.get("base"));
  return { size, at: model === "FloatLogSlider" ? (i) => base ** place(i) : place };
}

/** Without the error that adding up steps leaves behind: 0.30000000000000004 is the slider's 0.3. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

function answersWidget(axes: readonly Axis[], area: OutputArea, answers: readonly Output[][]): Widget {
  return new Widget({
    ...ownModel(),
    view: "precomputed",
    axes: axes.map(({ control, property, domain }) => [
      control,
      property,
      Array.from({ length: domain.size }, (_, i) => domain.at(i)),
    ]),
    output: area,
    answers,
  });
}
