// How the stepper looks. Colours come from the notebook's theme where it has them, with fallbacks for light and dark; a state is
// never told by colour alone. The style lives in the stepper's shadow root: nothing leaks out, nothing leaks in.

export const style: string = `
:host { display: block; outline: none !important; }
:host(:focus-visible) .stepper { outline: 2px solid var(--hot); outline-offset: -2px; }
.stepper {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #fff));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #fafafa));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #e2e2e6));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #1d1d24));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #62626d));
  --accent: #2861cc; --on-accent: #fff; --accent-soft: #2f6bd81f; --off: #2f6bd83d;
  --hot: #a95005; --hot-soft: #d9730d80;
  --bad: #c0392b; --bad-soft: #c0392b22;
  --green: #277046; --violet: #7a4bb5;
  --code: var(--jp-code-font-family, ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace);
  --gutter: 150px;
  --hatch: repeating-linear-gradient(135deg, transparent 0 3px, var(--line) 3px 4px);
  container-type: inline-size;
  position: relative;
  box-sizing: border-box;
  font: 13px/1.45 var(--jp-ui-font-family, system-ui, "Segoe UI", "DejaVu Sans", sans-serif);
  font-variant-numeric: tabular-nums;
  color: var(--ink); background: var(--bg);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden;
  color-scheme: light;
}
.stepper[data-theme="dark"] {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #111319));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #171a22));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #2e3340));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #e8e9ee));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #a0a2b1));
  --accent: #6ea8ff; --on-accent: #0c1524; --accent-soft: #6ea8ff26; --off: #6ea8ff38;
  --hot: #f0a04b; --hot-soft: #f0a04b80;
  --bad: #ff7b6b; --bad-soft: #ff7b6b26;
  --green: #7ecb9a; --violet: #bd9cf0;
  color-scheme: dark;
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--hot); outline-offset: 1px; }
h3, h4, p, dl, dd { margin: 0; }
h3 { font-size: 15px; font-weight: 600; }
h4 { font-size: 12px; font-weight: 600; color: var(--soft); }
h4 small { font-weight: 400; font-size: 11px; }
kbd { font: 11px var(--code); color: var(--soft); }
b { font-weight: 600; }
b.waste { color: var(--bad); }

header { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; padding: 9px 14px; border-bottom: 1px solid var(--line); }
.launch { font-family: var(--code); font-size: 12px; color: var(--soft); }
.where { margin-left: auto; display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: baseline; color: var(--soft); }
.where b { color: var(--ink); }
.where .at { min-width: 10.5em; text-align: right; }
.where select, .where input[type="number"] { font-weight: 600; color: var(--ink); }
.stay { white-space: nowrap; }
.stay input { margin: 0; vertical-align: -2px; accent-color: var(--accent); }
select, input[type="number"] { font: inherit; color: var(--ink); background: var(--bg); border: 1px solid transparent; border-radius: 5px; padding: 1px 2px; }
select:hover, input[type="number"]:hover { border-color: var(--line); }

.toolbar { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; padding: 8px 14px; border-bottom: 1px solid var(--line); background: var(--panel); }
.group { display: flex; flex-wrap: wrap; gap: 5px; align-items: center; }
.group.end { margin-left: auto; gap: 2px; }
button { font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--line); border-radius: 5px; padding: 3px 8px; cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--soft); }
button:active { background: var(--accent-soft); }
button[aria-disabled="true"] { color: var(--soft); opacity: .6; cursor: default; }
[data-action="step"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
[data-action="step"]:active { background: var(--accent); }
[data-action="step"][aria-disabled="true"] { color: var(--on-accent); }
[data-action="play"] { min-width: 4.6em; }
[data-choose="speed"] { max-width: 4.6em; color: var(--soft); }
.pair { display: inline-flex; }
.pair button:first-child { border-radius: 5px 0 0 5px; padding: 3px 6px; color: var(--soft); }
.pair button:last-child { border-radius: 0 5px 5px 0; border-left: 0; padding-left: 6px; }
.group.end button { background: none; border-color: transparent; color: var(--soft); padding: 3px 6px; }
.group.end button:hover { border-color: var(--line); }

.strip { padding: 10px 14px 5px; border-bottom: 1px solid var(--line); }
.slider { position: relative; cursor: ew-resize; touch-action: none; }
.slider canvas { display: block; width: 100%; }
.slider .mask { height: 64px; background: var(--panel); box-shadow: 0 0 0 1px var(--line); }
.slider.launch { margin-top: 5px; }
.launch-bar { height: 6px; }
.mark { position: absolute; top: -3px; bottom: -3px; width: 2px; margin-left: -1px; background: var(--hot); pointer-events: none; }
.mark::before { content: ""; position: absolute; top: -2px; left: -3px; border: 4px solid transparent; border-top-color: var(--hot); }
.launch .mark::before { content: none; }
.lane-mark { position: absolute; left: -9px; margin-top: -4px; border: 4px solid transparent; border-left-color: var(--hot); pointer-events: none; }
.caption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 14px; margin-top: 3px; color: var(--soft); font-size: 11.5px; }

.panes { display: grid; grid-template-columns: minmax(0, 39fr) minmax(0, 61fr); }
.programs { border-right: 1px solid var(--line); min-width: 0; display: flex; flex-direction: column; }
.code { padding: 9px 0 0; min-height: 0; }
* + .code { border-top: 1px solid var(--line); margin-top: 8px; }
.code h4 { padding: 0 14px 5px; overflow-wrap: anywhere; }
pre { position: relative; margin: 0; font: 12px/1.65 var(--code); overflow: auto; scrollbar-width: thin; max-height: 290px; padding-bottom: 6px; }
[data-part="ptx"] { flex: 1 1 auto; display: flex; flex-direction: column; }
[data-part="ptx"] pre { flex: 1 1 240px; height: 0; min-height: 240px; max-height: none; font-size: 11.5px; line-height: 1.55; }
.programs.alone [data-part="ptx"] pre { min-height: 420px; }
.line { display: flex; width: max-content; min-width: 100%; white-space: pre; padding-right: 14px; }
.line[data-runs] { cursor: pointer; }
.line[data-runs]:hover .number { color: var(--accent); text-decoration: underline; }
.number { flex: none; width: 34px; padding-right: 6px; text-align: right; color: var(--soft); user-select: none; }
.heat { flex: none; width: 34px; margin-right: 8px; display: flex; justify-content: flex-end; align-items: center; }
.heat i { display: block; height: 9px; border-radius: 2px; background: var(--hot-soft); }
[data-part="ptx"] .heat i { height: 6px; }
.now { background: var(--accent-soft); box-shadow: inset 3px 0 0 var(--accent); }
.now .number { color: var(--ink); font-weight: 600; }
.upcoming { background: none; box-shadow: inset 3px 0 0 var(--hot); }
.fault { background: var(--bad-soft); box-shadow: inset 3px 0 0 var(--bad); }
.caret { outline: 1px dashed var(--soft); outline-offset: -1px; }
.keyword { color: var(--violet); } .number-token, .text .number { color: inherit; }
.text .comment { color: var(--soft); font-style: italic; } .text .string { color: var(--green); } .text .number { all: unset; color: var(--green); }
.register { color: var(--accent); } .label { color: var(--hot); } .directive { color: var(--soft); }
[data-part="ptx"] .keyword { color: var(--ink); }

.warp { padding: 9px 14px 12px; min-width: 0; }
.row { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; }
.row, .picture { grid-template-columns: calc(var(--gutter) * .36) calc(var(--gutter) * .64) minmax(0, 1fr); }
.columns { width: 100%; min-width: 0; }
.name { font: 12px var(--code); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.value { font: 12px var(--code); font-variant-numeric: tabular-nums; text-align: right; padding-right: 9px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lanes { display: grid; grid-template-columns: repeat(32, minmax(0, 1fr)); margin: 7px 0 4px; }
/* A number too wide for its lane stands in two lines, the tens above the ones. */
.lanes button { height: 24px; margin: 0 1px; padding: 0; border-radius: 3px; border: 1px solid var(--line); font: 9px/1 var(--code); letter-spacing: -.08em; white-space: normal; word-break: break-all; color: var(--soft); background: var(--bg); overflow: hidden; }
.lanes [data-state="on"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.lanes [data-state="off"] { background: var(--hatch), var(--bg); }
.lanes [data-why="predicate"] { background: var(--accent-soft); border-style: dashed; border-color: var(--accent); color: var(--accent); }
.lanes [data-state="done"] { border-style: dotted; border-color: var(--soft); background: radial-gradient(circle, var(--soft) 1.3px, transparent 1.6px) center/6px 6px, var(--bg); }
.lanes [data-state="done"] span, .lanes [data-state="absent"] span { visibility: hidden; }
.lanes [data-state="barrier"] { border-color: var(--hot); background: linear-gradient(var(--hot) 0 0) bottom/100% 5px no-repeat, var(--bg); color: var(--ink); }
.lanes [data-state="ready"] { border-color: var(--accent); color: var(--accent); }
.lanes [data-state="absent"] { border-color: transparent; background: none; }
.lanes [data-fault] { background: var(--bad); border-color: var(--bad); color: var(--bg); text-decoration: line-through 1.5px; }
.lanes [aria-pressed="true"] { outline: 2px solid var(--hot); outline-offset: 1px; z-index: 1; }

.value-row { border-top: 1px solid var(--line); min-height: 22px; }
.value-row svg { height: 18px; display: block; cursor: pointer; }
svg .on, svg .used, svg .lanes { fill: var(--accent); }
svg .off { fill: var(--off); }
svg .selected { fill: var(--hot); }
svg .odd { fill: none; stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 2; vector-effect: non-scaling-stroke; }
.value-row[data-changed="here"] .value, .value-row[data-changed="here"] .name { color: var(--hot); font-weight: 600; }
.value-row[data-changed] .name::after { content: " •"; color: var(--hot); }
details { border-top: 1px solid var(--line); }
summary { overflow-wrap: anywhere; padding: 4px 0; font-size: 11.5px; color: var(--soft); cursor: pointer; }
details .values { max-height: 320px; overflow: auto; scrollbar-width: thin; }

.memory { border-top: 1px solid var(--line); padding-top: 9px; }
.say { min-height: 1.45em; margin-bottom: 5px; overflow-wrap: anywhere; }
.say[data-part="access"] { min-height: 2.9em; }
.access { display: block; height: 112px; overflow: visible; }
.memory[data-age="earlier"] [data-part="access"], .memory[data-age="earlier"] .picture { opacity: .62; }
svg .box { fill: none; stroke: var(--soft); stroke-width: 1; stroke-opacity: .45; vector-effect: non-scaling-stroke; }
svg .spare { fill: var(--bad-soft); }
svg .again { fill: var(--bad); }
svg .line { fill: none; stroke: var(--soft); stroke-opacity: .5; stroke-width: 1; vector-effect: non-scaling-stroke; }
svg .chosen { fill: none; stroke: var(--hot); stroke-width: 2.5; vector-effect: non-scaling-stroke; }
svg .outside { fill: var(--bad-soft); stroke: var(--bad); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.picture[data-empty] { display: none; }

.memory-pane { margin-top: 10px; border-top: 1px solid var(--line); padding-top: 7px; }
.bar { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: center; }
.bar .caption { margin: 0 0 0 auto; }
.bar > button { padding: 0 6px; font-size: 10px; }
/* A launch may have an allocation of each lane: of many only some lines are seen at a time. */
.tabs { display: flex; flex-wrap: wrap; gap: 2px; max-height: 7.2em; overflow: auto; scrollbar-width: thin; position: relative; }
.tabs button { border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; font: 12px var(--code); color: var(--soft); padding: 2px 7px; }
.tabs [aria-selected="true"] { color: var(--ink); border-bottom-color: var(--accent); }
.tabs [data-touched]::after { content: " •"; color: var(--hot); }
.contents { display: flex; flex-wrap: wrap; gap: 10px 14px; margin-top: 5px; align-items: flex-start; }
.map { flex: none; width: 112px; }
.picture-frame { position: relative; box-shadow: 0 0 0 1px var(--line); }
.map canvas { display: block; width: 100%; max-height: 112px; image-rendering: pixelated; cursor: crosshair; }
.map .focus { position: absolute; width: 9px; height: 9px; margin: -4.5px; border: 2px solid var(--hot); border-radius: 50%; pointer-events: none; }
.map input { width: 4.5em; font-size: 11.5px; border-color: var(--line); }
.map .caption { align-items: baseline; }
.grid { flex: 1 1 380px; min-width: 0; font: 11px/1.75 var(--code); }
.grid [role="row"] { display: grid; grid-template-columns: 46px repeat(var(--per-row), minmax(0, 1fr)); }
.index { color: var(--soft); text-align: right; padding-right: 10px; font-size: 10.5px; }
[role="gridcell"] { text-align: right; padding: 0 3px; overflow: hidden; text-overflow: clip; white-space: nowrap; border-bottom: 1px solid var(--line); cursor: pointer; color: var(--soft); }
[role="gridcell"][data-changed] { color: var(--ink); font-weight: 600; }
[role="gridcell"][data-reached="load"] { background: var(--accent-soft); color: var(--ink); }
[role="gridcell"][data-reached="store"], [role="gridcell"][data-reached="atomic"] { background: var(--accent); color: var(--on-accent); }
[role="gridcell"][data-mine] { box-shadow: inset 0 0 0 2px var(--hot); }
[role="gridcell"][aria-selected="true"] { outline: 2px dashed var(--hot); outline-offset: -2px; }
[role="gridcell"]:hover { background-image: linear-gradient(var(--accent-soft) 0 0); }
.grid[data-dtype$="8"] { font-size: 9px; }
.grid[data-dtype$="8"] [role="gridcell"] { padding: 0 1px; }

.notice { padding: 5px 14px; border-bottom: 1px solid var(--line); background: var(--panel); color: var(--soft); font-size: 12px; }
.failure { padding: 12px 14px; color: var(--bad); white-space: pre-wrap; border-left: 3px solid var(--bad); font-family: var(--code); font-size: 12px; }
.calls { margin: 6px 0; color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
.printed { margin: 8px 0; padding: 6px 10px; max-height: 12em; overflow: auto; background: var(--panel); font-family: var(--code); font-size: 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
.warp .failure { margin: 8px 0; padding: 6px 10px; background: var(--bad-soft); }
.busy { padding: 14px; color: var(--soft); }
footer { display: flex; flex-wrap: wrap; gap: 2px 18px; padding: 7px 14px; border-top: 1px solid var(--line); background: var(--panel); color: var(--soft); font-size: 12px; }
footer b { color: var(--ink); }
.help { position: absolute; inset: 48px 14px auto auto; z-index: 2; width: min(560px, calc(100% - 28px)); max-height: calc(100% - 62px); overflow: auto; padding: 12px 16px; background: var(--bg); border: 1px solid var(--soft); border-radius: 6px; }
dl { columns: 2; column-gap: 24px; margin-top: 8px; font-size: 12px; }
dl div { display: flex; gap: 10px; break-inside: avoid; padding: 2px 0; }
dt { flex: none; width: 5.5em; display: flex; flex-wrap: wrap; gap: 3px; justify-content: flex-end; align-content: flex-start; }
dt kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 4px; color: var(--ink); }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@container (max-width: 700px) {
  .panes { grid-template-columns: minmax(0, 1fr); }
  .programs { border-right: 0; border-bottom: 1px solid var(--line); }
  .where { margin-left: 0; }
  .where .at { min-width: 0; text-align: left; }
  pre { max-height: 200px; }
  [data-part="ptx"] pre, .programs.alone [data-part="ptx"] pre { min-height: 150px; }
}
@container (max-width: 560px) {
  .row { grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); padding-top: 3px; }
  .row .columns, .row.picture > div { grid-column: 1 / -1; }
  .picture > span { display: none; }
  .legend { order: 1; flex-basis: 100%; }
  .value { padding-right: 0; }
  .lanes button { margin: 0 .5px; }
  .group.end { margin-left: 0; }
  dl { columns: 1; }
  .grid { font-size: 10px; }
  .grid [role="row"] { grid-template-columns: 34px repeat(var(--per-row), minmax(0, 1fr)); }
  .index { padding-right: 5px; }
  [role="gridcell"] { padding: 0 2px; }
}
/* Where the reader's system chooses the colours, grounds, shadows and gradients are gone: what they told is told by lines. */
@media (forced-colors: active) {
  .stepper, .stepper[data-theme] {
    --bg: Canvas; --panel: Canvas; --line: GrayText; --ink: CanvasText; --soft: CanvasText;
    --accent: Highlight; --on-accent: HighlightText; --accent-soft: Canvas; --off: GrayText;
    --hot: CanvasText; --hot-soft: CanvasText; --bad: Mark; --bad-soft: Canvas; --green: CanvasText; --violet: CanvasText;
  }
  .lanes [data-state="on"], .lanes [data-fault], .heat i, .mark, [data-action="step"], .tabs [aria-selected="true"],
  [role="gridcell"][data-reached="store"], [role="gridcell"][data-reached="atomic"] { forced-color-adjust: none; }
  .lanes [data-fault] { background: Mark; color: MarkText; }
  .mark::before, .lane-mark { display: none; }
  svg .off { fill: Canvas; stroke: CanvasText; stroke-width: 1; vector-effect: non-scaling-stroke; }
  .now { outline: 2px solid Highlight; outline-offset: -2px; }
  .caret { outline: 2px dashed CanvasText; outline-offset: -2px; }
  .fault { outline-style: double; outline-width: 4px; }
  .tabs button { border-bottom-color: Canvas; }
  .tabs [aria-selected="true"] { border-bottom-color: Highlight; color: CanvasText; }
  .group.end button { border-color: Canvas; }
  .slider .mask, .picture-frame { outline: 1px solid CanvasText; }
  [role="gridcell"][data-mine] { outline: 2px solid CanvasText; outline-offset: -2px; }
  [role="gridcell"][data-reached="load"] { border-bottom: 2px solid Highlight; }
}
@media print {
  .stepper, .stepper[data-theme] {
    --bg: #fff; --panel: #fafafa; --line: #e2e2e6; --ink: #1d1d24; --soft: #62626d;
    --accent: #2861cc; --on-accent: #fff; --accent-soft: #2f6bd81f; --off: #2f6bd83d; --hot: #a95005; --hot-soft: #d9730d80;
    --bad: #c0392b; --bad-soft: #c0392b22; --green: #277046; --violet: #7a4bb5;
    color-scheme: light; print-color-adjust: exact; break-inside: avoid;
  }
  .toolbar, .help, .stay, .bar > button { display: none !important; }
}
@media (prefers-reduced-motion: no-preference) {
  .memory .picture { transition: opacity .15s; }
}
`;
