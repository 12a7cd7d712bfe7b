// What is shown, without a DOM: tables, charts and their static forms.
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
export { clusterCard, logCard, memoryCard, traceCard } from "./device-cards.js";
export { launchCard } from "./launch-card.js";
export { moduleCard } from "./module-card.js";
export { arrayCard, deviceCard, devicesTable, gpuCard, kernelCard, predictionCard } from "./result-cards.js";
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
export { type ReportOrigin, type ValidationDocumentOptions, validationDocument } from "./validation-document.js";
