// Names cut to the room that they have, with an ellipsis, never wider. Knows no events.

const ellipsis = "\u2026";

/** Cuts texts for one font; remembers how wide characters are, and the last cut of each text. */
export class LabelCutter {
  private readonly ascii = new Float32Array(128).fill(-1);
  private readonly others = new Map<string, number>();
  private readonly cuts = new Map<string, { readonly count: number; readonly text: string }>();

  /** `measure` says how wide a text is; kerning has to be off, since widths are added up. */
  constructor(private readonly measure: (text: string) => number) {}

  /** The text, or as much of it as fits with an ellipsis; empty where not two characters would. */
  fit(text: string, width: number): string {
    const dots = this.widthOf(ellipsis);
    let used = 0;
    // The most characters after which the ellipsis still fits.
    let cut = 0;
    let at = 0;
    for (; at < text.length; at++) {
      used += this.widthAt(text, at);
      if (used > width) break;
      if (used + dots <= width) cut = at + 1;
    }
    if (at === text.length) return text;
    if (cut < 2) return "";
    // Not between the halves of a character beyond 16 bits.
    const last = text.charCodeAt(cut - 1);
    if (last >= 0xd800 && last < 0xdc00) cut--;
    const known = this.cuts.get(text);
    if (known?.count === cut) return known.text;
    if (this.cuts.size > 20_000) this.cuts.clear();
    const made = { count: cut, text: text.slice(0, cut) + ellipsis };
    this.cuts.set(text, made);
    return made.text;
  }

  private widthAt(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code < 128) {
      if (this.ascii[code] < 0) this.ascii[code] = this.measure(text[at]);
      return this.ascii[code];
    }
    // The second half of a character counts with the first.
    if (code >= 0xdc00 && code < 0xe000) return 0;
    return this.widthOf(code >= 0xd800 && code < 0xdc00 ? text.slice(at, at + 2) : text[at]);
  }

  private widthOf(character: string): number {
    let width = this.others.get(character);
    if (width === undefined) {
      width = this.measure(character);
      this.others.set(character, width);
    }
    return width;
  }
}
