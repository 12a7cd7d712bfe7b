// How the view around the picture looks, in its own shadow root: the notebook's colours where it has them, with fallbacks for light and
// dark. The picture brings its own.

export const style: string = `
:host { display: block; outline: none !important; }
.timeline {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #fff));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #fafafa));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #e2e2e6));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #1d1d24));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #62626d));
  --accent: #2861cc; --on-accent: #fff; --accent-soft: #2f6bd81f; --hot: #a95005; --bad: #c0392b;
  --code: var(--jp-code-font-family, ui-monospace, "DejaVu Sans Mono", monospace);
  box-sizing: border-box; font: 13px/1.45 var(--jp-ui-font-family, system-ui, "Segoe UI", "DejaVu Sans", sans-serif);
  font-variant-numeric: tabular-nums; color: var(--ink); background: var(--bg); position: relative;
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; color-scheme: light; container-type: inline-size;
}
.timeline[data-theme="dark"] {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #111319));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #171a22));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #2e3340));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #e8e9ee));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #a0a2b1));
  --accent: #6ea8ff; --on-accent: #0d1117; --accent-soft: #6ea8ff26; --hot: #f0a04b; --bad: #ff7b6b; color-scheme: dark;
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--hot); outline-offset: 1px; }
p, ul, h4, dl, dd, pre { margin: 0; } h4 { font-size: 13px; font-weight: 400; } b { font-weight: 600; }
button, select, input[type="search"] { font: inherit; color: var(--ink); background: var(--bg); border: 1px solid var(--line); border-radius: 5px; padding: 2px 8px; }
button { cursor: pointer; background: var(--panel); } button:hover:not(:disabled) { border-color: var(--soft); }
button:disabled { opacity: .45; cursor: default; }
input[type="checkbox"] { accent-color: var(--accent); margin: 0; vertical-align: -1px; }
.soft { color: var(--soft); }
.link { border: 0; background: none; padding: 0; color: var(--accent); text-decoration: underline; overflow-wrap: anywhere; text-align: left; }
.sentences { padding: 8px 12px 6px; } .sentences p { overflow-wrap: anywhere; }
.failure { padding: 12px; color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere; } .loading { padding: 12px; color: var(--soft); }
.toolbar { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; padding: 6px 12px; border-block: 1px solid var(--line); background: var(--panel); }
.toolbar .group { display: flex; gap: 4px; } .toolbar .group:last-child { margin-left: auto; }
.search { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; flex: 1 1 15em; } .search input { flex: 0 1 17em; min-width: 8em; }
.search input[aria-invalid="true"] { border-color: var(--bad); } .found { min-width: 5em; }
.stages { display: flex; flex-wrap: wrap; gap: 0 4px; align-items: baseline; padding: 3px 12px; border-bottom: 1px solid var(--line); }
.stages button { border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; padding: 1px 7px; }
.stages [aria-pressed="true"] { border-bottom-color: var(--accent); font-weight: 600; } .stages > :last-child:not(button) { margin-left: auto; }
.stages button:hover { text-decoration: underline; }
.picture { position: relative; height: 320px; min-height: 120px; overflow: hidden; resize: vertical; }
.tip { position: absolute; z-index: 3; pointer-events: none; max-width: min(34em, 90%); padding: 3px 8px; background: var(--bg); border: 1px solid var(--soft); border-radius: 5px; overflow-wrap: anywhere; }
.tabs { display: flex; flex-wrap: wrap; gap: 2px; padding: 0 8px; border-block: 1px solid var(--line); background: var(--panel); }
.tabs button { border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; color: var(--soft); padding: 4px 9px; }
.tabs [aria-selected="true"] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
[role="tabpanel"] { padding: 8px 12px; }
.actions { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; margin: 6px 0; }
.details h4 { overflow-wrap: anywhere; } .details .arguments { margin-top: 8px; border-top: 1px solid var(--line); padding-top: 6px; }
dl { columns: 2 24em; column-gap: 24px; } dl > div { display: flex; gap: 10px; break-inside: avoid; padding: 1px 0; }
dt { flex: none; width: 8em; color: var(--soft); overflow-wrap: anywhere; } dd { overflow-wrap: anywhere; min-width: 0; }
pre { font: 12px/1.5 var(--code); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 16em; overflow: auto; }
summary { cursor: pointer; color: var(--soft); }
.busy-tracks { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 4px 0 8px; color: var(--soft); }
.busy-track { white-space: nowrap; } .bar { display: inline-block; width: 5em; height: .5em; border-radius: .25em; background: color-mix(in srgb, var(--soft) 30%, transparent); overflow: hidden; vertical-align: middle; }
.bar span { display: block; height: 100%; background: var(--accent); }
.grid { border: 1px solid var(--line); border-radius: 5px; overflow: hidden; }
.grid .scroller { max-height: 312px; overflow: auto; position: relative; }
.grid .head, .grid .row { display: grid; grid-template-columns: var(--tracks); min-width: 46em; }
.grid .head { position: sticky; top: 0; z-index: 1; background: var(--panel); border-bottom: 1px solid var(--line); height: 24px; }
.grid .head button { border: 0; background: none; padding: 1px 8px; color: var(--soft); width: 100%; text-align: inherit; }
.grid .head [aria-sort="ascending"] button::after { content: " \\2191"; color: var(--ink); } .grid .head [aria-sort="descending"] button::after { content: " \\2193"; color: var(--ink); }
.grid .spacer { position: relative; min-width: 46em; } .grid .rows { position: absolute; left: 0; right: 0; top: 0; }
.grid .row { height: 24px; align-items: center; border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent); cursor: default; }
.grid .row:hover { background: var(--accent-soft); } .grid .row[aria-selected="true"] { background: var(--accent-soft); box-shadow: inset 3px 0 0 var(--hot); }
.grid .row > div { padding: 0 8px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .grid .figure { text-align: right; }
.swatch { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 6px; }
.track-list { max-height: 300px; overflow: auto; border: 1px solid var(--line); border-radius: 5px; }
.track-row { display: flex; gap: 8px; align-items: center; padding: 1px 8px 1px calc(6px + var(--depth) * 18px); cursor: default; }
.track-row:hover { background: var(--accent-soft); } .track-row .soft { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track-row .small { border: 0; background: none; padding: 0 5px; min-width: 20px; color: var(--soft); } .track-row span { white-space: nowrap; }
.track-row[aria-checked="false"] > span { text-decoration: line-through; color: var(--soft); }
.about h4 { font-weight: 600; margin-top: 6px; } .about dl { margin-top: 4px; }
.help { position: absolute; inset: 40px 12px auto auto; z-index: 4; width: min(620px, calc(100% - 24px)); max-height: calc(100% - 52px); overflow: auto; padding: 12px 16px; background: var(--bg); border: 1px solid var(--soft); border-radius: 6px; }
.help dl { margin: 8px 0; columns: 1; } .help dt { width: 15em; max-width: 45%; text-align: right; color: var(--soft); }
kbd { font: inherit; border: 1px solid var(--line); border-radius: 3px; padding: 0 4px; color: var(--ink); }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.status { padding: 2px 12px; color: var(--soft); border-top: 1px solid var(--line); min-height: 1.6em; }
@container (max-width: 560px) {
  .toolbar .group:last-child { margin-left: 0; } dl { columns: 1; } .search input { flex: 1 1 9em; }
  dt { width: 6.5em; }
}
@media (forced-colors: active) {
  .timeline, .timeline[data-theme] { --bg: Canvas; --panel: Canvas; --line: GrayText; --ink: CanvasText; --soft: CanvasText; --accent: Highlight; --on-accent: HighlightText; --accent-soft: Canvas; --hot: Highlight; --bad: Mark; }
  .grid .row[aria-selected="true"] { outline: 2px solid Highlight; outline-offset: -2px; } .bar span, .swatch { forced-color-adjust: none; }
  .tabs button, .stages button { border-bottom-color: Canvas; } .tabs [aria-selected="true"], .stages [aria-pressed="true"] { border-bottom-color: Highlight; }
  .bar { outline: 1px solid GrayText; }
}
@media print { .toolbar, .help, .actions { display: none !important; } }
`;
