// How the engine's element is laid out, and its colours: those of the view around where it has them, else the notebook's, else ours.

export const engineStyle: string = `
.timeline-engine {
  --timeline-bg: var(--bg, var(--jp-layout-color0, var(--vscode-editor-background, #fff)));
  --timeline-panel: var(--panel, var(--jp-layout-color1, var(--vscode-editorWidget-background, #fafafa)));
  --timeline-line: var(--line, var(--jp-border-color2, var(--vscode-editorWidget-border, #e2e2e6)));
  --timeline-ink: var(--ink, var(--jp-ui-font-color0, var(--vscode-editor-foreground, #1d1d24)));
  --timeline-soft: var(--soft, var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #62626d)));
  --timeline-accent: var(--accent, #2861cc);
  --timeline-hot: var(--hot, #a95005);
  --timeline-names: 190px;
  position: relative; box-sizing: border-box; width: 100%; height: 100%; min-height: 120px; overflow: hidden;
  display: grid; grid-template: 28px 24px minmax(0, 1fr) / var(--timeline-names) minmax(0, 1fr);
  font: 12px/1.4 var(--jp-ui-font-family, system-ui, "Segoe UI", "DejaVu Sans", sans-serif);
  font-variant-numeric: tabular-nums; color: var(--timeline-ink); background: var(--timeline-bg);
  container-type: inline-size; user-select: none;
}
.timeline-engine[data-theme="dark"] {
  --timeline-bg: var(--bg, var(--jp-layout-color0, var(--vscode-editor-background, #111319)));
  --timeline-panel: var(--panel, var(--jp-layout-color1, var(--vscode-editorWidget-background, #171a22)));
  --timeline-line: var(--line, var(--jp-border-color2, var(--vscode-editorWidget-border, #2e3340)));
  --timeline-ink: var(--ink, var(--jp-ui-font-color0, var(--vscode-editor-foreground, #e8e9ee)));
  --timeline-soft: var(--soft, var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #a0a2b1)));
  --timeline-accent: var(--accent, #6ea8ff);
  --timeline-hot: var(--hot, #f0a04b);
}
.timeline-engine *, .timeline-engine *::before { box-sizing: border-box; }
.timeline-engine canvas { display: block; }
.timeline-engine .corner { grid-row: 1 / 3; border-right: 1px solid var(--timeline-line); border-bottom: 1px solid var(--timeline-line); padding: 4px 10px; color: var(--timeline-soft); font-size: 11px; display: flex; flex-direction: column; justify-content: flex-end; white-space: nowrap; overflow: hidden; }
.timeline-engine .corner b { color: var(--timeline-ink); font-weight: 600; font-size: 12px; }
.timeline-engine .minimap { position: relative; overflow: hidden; cursor: crosshair; touch-action: none; background: var(--timeline-panel); }
.timeline-engine .minimap canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.timeline-engine .window { position: absolute; top: 0; bottom: 0; border: solid var(--timeline-hot); border-width: 0 1.5px; box-shadow: 0 0 0 9999px color-mix(in srgb, var(--timeline-panel) 62%, transparent); cursor: grab; }
.timeline-engine .ruler { position: relative; cursor: crosshair; touch-action: none; border-bottom: 1px solid var(--timeline-line); border-top: 1px solid var(--timeline-line); overflow: hidden; }
.timeline-engine .ruler canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.timeline-engine .scroller { grid-column: 1 / 3; position: relative; overflow: hidden auto; overscroll-behavior-y: auto; scrollbar-width: thin; }
.timeline-engine .stage { position: sticky; top: 0; display: grid; grid-template-columns: var(--timeline-names) minmax(0, 1fr); overflow: hidden; }
.timeline-engine .names { position: relative; overflow: hidden; border-right: 1px solid var(--timeline-line); }
.timeline-engine .row { position: absolute; top: 0; left: 0; right: 0; padding: 0 8px 0 24px; overflow: hidden; border-bottom: 1px solid var(--timeline-line); display: flex; flex-wrap: wrap; align-content: center; column-gap: 8px; line-height: 16px; }
.timeline-engine .row.track { align-content: flex-start; padding-top: 2px; row-gap: 6px; }
.timeline-engine .row .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 100%; }
.timeline-engine .row .detail { color: var(--timeline-soft); font-size: 11px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 100%; }
.timeline-engine .row.process, .timeline-engine .row.trace { background: var(--timeline-panel); padding-left: 20px; font-weight: 600; align-content: flex-start; padding-top: 4px; row-gap: 12px; } .timeline-engine .row.trace { color: var(--timeline-hot); }
.timeline-engine .row.process .detail, .timeline-engine .row.trace .detail { font-weight: 400; }
.timeline-engine [aria-expanded] { cursor: pointer; }
.timeline-engine [aria-expanded]::before { content: ""; position: absolute; left: 8px; top: 8px; border: 4px solid transparent; border-left: 6px solid var(--timeline-soft); border-right: 0; }
.timeline-engine [aria-expanded].track::before { left: 13px; top: 6px; }
.timeline-engine [aria-expanded="true"]::before { transform: rotate(90deg); }
.timeline-engine .row:focus-visible { outline: 2px solid var(--timeline-hot); outline-offset: -2px; }
.timeline-engine .surface { position: relative; cursor: default; touch-action: pan-y; outline: none; min-width: 0; overflow: hidden; }
.timeline-engine .surface:focus-visible::after { content: ""; position: absolute; inset: 0; border: 1.5px solid var(--timeline-hot); pointer-events: none; }
.timeline-engine .surface canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
@media (forced-colors: active) {
  .timeline-engine, .timeline-engine[data-theme] { --timeline-bg: Canvas; --timeline-panel: Canvas; --timeline-line: GrayText; --timeline-ink: CanvasText; --timeline-soft: CanvasText; --timeline-accent: Highlight; --timeline-hot: Highlight; }
  .timeline-engine [aria-expanded]::before { forced-color-adjust: none; border-left-color: CanvasText; }
  .timeline-engine .window { forced-color-adjust: none; border: 2px solid Highlight; box-shadow: none; }
}
@container (max-width: 640px) { .timeline-engine .row .detail { display: none; } .timeline-engine .corner { white-space: normal; line-height: 1.2; } }
`;
