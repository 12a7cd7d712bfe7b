// One live view as HTML that carries everything with it: an <iframe srcdoc> with runtime and data, for notebooks whose page has
// no widget manager. Knows no particular view.
import { gzipSync } from "node:zlib";
import { escapeHtml, themeStyle } from "../view/page/index.js";
import { asset } from "./assets.js";
import { type PackedState, packState, type WidgetState } from "./widget-state.js";

export interface FramedOptions {
  /** What it is, in words: the frame's name for a screen reader, and what shows where scripts do not run. */
  readonly description: string;
}

// About a stepper's height, so that the page moves little when the frame finds its true height.
const firstHeight = 640;

/** The view that `state.view` names, mounted on `state`. */
export function framedView(state: WidgetState, { description }: FramedOptions): string {
  const saved = savedWidget(packState(state));
  const words = escapeHtml(description);
  const inside = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${words}</title><style>${frameStyle}</style></head><body><div id="warplab-view"><p>${words}</p></div><script>${bootScript(JSON.stringify(saved), runtime())}</script></body></html>`;
  return `<iframe class="warplab-frame" title="${words}" srcdoc="${escapeAttribute(inside)}" style="display:block;width:100%;height:${firstHeight}px;border:0;background:transparent"></iframe>`;
}

const frameStyle = `${themeStyle}
html, body { margin: 0; background: transparent }
body { overflow-x: auto; overflow-y: hidden; font: 14px/1.5 var(--jp-ui-font-family); color: var(--jp-ui-font-color0) }`.replace(
  /\n\s*/g,
  " ",
);

/** The widget as `application/vnd.jupyter.widget-state+json` holds it; `state` names its model, as every widget's does. */
export function savedWidget({ state, buffer_paths, buffers }: PackedState): object {
  return {
    model_name: state["_model_name"],
    model_module: state["_model_module"],
    model_module_version: state["_model_module_version"],
    state,
    buffers: buffers.map((bytes, i) => ({
      path: buffer_paths[i],
      encoding: "base64",
      data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
    })),
  };
}

let packedRuntime: string | undefined;

function runtime(): string {
  packedRuntime ??= pack(asset("frame.js"));
  return packedRuntime;
}

function pack(text: string): string {
  return gzipSync(text, { level: 9 }).toString("base64");
}

// Compressed, since each output carries its own copy; base64 also needs no escaping inside an attribute.
function bootScript(state: string, code: string): string {
  return `(async()=>{
const open=async(t)=>new Response(new Blob([Uint8Array.from(atob(t),(c)=>c.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
const add=(id,type,text)=>{const s=document.createElement('script');s.id=id;if(type)s.type=type;s.textContent=text;document.body.append(s)};
add('warplab-widget','application/json',await open('${pack(state)}'));
add('warplab-runtime','',await open('${code}'));
})()`;
}

function escapeAttribute(html: string): string {
  return html.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
}
