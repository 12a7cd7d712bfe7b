// Terminal text with ANSI colours as HTML: classes, not colours, so that the page's theme decides. Knows nothing of cells.
import { escapeHtml } from "./html.js";

const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

interface Style {
  foreground: string | undefined;
  background: string | undefined;
  bold: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with the control character ESC
const sequence = /\u001b\[([0-9;:?]*)([@-~])|\u001b\][^\u0007]*(?:\u0007|\u001b\\)|\u001b[@-Z\\^_]/g;

/** Escapes the text; colour and weight sequences become spans, every other control sequence is dropped. */
export function ansiToHtml(text: string): string {
  const style = plain();
  let html = "";
  let last = 0;
  const flush = (to: number): void => {
    if (to > last) html += wrap(escapeHtml(text.slice(last, to)), style);
  };
  for (const match of text.matchAll(sequence)) {
    flush(match.index);
    last = match.index + match[0].length;
    if (match[2] === "m") apply(match[1], style);
  }
  flush(text.length);
  return html;
}

/** What a terminal would show: a carriage return goes back to the start of the line, a backspace one character. */
export function overwrite(text: string): string {
  if (!/[\r\b]/.test(text)) return text;
  return text
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => {
      const parts = line.split("\r");
      let shown = "";
      for (const part of parts) shown = part + shown.slice(part.length);
      return withoutErased(shown);
    })
    .join("\n");
}

function withoutErased(line: string): string {
  const kept: string[] = [];
  for (const character of line) {
    if (character === "\b") kept.pop();
    else kept.push(character);
  }
  return kept.join("");
}

function plain(): Style {
  return { foreground: undefined, background: undefined, bold: false, italic: false, underline: false, inverse: false };
}

function apply(parameters: string, style: Style): void {
  const codes = parameters === "" ? [0] : parameters.split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) Object.assign(style, plain());
    else if (code === 1) style.bold = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 7) style.inverse = true;
    else if (code === 22) style.bold = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 27) style.inverse = false;
    else if (code >= 30 && code <= 37) style.foreground = names[code - 30];
    else if (code >= 90 && code <= 97) style.foreground = names[code - 90];
    else if (code >= 40 && code <= 47) style.background = names[code - 40];
    else if (code >= 100 && code <= 107) style.background = names[code - 100];
    else if (code === 39) style.foreground = undefined;
    else if (code === 49) style.background = undefined;
    else if (code === 38 || code === 48) {
      // 256 colours (5;n) and true colours (2;r;g;b): only the first eight have a place in the theme.
      const color = codes[i + 1] === 5 ? names[codes[i + 2] % 8] : undefined;
      const known = codes[i + 1] === 5 && codes[i + 2] < 16 ? color : undefined;
      if (code === 38) style.foreground = known;
      else style.background = known;
      i += codes[i + 1] === 5 ? 2 : 4;
    }
  }
}

function wrap(html: string, style: Style): string {
  const foreground = style.inverse ? (style.background ?? "inverse") : style.foreground;
  const background = style.inverse ? (style.foreground ?? "inverse") : style.background;
  const classes: string[] = [];
  if (foreground !== undefined) classes.push(`ansi-${foreground}`);
  if (background !== undefined) classes.push(`ansi-bg-${background}`);
  if (style.bold) classes.push("ansi-bold");
  if (style.italic) classes.push("ansi-italic");
  if (style.underline) classes.push("ansi-underline");
  return classes.length === 0 ? html : `<span class="${classes.join(" ")}">${html}</span>`;
}
