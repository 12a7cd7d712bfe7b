// An animation's clock: counts from `min` to `max` while it plays. Starts only when a person asks for it.
import { element, set } from "../stepper/dom.js";
import type { Control } from "./control.js";
import { followUse, freshId } from "./row.js";

export const play: Control = (it) => {
  const act = (label: string, face: string): HTMLButtonElement =>
    element("button", { type: "button", class: "wc-button wc-square", "aria-label": label, title: label }, face);
  const toggle = act("Play", "▶");
  const stop = act("Stop", "■");
  const repeat = act("Repeat", "↻");
  const name = element("span", { class: "wc-label", id: freshId() });
  const whole = element("div", { class: "wc-play", role: "group" }, name, toggle, stop, repeat);
  let timer: ReturnType<typeof setInterval> | undefined;

  const pause = (): void => {
    clearInterval(timer);
    timer = undefined;
    set(toggle, { "aria-label": "Play", title: "Play" });
    toggle.textContent = "▶";
    it.set("playing", false);
  };
  const step = (): void => {
    const [min, max] = [it.number("min", 0), it.number("max", 100)];
    const next = it.number("value", 0) + it.number("step", 1);
    if (next <= max) it.set("value", next);
    else if (it.flag("repeat")) it.set("value", min);
    else pause();
  };
  const start = (): void => {
    if (it.number("value", 0) + it.number("step", 1) > it.number("max", 100)) it.set("value", it.number("min", 0));
    set(toggle, { "aria-label": "Pause", title: "Pause" });
    toggle.textContent = "❚❚";
    it.set("playing", true);
    timer = setInterval(step, Math.max(16, it.number("interval", 100)));
  };
  toggle.addEventListener("click", () => (timer === undefined ? start() : pause()));
  stop.addEventListener("click", () => {
    pause();
    it.set("value", it.number("min", 0));
  });
  repeat.addEventListener("click", () => it.set("repeat", !it.flag("repeat")));
  it.follow(["repeat", "show_repeat"], () => {
    set(repeat, { "aria-pressed": String(it.flag("repeat")) });
    repeat.hidden = !it.flag("show_repeat", true);
  });
  it.follow(["description"], () => {
    name.textContent = it.text("description");
    name.hidden = it.text("description") === "";
    set(whole, { "aria-label": it.text("description") || "Animation" });
  });
  followUse(it, whole, "value", ({ isUsable }) => {
    if (!isUsable && timer !== undefined) pause();
    for (const button of [toggle, stop, repeat]) button.disabled = !isUsable;
  });
  it.atEnd(() => clearInterval(timer));
  return whole;
};
