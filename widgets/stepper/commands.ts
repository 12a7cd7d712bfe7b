// Every command of the stepper with its words and keys: the one table that the toolbar, the keyboard and the help read.
import type { Direction, Session } from "./session.js";

/** What a command may act on. */
export interface Controls {
  readonly session: Session;
  togglePlay(): void;
  pause(): void;
  toggleHelp(): void;
}

export interface Command {
  readonly action: string;
  /** On the button; a command without one has only its keys. */
  readonly label?: string;
  readonly meaning: string;
  /** As `KeyboardEvent.key` names them. */
  readonly keys: readonly string[];
  readonly group: "move" | "find" | "look";
  run(controls: Controls): void;
}

export const commands: readonly Command[] = [
  move("first", "|◀", "To the start", "Home", (session) => session.first()),
  move("back", "◀ back", "Undo one step", "ArrowLeft", (session) => session.back()),
  move("step", "step ▶", "Run one step", "ArrowRight", (session) => session.step()),
  {
    action: "play",
    label: "play",
    meaning: "Play, or pause",
    keys: [" "],
    group: "move",
    run: (controls) => controls.togglePlay(),
  },
  move("last", "▶|", "To the end", "End", (session) => session.last()),
  ...both("line", "line", "source line", "n", (session, direction) => session.line(direction)),
  ...both("divergence", "divergence", "divergence", "d", (session, direction) => session.seek("divergence", direction)),
  ...both("memory", "memory access", "memory access", "m", (session, direction) => session.seek("memory", direction)),
  ...both("barrier", "barrier", "barrier", "b", (session, direction) => session.seek("barrier", direction)),
  {
    action: "who-wrote",
    label: "who wrote it",
    meaning: "Go to the step that last wrote the selected value, or the selected lane's address",
    keys: ["w"],
    group: "look",
    run: paused((session) => session.whoWrote()),
  },
  look("lane-left", "Select the lane to the left", "[", (session) => session.selectLane(session.lane - 1)),
  look("lane-right", "Select the lane to the right", "]", (session) => session.selectLane(session.lane + 1)),
  look("follow", "Stay with this warp, or follow whatever runs", "f", (session) =>
    session.pin(session.pinned === undefined ? session.warp : undefined),
  ),
  {
    action: "help",
    label: "keys",
    meaning: "Show or hide the keys",
    keys: ["?"],
    group: "look",
    run: (controls) => controls.toggleHelp(),
  },
];

export function commandOf(action: string): Command {
  const command = commands.find((each) => each.action === action);
  if (command === undefined) throw new Error(`there is no command "${action}"`);
  return command;
}

/** The command that a key press means; undefined while a modifier makes it somebody else's. */
export function commandForKey(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
): Command | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return commands.find(({ keys }) => keys.includes(event.key));
}

const keyWords: Readonly<Record<string, string>> = { ArrowLeft: "←", ArrowRight: "→", " ": "space" };

/** The key as it is printed: `→`, `space`, `d`. */
export function keyWord(key: string): string {
  return keyWords[key] ?? key;
}

/** What a button's tooltip says: `Run one step (→)`. */
export function tooltip(command: Command): string {
  return `${command.meaning} (${command.keys.map(keyWord).join(", ")})`;
}

type Act = (session: Session) => unknown;

function paused(act: Act): Command["run"] {
  return (controls) => {
    controls.pause();
    act(controls.session);
  };
}

function move(action: string, label: string, meaning: string, key: string, act: Act): Command {
  return { action, label, meaning, keys: [key], group: "move", run: paused(act) };
}

function look(action: string, meaning: string, key: string, act: Act): Command {
  return { action, meaning, keys: [key], group: "look", run: ({ session }) => act(session) };
}

/** The next and, on the capital letter, the previous one. */
function both(
  action: string,
  label: string,
  what: string,
  key: string,
  act: (session: Session, direction: Direction) => unknown,
): Command[] {
  const one = (direction: Direction): Command["run"] => paused((session) => act(session, direction));
  return [
    {
      action: `previous-${action}`,
      label: "‹",
      meaning: `Previous ${what}`,
      keys: [key.toUpperCase()],
      group: "find",
      run: one(-1),
    },
    { action: `next-${action}`, label: `${label} ›`, meaning: `Next ${what}`, keys: [key], group: "find", run: one(1) },
  ];
}
