// Answers that were computed beforehand: for each combination of a few controls' values the outputs that the cell would have
// made. In a page without a kernel the controls choose among them; where there is a kernel it answers instead.
import type { CleanUp, ViewModel } from "../view.js";
import type { LinkEnd, Surroundings } from "./control.js";

/** One control and the values for which there are answers, in the order of the grid. */
interface Axis extends LinkEnd {
  readonly values: readonly unknown[];
}

export interface Precomputed {
  readonly axes: readonly Axis[];
  readonly output: ViewModel;
  /** The outputs of each point of the grid, the last axis running fastest. */
  readonly answers: readonly unknown[];
}

/**
 * Reads a model whose `view` is `precomputed`: `axes` are `[["IPY_MODEL_…", property, [values]], …]`, `output` refers to an Output,
 * `answers` are its `outputs` for each point. Undefined for any other model, and where the parts do not fit.
 */
export function precomputedOf(model: ViewModel, page: Pick<Surroundings, "modelOf">): Precomputed | undefined {
  if (model.get("view") !== "precomputed") return undefined;
  const output = page.modelOf(model.get("output"));
  const axes = listOf(model.get("axes")).map((axis): Axis | undefined => {
    const [reference, property, values] = listOf(axis);
    const at = page.modelOf(reference);
    return at === undefined || typeof property !== "string"
      ? undefined
      : { model: at, property, values: listOf(values) };
  });
  const answers = listOf(model.get("answers"));
  const isWhole = axes.every((axis) => axis !== undefined);
  if (
    output === undefined ||
    !isWhole ||
    answers.length !== axes.reduce((size, axis) => size * axis.values.length, 1)
  ) {
    return undefined;
  }
  return { axes, output, answers };
}

/** Lets the controls choose the answer. What the output showed when it was saved stays until one of them is moved. */
export function answerFromGrid({ axes, output, answers }: Precomputed): CleanUp {
  const answer = (): void => {
    let at = 0;
    for (const { model, property, values } of axes) {
      const place = placeOf(model.get(property), values);
      if (place < 0) return;
      at = at * values.length + place;
    }
    output.set("outputs", answers[at]);
  };
  for (const { model, property } of axes) model.on(`change:${property}`, answer);
  return () => {
    for (const { model, property } of axes) model.off(`change:${property}`, answer);
  };
}

/** The same value, or among numbers the nearest: a slider's steps are not exact in binary. */
function placeOf(value: unknown, values: readonly unknown[]): number {
  const text = JSON.stringify(value);
  const same = values.findIndex((candidate) => JSON.stringify(candidate) === text);
  if (same >= 0 || typeof value !== "number") return same;
  let best = -1;
  values.forEach((candidate, i) => {
    if (typeof candidate !== "number") return;
    if (best < 0 || Math.abs(candidate - value) < Math.abs((values[best] as number) - value)) best = i;
  });
  return best;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
