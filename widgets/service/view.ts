// A service as a view of a widget: its scenario is built, run, tried at other rates, compared and played. Simulates in the page; what
// computing takes on a device whose model is not here is asked of whoever hosts it.

import type { Scenario } from "../../src/serving/index.js";
import { presets } from "../../src/serving/scenario/presets.js";
import { element, set, setText } from "../stepper/dom.js";
import { keepPlainKeys } from "../stepper/shortcuts.js";
import { followTheme } from "../stepper/theme.js";
import { source } from "../validation/source.js";
import type { CleanUp, View, ViewModel } from "../view.js";
import { Builder } from "./builder.js";
import { ChecksPanel } from "./checks-panel.js";
import { ComparisonPanel } from "./comparison-panel.js";
import { CostBook, type KnownCosts } from "./cost-book.js";
import { saveBreakdown, saveScenario, saveTrace } from "./downloads.js";
import { type Draft, withValue } from "./draft.js";
import { formatCount } from "./figures.js";
import { KneePanel } from "./knee-panel.js";
import { LatencyPanel } from "./latency-panel.js";
import { PlaybackPanel } from "./playback-panel.js";
import { QueuePanel } from "./queue-panel.js";
import { ResourcesPanel } from "./resources-panel.js";
import { type Change, replications, Session } from "./session.js";
import { StepsPanel } from "./steps-panel.js";
import { style } from "./style.js";
import { SummaryPanel } from "./summary-panel.js";
import { type Action, Toolbar } from "./toolbar.js";
import { verdictOf } from "./words.js";

export const service: View = { render };

/** What the host answers to a question about costs. */
interface Answer {
  readonly scenario: Scenario;
  readonly costs?: KnownCosts["costs"];
  readonly error?: string;
}

function render({ model, el }: { model: ViewModel; el: HTMLElement }): CleanUp {
  const host = element("div", { "data-warplab": "service", role: "group", "aria-label": "Service" });
  const frame = element("div", { class: "service" });
  host.attachShadow({ mode: "open" }).append(element("style", {}, style), frame);
  el.append(host);

  const canAsk = (): boolean => model.comm_live === true || model.get("host") === "server";
  const book = new CostBook((scenario) => {
    if (!canAsk()) return false;
    model.set("request", { scenario });
    model.save_changes();
    return true;
  });
  for (const known of (model.get("costs") as KnownCosts[] | null) ?? []) book.learn(known);

  const stale = new Set<Change>();
  let frameAsked: number | undefined;
  /** Draws what changed once in a frame, however often it changes. */
  const changed = (what: Change): void => {
    // The form at once: the next key is for what it shows then.
    if (what === "draft") {
      builder.update(session.draft, session.fault);
      host.dataset["state"] = "stale";
    }
    stale.add(what);
    frameAsked ??= requestAnimationFrame(() => {
      frameAsked = undefined;
      const now = new Set(stale);
      stale.clear();
      draw(now);
    });
  };
  const given = model.get("scenario");
  const first = isDraft(given) ? given : (presets.get("demo") as unknown as Draft);
  const session = new Session(first, book, changed);

  const builder = new Builder({ onDraft: (draft, what) => session.change(draft, what) });
  const summary = new SummaryPanel();
  const latency = new LatencyPanel();
  const queue = new QueuePanel();
  const resources = new ResourcesPanel();
  const steps = new StepsPanel();
  const checks = new ChecksPanel();
  const playback = new PlaybackPanel();
  const comparison = new ComparisonPanel();
  const knee = new KneePanel({ onValue: (path, value) => session.change(withValue(session.draft, path, value), path) });
  const failure = element("p", { class: "failure", role: "alert", "data-part": "failure" });
  const notice = element("p", { class: "notice", role: "status", "data-part": "notice" });
  const said = element("p", { class: "unseen", role: "status", "data-part": "said" });
  const bar = element("progress", { "aria-label": "Progress of the run" });
  const count = element("span");
  const busy = element("div", { class: "busy", "data-part": "busy" }, bar, count);
  const from = source(
    frame,
    {
      onText: (text, name) => open(text, name),
      onRefusal: (reason) => fail(reason),
    },
    {
      file: "scenario",
      label: "Scenario JSON",
      placeholder: '{ "name": "demo", "workload": { "rps": 2, ... } }',
      use: "Take it",
    },
  );
  const actions: Readonly<Record<Action, () => void>> = {
    run: () => session.start(),
    cancel: () => session.cancel(),
    results: () => {
      results.scrollIntoView({ block: "start" });
      results.focus({ preventScroll: true });
    },
    undo: () => session.undo(),
    redo: () => session.redo(),
    save: () => saveScenario(session.draft),
    pin: () => session.pin(),
    unpin: () => session.unpin(),
    trace: () => withLog(saveTrace),
    breakdown: () => withLog(saveBreakdown),
    share: () => {
      model.set("share", { scenario: session.scenario });
      model.save_changes();
    },
  };
  const toolbar = new Toolbar(from.element, {
    onAction: (action) => actions[action](),
    onPreset: (name) => {
      const preset = presets.get(name);
      if (preset !== undefined) session.open(preset as unknown as Draft);
    },
  });
  toolbar.presets = [...presets.keys()];
  const grid = element(
    "div",
    { class: "grid" },
    latency.figure.element,
    queue.figure.element,
    resources.element,
    steps.element,
  );
  const results = element(
    "div",
    { class: "results", "data-part": "results", role: "region", "aria-label": "Results", tabindex: -1 },
    summary.element,
    comparison.element,
    grid,
    knee.element,
    playback.element,
    checks.element,
  );
  frame.append(
    toolbar.element,
    notice,
    busy,
    failure,
    said,
    element("div", { class: "panes" }, builder.element, results),
  );

  const withLog = (save: (run: NonNullable<typeof session.run>) => void): void => {
    if (session.run?.log !== undefined) save(session.run);
  };
  const fail = (reason: string): void => {
    failure.hidden = reason === "";
    setText(failure, reason);
  };
  const open = (text: string, name: string): void => {
    let draft: unknown;
    try {
      draft = JSON.parse(text);
    } catch (error) {
      fail(`${name}: this is no JSON: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (!isDraft(draft)) fail(`${name}: a scenario is an object { ... }.`);
    else {
      fail("");
      session.open(draft);
    }
  };

  const draw = (what: ReadonlySet<Change>): void => {
    const { run, progress, draft, scenario } = session;
    if (what.has("draft")) {
      fail(session.failure);
      if (scenario !== undefined && JSON.stringify(model.get("scenario")) !== JSON.stringify(scenario)) {
        model.set("scenario", scenario);
        model.save_changes();
      }
    }
    if (what.has("failure")) fail(session.failure);
    toolbar.update({
      canUndo: session.canUndo,
      canRedo: session.canRedo,
      canRun: scenario !== undefined && session.costs === "known",
      isRunning: progress !== undefined,
      hasResults: run !== undefined,
      hasRun: run !== undefined && !session.isStale,
      hasLog: run?.log !== undefined,
      isPinned: session.pinned !== undefined,
    });
    showProgress();
    showNotice();
    set(results, { "data-stale": session.isStale || scenario === undefined ? "" : undefined });
    results.hidden = run === undefined;
    if (run !== undefined && (what.has("run") || what.has("comparison"))) latency.update(run, session.pinned);
    if (run !== undefined && what.has("run")) {
      summary.update(run);
      queue.update(run);
      resources.update(run);
      steps.update(run);
      checks.update(run);
      playback.update(run);
      setText(said, verdictOf(run).text);
    }
    comparison.element.hidden = session.pinned === undefined;
    if (what.has("comparison") || what.has("run") || what.has("draft")) {
      comparison.update(listed(session.changes), session.pairs, replications);
    }
    if (what.has("comparison")) knee.pin(session.pinnedPoints);
    if (what.has("curve") || what.has("draft") || what.has("run")) {
      knee.element.hidden = scenario?.workload.recorded_ms !== undefined;
      if (scenario !== undefined) {
        const { rps } = scenario.workload;
        knee.update({ draft, rate: rps, capacity: session.capacity, points: session.points });
      }
    }
    host.dataset["state"] = stateOf(session);
  };

  const showProgress = (): void => {
    const { progress } = session;
    busy.hidden = progress === undefined;
    if (progress === undefined) return;
    set(bar, progress.total === null ? { value: undefined } : { max: progress.total, value: progress.done });
    setText(count, progress.done === 0 ? "Simulating \u2026" : `${formatCount(progress.done)} requests`);
  };
  const showNotice = (): void => {
    const words =
      session.costs === "asked"
        ? "Asking what computing takes on this device \u2026"
        : session.costs === "absent"
          ? "This scenario computes on a device whose model is not in this page: run the notebook's cell, or give the target's figures (TFLOPS, GB/s, ms per token) in place of the device."
          : session.isStale && session.progress === undefined
            ? "The scenario has changed since this run. Run shows what comes of it."
            : "";
    notice.hidden = words === "";
    setText(notice, words);
  };

  const actionOf = (event: KeyboardEvent): Action | undefined => {
    const key = event.key.toLowerCase();
    if (key === "escape" && session.progress !== undefined) return "cancel";
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
    if (key === "z") return event.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : key === "enter" ? "run" : undefined;
  };
  const onKey = (event: KeyboardEvent): void => {
    // In the box for pasted text the browser's own undo holds.
    if (event.composedPath()[0] instanceof HTMLTextAreaElement) return;
    const action = actionOf(event);
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    actions[action]();
  };
  frame.addEventListener("keydown", onKey);

  const onAnswer = (): void => {
    const answer = model.get("answer") as Answer | null;
    if (answer === null || answer === undefined) return;
    if (answer.costs !== undefined) {
      book.learn({ scenario: answer.scenario, costs: answer.costs });
      session.refresh();
    } else {
      if (book.refuse(answer.scenario)) session.refresh();
      else session.tell(answer.error ?? "The costs of this scenario could not be computed.");
    }
  };
  const onScenario = (): void => {
    const other = model.get("scenario");
    if (isDraft(other) && JSON.stringify(other) !== JSON.stringify(session.scenario)) session.change(other);
  };
  const onHost = (): void => {
    builder.suggest({
      devices: (model.get("devices") as string[] | null) ?? [],
      models: (model.get("models") as string[] | null) ?? [],
    });
    toolbar.canShare = model.get("host") === "server";
  };
  const watched = { answer: onAnswer, scenario: onScenario, devices: onHost, models: onHost };
  for (const [name, listener] of Object.entries(watched)) model.on(`change:${name}`, listener);
  const forgetKeys = keepPlainKeys(host, (event) => actionOf(event) !== undefined);
  const forgetTheme = followTheme(host, (theme) => {
    set(frame, { "data-theme": theme });
    playback.redraw();
  });
  fail("");
  onHost();
  const other = model.get("compared_with");
  session.refresh();
  if (isDraft(other)) session.compareWith(other as unknown as Scenario);
  return () => {
    for (const [name, listener] of Object.entries(watched)) model.off(`change:${name}`, listener);
    if (frameAsked !== undefined) cancelAnimationFrame(frameAsked);
    session.dispose();
    for (const part of [latency.figure, queue.figure, steps, knee, playback, from]) part.dispose();
    forgetTheme();
    forgetKeys();
    host.remove();
  };
}

/** What the view is at: tests wait for `ready`, which is a run of the scenario that is written. */
function stateOf({ progress, fault, run, isStale }: Session): string {
  if (progress !== undefined) return "running";
  if (fault !== undefined) return "invalid";
  return run === undefined ? "empty" : isStale ? "stale" : "ready";
}

/** The first of them, and how many more there are. */
function listed(changes: readonly string[]): string {
  const most = 4;
  const more = changes.length - most;
  return [...changes.slice(0, most), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
