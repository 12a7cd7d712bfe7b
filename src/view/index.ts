// What is shown, without a DOM: tables, charts and their static forms.
export { type AccuracyChartOptions, accuracyChart, accuracyTable } from "./accuracy-views.js";
export {
  type ChartCompiler,
  type ChartSpec,
  chartText,
  isChart,
  isVega,
  toSvg,
  vegaLiteMimeType,
  vegaLiteSchema,
  vegaMimeType,
} from "./chart/chart.js";
export { checkChart } from "./chart/chart-mistakes.js";
export { type ResidualOptions, residuals } from "./chart/residuals.js";
export { type RooflineOptions, roofline } from "./chart/roofline/roofline.js";
export { type KneeChartOptions, kneeChart } from "./chart/service/knee.js";
export { type LatencyChartOptions, latencyChart } from "./chart/service/latency.js";
export { type UtilisationChartOptions, utilisationChart } from "./chart/service/utilisation.js";
export { type HeatMapChartOptions, heatMapChart } from "./chart/sweep/heat-map.js";
export { type ParetoChartOptions, paretoChart } from "./chart/sweep/pareto.js";
export { type ScalingChartOptions, scalingChart } from "./chart/sweep/scaling.js";
export { type SpeedUpChartOptions, speedUpChart } from "./chart/sweep/speed-up.js";
export type { SweepChartOptions } from "./chart/sweep/sweep-chart.js";
export { clusterCard, logCard, memoryCard, traceCard } from "./device-cards.js";
export { type GraphTimesOptions, graphCard, graphTimes } from "./graph-views.js";
export { inferenceCard } from "./inference-card.js";
export { launchCard } from "./launch-card.js";
export { moduleCard } from "./module-card.js";
export { explanationCard, predictionCard } from "./prediction-card.js";
export { arrayCard, deviceCard, devicesTable, gpuCard, kernelCard } from "./result-cards.js";
export { serviceCard } from "./service-card.js";
export { comparisonTable, loadSweepTable, replicationsTable } from "./study-tables.js";
export {
  formatNumber,
  isRecords,
  isTable,
  rowsOf,
  type TableHtmlOptions,
  type TableLike,
  tableHtml,
  tableText,
  toTable,
} from "./table.js";
export { validationTable } from "./table-validation.js";
export { chartTheme, colours } from "./theme.js";
export { analysisCard } from "./trace/analysis-card.js";
export {
  bandwidthChart,
  idleChart,
  kernelTimeChart,
  type RangeChartOptions,
  rangeChart,
  type TraceBarOptions,
} from "./trace/bar-charts.js";
export { traceComparison } from "./trace/comparison.js";
export { traceEventTable } from "./trace/event-table.js";
export { type MemoryChartOptions, memoryChart } from "./trace/memory-chart.js";
export type { TraceChartOptions } from "./trace/named-bars.js";
export { queueChart } from "./trace/queue-chart.js";
export { formatBytes } from "./trace/sizes.js";
export { type TraceTableName, TraceTables, traceTableNames, traceTables } from "./trace/tables.js";
export { type ReportOrigin, type ValidationDocumentOptions, validationDocument } from "./validation-document.js";
export { type ValidationColumns, type ValidationState, validationState } from "./validation-state.js";
