// The MIME bundle of a value: every form in which it can be shown, richest for those who can, words for everybody. Knows no
// kernel; a live widget is added by `show`, which has one.
import { inspect } from "node:util";
import { InputError } from "../core/errors.js";
import {
  DeviceArray,
  DeviceLog,
  DeviceMemory,
  GPUCluster,
  Launch,
  PtxKernel,
  PtxModule,
  VirtualGPU,
} from "../gpu/host/index.js";
import type { Kernel } from "../gpu/language/index.js";
import type { DeviceSpec } from "../hardware/index.js";
import { InferenceRun } from "../inference/index.js";
import {
  type AccuracyReport,
  Explanation,
  GraphPrediction,
  Prediction,
  type ValidationReport,
} from "../model/index.js";
import type { LoadSweep, Replications, RunComparison } from "../serving/index.js";
import { TraceAnalysis } from "../trace/analysis/index.js";
import { TraceRecorder } from "../trace/index.js";
import {
  accuracyTable,
  analysisCard,
  arrayCard,
  type ChartSpec,
  chartText,
  chartTheme,
  checkChart,
  clusterCard,
  comparisonTable,
  deviceCard,
  devicesTable,
  explanationCard,
  gpuCard,
  graphCard,
  inferenceCard,
  isChart,
  isRecords,
  isTable,
  isVega,
  kernelCard,
  launchCard,
  loadSweepTable,
  logCard,
  memoryCard,
  moduleCard,
  predictionCard,
  replicationsTable,
  serviceCard,
  tableHtml,
  tableText,
  traceCard,
  validationTable,
  vegaLiteMimeType,
  vegaLiteSchema,
  vegaMimeType,
} from "../view/index.js";
import { jupyterDisplay, type MimeBundle, mimeForm } from "./bridge.js";
import { framedView } from "./framed.js";
import { isServiceRun } from "./service-explorer.js";
import { type SteppingLaunch, stepperState } from "./stepper-widget.js";
import { stillChart } from "./still-chart.js";
import { isTimeline, timelineExplorerOf } from "./timeline-explorer.js";
import { Widget } from "./widget.js";

/** All forms of a value; `text/plain` is always among them. */
export function bundleOf(value: unknown): MimeBundle {
  const own = offeredBundle(value);
  if (own !== undefined) return { ...own, "text/plain": own["text/plain"] ?? inspect(value) };
  if (value instanceof Widget)
    return { ...value.viewBundle(), "text/plain": `A widget: ${String(value.get("_view_name"))}.` };
  if (isStepper(value)) return stepperBundle(value);
  if (isTimeline(value)) return timelineExplorerOf(value).still();
  if (isChart(value)) return chartBundle(value);
  if (isTable(value)) return { "text/html": tableHtml(value), "text/plain": tableText(value) };
  if (isRecords(value)) return { "text/html": tableHtml(value), "text/plain": tableText(value) };
  if (value instanceof TraceRecorder) return { ...timelineExplorerOf(value).still(), "text/html": traceCard(value) };
  if (isReport(value)) return { "text/html": validationTable(value), "text/plain": inspect(value, { depth: 4 }) };
  const html = resultHtml(value);
  if (html !== undefined) return { "text/html": html, "text/plain": inspect(value, { depth: 4 }) };
  return { "text/plain": typeof value === "string" ? value : inspect(value, { depth: 4 }) };
}

/** The card of one of our results; undefined for anything else. */
function resultHtml(value: unknown): string | undefined {
  if (value instanceof Launch) return launchCard(value);
  if (value instanceof DeviceArray) return arrayCard(value);
  if (value instanceof VirtualGPU) return gpuCard(value);
  if (value instanceof GPUCluster) return clusterCard(value);
  if (value instanceof DeviceMemory) return memoryCard(value);
  if (value instanceof DeviceLog) return logCard(value);
  if (value instanceof TraceAnalysis) return analysisCard(value);
  if (value instanceof PtxModule) return moduleCard(value);
  if (value instanceof PtxKernel || isKernel(value)) return kernelCard(value);
  if (value instanceof Prediction) return predictionCard(value);
  if (value instanceof Explanation) return explanationCard(value);
  if (value instanceof GraphPrediction) return graphCard(value);
  if (value instanceof InferenceRun) return inferenceCard(value);
  if (isAccuracy(value)) return accuracyTable(value);
  if (isServiceRun(value)) return serviceCard(value);
  if (isLoadSweep(value)) return loadSweepTable(value);
  if (isReplications(value)) return replicationsTable(value);
  if (isComparison(value)) return comparisonTable(value);
  if (isDevice(value)) return deviceCard(value);
  if (Array.isArray(value) && value.length > 0 && value.every(isDevice)) return devicesTable(value);
  return undefined;
}

function isKernel(value: unknown): value is Kernel {
  if (value === null || typeof value !== "object") return false;
  const { ptx, parameters, debug, tree } = value as Partial<Kernel>;
  return typeof ptx === "string" && Array.isArray(parameters) && typeof debug === "object" && typeof tree === "object";
}

function isDevice(value: unknown): value is DeviceSpec {
  if (value === null || typeof value !== "object") return false;
  const { key, peak, dram, sources, unsure } = value as Partial<DeviceSpec>;
  const parts = [peak, dram, sources, unsure];
  return typeof key === "string" && parts.every((part) => typeof part === "object" && part !== null);
}

/** A launch that can be stepped: what `gpu.step` returns. */
export function isStepper(value: unknown): value is SteppingLaunch {
  if (value === null || typeof value !== "object") return false;
  const { image, cursor, onChange } = value as Partial<SteppingLaunch>;
  return typeof image === "object" && typeof cursor === "number" && typeof onChange === "function";
}

function isReport(value: unknown): value is ValidationReport {
  if (value === null || typeof value !== "object") return false;
  const { results, skipped, summary } = value as Partial<ValidationReport>;
  return Array.isArray(results) && Array.isArray(skipped) && typeof summary?.num_benchmarks === "number";
}

function isAccuracy(value: unknown): value is AccuracyReport {
  if (value === null || typeof value !== "object") return false;
  const { groups, pairs, summary } = value as Partial<AccuracyReport>;
  return Array.isArray(groups) && Array.isArray(pairs) && typeof summary?.used_pct === "number";
}

function isLoadSweep(value: unknown): value is LoadSweep {
  if (value === null || typeof value !== "object") return false;
  const { scenario, rows, knees } = value as Partial<LoadSweep>;
  return typeof scenario === "string" && Array.isArray(rows) && Array.isArray(knees);
}

function isReplications(value: unknown): value is Replications {
  if (value === null || typeof value !== "object") return false;
  const { scenario, replications, rows } = value as Partial<Replications>;
  return typeof scenario === "string" && typeof replications === "number" && Array.isArray(rows);
}

function isComparison(value: unknown): value is RunComparison {
  if (value === null || typeof value !== "object") return false;
  const { a, b, replications, rows } = value as Partial<RunComparison>;
  return typeof a === "string" && typeof b === "string" && typeof replications === "number" && Array.isArray(rows);
}

function stepperBundle(stepper: SteppingLaunch): MimeBundle {
  const words = inspect(stepper, { breakLength: Number.POSITIVE_INFINITY });
  const description = `Stepper of the kernel ${stepper.image.kernel}`;
  return { "text/html": framedView(stepperState(stepper), { description }), "text/plain": words };
}

function chartBundle(plain: ChartSpec): MimeBundle {
  // A chart without settings of its own gets our look, which is readable on light and on dark pages.
  const themed = plain["config"] === undefined ? { ...plain, config: chartTheme } : plain;
  if (!isVega(themed)) checkChart(themed);
  // Front ends draw by the schema, too.
  const spec = themed.$schema === undefined ? { $schema: vegaLiteSchema, ...themed } : themed;
  return {
    [isVega(spec) ? vegaMimeType : vegaLiteMimeType]: spec,
    "image/svg+xml": stillChart(spec),
    "text/plain": chartWords(spec),
  };
}

function chartWords(spec: ChartSpec): string {
  const words = chartText(spec);
  return words === "" ? "Chart" : `Chart: ${words}`;
}

function offeredBundle(value: unknown): MimeBundle | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  const offered = value as { [mimeForm]?: unknown; [jupyterDisplay]?: unknown };
  const method = offered[mimeForm] ?? offered[jupyterDisplay];
  if (typeof method !== "function") return undefined;
  const bundle: unknown = method.call(value);
  if (bundle instanceof Promise) {
    bundle.catch(() => {});
    throw new InputError(
      "how this value is shown comes with a promise, which only a cell's last expression can wait for",
      {
        fix: "Write the value as the last line of the cell.",
      },
    );
  }
  return typeof bundle === "object" && bundle !== null ? (bundle as MimeBundle) : undefined;
}
