// Text inside HTML: escaping, and the little raw HTML that Markdown may bring along.

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** JSON that can stand in a script element: no `</script>` and no `<!--` can end it early. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** JavaScript that can stand in a script element. Inside a string or a regular expression `<\/script` means the same. */
export function embedScript(code: string): string {
  return code.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}

const allowedTags: Readonly<Record<string, readonly string[]>> = {
  a: ["href", "title"],
  abbr: ["title"],
  b: [],
  blockquote: [],
  br: [],
  caption: [],
  cite: [],
  code: [],
  dd: [],
  del: [],
  details: ["open"],
  div: ["align"],
  dl: [],
  dt: [],
  em: [],
  figcaption: [],
  figure: [],
  hr: [],
  i: [],
  img: ["src", "alt", "title", "width", "height"],
  ins: [],
  kbd: [],
  li: [],
  mark: [],
  ol: ["start"],
  p: ["align"],
  pre: [],
  q: [],
  s: [],
  samp: [],
  small: [],
  span: [],
  strong: [],
  sub: [],
  summary: [],
  sup: [],
  table: [],
  tbody: [],
  td: ["align", "colspan", "rowspan"],
  th: ["align", "colspan", "rowspan", "scope"],
  thead: [],
  tr: [],
  u: [],
  ul: [],
  var: [],
};

/** What becomes of the addresses in a text. */
export interface Addresses {
  link(url: string): string | undefined;
  picture(url: string): string | undefined;
}

/**
 * Raw HTML of a Markdown cell with the tags that only shape text, and their harmless attributes; every other tag is shown as
 * the text that it is. `addresses` decides what a link or a picture may point to: undefined drops the attribute.
 */
export function keepSafeTags(html: string, addresses: Addresses): string {
  return html.replace(/<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>|<|>/g, (...match) => {
    const [whole, slash, tag, attributes] = match as string[];
    if (whole.startsWith("<!--")) return "";
    if (tag === undefined || !Object.hasOwn(allowedTags, tag.toLowerCase())) return escapeHtml(whole);
    const name = tag.toLowerCase();
    return slash === "/" ? `</${name}>` : `<${name}${safeAttributes(name, attributes, addresses)}>`;
  });
}

/** The address if it is relative or has a scheme that cannot run anything. */
export function safeAddress(url: string): string | undefined {
  // Browsers skip control characters and spaces in front of, and inside, a scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the characters meant
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url.replace(/[\u0000-\u0020]/g, ""))?.[1].toLowerCase();
  return scheme === undefined || ["http", "https", "mailto"].includes(scheme) ? url : undefined;
}

function safeAttributes(tag: string, text: string, addresses: Addresses): string {
  let kept = "";
  for (const [, name, quoted, single, bare] of text.matchAll(
    /([a-zA-Z][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  )) {
    const attribute = name.toLowerCase();
    if (!allowedTags[tag].includes(attribute)) continue;
    const value = decodeEntities(quoted ?? single ?? bare ?? "");
    const safe = attribute === "href" ? addresses.link(value) : attribute === "src" ? addresses.picture(value) : value;
    if (safe !== undefined) kept += ` ${attribute}="${escapeHtml(safe)}"`;
  }
  return kept;
}

function decodeEntities(text: string): string {
  const named: Record<string, string> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    colon: ":",
    Tab: "\t",
    NewLine: "\n",
  };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));?/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16) % 0x110000);
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal) % 0x110000);
    return named[name] ?? whole;
  });
}
