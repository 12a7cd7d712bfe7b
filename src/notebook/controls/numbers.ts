// Controls for numbers: sliders, texts that take numbers, progress bars and a player that counts.
import type { WidgetState } from "../widget-state.js";
import {
  type Control,
  type Described,
  type Input,
  makeControl,
  type Options,
  type Outside,
  type Refuse,
} from "./control.js";

export interface Range {
  min: number;
  max: number;
}

type Orientation = "horizontal" | "vertical";
export type BarStyle = "" | "success" | "info" | "warning" | "danger";

interface Sliding extends Input {
  orientation: Orientation;
  /** Whether the value is written beside it. */
  readout: boolean;
  /** Whether the value follows the handle, or waits until it is let go. */
  continuousUpdate: boolean;
  /** How the handle is moved. */
  behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
}

export interface SliderProperties extends Sliding, Range {
  value: number;
  step: number;
  /** How the value is written, in d3's notation: `"d"`, `".2f"`. */
  readoutFormat: string;
}

export interface LogSliderProperties extends SliderProperties {
  /** The value lies between base ** min and base ** max. */
  base: number;
}

export interface RangeSliderProperties extends Sliding, Range {
  /** Lower and upper end. */
  value: readonly [number, number];
  step: number;
  readoutFormat: string;
}

export interface NumberTextProperties extends Input {
  value: number;
  /** null: any. */
  step: number | null;
  /** Whether the value follows each key, or waits for Enter. */
  continuousUpdate: boolean;
}

export interface BoundedTextProperties extends NumberTextProperties, Range {}

export interface ProgressProperties extends Described, Range {
  value: number;
  barStyle: BarStyle;
  orientation: Orientation;
}

export interface PlayProperties extends Input, Range {
  value: number;
  step: number;
  /** Milliseconds from one value to the next. */
  interval: number;
  playing: boolean;
  /** Whether it begins anew at the end. */
  repeat: boolean;
  showRepeat: boolean;
}

export type Slider = Control<SliderProperties>;
export type LogSlider = Control<LogSliderProperties>;
export type RangeSlider = Control<RangeSliderProperties>;
export type NumberText = Control<NumberTextProperties>;
export type BoundedText = Control<BoundedTextProperties>;
export type Progress = Control<ProgressProperties>;
export type Play = Control<PlayProperties>;

/**
 * A slider from `min` (0) to `max` (100) by `step` (1). Of whole numbers when all that are given are whole; `floatSlider` is
 * for fractions. Throws InputError for a range that is none and a value outside it.
 */
export function slider(options: Options<SliderProperties> = {}): Slider {
  const { min, max, step, value } = options;
  const whole = [min, max, step, value].every((figure) => figure === undefined || !isFraction(figure));
  return whole ? makeControl("IntSlider", options, bounded("slider")) : fractionSlider("slider", options);
}

/** A slider of fractions, from `min` (0) to `max` (100) by `step` (0.1). Throws InputError as `slider` does. */
export function floatSlider(options: Options<SliderProperties> = {}): Slider {
  return makeControl("FloatSlider", options, bounded("floatSlider"));
}

/**
 * A slider over powers: its value goes from base ** min to base ** max, `base` is 10, `min` 0, `max` 4, `step` 0.1 of the
 * exponent. Throws InputError as `slider` does.
 */
export function logSlider(options: Options<LogSliderProperties> = {}): LogSlider {
  const { base = 10, min = 0, max = 4 } = options;
  const value = options.value ?? (base > 0 && min <= max ? Math.min(Math.max(1, base ** min), base ** max) : 1);
  return makeControl(
    "FloatLogSlider",
    { ...options, value },
    {
      where: "logSlider",
      reconcile: (changes, next, refuse, outside) => {
        const { base, min, max, value, step } = next as unknown as LogSliderProperties;
        if (base <= 0 || base === 1) refuse(`base must be greater than 0 and not 1, got ${base}`);
        checkRange(min, max, step, refuse);
        const ends = [base ** min, base ** max].sort((a, b) => a - b);
        // Powers are computed with a rounding of their own here and in the page.
        const slack = 1e-9 * Math.abs(value);
        if (value >= ends[0] - slack && value <= ends[1] + slack) return changes;
        if ("value" in changes) outside(`value must lie between ${ends[0]} and ${ends[1]}, got ${value}`);
        return { ...changes, value: Math.min(Math.max(value, ends[0]), ends[1]) };
      },
    },
  );
}

/**
 * A slider with two handles; its value is `[lower, upper]`. Of whole numbers when all that are given are whole;
 * `floatRangeSlider` is for fractions. Throws InputError for ends in the wrong order or outside the range.
 */
export function rangeSlider(options: Options<RangeSliderProperties> = {}): RangeSlider {
  const { min, max, step, value = [] } = options;
  if ([min, max, step, ...value].some((figure) => figure !== undefined && isFraction(figure))) {
    return fractionRange("rangeSlider", options);
  }
  return makeControl("IntRangeSlider", withMiddle(options, Math.round), betweenEnds("rangeSlider"));
}

/** A slider with two handles for fractions. Throws InputError as `rangeSlider` does. */
export function floatRangeSlider(options: Options<RangeSliderProperties> = {}): RangeSlider {
  return fractionRange("floatRangeSlider", options);
}

/** A text that takes a whole number; with `min` or `max` also one between them. */
export function intText(options: Options<BoundedTextProperties> & ({ min: number } | { max: number })): BoundedText;
export function intText(options?: Options<NumberTextProperties>): NumberText;
export function intText(options: Options<BoundedTextProperties> = {}): BoundedText {
  if (!isBounded(options)) return makeControl("IntText", options, { where: "intText", reconcile: checkStep });
  return makeControl("BoundedIntText", { ...openEnds, ...options }, bounded("intText"));
}

/** A text that takes a number; with `min` or `max` also one between them. */
export function floatText(options: Options<BoundedTextProperties> & ({ min: number } | { max: number })): BoundedText;
export function floatText(options?: Options<NumberTextProperties>): NumberText;
export function floatText(options: Options<BoundedTextProperties> = {}): BoundedText {
  if (!isBounded(options)) return makeControl("FloatText", options, { where: "floatText", reconcile: checkStep });
  return makeControl("BoundedFloatText", { ...openEnds, ...options }, bounded("floatText"));
}

/** A bar that fills from `min` (0) to `max` (100); of whole numbers when all that are given are whole. */
export function progressBar(options: Options<ProgressProperties> = {}): Progress {
  const { min, max, value } = options;
  const whole = [min, max, value].every((figure) => figure === undefined || Number.isSafeInteger(figure));
  return makeControl(whole ? "IntProgress" : "FloatProgress", options, bounded("progressBar"));
}

/** Buttons that count from `min` (0) to `max` (100), a `step` (1) every `interval` (100) milliseconds, in the page. */
export function play(options: Options<PlayProperties> = {}): Play {
  return makeControl("Play", options, bounded("play"));
}

/** Where only one end is given the other is far away. */
const openEnds: Range = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/** A number that is no whole one; what is no number at all is refused by name later. */
function isFraction(figure: unknown): boolean {
  return typeof figure === "number" && Number.isFinite(figure) && !Number.isSafeInteger(figure);
}

function fractionSlider(where: string, options: Options<SliderProperties>): Slider {
  const { min = 0, max = 100 } = options;
  return makeControl("FloatSlider", { step: fineStep(min, max), ...options }, bounded(where));
}

function fractionRange(where: string, options: Options<RangeSliderProperties>): RangeSlider {
  const fine = where === "rangeSlider" ? { step: fineStep(options.min ?? 0, options.max ?? 100) } : {};
  return makeControl(
    "FloatRangeSlider",
    withMiddle({ ...fine, ...options }, (end) => end),
    betweenEnds(where),
  );
}

/** A tenth, or less where the range is so short that a tenth would leave few places. */
function fineStep(min: number, max: number): number {
  const span = max - min;
  return span > 0 ? Math.min(0.1, 10 ** (Math.floor(Math.log10(span)) - 2)) : 0.1;
}

function isBounded(options: Partial<Range>): boolean {
  return options.min !== undefined || options.max !== undefined;
}

/** The middle half of the range, where no value is given. */
function withMiddle(
  options: Options<RangeSliderProperties>,
  round: (end: number) => number,
): Options<RangeSliderProperties> {
  const { min = 0, max = 100 } = options;
  if (options.value !== undefined || typeof min !== "number" || typeof max !== "number") return options;
  return { ...options, value: [round(min + (max - min) / 4), round(max - (max - min) / 4)] };
}

interface Fit {
  readonly where: string;
  reconcile(changes: WidgetState, next: Readonly<WidgetState>, refuse: Refuse, outside: Outside): WidgetState;
}

/** One value between min and max. Where only the range changes, the value follows it. */
function bounded(where: string): Fit {
  return {
    where,
    reconcile: (changes, next, refuse, outside) => {
      const { min, max, value, step } = next as { min: number; max: number; value: number; step?: number | null };
      checkRange(min, max, step, refuse);
      if ("interval" in next && (next["interval"] as number) <= 0) refuse("interval must be greater than 0");
      if (value >= min && value <= max) return changes;
      if ("value" in changes) outside(`value must lie between min (${min}) and max (${max}), got ${value}`);
      return { ...changes, value: Math.min(Math.max(value, min), max) };
    },
  };
}

/** Two values between min and max, the lower first. */
function betweenEnds(where: string): Fit {
  return {
    where,
    reconcile: (changes, next, refuse, outside) => {
      const { min, max, step } = next as { min: number; max: number; step: number };
      const [lower, upper] = next["value"] as [number, number];
      checkRange(min, max, step, refuse);
      if (lower <= upper && lower >= min && upper <= max) return changes;
      if ("value" in changes) {
        if (lower > upper) refuse(`value must begin with its lower end, got [${lower}, ${upper}]`);
        outside(`value must lie between min (${min}) and max (${max}), got [${lower}, ${upper}]`);
      }
      const into = (end: number): number => Math.min(Math.max(end, min), max);
      return { ...changes, value: [into(lower), into(upper)] };
    },
  };
}

function checkRange(min: number, max: number, step: number | null | undefined, refuse: Refuse): void {
  if (min > max) refuse(`min (${min}) is greater than max (${max})`);
  if (step !== null && step !== undefined && step <= 0) refuse(`step must be greater than 0, got ${step}`);
}

function checkStep(changes: WidgetState, { step }: Readonly<WidgetState>, refuse: Refuse): WidgetState {
  if (typeof step === "number" && step <= 0) refuse(`step must be greater than 0, got ${step}`);
  return changes;
}
