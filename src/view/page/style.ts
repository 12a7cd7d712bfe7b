// The page's look: quiet, a column for prose and a wider one for code and pictures, light and dark, paper. Views and charts take
// their colours from the `--jp-*` variables, which JupyterLab sets too.

const light = `
  color-scheme: light;
  --jp-layout-color0: #ffffff; --jp-layout-color1: #fafafb; --jp-layout-color2: #f1f1f4;
  --jp-border-color1: #d3d3da; --jp-border-color2: #e4e4e9;
  --jp-ui-font-color0: #1b1b22; --jp-ui-font-color1: #2b2b33; --jp-ui-font-color2: #63636e;
  --jp-brand-color1: #2459bf; --jp-error-color1: #b3261e; --jp-warn-color1: #a85600;
  --code-keyword: #7a2fa0; --code-string: #2a6b2f; --code-number: #9a4b00; --code-title: #1d4fb0; --code-comment: #6a6a75; --code-type: #0b6b74;
  --ansi-black: #3c3c45; --ansi-red: #b3261e; --ansi-green: #2a6b2f; --ansi-yellow: #8a5a00; --ansi-blue: #2459bf; --ansi-magenta: #8a2f8a; --ansi-cyan: #0b6b74; --ansi-white: #6a6a75;`;

const dark = `
  color-scheme: dark;
  --jp-layout-color0: #111319; --jp-layout-color1: #171a22; --jp-layout-color2: #1f232d;
  --jp-border-color1: #3a3f4d; --jp-border-color2: #2a2e3a;
  --jp-ui-font-color0: #ecedf1; --jp-ui-font-color1: #d9dbe2; --jp-ui-font-color2: #9fa2b0;
  --jp-brand-color1: #7fb0ff; --jp-error-color1: #ff8a7a; --jp-warn-color1: #f0a868;
  --code-keyword: #cfa3f0; --code-string: #9fd39f; --code-number: #f0b67f; --code-title: #8fbcff; --code-comment: #8d91a0; --code-type: #7fd1d8;
  --ansi-black: #a7aab8; --ansi-red: #ff8a7a; --ansi-green: #9fd39f; --ansi-yellow: #f0c674; --ansi-blue: #8fbcff; --ansi-magenta: #e0a3e0; --ansi-cyan: #7fd1d8; --ansi-white: #d9dbe2;`;

const common = `
  --jp-ui-font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  --jp-code-font-family: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;`;

/** The variables alone: for a frame that shows one view. */
export const themeStyle: string = `
:root {${common}${light}
}
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {${dark}
} }
:root[data-theme="dark"] {${dark}
}
@media print { :root, :root[data-theme="dark"], :root:not([data-theme="light"]) {${light}
} }`;

const ansiNames = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const ansi = ansiNames
  .map(
    (name) =>
      `.ansi-${name} { color: var(--ansi-${name}) } .ansi-bg-${name} { background: color-mix(in srgb, var(--ansi-${name}) 22%, transparent) }`,
  )
  .join("\n");

export const pageStyle: string = `${themeStyle}
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100% }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body { margin: 0; background: var(--jp-layout-color0); color: var(--jp-ui-font-color0); font: 1.0625rem/1.62 var(--jp-ui-font-family); text-rendering: optimizeLegibility }
.skip { position: absolute; left: -100vw } .skip:focus { left: 1rem; top: 1rem; z-index: 2; background: var(--jp-layout-color0); padding: .3rem .6rem }
.page { max-width: 68rem; margin: 0 auto; padding: 3.5rem 1.5rem 6rem }
.prose { max-width: 44rem; overflow-wrap: break-word }
h1, h2, h3, h4 { line-height: 1.22; font-weight: 650; letter-spacing: -.012em; text-wrap: balance; margin: 2.2em 0 .6em }
h1 { font-size: 2.35rem; margin-top: 0; letter-spacing: -.022em } h2 { font-size: 1.5rem; margin-top: 2.6em } h3 { font-size: 1.16rem } h4 { font-size: 1rem }
p, ul, ol, blockquote, table, figure { margin: 0 0 1.05em } li + li { margin-top: .25em }
a { color: var(--jp-brand-color1); text-decoration-thickness: 1px; text-underline-offset: .18em }
:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: 2px }
blockquote { border-left: 2px solid var(--jp-border-color1); margin-left: 0; padding-left: 1.1em; color: var(--jp-ui-font-color2) }
hr { border: 0; border-top: 1px solid var(--jp-border-color2); margin: 2.5em 0 }
img, svg, canvas { max-width: 100% } img { height: auto }
code, pre, kbd, samp { font-family: var(--jp-code-font-family); font-size: .86em; font-variant-ligatures: none }
.prose :not(pre) > code { background: var(--jp-layout-color2); border-radius: 3px; padding: .12em .34em; overflow-wrap: anywhere }
kbd { border: 1px solid var(--jp-border-color1); border-radius: 4px; padding: .05em .4em }
pre { margin: 0; line-height: 1.55; overflow-x: auto; scrollbar-width: thin; tab-size: 4 } pre code { font-size: inherit }
.prose pre { margin: 0 0 1.05em; padding: .8em 1em; background: var(--jp-layout-color1); border-radius: 6px; font-size: .84rem }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; display: block; max-width: 100%; overflow-x: auto }
th, td { text-align: left; padding: .34em 1.1em .34em 0; border-bottom: 1px solid var(--jp-border-color2); vertical-align: top } th { font-weight: 600; color: var(--jp-ui-font-color2); white-space: nowrap }
.quiet { color: var(--jp-ui-font-color2); font-size: .92rem }
.cell { margin: 0 0 1.05em }
.cell.code { margin: 1.5em 0 1.8em }
.input { position: relative; background: var(--jp-layout-color1); border-left: 2px solid var(--jp-border-color2); padding: .75em 1em; font-size: .9375rem } .input:hover, .input:focus-within { border-left-color: var(--jp-border-color1) }
.count { position: absolute; right: 100%; top: .82em; padding-right: .8em; font: .72rem var(--jp-code-font-family); line-height: 1.9; color: var(--jp-ui-font-color2); user-select: none; white-space: nowrap }
@media (max-width: 75rem) { .count { display: none } }
details.input > summary { cursor: pointer; color: var(--jp-ui-font-color2); font-size: .86rem }
.outputs { padding: .75em 0 0 1.05em; overflow-x: auto } .outputs > * + * { margin-top: .8em } .outputs figure { margin-bottom: 0 }
.result, .stream { font-size: .84rem; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 76rem; overflow-y: auto }
.result, .stream { background: linear-gradient(var(--jp-layout-color0) 50%, transparent) 0 0 / 100% 4rem no-repeat local, linear-gradient(transparent, var(--jp-layout-color0) 50%) 0 100% / 100% 4rem no-repeat local, linear-gradient(var(--jp-border-color1), transparent) 0 0 / 100% 1.4rem no-repeat scroll, linear-gradient(transparent, var(--jp-border-color1)) 0 100% / 100% 1.4rem no-repeat scroll }
.stderr { border-left: 2px solid var(--jp-warn-color1); padding-left: .8em }
.error { border-left: 2px solid var(--jp-error-color1); padding-left: .8em }
.warplab-failed { border-left: 2px solid var(--jp-error-color1); padding-left: .8em; color: var(--jp-ui-font-color2); font-size: .92rem }
.chart-place { overflow-x: auto; overflow-y: hidden; scrollbar-width: thin } .chart-place svg { max-width: none !important } .chart .vega-embed { padding: 0 } .chart .vega-embed summary { opacity: .5 }
.hljs-keyword, .hljs-literal, .hljs-built_in, .hljs-operator { color: var(--code-keyword) } .hljs-string, .hljs-regexp, .hljs-subst { color: var(--code-string) } .hljs-number { color: var(--code-number) } .hljs-title, .hljs-attr { color: var(--code-title) } .hljs-comment { color: var(--code-comment); font-style: italic } .hljs-type, .hljs-title.class_ { color: var(--code-type) } .hljs-subst { color: inherit }
${ansi}
.ansi-inverse { color: var(--jp-layout-color0) } .ansi-bg-inverse { background: var(--jp-ui-font-color0) } .ansi-bold { font-weight: 700 } .ansi-italic { font-style: italic } .ansi-underline { text-decoration: underline }
.theme { position: fixed; right: 1rem; top: 1rem; z-index: 1; font: .8rem var(--jp-ui-font-family); color: var(--jp-ui-font-color2); background: var(--jp-layout-color0); border: 1px solid var(--jp-border-color2); border-radius: 999px; padding: .3rem .8rem; cursor: pointer } .theme:hover { color: var(--jp-ui-font-color0); border-color: var(--jp-border-color1) }
.contents { margin: 0 0 2.5rem; font-size: .9rem } .contents summary { cursor: pointer; color: var(--jp-ui-font-color2) } .contents ol { list-style: none; padding: 0; margin: .6em 0 0 } .contents li { margin: .3em 0; line-height: 1.35 } .contents .deeper { padding-left: 1.1em } .contents a { color: var(--jp-ui-font-color1); text-decoration: none } .contents a:hover { text-decoration: underline }
@media (min-width: 100rem) { .contents { position: fixed; top: 3.8rem; left: max(1.5rem, calc(50% - 34rem - 15rem)); width: 13rem; max-height: calc(100vh - 6rem); overflow-y: auto; margin: 0 } .contents summary { list-style: none } }
@media (max-width: 40rem) { body { font-size: 1rem } .page { padding: 3.5rem 1rem 4rem } h1 { font-size: 1.8rem } .outputs { padding-left: 0 } }
@media print { .theme, .contents, .skip { display: none } .page { max-width: none; padding: 0 } body { font-size: 10.5pt } .cell.code, figure, table, .widget { break-inside: avoid } h1, h2, h3 { break-after: avoid } .result, .stream { max-height: none; overflow: visible; background: none } .chart-place { overflow: visible } .chart-place svg { max-width: 100% !important; height: auto } pre { white-space: pre-wrap } a { color: inherit } }
`;
