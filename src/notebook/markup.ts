// HTML, Markdown, SVG and pictures of one's own, each in forms for every reader: what a browser draws, and words for a terminal.
// Knows no kernel; a page shows HTML under its own policy, which lets it load nothing from elsewhere.
import { InputError } from "../core/errors.js";
import { inspectAsText } from "../core/inspect.js";
import { escapeHtml } from "../view/page/index.js";
import { jupyterDisplay, type MimeBundle, mimeForm } from "./bridge.js";

/** Something to show: a cell's last expression, an argument of `show`, or a child of a box. */
export class Markup {
  static {
    inspectAsText(Markup);
  }

  readonly #bundle: MimeBundle;

  constructor(bundle: MimeBundle & { readonly "text/plain": string }) {
    this.#bundle = bundle;
    for (const method of [mimeForm, jupyterDisplay]) {
      Object.defineProperty(this, method, { value: () => ({ ...this.#bundle }) });
    }
  }

  /** What it holds as one type, `text/html`; undefined when it has no such form. */
  form(type: string): string | undefined {
    return this.#bundle[type] as string | undefined;
  }

  /** Its words. */
  toString(): string {
    return this.form("text/plain")!;
  }
}

export interface PictureOptions {
  /** What is to be seen, for those who do not see it. */
  readonly alt?: string;
}

/** Text that is HTML already, and is not escaped: for text of one's own, never for what others wrote. */
export function rawHtml(text: string): Markup {
  return new Markup({ "text/html": checkedText(text, "rawHtml"), "text/plain": wordsOfHtml(text) });
}

/** HTML as a template: what is put in is escaped, lists are joined, `Markup` stays what it is, and null and false are left out. */
export function htmlTemplate(strings: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return rawHtml(filled(strings, values, asHtml));
}

/**
 * Markdown, of a text or as a template: `` markdown`# ${title}` ``. What is put in stands as it is, and may be Markdown itself;
 * the indentation that all lines share is taken away. Throws InputError for what is no text.
 */
export function markdown(text: string | TemplateStringsArray, ...values: readonly unknown[]): Markup {
  const isTemplate = Array.isArray(text);
  const whole = isTemplate ? filled(text as TemplateStringsArray, values, asMarkdown) : checkedText(text, "markdown");
  const source = withoutIndent(whole);
  return new Markup({ "text/markdown": source, "text/plain": source });
}

/** A drawing. Its words are `alt`, else its own title. Throws InputError for text that is no SVG. */
export function svg(text: string, { alt }: PictureOptions = {}): Markup {
  const source = checkedText(text, "svg").trim();
  if (!/^(?:<\?xml[\s\S]*?\?>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/i.test(source)) {
    throw new InputError(`the text is no SVG, it begins with ${JSON.stringify(source.slice(0, 30))}`, {
      where: "svg",
      fix: 'Begin with <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">.',
    });
  }
  const title = /<title[^>]*>([^<]*)<\/title>/.exec(source)?.[1];
  return new Markup({
    "image/svg+xml": source,
    "text/plain": alt ?? (title === undefined ? "Drawing" : wordsOfHtml(title)),
  });
}

/** A picture of the bytes of a PNG, JPEG or GIF file. Throws InputError for other bytes. */
export function image(bytes: Uint8Array | ArrayBuffer, { alt }: PictureOptions = {}): Markup {
  if (!(bytes instanceof Uint8Array || bytes instanceof ArrayBuffer)) {
    throw new InputError(`the picture must be bytes, got ${typeof bytes}`, {
      where: "image",
      fix: 'Read its file: image(readFileSync("picture.png"), { alt: "..." }).',
    });
  }
  const data =
    bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : Buffer.from(bytes);
  const kind = kinds.find(({ start }) => data.subarray(0, start.length).equals(Buffer.from(start)));
  if (kind === undefined) {
    throw new InputError(
      `the bytes are no PNG, JPEG or GIF: they begin with ${data.subarray(0, 4).toString("hex") || "nothing"}`,
      {
        where: "image",
        fix: "Save the picture as one of these, or show a drawing with svg(text).",
      },
    );
  }
  return new Markup({ [kind.type]: data.toString("base64"), "text/plain": alt ?? `${kind.name} picture` });
}

const kinds: readonly { readonly name: string; readonly type: string; readonly start: readonly number[] }[] = [
  { name: "PNG", type: "image/png", start: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { name: "JPEG", type: "image/jpeg", start: [0xff, 0xd8, 0xff] },
  { name: "GIF", type: "image/gif", start: [0x47, 0x49, 0x46, 0x38] },
];

function filled(strings: TemplateStringsArray, values: readonly unknown[], write: (value: unknown) => string): string {
  return strings.map((text, i) => (i === 0 ? text : write(values[i - 1]) + text)).join("");
}

function asHtml(value: unknown): string {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(asHtml).join("");
  const inside = value instanceof Markup ? (value.form("text/html") ?? value.form("image/svg+xml")) : undefined;
  return inside ?? escapeHtml(String(value));
}

function asMarkdown(value: unknown): string {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(asMarkdown).join("");
  return value instanceof Markup
    ? (value.form("text/markdown") ?? value.form("text/html") ?? String(value))
    : String(value);
}

/** The text of HTML, as a terminal shows it: no tags, style or script; a line for each block. */
function wordsOfHtml(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->|<(style|script)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/\s+/g, " ")
    .replace(/<(?:br|\/(?:p|div|li|tr|h[1-6]|table|ul|ol|pre|section))\b[^>]*>/gi, "\n")
    .replace(/<\/t[dh]>/gi, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:#(\d{1,6})|(lt|gt|quot|nbsp|amp));/g, (_, code: string | undefined, name: string) =>
      code === undefined ? entities[name] : String.fromCodePoint(Number(code)),
    )
    .replace(/ *\n */g, "\n")
    .replace(/\n{2,}/g, "\n")
    .trim();
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', nbsp: " ", amp: "&" };

function withoutIndent(text: string): string {
  const lines = text
    .replace(/^[ \t]*\r?\n/, "")
    .replace(/\s+$/, "")
    .split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  const shared = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => line.slice(Math.min(shared, /^[ \t]*/.exec(line)![0].length))).join("\n");
}

function checkedText(text: unknown, where: string): string {
  if (typeof text === "string") return text;
  throw new InputError(`the first argument must be a text, got ${text === null ? "null" : typeof text}`, { where });
}
