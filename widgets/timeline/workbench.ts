// Picture, search and panels at work on opened traces: whatever is chosen in one of them is chosen in all, and told to the model. Reads no
// format and draws nothing itself.
import { offsetsOf } from "../../src/view/timeline/align.js";
import type { AlignBy } from "../../src/view/timeline/state.js";
import { copyText, download } from "../download.js";
import { element, set, setText } from "../stepper/dom.js";
import type { KeySheet } from "../stepper/key-sheet.js";
import { keepPlainKeys } from "../stepper/shortcuts.js";
import { followTheme } from "../stepper/theme.js";
import type { CleanUp, ViewModel } from "../view.js";
import { AboutPanel } from "./about-panel.js";
import { AreaPanel } from "./area-panel.js";
import { ComparisonPanel } from "./comparison-panel.js";
import { DetailsPanel } from "./details-panel.js";
import { TimelineEngine } from "./engine.js";
import { EventsPanel } from "./events-panel.js";
import { headline } from "./headline.js";
import { help } from "./help.js";
import type { OpenedTrace } from "./opened.js";
import { type Panel, Panels } from "./panel.js";
import { savePicture, saveTraces } from "./saving.js";
import { SearchBox } from "./search-box.js";
import { Session } from "./session.js";
import type { Area, EventRef, LayoutItem, LayoutState, TimeRange } from "./shown.js";
import { StageBar } from "./stage-bar.js";
import { Tip } from "./tip.js";
import { toolbar } from "./toolbar.js";
import { TracksPanel } from "./tracks-panel.js";
import { eventInWords, pictureInWords } from "./words.js";

/** CSS pixels: lower than the first, a picture is no picture; higher than the second, one scrolls in it. */
const heights = { least: 200, most: 520 } as const;
/** Milliseconds at rest before what is in sight is counted and listed again. */
const patience = 250;

export class Workbench {
  private readonly session: Session;
  private readonly engine: TimelineEngine;
  private readonly search: SearchBox;
  private readonly stages: StageBar;
  private readonly panels: Panels;
  private readonly details: DetailsPanel;
  private readonly events: EventsPanel;
  private readonly help: KeySheet;
  private readonly tip: Tip;
  /** What a screen reader is told. */
  private readonly heard: HTMLElement = element("div", { class: "heard", role: "status" });
  private readonly ends: CleanUp[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: ViewModel,
    private readonly host: HTMLElement,
    private readonly frame: HTMLElement,
    traces: readonly OpenedTrace[],
  ) {
    const timelines = traces.map(({ timeline }) => timeline);
    const align = (model.get("align") as AlignBy | null) ?? "start";
    this.session = new Session(traces, offsetsOf(timelines, align));
    const { session } = this;
    const picture = element("div", { class: "picture", "data-part": "picture" });
    this.help = help(() => this.engine.focusElement.focus());
    this.search = new SearchBox(session, {
      onGo: (event) => {
        this.go(event, "move");
        // Where hits are listed, the list shows which it is.
        if (this.panels.openPanel !== "events") this.panels.open("event");
      },
      onList: () => {
        this.events.list("hits");
        this.panels.open("events");
      },
      onLeave: () => this.engine.focusElement.focus(),
    });
    // The picture is measured when it is made, so it stands in the page before.
    const bar = toolbar(this.search.element, {
      onZoom: (factor) => this.zoomBy(factor),
      onAll: () => this.engine.showAll(),
      onFit: () => this.engine.fitSelection(),
      onSavePicture: () => savePicture(session, this.engine.items, this.engine.layout),
      onSaveTrace: () => saveTraces(session),
      onHelp: () => this.help.toggle(),
    });
    const top = headline(traces, () => this.panels.open("about"));
    this.stages = new StageBar(session, (range) => this.engine.glideTo(range));
    frame.replaceChildren(top, bar, this.stages.element, picture);
    this.engine = this.startEngine(picture);
    this.tip = new Tip(picture, session);
    this.details = this.detailsPanel();
    this.events = this.eventsPanel();
    this.panels = new Panels(this.allPanels(), traces.length > 1 ? "comparison" : "event");
    frame.append(this.panels.element, this.heard, this.help.element);
    picture.style.height = `${Math.min(heights.most, Math.max(heights.least, this.engine.naturalHeight))}px`;
    this.listen();
    this.takeModel();
    this.describe();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.search.dispose();
    this.engine.dispose();
    for (const end of this.ends) end();
  }

  private startEngine(picture: HTMLElement): TimelineEngine {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { session } = this;
    const engine = new TimelineEngine(picture, shownTraces(session), {
      isStill,
      onHover: (hover) => this.tip.show(hover),
      onSelect: (event) => {
        session.choose(event, engine);
        if (event !== undefined) this.panels.open("event");
      },
      onArea: (area, state) => {
        if (state !== "done") return;
        session.setArea(area, engine);
        if (area !== undefined) this.panels.open("area");
      },
      onView: (range) => {
        session.range = range;
        this.stages.show(range);
        this.tip.show(undefined);
        this.later();
      },
      onLayout: () => this.takeLayout(),
      onHint: (words) => this.tip.hint(words),
    });
    session.range = engine.range;
    return engine;
  }

  private detailsPanel(): DetailsPanel {
    return new DetailsPanel(this.session, {
      related: (event) => this.engine.related(event),
      onGo: (event) => this.go(event, "move"),
      onZoom: (event) => this.go(event, "zoom"),
      onArea: (event) => {
        const { shown } = this.session;
        this.sumUp({ start: shown.startOf(event), end: shown.endOf(event) });
      },
      onAlign: (one, other) => this.align(one, other),
    });
  }

  private eventsPanel(): EventsPanel {
    return new EventsPanel(this.session, {
      colourOf: (event) => this.engine.colourOf(event),
      onGo: (event) => this.go(event, "move"),
      onAsk: (event) => this.go(event, "move"),
      onSave: (name, text) => download(name, [text], "text/csv"),
    });
  }

  private allPanels(): Panel[] {
    const { session } = this;
    const area = new AreaPanel(session, {
      colourOf: (event) => this.engine.colourOf(event),
      onCopy: async (text) =>
        this.say((await copyText(text)) ? "The sums were copied." : "This page may not copy: save them."),
      onSave: (name, text) => download(name, [text], "text/csv"),
      onView: () => {
        const { start, end } = this.engine.extent;
        this.sumUp({ start: Math.max(start, session.range.start), end: Math.min(end, session.range.end) });
      },
      onClear: () => {
        this.engine.setArea(undefined);
        session.setArea(undefined);
      },
      onName: (name) => this.search.lookFor(name),
    });
    const tracks = new TracksPanel({
      items: () => this.engine.items,
      layout: () => this.engine.layout,
      onLayout: (change: Partial<LayoutState>) => {
        this.engine.setLayout(change);
        this.takeLayout();
      },
      onCollapse: (key) => {
        this.engine.toggleCollapsed(key);
        this.takeLayout();
      },
      onReveal: (item) => this.revealRow(item),
    });
    const comparison = new ComparisonPanel(session, {
      onName: (name) => this.search.lookFor(name),
      onAlignStarts: () => session.setOffsets(session.shown.offsets.map(() => 0)),
      onSave: (name, text) => download(name, [text], "text/csv"),
    });
    const compared = session.shown.traces.length > 1 ? [comparison] : [];
    return [this.details, area, this.events, tracks, ...compared, new AboutPanel(session)];
  }

  private listen(): void {
    const { session, model, engine } = this;
    session.on(["chosen"], (source) => {
      const { chosen } = session;
      if (source !== engine) engine.select(chosen);
      if (chosen !== undefined) this.say(eventInWords(session.shown, chosen));
      if (source !== model) this.tell("chosen", chosen ?? null);
      this.panels.update();
    });
    session.on(["area"], (source) => {
      const { area } = session;
      if (source !== model) this.tell("area", area === undefined ? null : { start: area.start, end: area.end });
      this.panels.update();
    });
    session.on(["hits"], () => {
      engine.setHighlights(session.hits?.bits);
      this.panels.update();
    });
    session.on(["traces"], () => this.showMoved());
    const watched = { range: () => this.takeRange(), chosen: () => this.takeChosen() };
    for (const [name, listener] of Object.entries(watched)) {
      model.on(`change:${name}`, listener);
      this.ends.push(() => model.off(`change:${name}`, listener));
    }
    const onKey = (event: KeyboardEvent): void => this.onKey(event);
    this.frame.addEventListener("keydown", onKey);
    this.ends.push(() => this.frame.removeEventListener("keydown", onKey));
    // The picture keeps Escape to itself, also where nothing is left to drop: nobody is to be caught in it.
    const onEscape = (event: KeyboardEvent): void => {
      const isDone = engine.selected === undefined && engine.area === undefined;
      if (event.key !== "Escape" || event.target !== engine.focusElement || !isDone || this.help.close()) return;
      event.preventDefault();
      event.stopPropagation();
      if (!this.search.clear()) this.leave(engine.focusElement);
    };
    this.frame.addEventListener("keydown", onEscape, { capture: true });
    this.ends.push(() => this.frame.removeEventListener("keydown", onEscape, { capture: true }));
    // Who gives the view the focus means the picture; a tabindex of the host's own would hide all that is in it from the Tab key.
    this.host.focus = (options) => engine.focusElement.focus(options);
    this.ends.push(
      keepPlainKeys(this.host),
      followTheme(this.host, (theme) => engine.setTheme(theme)),
    );
  }

  /** Takes over what the widget's state asks for. */
  private takeModel(): void {
    if (this.model.get("range") != null || !this.stages.open()) this.takeRange();
    this.takeChosen();
    const area = this.model.get("area") as TimeRange | null | undefined;
    if (area != null) {
      this.engine.setArea(area);
      this.session.setArea(area, this.model);
    }
  }

  private takeRange(): void {
    const range = this.model.get("range") as TimeRange | null | undefined;
    if (range != null) this.engine.glideTo(range);
    else if (this.session.range !== this.engine.extent) this.engine.showAll();
  }

  private takeChosen(): void {
    const { session } = this;
    const chosen = this.model.get("chosen") as EventRef | null | undefined;
    const isThere = chosen != null && chosen.event < (session.shown.traces[chosen.trace]?.timeline.events.length ?? 0);
    const before = session.chosen;
    session.choose(isThere ? chosen : undefined, this.model);
    if (isThere && before !== session.chosen) this.engine.reveal(chosen);
  }

  private tell(name: string, value: unknown): void {
    this.model.set(name, value);
    this.model.save_changes();
  }

  private go(event: EventRef, how: "move" | "zoom"): void {
    this.session.choose(event);
    this.engine.reveal(event, how);
  }

  private zoomBy(factor: number): void {
    const { start, end } = this.engine.range;
    const [middle, half] = [(start + end) / 2, ((end - start) * factor) / 2];
    this.engine.glideTo({ start: middle - half, end: middle + half });
  }

  private sumUp(range: TimeRange): void {
    const area: Area = { start: range.start, end: Math.max(range.end, range.start + 1) };
    this.engine.setArea(area);
    this.session.setArea(area);
    this.panels.open("area");
  }

  /** Moves the traces so that two events begin together. */
  private align(one: EventRef, other: EventRef): void {
    const { shown } = this.session;
    const offsets = [...shown.offsets];
    offsets[other.trace] += shown.startOf(one) - shown.startOf(other);
    this.session.setOffsets(offsets);
    this.say(`${shown.timelineOf(one).nameOf(one.event)} begins together in both traces.`);
  }

  /** Shows the traces where they stand now; what was chosen stays. */
  private showMoved(): void {
    const { engine, session } = this;
    const range = engine.range;
    engine.setData(shownTraces(session));
    engine.setRange(range);
    engine.select(session.chosen);
    engine.setHighlights(session.hits?.bits);
    session.setArea(undefined);
    this.details.forget();
    this.panels.update();
  }

  private takeLayout(): void {
    const { hidden } = this.engine.layout;
    const { shown } = this.session;
    this.session.isVisible = (trace, track) => {
      const process = `${trace}/p${shown.traces[trace].timeline.tracks[track].process}`;
      return ![String(trace), process, `${process}/t${track}`].some((key) => hidden.has(key));
    };
    this.panels.update();
    this.later();
  }

  /** Brings a row to sight by an event of it. */
  private revealRow(item: LayoutItem): void {
    if (item.kind !== "track") return;
    const { timeline } = this.session.shown.traces[item.trace];
    const event = timeline.events.track.indexOf(item.index);
    if (event >= 0) this.engine.reveal({ trace: item.trace, event });
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.describe();
      this.panels.update();
    }, patience);
  }

  /** What the picture shows, for those who do not see it. */
  private describe(): void {
    set(this.engine.focusElement, { "aria-label": pictureInWords(this.session) });
  }

  private say(words: string): void {
    setText(this.heard, words);
  }

  /** From a panel to the picture, and from the picture to what holds the view: in a notebook its cell, which takes keys of its own. */
  private leave(from: Element): void {
    const { focusElement } = this.engine;
    if (from !== focusElement) {
      focusElement.focus();
      return;
    }
    focusElement.blur();
    this.host.parentElement?.closest<HTMLElement>("[tabindex]")?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).matches("input, select, textarea")) return;
    const actions: Readonly<Record<string, () => void>> = {
      "/": () => this.search.focus(),
      h: () => this.search.go(1),
      H: () => this.search.go(-1),
      e: () => this.panels.open("event"),
      x: () => this.panels.open("area"),
      l: () => this.panels.open("tracks"),
      t: () => {
        this.panels.open("events");
        this.events.focus();
      },
      "?": () => this.help.toggle(),
      Escape: () => {
        if (!this.help.close()) this.leave(event.target as Element);
      },
    };
    const action = actions[event.key];
    if (action !== undefined) action();
    else if (!/^[1-9]$/.test(event.key) || !this.stages.go(Number(event.key) - 1)) return;
    event.preventDefault();
  }
}

function shownTraces({ shown }: Session): ConstructorParameters<typeof TimelineEngine>[1] {
  return shown.traces.map(({ timeline, title }, i) => ({
    columns: timeline,
    label: shown.traces.length > 1 ? `${"AB"[i]}: ${title}` : title,
    offset: shown.offsets[i],
  }));
}
