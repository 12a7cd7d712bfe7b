// The stepper over one recorded launch: its parts, its keys, and the frame in which a change is drawn. Knows nothing of the
// widget's model: whoever mounts it hears of every change.
import type { Replay } from "../../src/gpu/analysis/replay.js";
import { codePanes } from "./code-pane.js";
import { type Controls, commandForKey } from "./commands.js";
import { element, set, setText } from "./dom.js";
import { footer } from "./footer.js";
import { header } from "./header.js";
import { help } from "./help.js";
import { lanes } from "./lanes.js";
import { memoryPane } from "./memory-pane.js";
import { memoryPicture } from "./memory-picture.js";
import type { Part, Stage } from "./part.js";
import { Player, speeds } from "./player.js";
import { faultLane, type Scene, sceneAt } from "./scene.js";
import type { Session } from "./session.js";
import { strip } from "./strip.js";
import { toolbar } from "./toolbar.js";
import { registers, shownVariables, variables } from "./values.js";
import { callsSentence, stepSentence } from "./words.js";

export interface Stepper {
  readonly element: HTMLElement;
  /** Whether changes come in a stream, because the reader drags or it plays. */
  readonly streaming: boolean;
  redraw(): void;
  dispose(): void;
}

/** Registers that are shown without being asked for. */
const mostOpen = 128;

/** `host` takes the keyboard and carries what tests and other scripts read; `onScene` hears of each scene that is drawn. */
export function mountStepper(
  replay: Replay,
  session: Session,
  host: HTMLElement,
  onScene: (scene: Scene) => void,
): Stepper {
  let dragging = false;
  // Where the source has no variables, registers are all there is; of very many each step would draw all.
  let allRegisters = shownVariables(replay, replay.entry.name).length === 0 && replay.registers.length <= mostOpen;
  let frame: number | undefined;
  let queued = false;
  let disposed = false;
  let atFault = false;
  const player = new Player(
    () => session.step(),
    () => later(),
  );
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) player.speed = speeds[0];
  const variablesOf = (owner: string) => shownVariables(replay, owner);
  const sheet = help(() => host.focus());
  const controls: Controls = {
    session,
    togglePlay: () => player.toggle(),
    pause: () => player.pause(),
    toggleHelp: () => sheet.toggle(),
  };
  const stage: Stage = { replay, controls };
  const notice = element("p", { class: "notice", "data-part": "notice" });
  const fault = element("p", { class: "failure", role: "alert", "data-part": "fault" });
  const calls = element("p", { class: "calls", "data-part": "calls" });
  const printed = element("pre", { class: "printed", "aria-label": "Printed so far", "data-part": "printed" });
  const heard = element("p", { class: "heard", "aria-live": "polite", "data-part": "heard" });
  const parts = {
    header: header(stage),
    toolbar: toolbar(stage, player),
    strip: strip(stage, (now) => {
      dragging = now;
      later();
    }),
    code: codePanes(stage),
    lanes: lanes(stage),
    variables: variables(stage),
    registers: registers(stage, allRegisters, (open) => {
      allRegisters = open;
      later();
    }),
    picture: memoryPicture(stage),
    memory: memoryPane(stage),
  } satisfies Record<string, Part>;
  const node = element(
    "div",
    { class: "body" },
    parts.header.element,
    parts.toolbar.element,
    parts.strip.element,
    notice,
    // No landmark: the page around has its own.
    element(
      "div",
      { class: "panes" },
      parts.code.element,
      element(
        "section",
        { class: "warp" },
        parts.lanes.element,
        calls,
        parts.variables.element,
        parts.registers.element,
        fault,
        parts.picture.element,
        parts.memory.element,
        printed,
      ),
    ),
    footer(replay.counters),
    sheet.element,
    heard,
  );

  /** On arriving at the fault the lane that it names is the one to look at. */
  function selectLaneAtFault(): void {
    const lane = session.position === replay.length && session.isCurrent ? faultLane(replay) : undefined;
    if (lane !== undefined && !atFault && lane !== session.lane) session.selectLane(lane);
    atFault = lane !== undefined;
  }

  function draw(): void {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    selectLaneAtFault();
    const scene = sceneAt(replay, session, variablesOf, { registers: allRegisters });
    for (const part of Object.values(parts)) part.update(scene);
    setText(notice, session.notice);
    notice.hidden = session.notice === "";
    setText(calls, callsSentence(replay, scene));
    calls.hidden = scene.calls.length === 0;
    printed.hidden = scene.printed === "";
    setText(printed, lastLines(scene.printed));
    showEnd(printed);
    setText(fault, scene.fault ?? "");
    fault.hidden = scene.fault === undefined;
    if (!player.playing && !dragging) setText(heard, [session.notice, stepSentence(replay, scene)].join(" ").trim());
    const mask = (scene.record?.mask ?? 0) >>> 0;
    set(host, {
      "data-cursor": scene.position,
      "data-active-mask": mask.toString(16).padStart(8, "0"),
      "data-block": scene.warp.block,
      "data-warp": scene.warp.warp,
    });
    set(node, { "data-position": scene.position });
    onScene(scene);
  }
  /** A command is drawn before anything else happens; of a stream of them, what a frame has time for. */
  function later(): void {
    if (dragging || player.playing) {
      frame ??= requestAnimationFrame(draw);
      return;
    }
    if (queued) return;
    queued = true;
    queueMicrotask(() => {
      queued = false;
      if (!disposed) draw();
    });
  }

  function redraw(): void {
    for (const part of Object.values(parts) as Part[]) part.redraw?.();
    showEnd(printed);
  }

  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const target = event.composedPath()[0] as Element;
    if (event.key === "Escape" && sheet.close()) {
      claim(event);
      return;
    }
    if (event.key === "Escape") {
      leave(host, target);
      claim(event);
      return;
    }
    // Keys that mean something to what has the focus stay its own.
    if (target.matches("input, select, textarea") && event.key !== "?") return;
    if (target.matches("button, summary") && (event.key === " " || event.key === "Enter")) return;
    const command = commandForKey(event);
    if (command === undefined) return;
    command.run(controls);
    claim(event);
  };
  host.addEventListener("keydown", onKey);
  const forget = session.onChange(later);
  const resized = new ResizeObserver(() => {
    // Hosts put the stepper into the page after it was drawn: only then can a pane scroll to what it shows.
    redraw();
  });
  resized.observe(parts.strip.element);
  draw();

  return {
    element: node,
    get streaming() {
      return dragging || player.playing;
    },
    redraw,
    dispose() {
      disposed = true;
      player.pause();
      if (frame !== undefined) cancelAnimationFrame(frame);
      host.removeEventListener("keydown", onKey);
      forget();
      resized.disconnect();
    },
  };
}

/** Lines of printed text that are shown: the last ones say what is new. */
const mostLines = 200;

/** What was printed last is seen. */
function showEnd(pane: HTMLElement): void {
  pane.scrollTop = pane.scrollHeight;
}

function lastLines(text: string): string {
  const lines = text.slice(-100_000).split("\n");
  return lines.length <= mostLines ? lines.join("\n") : `…\n${lines.slice(-mostLines).join("\n")}`;
}

/** From a control to the stepper, and from the stepper to what holds it: in a notebook its cell, which takes keys of its own. */
function leave(host: HTMLElement, from: Element): void {
  if (from !== host) host.focus();
  else {
    host.blur();
    host.parentElement?.closest<HTMLElement>("[tabindex]")?.focus();
  }
}

function claim(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
