// Widgets inside widgets: rows, columns and grids, tabs, an accordion, a stack. What is behind a tab is drawn when it is first
// opened, so that a page with many launches does not run them all.
import { element, set, setText } from "../stepper/dom.js";
import type { CleanUp } from "../view.js";
import type { Control, Drawing } from "./control.js";
import { freshId } from "./row.js";

export const box: Control = (it) => boxOf(it, "wc-box");
export const hbox: Control = (it) => boxOf(it, "wc-box wc-hbox");
export const vbox: Control = (it) => boxOf(it, "wc-box wc-vbox");
export const gridBox: Control = (it) => boxOf(it, "wc-grid");

const boxStyles = ["success", "info", "warning", "danger"];

function boxOf(it: Drawing, className: string): HTMLElement {
  const whole = element("div");
  it.follow(["box_style"], () => {
    const style = it.text("box_style");
    whole.className = boxStyles.includes(style) ? `${className} wc-boxed wc-${style}` : className;
  });
  let ends: CleanUp[] = [];
  it.follow(["children"], () => {
    for (const end of ends) end();
    whole.replaceChildren();
    ends = it.list("children").map((child) => it.page.mount(child, whole));
  });
  it.atEnd(() => {
    for (const end of ends) end();
  });
  return whole;
}

/** The panels of a container that shows one at a time. */
class Panels {
  readonly elements: HTMLElement[];
  readonly #ends = new Map<number, CleanUp>();

  constructor(
    private readonly it: Drawing,
    private readonly children: readonly unknown[],
    role: string | undefined,
  ) {
    this.elements = children.map(() => element("div", { class: "wc-panel", role, id: freshId() }));
  }

  show(index: number | null): void {
    this.elements.forEach((panel, i) => {
      panel.hidden = i !== index;
      if (i === index && !this.#ends.has(i)) this.#ends.set(i, this.it.page.mount(this.children[i], panel));
    });
  }

  end(): void {
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
  }
}

/** Draws the container anew when its children change; `build` returns what shows the chosen one. */
function oneOf(
  it: Drawing,
  whole: HTMLElement,
  role: string | undefined,
  build: (panels: Panels) => (chosen: number | null) => void,
): void {
  let panels: Panels | undefined;
  let choose: (chosen: number | null) => void = () => {};
  const update = (): void => {
    const chosen = it.model.get("selected_index");
    choose(typeof chosen === "number" ? chosen : null);
  };
  it.follow(["children"], () => {
    panels?.end();
    whole.replaceChildren();
    panels = new Panels(it, it.list("children"), role);
    choose = build(panels);
    update();
  });
  it.follow(["selected_index"], update);
  it.atEnd(() => panels?.end());
}

function followTitles(it: Drawing, headings: readonly HTMLElement[]): void {
  it.follow(["titles", "_titles"], () => {
    for (const [i, heading] of headings.entries()) setText(heading, titleOf(it, i));
  });
}

function titleOf(it: Drawing, index: number): string {
  const old = it.model.get("_titles") as Record<string, unknown> | undefined;
  const title = it.list("titles")[index] ?? old?.[String(index)];
  return typeof title === "string" && title !== "" ? title : String(index + 1);
}

export const tab: Control = (it) => {
  const whole = element("div", { class: "wc-tabs" });
  oneOf(it, whole, "tabpanel", (panels) => {
    const tabs = panels.elements.map((panel) =>
      element("button", { type: "button", role: "tab", id: freshId(), "aria-controls": panel.id }),
    );
    for (const [i, panel] of panels.elements.entries()) set(panel, { "aria-labelledby": tabs[i].id });
    const strip = element("div", { class: "wc-strip", role: "tablist" }, ...tabs);
    followTitles(it, tabs);
    const choose = (index: number): void => {
      it.set("selected_index", index);
      tabs[index].focus();
    };
    for (const [i, button] of tabs.entries()) button.addEventListener("click", () => choose(i));
    strip.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(event.target as HTMLButtonElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      choose((to + tabs.length) % tabs.length);
    });
    whole.append(strip, ...panels.elements);
    return (chosen) => {
      tabs.forEach((button, i) => {
        set(button, { "aria-selected": String(i === chosen) });
        button.tabIndex = i === (chosen ?? 0) ? 0 : -1;
      });
      panels.show(chosen);
    };
  });
  return whole;
};

export const accordion: Control = (it) => {
  const whole = element("div", { class: "wc-accordion" });
  oneOf(it, whole, "region", (panels) => {
    const heads = panels.elements.map((panel) =>
      element("button", { type: "button", id: freshId(), class: "wc-head", "aria-controls": panel.id }),
    );
    panels.elements.forEach((panel, i) => {
      set(panel, { "aria-labelledby": heads[i].id });
      whole.append(element("div", { role: "heading", "aria-level": 4 }, heads[i]), panel);
      heads[i].addEventListener("click", () =>
        it.set("selected_index", it.model.get("selected_index") === i ? null : i),
      );
    });
    followTitles(it, heads);
    whole.addEventListener("keydown", (event) => {
      const at = heads.indexOf(event.target as HTMLButtonElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: heads.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      heads[(to + heads.length) % heads.length].focus();
    });
    return (chosen) => {
      for (const [i, head] of heads.entries()) set(head, { "aria-expanded": String(i === chosen) });
      panels.show(chosen);
    };
  });
  return whole;
};

export const stack: Control = (it) => {
  const whole = element("div", { class: "wc-stack" });
  oneOf(it, whole, undefined, (panels) => {
    whole.append(...panels.elements);
    return (chosen) => panels.show(chosen);
  });
  return whole;
};

export const output: Control = (it) => {
  // Read out when it changes: it is what a slider beside it answers.
  const whole = element("div", { class: "outputs wc-output", "aria-live": "polite" });
  let end: CleanUp | undefined;
  it.follow(["outputs"], () => {
    const height = whole.offsetHeight;
    end?.();
    // What comes next takes a moment to draw: the page below must not jump up and down again.
    whole.style.minHeight = `${height}px`;
    end = it.page.drawOutputs(it.list("outputs"), whole);
    requestAnimationFrame(() => whole.style.removeProperty("min-height"));
  });
  it.atEnd(() => end?.());
  return whole;
};
