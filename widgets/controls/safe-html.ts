// HTML that came with a widget's state, before it goes into the page: it shapes text and draws, and runs nothing. The page's
// policy already keeps it from fetching anything.
import { safeAddress } from "../../src/view/page/html.js";

/** Elements that run, embed or send something, or reach beyond their place. */
const refused = "script, iframe, frame, object, embed, base, meta, link, form, template, noscript, portal, style";

/** The nodes of a text of HTML; parsed where nothing runs and nothing loads. */
export function safeHtml(html: string): DocumentFragment {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const element of parsed.querySelectorAll(refused)) element.remove();
  for (const element of parsed.body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (!isSafe(element, name.toLowerCase(), value)) element.removeAttribute(name);
    }
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
  return fragment;
}

function isSafe(element: Element, name: string, value: string): boolean {
  if (name.startsWith("on") || name === "srcdoc" || name === "action" || name === "formaction") return false;
  // Our own runtimes look for these; a text must not pose as a widget.
  if (name.startsWith("data-warplab")) return false;
  // An SVG animation can set an address after it was checked.
  if (/^(animate|set)/i.test(element.localName) && name === "attributename" && /href/i.test(value)) return false;
  if (["href", "src", "xlink:href", "poster", "background"].includes(name)) {
    return /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(value.trim()) || safeAddress(value) !== undefined;
  }
  return true;
}

/** Shows a text in an element: as HTML where its author asked for that, else as the text that it is. */
export function showText(el: Element, text: string, { html }: { readonly html: boolean }): void {
  if (html) el.replaceChildren(safeHtml(text));
  else el.textContent = text;
}
