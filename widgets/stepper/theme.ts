// Whether the page around is light or dark, and when that changes. The first that says so wins: a `data-theme` or JupyterLab's
// or VS Code's mark on an ancestor, else the reader's system.

export type Theme = "light" | "dark";

export function themeAround(node: Element): Theme {
  for (const at of whoSays(node)) {
    const theme = themeSaidBy(at);
    if (theme !== undefined) return theme;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** What an element's own marks say, if they say anything. */
export function themeSaidBy(at: Element): Theme | undefined {
  const named = at.getAttribute("data-theme");
  if (named === "dark" || named === "light") return named;
  const jupyter = at.getAttribute("data-jp-theme-light");
  if (jupyter !== null) return jupyter === "false" ? "dark" : "light";
  const code = at.getAttribute("data-vscode-theme-kind");
  if (code !== null) return code.includes("dark") || code === "vscode-high-contrast" ? "dark" : "light";
  return undefined;
}

/** Calls back at once and at every change; returns what ends it. */
export function followTheme(node: Element, onTheme: (theme: Theme) => void): () => void {
  let last: Theme | undefined;
  const look = (): void => {
    const theme = themeAround(node);
    if (theme === last) return;
    last = theme;
    onTheme(theme);
  };
  const observer = new MutationObserver(look);
  const attributeFilter = ["data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const at of whoSays(node)) observer.observe(at, { attributes: true, attributeFilter });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", look);
  look();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", look);
  };
}

// A view is drawn before its host puts it into the page, so the page's own marks are asked in any case.
function whoSays(node: Element): Set<Element> {
  const elements = new Set<Element>();
  for (let at: Element | null = node; at !== null; at = parent(at)) elements.add(at);
  return elements.add(document.body).add(document.documentElement);
}

function parent(node: Element): Element | null {
  if (node.parentElement !== null) return node.parentElement;
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}
