// What people bring along from other notebooks, shells and browsers, and what a cell has instead. Knows nothing of how mistakes
// are found.

/** What to write instead of a line that is another language's; undefined for one that may be TypeScript. */
export function foreignLine(line: string): string | undefined {
  const [, magic] = /^\s*(%%?\w+)/.exec(line) ?? [];
  if (magic !== undefined) {
    const instead = /time/.test(magic) ? ': measure with console.time("it"); …; console.timeEnd("it")' : "";
    return `A cell is TypeScript, and ${magic} is a command of IPython, which there is none of here${instead}.`;
  }
  if (/^\s*!/.test(line)) {
    return 'A cell is TypeScript. To run a command of the shell: import { execSync } from "node:child_process"; execSync("ls").toString()';
  }
  if (/^\s*#(?!\w+\s*[=;(])/.test(line)) return "A cell is TypeScript: a comment begins with //.";
  if (/^\s*\?\??\s*[\w.]+\s*$|^\s*[\w.]+\s*\?\??\s*$/.test(line)) {
    return "A cell is TypeScript: to read about a name put the cursor on it and press Shift+Tab.";
  }
  return undefined;
}

const pageNames: ReadonlySet<string> = new Set(
  `document window localStorage sessionStorage alert confirm location requestAnimationFrame cancelAnimationFrame
  XMLHttpRequest HTMLElement HTMLCanvasElement HTMLDivElement Element Image DOMParser getComputedStyle`.split(/\s+/),
);

/** What is said of a name that only a browser's page has; undefined for any other. */
export function pageName(name: string): string | undefined {
  if (!pageNames.has(name)) return undefined;
  return `Cannot find name '${name}': a cell runs in Node and has no page. What it shows is its last value, and what show(value) is given.`;
}

/** How a module that was not found comes to be there. */
export function howToInstall(specifier: string, folder: string): string {
  if (/^\.{0,2}\//.test(specifier)) return `Paths begin at the notebook's folder, ${folder}.`;
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? [specifier];
  return `Install it in the notebook's folder: run "npm install ${name}" in ${folder}.`;
}
