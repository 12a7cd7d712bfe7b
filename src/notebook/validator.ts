// A validation that a reader works with: opens a file of measured times, chooses the device, sorts and filters the rows. The
// comparing is model/validation's, the drawing widgets/validation's.
import { WarplabError } from "../core/errors.js";
import { inspectAsText } from "../core/inspect.js";
import { orReason } from "../core/reason.js";
import { type DeviceSpec, devices, device as findDevice } from "../hardware/index.js";
import {
  describeMode,
  modeSummary,
  readMeasurements,
  type ValidationReport,
  validate,
  validationModes,
} from "../model/index.js";
import { validationState, validationTable } from "../view/index.js";
import { type KernelBridge, kernelBridge, type MimeBundle, mimeForm } from "./bridge.js";
import { layoutWidget, ownModel, Widget } from "./widget.js";
import { isRecord, type WidgetState } from "./widget-state.js";

export interface ValidatorOptions {
  /** A benchmark file to begin with: its text, or what it says. */
  readonly file?: unknown;
  /** What messages call it: `benchmark` unless given. */
  readonly name?: string;
  /** The device to predict, in place of the file's `hardware_key`. */
  readonly device?: string | DeviceSpec;
}

/** Rows that the still form of a table shows; the live one has all. */
const stillRows = 200;

/** A validation and the view of it. `report` is what is shown at present. */
export class Validator {
  #report: ValidationReport | undefined;
  #file: { readonly text: unknown; readonly name: string; readonly measuredOn: string } | undefined;
  #widget: Widget | undefined;
  #error = "";

  /** Throws InputError for a file or a device that cannot be read. */
  constructor({ file, name = "benchmark", device }: ValidatorOptions = {}) {
    if (file !== undefined) this.#open(file, name, device);
    Object.defineProperty(this, mimeForm, { value: () => this.#bundle() });
  }

  /** What is shown; undefined while no file is open. */
  get report(): ValidationReport | undefined {
    return this.#report;
  }

  toString(): string {
    return this.#report === undefined ? "A validation without a file" : String(this.#report);
  }

  static {
    inspectAsText(Validator);
  }

  #open(text: unknown, name: string, device: string | DeviceSpec | undefined): void {
    this.#report = validate(text, { name, ...(device !== undefined && { device }) });
    this.#file = { text, name, measuredOn: this.#report.measuredOn };
  }

  /** Keeps a file that can be read although nothing is known of its device: a reader may choose another. Says whether it did. */
  #keepUnknown(text: unknown, name: string): boolean {
    const read = orReason(() => readMeasurements(text, name));
    if (typeof read === "string") return false;
    this.#report = undefined;
    this.#file = { text, name, measuredOn: read.hardwareKey };
    return true;
  }

  /** What a page asked for: another file, another device, or both. What cannot be read is told, and what is shown stays. */
  #answer(request: unknown): void {
    if (!isRecord(request)) return;
    const { text, name, device } = request;
    const given = typeof text === "string";
    if (!given && this.#file === undefined) return;
    const file = given ? { text, name: typeof name === "string" ? name : "pasted text" } : this.#file!;
    try {
      // A new file is about the device that it names, until the reader chooses another.
      this.#open(file.text, file.name, typeof device === "string" ? device : undefined);
      this.#error = "";
    } catch (error) {
      if (!(error instanceof WarplabError)) throw error;
      this.#error = error.message;
      if (given && this.#keepUnknown(file.text, file.name)) this.#error += "\nOr choose the device to predict above.";
    }
    this.#widget?.set({ ...this.#state(), request: null });
  }

  #state(): WidgetState {
    const report = this.#report;
    return {
      view: "validation",
      devices: deviceChoices(report?.device),
      device: report?.device.key ?? null,
      file: this.#file?.name ?? "",
      measured_on: this.#file?.measuredOn ?? "",
      error: this.#error,
      report: report === undefined ? null : (validationState(report) as unknown as WidgetState),
      request: null,
    };
  }

  #live(bridge: KernelBridge): Widget {
    if (this.#widget === undefined || this.#widget.closed) {
      this.#widget = new Widget(
        { ...ownModel(), tabbable: null, tooltip: null, layout: layoutWidget({}, bridge), ...this.#state() },
        bridge,
      );
      this.#widget.observe("request", (request) => this.#answer(request));
    }
    return this.#widget;
  }

  #bundle(): MimeBundle {
    const bridge = kernelBridge();
    const words = this.toString();
    const still =
      this.#report === undefined
        ? "<p>A validation without a file: with warplab's Jupyter kernel one is opened here.</p>"
        : validationTable(this.#report, { rows: stillRows }) + modesInWords(this.#report);
    return {
      ...(bridge === undefined ? {} : this.#live(bridge).viewBundle()),
      "text/html": still,
      "text/plain": words,
    };
  }
}

/** How far either model is off, for where there is no live view to choose one in. */
function modesInWords(report: ValidationReport): string {
  return validationModes.map((mode) => `<p>${describeMode(modeSummary(report, mode))}</p>`).join("");
}

/** The devices that a reader chooses from, that of the report among them. */
function deviceChoices(own: DeviceSpec | undefined): { key: string; name: string }[] {
  const known = devices().map(({ key, name }) => ({ key, name }));
  const isKnown = own === undefined || known.some(({ key }) => key === own.key);
  return isKnown ? known : [...known, { key: own.key, name: own.name }];
}

/**
 * A validation to work with: in a notebook one opens, drops or pastes a file of measured times, chooses the device, sorts and
 * filters the rows, and sees each on the roofline. `validator()` begins empty; `validator({ file: measured("gb10") })` with a
 * file. Throws InputError for a file or a device that cannot be read.
 */
export function validator(options: ValidatorOptions = {}): Validator {
  if (options.device !== undefined) findDevice(options.device);
  return new Validator(options);
}
