// The buttons. What they do and say is in the table of commands.
import { type Command, commandOf, commands, tooltip } from "./commands.js";
import { element, set, setText } from "./dom.js";
import type { Part, Stage } from "./part.js";
import { type Player, speeds } from "./player.js";

export function toolbar({ replay, controls }: Stage, player: Player): Part {
  const press = (action: string): HTMLButtonElement => button(commandOf(action), () => commandOf(action).run(controls));
  const move = commands.filter(({ group }) => group === "move").map(({ action }) => press(action));
  const play = move.find((each) => each.dataset["action"] === "play") as HTMLButtonElement;
  const atStart = move.filter((each) => ["first", "back"].includes(each.dataset["action"] ?? ""));
  const atEnd = move.filter((each) => ["step", "last"].includes(each.dataset["action"] ?? ""));
  const speed = element(
    "select",
    { "data-choose": "speed", "aria-label": "Steps per second when playing", title: "Steps per second when playing" },
    ...speeds.map((each) => element("option", { value: each }, `${each}/s`)),
  );
  speed.value = String(player.speed);
  speed.addEventListener("change", () => {
    player.speed = Number(speed.value);
  });
  const hasLines = replay.entry.instructions.some(({ source }) => source !== undefined);
  const pairs = ["line", "divergence", "memory", "barrier"]
    .filter((what) => what !== "line" || hasLines)
    .map((what) => element("span", { class: "pair" }, press(`previous-${what}`), press(`next-${what}`)));
  const node = element(
    "div",
    { class: "toolbar", "data-part": "toolbar", role: "toolbar", "aria-label": "Stepping" },
    element("span", { class: "group" }, ...move, speed),
    element("span", { class: "group" }, ...pairs),
    element("span", { class: "group end" }, press("who-wrote"), press("help")),
  );
  return {
    element: node,
    update({ position }) {
      setText(play, player.playing ? "pause" : "play");
      set(play, { "aria-pressed": String(player.playing) });
      // Not disabled: a button that loses its focus at the end would take the keyboard with it.
      for (const each of atStart) set(each, { "aria-disabled": position === 0 ? "true" : undefined });
      for (const each of atEnd) set(each, { "aria-disabled": position === replay.length ? "true" : undefined });
    },
  };
}

function button(command: Command, press: () => void): HTMLButtonElement {
  const node = element(
    "button",
    {
      type: "button",
      "data-action": command.action,
      title: tooltip(command),
      "aria-keyshortcuts": command.keys.map((key) => (key === " " ? "Space" : key)).join(" "),
      "aria-label": command.meaning,
    },
    command.label ?? command.action,
  );
  if (command.group === "look") node.append(" ", element("kbd", {}, command.keys[0]));
  node.addEventListener("click", press);
  return node;
}
