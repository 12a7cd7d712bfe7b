// Markdown cells as HTML: marked for the grammar, our rules for what may come through. Collects the headings on its way.
import { Marked, type Tokens } from "marked";
import { highlight } from "./code.js";
import { escapeHtml, keepSafeTags, safeAddress } from "./html.js";

export interface Heading {
  readonly level: number;
  readonly text: string;
  /** Unique in the page: `the-roofline`, `the-roofline-2`. */
  readonly anchor: string;
}

export interface MarkdownOptions {
  /** The content of a picture that the text refers to, as a data: address; undefined where it cannot be had. */
  picture(address: string): string | undefined;
}

/** Turns the Markdown of one page into HTML, cell by cell. */
export class MarkdownRenderer {
  readonly headings: Heading[] = [];
  readonly #taken = new Map<string, number>();
  readonly #marked: Marked;
  #picture: MarkdownOptions["picture"] = () => undefined;

  constructor() {
    const self = this;
    this.#marked = new Marked({
      async: false,
      gfm: true,
      renderer: {
        heading({ tokens, depth }: Tokens.Heading): string {
          const html = this.parser.parseInline(tokens);
          const text = plainText(html);
          const anchor = self.#anchor(text);
          self.headings.push({ level: depth, text, anchor });
          return `<h${depth} id="${anchor}">${html}</h${depth}>\n`;
        },
        code({ text, lang }: Tokens.Code): string {
          return `<pre class="code"><code>${highlight(text, lang ?? "")}</code></pre>\n`;
        },
        html({ text }: Tokens.HTML | Tokens.Tag): string {
          return keepSafeTags(text, { link: safeAddress, picture: (url) => self.#picture(url) });
        },
        link({ href, title, tokens }: Tokens.Link): string {
          const inner = this.parser.parseInline(tokens);
          const address = safeAddress(href);
          if (address === undefined) return inner;
          const hint = title ? ` title="${escapeHtml(title)}"` : "";
          return `<a href="${escapeHtml(address)}"${hint}>${inner}</a>`;
        },
        image({ href, title, text }: Tokens.Image): string {
          const data = self.#picture(href);
          // A page that needs no network shows the words for a picture that it does not hold.
          if (data === undefined) return `<em class="missing-picture">${escapeHtml(text || href)}</em>`;
          return `<img src="${escapeHtml(data)}" alt="${escapeHtml(text)}"${title ? ` title="${escapeHtml(title)}"` : ""}>`;
        },
      },
    });
  }

  render(text: string, options: MarkdownOptions): string {
    this.#picture = options.picture;
    return this.#marked.parse(text) as string;
  }

  #anchor(text: string): string {
    const base =
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-|-$/g, "") || "section";
    const uses = (this.#taken.get(base) ?? 0) + 1;
    this.#taken.set(base, uses);
    return uses === 1 ? base : `${base}-${uses}`;
  }
}

function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}
