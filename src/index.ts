/**
 * warplab: a virtual GPU in a notebook. Kernels written in TypeScript or loaded as PTX run, are counted and stepped;
 * operators are predicted on the rooflines of real devices and held against measurements; `show` puts it all in a cell.
 */

import { setPrintSink } from "./core/print.js";
import { setProgressReporter } from "./core/progress.js";
import { setCudaCompiler } from "./gpu/host/cuda-source.js";
import { setFunctionSourceProvider } from "./gpu/language/index.js";
import { kernelBridge } from "./notebook/bridge.js";
import { compileWithInstalled } from "./notebook/cuda.js";
import { reportProgress } from "./notebook/progress.js";

export type { Dim3, Dim3Like } from "./core/dim3.js";
export {
  bf16,
  type DType,
  type DTypeName,
  e4m3,
  e5m2,
  f16,
  f32,
  f64,
  type HostArrays,
  i8,
  i16,
  i32,
  i64,
  type NarrowFloatName,
  type NativeDTypeName,
  type PointerType,
  u8,
  u16,
  u32,
  u64,
} from "./core/dtype.js";
export { InputError, WarplabError } from "./core/errors.js";
export { type Precision, type PrecisionName, parsePrecision, precisions } from "./core/precision.js";
export { Progress, type ProgressReporter, type ProgressState, silent } from "./core/progress.js";
export {
  arithmeticIntensity,
  type MemoryLevel,
  type Traffic,
  totalFlop,
  type Work,
  workingSetOf,
} from "./core/work.js";
export { bankPasses } from "./gpu/analysis/banks.js";
export { sectorsOf } from "./gpu/analysis/coalescing.js";
export { Replay } from "./gpu/analysis/replay.js";
export * from "./gpu/host/index.js";
export {
  fn,
  type Helper,
  type Kernel,
  kernel,
  type Signature,
  type ThreadContext,
} from "./gpu/language/index.js";
export type { MemoryAccess, Observer } from "./gpu/simt/observer.js";
export { type DeviceName, type DeviceSpec, device, devices, loadDevice } from "./hardware/index.js";
export {
  type ComputedCheck,
  type InferenceMemory,
  InferenceRun,
  type InferOptions,
  infer,
  type NotComputed,
  type ProgramSpan,
  type SpanRow,
} from "./inference/index.js";
export * from "./model/index.js";
export { type BackgroundProgram, BackgroundServer, type ServeOptions, serve } from "./notebook/background-server.js";
export { type BenchmarkScriptOptions, exportBenchmark } from "./notebook/benchmark-script.js";
export { type ClearOutputOptions, clearOutput } from "./notebook/clear-output.js";
export * from "./notebook/controls/index.js";
export { Heatmap, type HeatmapOptions, heatmap } from "./notebook/heatmap.js";
export { image, type Markup, markdown, type PictureOptions, rawHtml, svg } from "./notebook/markup.js";
export { type OpenTraceOptions, openTrace } from "./notebook/open-trace.js";
export { type ProgressBarOptions, progress } from "./notebook/progress.js";
export { ServiceExplorer, type ServiceExplorerOptions, serviceExplorer } from "./notebook/service-explorer.js";
export {
  compareRuns,
  loadSweep,
  replicate,
  type StudyOptions,
} from "./notebook/service-study/index.js";
export { type ShowOptions, show } from "./notebook/show.js";
export {
  type LaunchJson,
  type LaunchSweep,
  type PointOf,
  type StopSignal,
  type SweepFile,
  type SweepFileOptions,
  type SweepLaunchesOptions,
  type SweepOverOptions,
  type SweptResult,
  sweepLaunches,
  sweepLaunchesToFile,
  sweepOver,
  sweepToFile,
  type Varied,
} from "./notebook/sweep/index.js";
export { TimelineExplorer, type TimelineExplorerOptions, timelineExplorer } from "./notebook/timeline-explorer.js";
export { type Validator, type ValidatorOptions, validator } from "./notebook/validator.js";
export { batch, Widget } from "./notebook/widget.js";
export type { WidgetState } from "./notebook/widget-state.js";
export {
  type Bottleneck as ServiceBottleneck,
  type Breakdown,
  breakdown,
  chromeTracePieces,
  type FigureDifference,
  type Knee,
  kneeOf,
  type LlmService,
  type LoadSweep,
  type LoadSweepOptions,
  type LoadSweepRow,
  presets,
  type ReplicationOptions,
  type Replications,
  type RunCheck,
  type RunComparison,
  type RunLog,
  type RunSummary,
  readScenario,
  type Scenario,
  type ServiceCosts,
  type ServiceRun,
  type SimulateOptions,
  type Stage,
  type StageAggregate,
  simulate,
  type Target,
  toChromeTrace,
  type Workload,
} from "./serving/index.js";
export { analyse, type SpeedUps, TraceAnalysis, type WhatIf } from "./trace/analysis/index.js";
export { timelineToChrome } from "./trace/chrome/index.js";
export {
  type Activity,
  type AsciiTimelineOptions,
  asciiTimeline,
  type DriverCall,
  type DriverCallSink,
  type DriverRange,
  type DriverTraceHeader,
  driverTraceSchema,
  type FoldedStackOptions,
  foldedStacks,
  formatTrace,
  TraceRecorder,
} from "./trace/index.js";
export { type ByteSource, type ReadTraceOptions, readTrace, timelineOfCalls } from "./trace/read/index.js";
export { Timeline, type TimelineEvent } from "./trace/timeline/index.js";
export {
  type AccuracyChartOptions,
  accuracyChart,
  bandwidthChart,
  type ChartSpec,
  type GraphTimesOptions,
  graphTimes,
  type HeatMapChartOptions,
  heatMapChart,
  idleChart,
  type KneeChartOptions,
  kernelTimeChart,
  kneeChart,
  type LatencyChartOptions,
  latencyChart,
  type MemoryChartOptions,
  memoryChart,
  type ParetoChartOptions,
  paretoChart,
  queueChart,
  type RangeChartOptions,
  type ResidualOptions,
  type RooflineOptions,
  rangeChart,
  residuals,
  roofline,
  type ScalingChartOptions,
  type SpeedUpChartOptions,
  type SweepChartOptions,
  scalingChart,
  speedUpChart,
  type TraceBarOptions,
  type TraceChartOptions,
  type TraceTableName,
  type TraceTables,
  toTable,
  traceComparison,
  traceEventTable,
  traceTables,
  type UtilisationChartOptions,
  utilisationChart,
  validationTable,
} from "./view/index.js";

// In warplab's own kernel a function is compiled from the TypeScript of its cell rather than from what was made of it.
setFunctionSourceProvider((name, transpiled) => kernelBridge()?.typedFunction(name, transpiled));

// CUDA in a cell is compiled by what is installed.
setCudaCompiler(compileWithInstalled);

// A call that lasts shows how far it is, in the notebook or on the terminal.
setProgressReporter(reportProgress);

// What kernels print is output of the cell or of the program that launched them.
setPrintSink((text) => process.stdout.write(text));
