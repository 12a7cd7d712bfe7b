// How the view of a service looks, in its own shadow root: the notebook's colours where it has them, with fallbacks for light and dark.

export const style: string = `
:host { display: block; outline: none !important; }
.service {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #fff));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #fafafa));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #e2e2e6));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #1d1d24));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #62626d));
  --accent: #2861cc; --on-accent: #fff; --accent-soft: #2f6bd81f; --hot: #a95005; --hot-soft: #d9730d33;
  --green: #277046; --yellow: #8a5d00; --red: #c0392b; --violet: #7a4bb5;
  --hatch: repeating-linear-gradient(135deg, transparent 0 3px, var(--hot-soft) 3px 5px);
  container-type: inline-size; box-sizing: border-box; position: relative;
  font: 13px/1.45 var(--jp-ui-font-family, system-ui, "Segoe UI", "DejaVu Sans", sans-serif);
  font-variant-numeric: tabular-nums; color: var(--ink); background: var(--bg);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; color-scheme: light;
}
.service[data-theme="dark"] {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #111319));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #171a22));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #2e3340));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #e8e9ee));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #a0a2b1));
  --accent: #6ea8ff; --on-accent: #0c1524; --accent-soft: #6ea8ff26; --hot: #f0a04b; --hot-soft: #f0a04b40;
  --green: #7ecb9a; --yellow: #e3b341; --red: #ff7b6b; --violet: #bd9cf0; color-scheme: dark;
}
.service[data-dropping] { outline: 2px dashed var(--accent); outline-offset: -4px; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--hot); outline-offset: 1px; }
p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0; }
fieldset { border: 0; min-width: 0; }
h4 { margin: 0; font-size: 12px; font-weight: 600; color: var(--soft); }
.soft, small { color: var(--soft); } small { font-size: 11px; font-weight: 400; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
button, select, input[type="text"], textarea { font: inherit; color: var(--ink); background: var(--bg); border: 1px solid var(--line); border-radius: 5px; padding: 2px 8px; }
button { cursor: pointer; background: var(--bg); white-space: nowrap; } button:hover { border-color: var(--soft); }
button:disabled { opacity: .45; cursor: default; } button.quiet { background: none; border-color: transparent; color: var(--soft); padding: 2px 6px; } button.quiet:hover { border-color: var(--line); }
button.run { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; padding: 2px 14px; }
.top { display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; padding: 8px 14px; border-bottom: 1px solid var(--line); background: var(--panel); }
.top .end { margin-left: auto; display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; }
/* Beside the fields there is no way to go but by key; where the results stand below them it is a long one for everybody. */
.skip:not(:focus-visible) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); padding: 0; border: 0; }
.source { display: contents; } .paste { order: 9; flex-basis: 100%; display: flex; flex-direction: column; gap: 6px; align-items: flex-start; }
.paste textarea { width: 100%; font: 12px/1.4 var(--jp-code-font-family, ui-monospace, "DejaVu Sans Mono", monospace); }
.busy { display: flex; gap: 8px; align-items: center; color: var(--soft); padding: 4px 14px; border-bottom: 1px solid var(--line); } progress { accent-color: var(--accent); width: 12em; height: 8px; }
.notice { padding: 6px 14px; color: var(--soft); border-bottom: 1px solid var(--line); }
.failure { padding: 8px 14px; color: var(--red); white-space: pre-wrap; overflow-wrap: anywhere; border-bottom: 1px solid var(--line); }
.panes { display: grid; grid-template-columns: 304px minmax(0, 1fr); }
.builder { border-right: 1px solid var(--line); padding: 8px 0 14px 14px; min-width: 0; }
.builder > .field, .group { padding-right: 14px; }
.group { padding-top: 10px; } .group + .group, .builder > .field + .group { margin-top: 10px; border-top: 1px solid var(--line); }
legend { padding: 0; font-size: 12px; font-weight: 600; color: var(--soft); float: left; width: 100%; margin-bottom: 4px; } legend + * { clear: both; }
.field { display: grid; grid-template-columns: minmax(0, 9.2em) minmax(0, 1fr); gap: 0 6px; align-items: center; min-height: 25px; }
.field label { color: var(--ink); overflow-wrap: anywhere; line-height: 1.25; }
.entry { display: flex; gap: 6px; align-items: center; min-width: 0; }
.entry input, .entry select { min-width: 0; flex: 1 1 5em; width: 5em; padding: 1px 5px; border-color: transparent; background: none; } .entry select { padding: 1px 1px; }
.entry input:hover, .entry select:hover, .entry input:focus, .entry select:focus { border-color: var(--line); background: var(--bg); }
.entry input.number { text-align: right; font-weight: 600; } .entry input::placeholder { color: var(--soft); font-weight: 400; opacity: .85; font-size: 11.5px; }
.entry input[aria-invalid] { border-color: var(--red); }
.unit { color: var(--soft); font-size: 11px; flex: 0 0 5.4em; white-space: nowrap; } select + .unit:empty, input.text + .unit:empty { display: none; } .stage .unit { flex: 0 1 auto; }
.fault { grid-column: 1 / -1; color: var(--red); font-size: 12px; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0 0 4px; } .builder > .fault { padding: 0 14px 6px 0; }
.fault::before { content: "\\2717\\00a0"; }
.stages { list-style: none; } .stage { padding: 3px 0 4px; border-bottom: 1px solid var(--line); }
.stage .line { display: flex; align-items: center; gap: 2px; } .stage .line .field { display: block; flex: 1 1 auto; min-width: 0; min-height: 0; } .stage .line .field label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.stage .line:first-child input { font-weight: 600; } .stage button.quiet { padding: 0 4px; }
.stage .line select { color: var(--soft); }
.more summary { color: var(--soft); font-size: 11px; cursor: pointer; width: max-content; padding: 0 6px; }
.results { min-width: 0; padding: 10px 0 14px; } .results > * { padding: 0 16px; }
.results[data-stale] > .summary, .results[data-stale] > .grid { opacity: .55; }
.verdict { font-size: 15px; line-height: 1.4; } .verdict[data-kind="good"] b { color: var(--green); } .verdict[data-kind="warning"] b { color: var(--yellow); } .verdict[data-kind="bad"] b { color: var(--red); }
.bottleneck { color: var(--soft); margin-top: 2px; }
.tiles { display: flex; flex-wrap: wrap; gap: 6px 26px; padding: 10px 0 12px; } .tiles dt { color: var(--soft); font-size: 11px; } .tiles dd { font-size: 16px; font-weight: 600; white-space: nowrap; }
.grid { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); border-top: 1px solid var(--line); padding: 0 !important; }
.grid > * { padding: 10px 16px 6px; min-width: 0; border-bottom: 1px solid var(--line); } .grid > :nth-child(odd) { border-right: 1px solid var(--line); }
.grid > .tables, .grid > .steps { grid-column: 1 / -1; border-right: 0; } .tables { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 10px 32px; }
.steps { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 10px 32px; }
.knee, .playback, .comparison { padding-top: 10px !important; padding-bottom: 8px !important; border-bottom: 1px solid var(--line); }
.caption { color: var(--soft); min-height: 1.45em; } .knee .figure .caption { display: none; } .knee > .caption { color: var(--ink); }
.reading { color: var(--ink); min-height: 1.45em; font-size: 12px; }
.drawing { position: relative; cursor: crosshair; border-radius: 3px; } .drawing svg { display: block; overflow: hidden; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 400; } thead th { color: var(--soft); font-size: 11px; } th, td { padding: 2px 8px 2px 0; border-bottom: 1px solid var(--line); } tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; } th[scope="row"] { white-space: nowrap; max-width: 13em; overflow: hidden; text-overflow: ellipsis; }
td.bar { width: 34%; min-width: 4em; } td.bar i { display: block; height: 9px; min-width: 1px; border-radius: 1px; background: var(--accent); } td.bar i[data-kind="waiting"] { background: var(--hatch); outline: 1px solid var(--hot); outline-offset: -1px; } td.bar i[data-kind="tight"] { background: var(--hot); }
[data-kind="better"] .verdict { color: var(--green); } [data-kind="worse"] .verdict { color: var(--red); } .comparison .verdict { font-size: 13px; white-space: nowrap; } [data-kind="even"] { color: var(--soft); }
.comparison table { margin-top: 4px; } .comparison { overflow-x: auto; }
.sliders { display: flex; flex-wrap: wrap; gap: 4px 26px; padding: 6px 0 8px; } .lever { display: flex; gap: 8px; align-items: center; min-width: 0; } .lever span { color: var(--soft); } .lever input { width: 150px; accent-color: var(--hot); } .lever output { min-width: 3em; font-weight: 600; } .lever:first-child output { min-width: 14em; } .lever:first-child input { width: 220px; }
.axis { stroke: var(--soft); stroke-opacity: .55; } .grid-line, line.grid { stroke: var(--line); display: inline; } .tick, .title, .label { font-size: 11px; fill: var(--soft); } .label { font-weight: 600; }
.cursor { stroke: var(--hot); stroke-width: 1; pointer-events: none; }
.bar { fill: var(--accent); fill-opacity: .5; } .cdf { stroke: var(--ink); stroke-width: 1.4; } .cdf-area { fill: none; } path.other { stroke: var(--soft); stroke-width: 1.3; stroke-dasharray: 5 4; } line.quantile { stroke: var(--hot); stroke-width: 1; stroke-dasharray: 2 2; } .label.quantile { fill: var(--hot); }
.series { stroke-width: 1.6; stroke: var(--series); stroke-linejoin: round; } .envelope { fill: var(--series); fill-opacity: .12; } .label { fill: var(--series, var(--soft)); }
.series-0 { --series: var(--accent); } .series-1 { --series: var(--hot); } .series-2 { --series: var(--green); } .series-3 { --series: var(--violet); } .series-4 { --series: var(--red); }
.after { fill: var(--panel); } .ideal { stroke: var(--line); stroke-width: 1.2; } .limit { stroke: var(--red); stroke-width: 1; stroke-dasharray: 4 3; } .label.limit { fill: var(--red); stroke: none; }
.here { stroke: var(--hot); stroke-width: 1.5; fill: var(--hot); } circle.knee-mark { fill: var(--bg); stroke: var(--ink); stroke-width: 1.8; } text.knee-mark { fill: var(--ink); stroke: var(--bg); stroke-width: 3px; paint-order: stroke; }
.bar-of-buttons { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; padding: 4px 0 8px; } .keys { font-size: 11px; margin-left: auto; }
.strip { position: relative; height: 44px; cursor: ew-resize; touch-action: none; background: var(--panel); box-shadow: 0 0 0 1px var(--line); } .strip svg { display: block; }
.mark { position: absolute; top: -3px; bottom: -3px; width: 2px; margin-left: -1px; background: var(--hot); pointer-events: none; } .mark::before { content: ""; position: absolute; top: -2px; left: -3px; border: 4px solid transparent; border-top-color: var(--hot); }
.playback canvas { display: block; margin-top: 8px; }
details.checks { padding-top: 10px; color: var(--soft); } .checks ul { list-style: none; padding: 4px 0 0; } .checks li { padding: 2px 0; color: var(--ink); } [data-holds="true"] > b { color: var(--green); font-weight: 600; } [data-holds="false"] > b { color: var(--red); } summary { cursor: pointer; }
@container (max-width: 1100px) { .tables { grid-template-columns: minmax(0, 1fr); } }
@container (max-width: 900px) { .lever:first-child output { min-width: 0; } .lever input { min-width: 6em; flex: 0 1 auto; } .panes { grid-template-columns: 272px minmax(0, 1fr); } .grid, .steps { grid-template-columns: minmax(0, 1fr); } .grid > :nth-child(odd) { border-right: 0; } .field { grid-template-columns: minmax(0, 7.4em) minmax(0, 1fr); } }
@container (max-width: 640px) { .panes { grid-template-columns: minmax(0, 1fr); } .field { grid-template-columns: minmax(0, 9.2em) minmax(0, 1fr); } .builder { border-right: 0; border-bottom: 1px solid var(--line); } .results > * { padding: 0 12px; } .grid > * { padding: 10px 12px 6px; } .keys { display: none; } .tiles { gap: 6px 18px; } .lever:first-child output { min-width: 0; }
  .skip:not(:focus-visible) { position: static; width: auto; height: auto; overflow: visible; clip-path: none; padding: 2px 8px; border: 1px solid var(--line); } }
`;
