// The controls' look, in the page's own variables, so that light, dark and print need nothing of their own here.

const colours = [
  ["primary", "--wc-brand"],
  ["success", "--wc-success"],
  ["info", "--wc-info"],
  ["warning", "--jp-warn-color1"],
  ["danger", "--jp-error-color1"],
]
  .map(([name, variable]) => `.wc-${name} { --wc-tone: var(${variable}) }`)
  .join("\n");

/** Both engines' thumbs and tracks; a rule that lists a part unknown to the browser is dropped whole, hence twice. */
const range = ["-webkit-slider-runnable-track", "-moz-range-track"]
  .map(
    (track) => `.wc-range::${track} { height: 4px; border-radius: 2px;
  background: var(--wc-track) }
.wc-pair .wc-range::${track} { background: none }`,
  )
  .concat(
    ["-webkit-slider-thumb", "-moz-range-thumb"].map(
      (
        thumb,
      ) => `.wc-range::${thumb} { appearance: none; -webkit-appearance: none; box-sizing: border-box; width: 18px; height: 18px; border-radius: 50%;
  border: 2px solid var(--wc-fill); background: var(--wc-handle, var(--wc-paper)); cursor: grab; transition: box-shadow .12s }
.wc-range:focus-visible::${thumb} { box-shadow: 0 0 0 2px var(--wc-paper), 0 0 0 4px var(--wc-fill) }
.wc-range:disabled::${thumb} { cursor: default }
.wc-pair .wc-range::${thumb} { pointer-events: auto }`,
    ),
  )
  .join("\n");

export const controlsStyle: string = `
.warplab-place { min-width: 0; display: contents } .warplab-own { display: block } .wc-hbox > .warplab-own { flex: 1 1 32rem }
.wc, .wc-note { --wc-ink: var(--jp-ui-font-color0); --wc-dim: var(--jp-ui-font-color2); --wc-line: var(--jp-border-color1); --wc-brand: var(--jp-brand-color1); --wc-paper: var(--jp-layout-color0); --wc-shade: var(--jp-layout-color1); --wc-deep: var(--jp-layout-color2); --wc-faint: var(--jp-border-color2); --wc-success: var(--ansi-green, #2a6b2f); --wc-info: var(--ansi-cyan, #0b6b74); --wc-tone: var(--jp-ui-font-color1); --wc-fill: var(--wc-brand) }
.wc, .wc * { box-sizing: border-box }
.wc { font: .9375rem/1.45 var(--jp-ui-font-family); color: var(--wc-ink); min-width: 0 }
.wc [hidden], .wc[hidden] { display: none !important }
.wc-row { display: flex; align-items: center; gap: .15rem .7rem; width: 22rem; max-width: 100%; min-height: 2.2rem; padding: .15rem 0 }
.wc-label { flex: none; width: 5.5rem; text-align: right; overflow-wrap: anywhere; color: var(--jp-ui-font-color1) }
.wc-row > :nth-child(2) { flex: 1 1 0; min-width: 0 }
.wc-readout { flex: none; min-width: 3.2em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.wc-reading { width: auto } .wc-reading > .wc-label:not([hidden]) + * { flex: 1 }
.wc-html > :first-child { margin-top: 0 } .wc-html > :last-child { margin-bottom: 0 } .wc-html, .wc-text { overflow-wrap: anywhere }
.wc-field { font: inherit; color: var(--wc-ink); background: var(--wc-paper); border: 1px solid var(--wc-line); border-radius: 5px; padding: .28rem .55rem; min-height: 2rem; width: 100% }
.wc-field:hover:enabled { border-color: var(--wc-dim) } .wc-field:read-only:not(select) { background: var(--wc-shade) }
.wc-number { font-variant-numeric: tabular-nums } textarea.wc-field { resize: vertical; align-self: stretch } .wc-list { padding: .2rem; align-self: stretch }
.wc-list option { padding: .12rem .4rem; border-radius: 3px }
.wc-list:disabled option { color: var(--wc-dim) } .wc-list:disabled option:checked { color: var(--wc-ink); font-weight: 600 } select.wc-field:disabled { opacity: 1; color: var(--jp-ui-font-color1); background-color: var(--wc-shade) }
.wc-color { padding: 2px; height: 2rem; border: 1px solid var(--wc-line); border-radius: 5px; background: none }
.wc-range { appearance: none; -webkit-appearance: none; background: none; width: 100%; height: 1.6rem; margin: 0; cursor: pointer } .wc-range:focus-visible { outline: 2px solid transparent }
.wc-range, .wc-pair { --wc-track: linear-gradient(90deg, var(--wc-line) var(--wc-from, 0%), var(--wc-fill) var(--wc-from, 0%) var(--wc-to, 0%), var(--wc-line) var(--wc-to, 0%)) }
${range}
.wc-range::-webkit-slider-thumb { margin-top: -7px }
.wc-pair { position: relative; height: 1.6rem } .wc-pair::before { content: ""; position: absolute; inset: calc(50% - 2px) 0 auto; height: 4px; border-radius: 2px; background: var(--wc-track) }
.wc-pair .wc-range { position: absolute; inset: 0; pointer-events: none }
.wc-vertical { flex-direction: column; width: 4.5rem; align-items: center; text-align: center } .wc-vertical > .wc-label { width: auto; text-align: center } .wc-vertical > :nth-child(2) { flex: none }
.wc-vertical .wc-range { width: 10rem; height: 1.6rem; rotate: -90deg } .wc-vertical > .wc-range, .wc-vertical > .wc-pair { margin: 4.4rem -4rem } .wc-vertical .wc-pair { width: 10rem; rotate: -90deg } .wc-vertical .wc-pair .wc-range { rotate: none }
.wc :disabled, .wc-button:disabled { cursor: default } .wc-range:disabled, .wc-row:has(.wc-range:disabled), .wc-play:has(:disabled) { --wc-fill: var(--wc-dim) }
.wc-button { --wc-tone: var(--wc-deep); font: 500 .9375rem/1.3 var(--jp-ui-font-family); color: var(--wc-ink); background: var(--wc-tone); border: 1px solid color-mix(in srgb, var(--wc-tone) 80%, var(--wc-dim)); border-radius: 5px; padding: .36rem .9rem; min-height: 2.1rem; cursor: pointer; margin: .15rem 0; overflow-wrap: anywhere }
button.wc-button:not(.wc-square) { min-width: 9rem; align-self: flex-start }
.wc-button:is(.wc-primary, .wc-success, .wc-info, .wc-warning, .wc-danger) { color: var(--wc-paper) }
.wc-button:hover:enabled, .wc-toggle input:enabled + .wc-button:hover { filter: brightness(.96) } .wc-button:disabled, .wc-toggle input:disabled:not(:checked) + .wc-button { background: var(--wc-shade); color: var(--wc-dim); border-style: dashed; border-color: var(--wc-line) }
.wc-button[aria-pressed="true"] { box-shadow: inset 0 0 0 2px var(--wc-brand) } .wc-square { min-width: 2.3rem; padding: .3rem }
.wc-play { display: flex; gap: .4rem; align-items: center } .wc-play .wc-label { width: auto }
.wc-toggles { display: flex; flex-wrap: wrap; gap: .3rem } .wc-toggle { position: relative } .wc-toggle .wc-button { display: block; margin: 0; min-width: var(--wc-button, 4.5rem); text-align: center }
.wc-toggle input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; margin: 0; cursor: pointer } .wc-toggle input:checked + .wc-button { box-shadow: inset 0 0 0 2px var(--wc-brand); font-weight: 650 } .wc-toggle input:focus-visible + .wc-button { outline: 2px solid var(--wc-brand); outline-offset: 2px }
.wc-row:has(> .wc-toggles) { width: auto }
.wc-radios { display: flex; flex-direction: column; gap: .1rem } .wc-row:has(> .wc-radios) { align-items: flex-start } .wc-row:has(> .wc-radios) > .wc-label { padding-top: .12rem }
.wc-radio, .wc-check { display: flex; gap: .5rem; align-items: flex-start; padding: .12rem 0 } .wc-radio input, .wc-check input { flex: none; width: 1.05rem; height: 1.05rem; margin: .15rem 0 0; accent-color: var(--wc-fill) }
.wc-flush > .wc-label { display: none }
.wc-valid { color: var(--wc-success) } .wc-invalid { color: var(--jp-error-color1) }
.wc-bar { height: 10px; border-radius: 5px; background: var(--wc-deep); overflow: hidden; box-shadow: inset 0 0 0 1px var(--wc-faint); print-color-adjust: exact; -webkit-print-color-adjust: exact } .wc-filled { --wc-tone: var(--wc-brand); height: 100%; width: var(--wc-share, 0%); background: var(--wc-tone); transition: width .15s }
.wc-vertical .wc-bar { width: 10px; height: 10rem; display: flex; align-items: flex-end } .wc-vertical .wc-filled { width: 100%; height: var(--wc-share, 0%) }
.wc-image { display: inline-block; max-width: 100% }
.wc-box { display: flex; gap: .2rem 1rem } .wc-hbox { flex-flow: row wrap; align-items: flex-start } .wc-vbox { flex-direction: column; align-items: stretch } .wc-grid { display: grid; gap: .4rem 1rem } .wc-box > .warplab-place > *, .wc-grid > .warplab-place > * { min-width: 0 }
.wc-boxed { border: 1px solid var(--wc-tone); border-radius: 6px; padding: .6rem .8rem; background: color-mix(in srgb, var(--wc-tone) 8%, transparent) }
.wc-strip { display: flex; flex-wrap: wrap; gap: .1rem; border-bottom: 1px solid var(--wc-line) } .wc-strip button, .wc-head { font: 500 .9375rem/1.3 var(--jp-ui-font-family); color: var(--wc-dim); background: none; border: 0; padding: .5rem .9rem; cursor: pointer; overflow-wrap: anywhere }
.wc-strip button { border-bottom: 3px solid transparent; margin-bottom: -1px } .wc-strip button:hover, .wc-head:hover { color: var(--wc-ink) } .wc-strip [aria-selected="true"] { color: var(--wc-ink); border-bottom-color: var(--wc-brand) }
.wc-tabs > .wc-panel { padding: .8rem .2rem .2rem }
.wc-accordion { min-width: min(16rem, 100%); border: 1px solid var(--wc-faint); border-radius: 6px; overflow: hidden } .wc-head { display: block; width: 100%; text-align: left; background: var(--wc-shade) } .wc-accordion > * + [role="heading"] { border-top: 1px solid var(--wc-faint) } .wc-head::before { content: "▸"; display: inline-block; width: 1.2em; transition: rotate .12s } .wc-head[aria-expanded="true"] { color: var(--wc-ink) } .wc-head[aria-expanded="true"]::before { rotate: 90deg; translate: -.2em -.1em }
.wc-accordion > .wc-panel { padding: .7rem .9rem } .wc-head:focus-visible { outline-offset: -3px }
.outputs.wc-output { padding: .2rem 0 }
.wc-note { color: var(--wc-dim); font: .84rem/1.45 var(--jp-ui-font-family); margin: .5rem 0 0 }
.wc :is(input:not(.wc-range), select, textarea, button):focus-visible { outline: 2px solid var(--wc-brand); outline-offset: 2px }
${colours}
@media (prefers-reduced-motion: reduce) { .wc, .wc * { transition: none !important } }
@media (forced-colors: active) { .wc-range { appearance: auto; -webkit-appearance: auto } .wc-filled { background: Highlight } }
@media print { .wc-play, .wc-note { display: none } .wc-strip button:not([aria-selected="true"]) { display: none } }
`;
