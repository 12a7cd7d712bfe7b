// How the validation looks, in its own shadow root: the notebook's colours where it has them, with fallbacks for light and dark.

export const style: string = `
:host { display: block; outline: none !important; }
.validation {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #fff));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #fafafa));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #e2e2e6));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #1d1d24));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #62626d));
  --accent: #2861cc; --accent-soft: #2f6bd81f; --hot: #a95005;
  --green: #277046; --yellow: #8a5d00; --red: #c0392b;
  box-sizing: border-box; font: 13px/1.45 var(--jp-ui-font-family, system-ui, "Segoe UI", "DejaVu Sans", sans-serif);
  font-variant-numeric: tabular-nums; color: var(--ink); background: var(--bg);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; color-scheme: light;
}
.validation[data-theme="dark"] {
  --bg: var(--jp-layout-color0, var(--vscode-editor-background, #111319));
  --panel: var(--jp-layout-color1, var(--vscode-editorWidget-background, #171a22));
  --line: var(--jp-border-color2, var(--vscode-editorWidget-border, #2e3340));
  --ink: var(--jp-ui-font-color0, var(--vscode-editor-foreground, #e8e9ee));
  --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #a0a2b1));
  --accent: #6ea8ff; --accent-soft: #6ea8ff26; --hot: #f0a04b;
  --green: #7ecb9a; --yellow: #e3b341; --red: #ff7b6b; color-scheme: dark;
}
.validation[data-dropping] { outline: 2px dashed var(--accent); outline-offset: -4px; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--hot); outline-offset: 1px; }
p, ul { margin: 0; }
button, select, input[type="search"], textarea { font: inherit; color: var(--ink); background: var(--bg); border: 1px solid var(--line); border-radius: 5px; padding: 2px 8px; }
button { cursor: pointer; background: var(--panel); } button:disabled, select:disabled { opacity: .5; cursor: default; }
.top { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; padding: 8px 12px; border-bottom: 1px solid var(--line); background: var(--panel); }
.source { display: contents; } .paste { order: 9; flex-basis: 100%; display: flex; flex-direction: column; gap: 6px; align-items: flex-start; }
.paste textarea { width: 100%; font: 12px/1.4 var(--jp-code-font-family, ui-monospace, "DejaVu Sans Mono", monospace); }
.file { color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 30em; }
.said { padding: 8px 12px; } .said b { font-weight: 600; } .said ul { list-style: none; padding: 2px 0 0; color: var(--soft); }
.said [data-holds="true"] { color: var(--green); } .said [data-holds="false"] { color: var(--red); }
.beyond { border: 0; background: none; padding: 0 4px; color: var(--accent); text-decoration: underline; }
.failure { padding: 8px 12px; color: var(--red); white-space: pre-wrap; overflow-wrap: anywhere; }
.notice { padding: 6px 12px; color: var(--soft); border-bottom: 1px solid var(--line); }
.busy { color: var(--soft); }
.filters { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; padding: 4px 12px 8px; }
.filters label { white-space: nowrap; } .filters input[type="checkbox"] { margin: 0 4px 0 0; vertical-align: -2px; accent-color: var(--accent); }
.filters [data-status="green"], .row [data-status="green"] { color: var(--green); }
.filters [data-status="yellow"], .row [data-status="yellow"] { color: var(--yellow); }
.filters [data-status="red"], .row [data-status="red"] { color: var(--red); }
.segments { display: inline-flex; border: 1px solid var(--line); border-radius: 5px; overflow: hidden; }
.segments label { padding: 2px 10px; cursor: pointer; background: var(--panel); } .segments label + label { border-left: 1px solid var(--line); }
.segments input { position: absolute; opacity: 0; pointer-events: none; } .segments label:has(:checked) { background: var(--accent); color: var(--bg); font-weight: 600; }
.segments label:has(:focus-visible) { outline: 2px solid var(--hot); outline-offset: -2px; }
.why { padding: 6px 12px; border-top: 1px solid var(--line); color: var(--soft); min-height: 2.4em; white-space: pre-line; }
.count { margin-left: auto; color: var(--soft); }
.plot { position: relative; padding: 0; border-top: 1px solid var(--line); width: 100%; overflow: hidden; } .plot canvas { display: block; } .plot .above { position: absolute; left: 0; top: 0; pointer-events: none; }
.scroller { max-height: 320px; overflow: auto; position: relative; border-top: 1px solid var(--line); }
.head, .row { display: grid; grid-template-columns: var(--tracks); min-width: 74em; }
.head { position: sticky; top: 0; z-index: 1; background: var(--panel); border-bottom: 1px solid var(--line); height: 26px; }
.head button { border: 0; background: none; padding: 2px 10px; color: var(--soft); width: 100%; text-align: inherit; }
.head [aria-sort="ascending"] button::after { content: " \\2191"; color: var(--ink); } .head [aria-sort="descending"] button::after { content: " \\2193"; color: var(--ink); }
.spacer { position: relative; min-width: 74em; } .rows { position: absolute; left: 0; right: 0; top: 0; }
.row { height: 26px; align-items: center; border-bottom: 1px solid var(--line); cursor: default; }
.row:hover { background: var(--accent-soft); } .row[aria-selected="true"] { background: var(--accent-soft); box-shadow: inset 3px 0 0 var(--hot); }
.row > div { padding: 0 10px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.figure { text-align: right; }
details { padding: 6px 12px; border-top: 1px solid var(--line); color: var(--soft); } details ul { max-height: 12em; overflow: auto; padding-left: 18px; }
`;
