// For a page that is an output's <iframe srcdoc>: as high as its content, and in the colours of the notebook around it.

import { themeSaidBy } from "../stepper/theme.js";

/** What we take over from the notebook's theme; views read these with fallbacks. */
const themeVariables = [
  "--jp-layout-color0",
  "--jp-layout-color1",
  "--jp-layout-color2",
  "--jp-border-color1",
  "--jp-border-color2",
  "--jp-ui-font-color0",
  "--jp-ui-font-color1",
  "--jp-ui-font-color2",
  "--jp-ui-font-family",
  "--jp-code-font-family",
  "--jp-brand-color1",
];

/** Does nothing in a page of its own, or in a frame whose surroundings it may not see. */
export function followFrame(): void {
  const frame = surroundingFrame();
  if (frame === undefined) return;
  const outside = frame.ownerDocument;
  const resize = (): void => {
    frame.style.height = `${Math.ceil(document.body.getBoundingClientRect().height)}px`;
  };
  const dress = (): void => dressLike(outside);
  dress();
  resize();
  new ResizeObserver(resize).observe(document.body);
  new MutationObserver(dress).observe(outside.body, {
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "data-vscode-theme-kind", "class", "style"],
  });
}

function surroundingFrame(): HTMLElement | undefined {
  try {
    return (window.frameElement as HTMLElement | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function dressLike(outside: Document): void {
  const theirs = getComputedStyle(outside.body);
  const root = document.documentElement;
  for (const variable of themeVariables) {
    const value = theirs.getPropertyValue(variable).trim();
    if (value !== "") root.style.setProperty(variable, value);
  }
  const theme = themeSaidBy(outside.body);
  if (theme !== undefined) root.dataset["theme"] = theme;
}
