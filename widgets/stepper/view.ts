// The stepper as a view of a widget: takes the launch from the model, runs it in the browser, and keeps the cursor and the lane in
// step with whoever else moves them.

import { volume } from "../../src/core/dim3.js";
import { WarplabError } from "../../src/core/errors.js";
import { Replay } from "../../src/gpu/analysis/replay.js";
import type { LaunchImage } from "../../src/gpu/simt/launch-image.js";
import type { CleanUp, View, ViewModel } from "../view.js";
import { element, set, setText } from "./dom.js";
import { readImage } from "./image.js";
import { Session } from "./session.js";
import { keepPlainKeys } from "./shortcuts.js";
import { mountStepper, type Stepper } from "./stepper.js";
import { style } from "./style.js";
import { followTheme } from "./theme.js";

/** A launch of more threads than this is announced before it runs, so that the page does not stand still without a word. */
const announcedThreads = 2048;
/** Milliseconds between two messages to the kernel while the cursor streams. */
const streamInterval = 250;
const unconnected =
  "No kernel is connected to this view. It goes on by itself; to connect it with the notebook again, run its cell.";

export const stepper: View = { render };

function render({ model, el }: { model: ViewModel; el: HTMLElement }): CleanUp {
  const host = element("div", {
    "data-warplab": "stepper",
    tabindex: 0,
    role: "group",
    "aria-label": "Kernel stepper",
  });
  const connection = element("p", { class: "notice", role: "status", "data-part": "connection" });
  const content = element("div");
  const frame = element("div", { class: "stepper" }, connection, content);
  const forgetKeys = keepPlainKeys(host);
  host.attachShadow({ mode: "open" }).append(element("style", {}, style), frame);
  el.append(host);
  let mounted: Mounted | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const forgetTheme = followTheme(host, (theme) => {
    set(frame, { "data-theme": theme });
    mounted?.stepper.redraw();
  });

  const start = (image: LaunchImage): void => {
    try {
      mounted = mount(new Replay(image), model, host, content);
    } catch (error) {
      fail(content, error);
    }
  };
  const load = (): void => {
    clearTimeout(waiting);
    mounted?.dispose();
    mounted = undefined;
    let image: LaunchImage;
    try {
      image = readImage(model.get("image"));
    } catch (error) {
      fail(content, error);
      return;
    }
    if (volume(image.grid) * volume(image.block) <= announcedThreads) {
      start(image);
      return;
    }
    content.replaceChildren(element("p", { class: "busy", role: "status" }, `Running ${image.kernel} …`));
    // Two turns: the first lets the browser paint the words.
    waiting = setTimeout(() => {
      waiting = setTimeout(() => start(image), 0);
    }, 20);
  };
  const onConnection = (): void => {
    connection.hidden = model.comm_live !== false;
    setText(connection, connection.hidden ? "" : unconnected);
  };
  onConnection();
  model.on("comm_live_update", onConnection);
  const onImage = (): void => load();
  model.on("change:image", onImage);
  load();
  return () => {
    clearTimeout(waiting);
    model.off("change:image", onImage);
    model.off("comm_live_update", onConnection);
    mounted?.dispose();
    forgetTheme();
    forgetKeys();
    host.remove();
  };
}

interface Mounted {
  readonly stepper: Stepper;
  dispose(): void;
}

function mount(replay: Replay, model: ViewModel, host: HTMLElement, content: HTMLElement): Mounted {
  const session = new Session(replay, { position: whole(model, "cursor"), lane: whole(model, "lane") });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    model.save_changes();
  };
  const tell = (): void => {
    const changes = { cursor: session.position, lane: session.lane };
    const changed = Object.entries(changes).filter(([name, value]) => model.get(name) !== value);
    for (const [name, value] of changed) model.set(name, value);
    if (changed.length > 0 && view.streaming) timer ??= setTimeout(save, streamInterval);
    else if (changed.length > 0 || (timer !== undefined && !view.streaming)) save();
  };
  const onCursor = (): void => {
    const cursor = whole(model, "cursor");
    if (cursor !== session.position) session.goTo(cursor);
  };
  const onLane = (): void => {
    const lane = whole(model, "lane");
    if (lane !== session.lane) session.selectLane(lane);
  };
  let drawn = false;
  const view = mountStepper(replay, session, host, () => {
    if (drawn) tell();
    drawn = true;
  });
  content.replaceChildren(view.element);
  set(host, { "aria-label": `Stepper of ${replay.entry.name}` });
  view.redraw();
  model.on("change:cursor", onCursor);
  model.on("change:lane", onLane);
  return {
    stepper: view,
    dispose() {
      if (timer !== undefined) save();
      model.off("change:cursor", onCursor);
      model.off("change:lane", onLane);
      view.dispose();
    },
  };
}

function whole(model: ViewModel, name: string): number {
  const value = Number(model.get(name) ?? 0);
  return Number.isFinite(value) ? Math.trunc(value) : 0;
}

/** Only what warplab raised on purpose is a sentence for people; anything else is a defect, and says so. */
function fail(content: HTMLElement, error: unknown): void {
  const text = error instanceof WarplabError ? error.message : `The stepper has a defect. ${String(error)}`;
  content.replaceChildren(element("p", { class: "failure", role: "alert", "data-part": "failure" }, text));
  if (!(error instanceof WarplabError)) console.error(error);
}
