// The one look of every chart and table. It must hold on white and on a dark page at once, since a static picture cannot
// know where it is shown: nothing is painted behind it, and every colour has a luminance near 0.19, at which the contrast
// with white and with #111319 is the same, 4.3 to 1. test/view/theme.test.ts computes it.

/** Colours that are readable on light and dark pages alike. */
export const colours = {
  /** Words and figures. */
  ink: "#7a7a80",
  /** One for each thing that is compared, in this order; a thing is always labelled too. */
  series: ["#3b7dd8", "#c8690f", "#1f8a70", "#a25bc9", "#8f7a10", "#c0568c", "#2b87a3", "#6f74d6"],
  status: { green: "#1f8a55", yellow: "#a3730c", red: "#d64f43" },
} as const;

/** A status by its form, so that it is told without colour too. */
export const statusSigns = { green: "\u25cf", yellow: "\u25b2", red: "\u25a0" } as const;

/** The words' font where the notebook around gives none. */
export const wordFont = 'system-ui, "DejaVu Sans", sans-serif';

/**
 * What our HTML takes over from the program around it: JupyterLab's variables, which our own pages set too, else VS Code's, else a
 * light page. VS Code paints white behind some outputs whatever its theme is, so whoever sets the one colour sets the other.
 */
export const surroundings: Readonly<Record<"ink" | "paper" | "words" | "code", string>> = {
  ink: "var(--jp-ui-font-color1, var(--vscode-editor-foreground, #1b1b22))",
  paper: "var(--jp-layout-color0, var(--vscode-editor-background, #ffffff))",
  words: `var(--jp-ui-font-family, var(--vscode-font-family, ${wordFont.replaceAll('"', "'")}))`,
  code: "var(--jp-code-font-family, var(--vscode-editor-font-family, ui-monospace, 'DejaVu Sans Mono', monospace))",
};

/** The declarations with which the outermost element of every form begins: text and what is behind it, together. */
export const surface: string = `color: ${surroundings.ink}; background-color: ${surroundings.paper};`;

/** What every Vega-Lite chart takes as its `config`. */
export const chartTheme: Readonly<Record<string, unknown>> = {
  background: "transparent",
  font: wordFont,
  padding: 8,
  view: { stroke: null },
  title: {
    anchor: "start",
    color: colours.ink,
    fontSize: 13,
    fontWeight: 600,
    subtitleColor: colours.ink,
    subtitleFontSize: 11,
    subtitlePadding: 4,
    offset: 14,
  },
  axis: {
    labelColor: colours.ink,
    titleColor: colours.ink,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    titlePadding: 8,
    domainColor: colours.ink,
    domainOpacity: 0.5,
    tickColor: colours.ink,
    tickOpacity: 0.5,
    tickSize: 4,
    gridColor: colours.ink,
    gridOpacity: 0.18,
    gridWidth: 1,
  },
  header: { labelColor: colours.ink, titleColor: colours.ink, labelFontSize: 11, titleFontSize: 11 },
  legend: {
    symbolBaseFillColor: colours.ink,
    symbolBaseStrokeColor: colours.ink,
    labelColor: colours.ink,
    titleColor: colours.ink,
    labelFontSize: 11,
    titleFontSize: 11,
  },
  text: { color: colours.ink, fontSize: 11 },
  range: { category: colours.series },
};
