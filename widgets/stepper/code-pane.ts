// A program as lines: numbers, how often each ran, and which one is on show. Serves the source and the PTX alike.
import type { Replay } from "../../src/gpu/analysis/replay.js";
import type { KernelSource } from "../../src/gpu/ptx/debug-info.js";
import { element, set } from "./dom.js";
import { count, counted } from "./numbers.js";
import type { Part, Stage } from "./part.js";
import type { Scene } from "./scene.js";
import { type Language, type Token, tokenise } from "./syntax.js";
import { shortName } from "./words.js";

interface Program {
  readonly part: "source" | "ptx";
  readonly title: string;
  readonly tokens: readonly (readonly Token[])[];
  /** The number printed before the first line. */
  readonly firstNumber: number;
  /** The 1-based line of each instruction, by pc. */
  readonly lineOf: readonly (number | undefined)[];
  /** 1-based lines that are left out. */
  readonly hidden: ReadonlySet<number>;
}

/** The source of the function that runs, where the launch brings one, above the PTX. */
export function codePanes(stage: Stage): Part {
  const panes = [sourcePanes(stage), ptxPane(stage)].filter((pane) => pane !== undefined);
  return {
    element: element(
      "div",
      { class: panes.length === 1 ? "programs alone" : "programs" },
      ...panes.map((pane) => pane.element),
    ),
    update(scene) {
      for (const pane of panes) pane.update(scene);
    },
    redraw() {
      for (const pane of panes) pane.redraw?.();
    },
  };
}

/** The texts that `.loc` lines point into, of which the one of the instruction on show is seen; undefined where the launch has none. */
function sourcePanes(stage: Stage): Part | undefined {
  const { image, entry } = stage.replay;
  if (image.debug === undefined || image.debug.source.language === "ptx") return undefined;
  const { source, functions = [] } = image.debug;
  const texts = [{ name: image.kernel, source }, ...functions];
  const panes = texts.map((text, index) => sourcePane(stage, text, index + 1, texts.length > 1));
  let shown = panes[0];
  const node = element("div", {}, shown.element);
  return {
    element: node,
    update(scene) {
      const file = entry.instructions[scene.pc].source?.file;
      const next = (file === undefined ? undefined : panes[file - 1]) ?? shown;
      if (next !== shown) node.replaceChildren(next.element);
      shown = next;
      shown.update(scene);
    },
    redraw() {
      shown.redraw?.();
    },
  };
}

function sourcePane(
  stage: Stage,
  { name, source }: { readonly name: string; readonly source: KernelSource },
  file: number,
  oneOfSeveral: boolean,
): Part {
  const place = source.origin === "" ? [] : [source.origin];
  return codePane(stage, {
    part: "source",
    title: ["Source", ...(oneOfSeveral ? [`of ${shortName(name)}`] : [])]
      .join(" ")
      .concat(...place.map((each) => `, ${each}`)),
    tokens: tokenise(source.text, source.language satisfies Language),
    firstNumber: source.firstLine,
    lineOf: stage.replay.entry.instructions.map((each) => (each.source?.file === file ? each.source.line : undefined)),
    hidden: new Set(),
  });
}

function ptxPane(stage: Stage): Part {
  const { replay } = stage;
  const tokens = tokenise(replay.image.ptx.trimEnd(), "ptx");
  return codePane(stage, {
    part: "ptx",
    title: "PTX",
    tokens,
    firstNumber: 1,
    lineOf: replay.entry.instructions.map(({ ptxLine }) => ptxLine),
    hidden: quietLines(tokens, replay),
  });
}

/** Lines beyond the kernel and its functions, and line directives, say nothing about what runs: they are left out, numbers keep
 * their place. */
function quietLines(tokens: readonly (readonly Token[])[], replay: Replay): Set<number> {
  const text = (line: number): string => (tokens[line - 1] ?? []).map((token) => token.text).join("");
  const linesOf = new Map<string, number[]>();
  for (const { function: owner, ptxLine } of replay.entry.instructions) {
    const lines = linesOf.get(owner);
    if (lines === undefined) linesOf.set(owner, [ptxLine]);
    else lines.push(ptxLine);
  }
  const shown = new Set<number>();
  for (const lines of linesOf.values()) {
    let first = Math.min(...lines);
    while (first > 1 && !/\.(entry|func)\b/.test(text(first))) first--;
    let last = Math.max(...lines);
    while (last < tokens.length && text(last).trim() !== "}") last++;
    for (let line = first; line <= last; line++) shown.add(line);
  }
  const hidden = new Set<number>();
  for (let line = 1; line <= tokens.length; line++) {
    if (!shown.has(line) || /^\s*(\.loc\b.*|\.reg\b.*)?$/.test(text(line))) hidden.add(line);
  }
  return hidden;
}

function codePane({ replay, controls }: Stage, program: Program): Part {
  const executions = executionsByLine(replay, program);
  const most = Math.max(1, ...executions.values());
  const rows = program.tokens.map((tokens, index): HTMLElement | undefined => {
    const line = index + 1;
    if (program.hidden.has(line)) return undefined;
    const times = executions.get(line);
    const label = String(program.firstNumber + index);
    return element(
      "div",
      {
        class: "line",
        role: "option",
        id: `${program.part}-${line}`,
        "aria-selected": "false",
        "data-line": line,
        title: times === undefined ? undefined : `ran ${counted(times, "time")} in the launch; click to run to it`,
        "data-runs": times === undefined ? undefined : times,
      },
      element("span", { class: "number" }, label),
      element("span", { class: "heat" }, element("i", { style: `width:${heatWidth(times ?? 0, most)}%` })),
      element(
        "span",
        { class: "text" },
        ...tokens.map(({ kind, text }) => (kind === "text" ? text : element("span", { class: kind }, text))),
      ),
    );
  });
  const body = element(
    "pre",
    {
      tabindex: 0,
      role: "listbox",
      "aria-label": `${program.title}: Enter runs this warp to the line that the arrows up and down choose`,
    },
    ...rows.filter((row) => row !== undefined),
  );
  const node = element(
    "section",
    { class: "code", "data-part": program.part },
    element("h4", {}, program.title, element("small", {}, ` bars: times run, up to ${count(most)}`)),
    body,
  );

  let now: HTMLElement | undefined;
  let caret: HTMLElement | undefined;
  const runTo = (row: HTMLElement): void => {
    const line = Number(row.dataset["line"]);
    const pcs = new Set(program.lineOf.flatMap((each, pc) => (each === line ? [pc] : [])));
    controls.pause();
    if (pcs.size > 0) controls.session.runTo(pcs, `line ${program.firstNumber + line - 1}`);
  };
  const moveCaret = (to: HTMLElement | undefined): void => {
    mark(caret, "false");
    caret = to;
    mark(caret, "true");
    set(body, { "aria-activedescendant": (caret ?? now)?.id });
    if (caret !== undefined) reveal(body, caret);
  };
  body.addEventListener("click", (event) => {
    // A click that ends a selection of text is not a wish to run.
    const selected = (body.getRootNode() as Document).getSelection?.()?.toString() ?? "";
    const row = (event.target as Element).closest<HTMLElement>(".line");
    if (row !== null && selected === "") runTo(row);
  });
  body.addEventListener("keydown", (event) => {
    const from = caret ?? now;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = event.key === "ArrowDown" ? from?.nextElementSibling : from?.previousElementSibling;
      moveCaret((next ?? from ?? body.firstElementChild ?? undefined) as HTMLElement | undefined);
    } else if (event.key === "Enter" && caret !== undefined) {
      runTo(caret);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  body.addEventListener("blur", () => moveCaret(undefined));

  return {
    element: node,
    update(scene: Scene) {
      const line = program.lineOf[scene.pc];
      const row = line === undefined ? undefined : rows[line - 1];
      if (row !== now) {
        if (now !== undefined) {
          now.className = "line";
          set(now, { "aria-current": undefined });
        }
        now = row;
        moveCaret(undefined);
      }
      if (now === undefined) return;
      now.className =
        scene.record === undefined ? "line now upcoming" : scene.fault === undefined ? "line now" : "line now fault";
      set(now, { "aria-current": "step" });
      set(body, { "data-now": line });
      reveal(body, now);
    },
    redraw() {
      if (now !== undefined) reveal(body, now);
    },
  };
}

function mark(row: HTMLElement | undefined, selected: "true" | "false"): void {
  if (row === undefined) return;
  row.classList.toggle("caret", selected === "true");
  set(row, { "aria-selected": selected });
}

/** Scrolls the pane alone: scrollIntoView would move the notebook too. */
function reveal(pane: HTMLElement, row: HTMLElement): void {
  const top = row.offsetTop;
  const margin = row.offsetHeight * 2;
  if (top - margin < pane.scrollTop) pane.scrollTop = top - margin;
  else if (top + row.offsetHeight + margin > pane.scrollTop + pane.clientHeight) {
    pane.scrollTop = top + row.offsetHeight + margin - pane.clientHeight;
  }
}

function executionsByLine(replay: Replay, { lineOf }: Program): Map<number, number> {
  const executions = replay.executions();
  const sums = new Map<number, number>();
  for (const [pc, line] of lineOf.entries()) {
    if (line !== undefined) sums.set(line, (sums.get(line) ?? 0) + executions[pc]);
  }
  return sums;
}

/** In percent of the gutter; a line that ran at all is seen. */
function heatWidth(times: number, most: number): number {
  return times === 0 ? 0 : Math.max(6, Math.round((100 * times) / most));
}
