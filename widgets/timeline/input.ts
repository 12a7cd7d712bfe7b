// Wheel, pointer, touch and keys turned into what they mean: zoom at a place, pan, scroll, point, choose, select an area. Knows no events and
// draws nothing.

/** What a person can do to the picture; pixels are CSS pixels of the surface. */
export interface Commands {
  zoomAt(x: number, factor: number): void;
  panBy(pixels: number): void;
  scrollBy(pixels: number): void;
  /** The pointer is there; undefined when it left. */
  point(at: { readonly x: number; readonly y: number } | undefined): void;
  click(x: number, y: number): void;
  doubleClick(x: number, y: number): void;
  /** From where the drag began to where it is; from the ruler it reaches over all rows, and `y` is undefined. */
  dragArea(from: DragPoint, to: DragPoint, state: "dragging" | "done"): void;
  key(command: KeyCommand): void;
  hint(words: string): void;
  /** Asks for frames as long as keys are held. */
  wake(): void;
}

export interface DragPoint {
  readonly x: number;
  readonly y: number | undefined;
}

export type KeyCommand =
  | "all"
  | "fit"
  | "escape"
  | "next"
  | "previous"
  | "parent"
  | "child"
  | "same name"
  | "same name before"
  | "zoom to event"
  | "page up"
  | "page down";

/** For a list of help. */
export const engineKeys: readonly (readonly [keys: string, what: string])[] = [
  ["W / S", "zoom in and out at the pointer, else in the middle"],
  ["A / D, \u2190 / \u2192", "pan"],
  ["\u2191 / \u2193, Page Up / Page Down", "scroll the tracks"],
  ["0 or Home", "show all of the time"],
  ["F", "zoom to the area, else to the chosen event"],
  [". / ,", "next and previous event of the row"],
  ["[ / ]", "the event around, and the first one within"],
  ["N / P", "next and previous event of the same name"],
  ["Enter", "zoom to the chosen event"],
  ["Esc", "drop the area, then the chosen event"],
  ["Shift + drag, drag in the ruler", "select an area"],
  ["Ctrl + wheel, pinch; wheel once the picture has the focus", "zoom at the pointer"],
  ["Shift + wheel", "pan"],
];

/** Part of the width that a second of panning moves, natural logarithm of the zoom of a second, pixels of scrolling. */
const speeds = { pan: 1.3, zoom: 2.6, scroll: 700 } as const;
/** A key that is tapped moves for this long, in seconds. */
const leastHold = 0.09;
/** A pointer that moves less has clicked. */
const clickReach = 4;

type Motion = "in" | "out" | "left" | "right" | "up" | "down";

const motionKeys: Readonly<Record<string, Motion>> = {
  w: "in",
  s: "out",
  a: "left",
  d: "right",
  "+": "in",
  "=": "in",
  "-": "out",
  arrowleft: "left",
  arrowright: "right",
  arrowup: "up",
  arrowdown: "down",
};

const commandKeys: Readonly<Record<string, KeyCommand>> = {
  "0": "all",
  home: "all",
  f: "fit",
  escape: "escape",
  ".": "next",
  ",": "previous",
  "[": "parent",
  "]": "child",
  n: "same name",
  p: "same name before",
  enter: "zoom to event",
  pageup: "page up",
  pagedown: "page down",
};

export class Input {
  /** Motions that go on, with the time until which they go on at least; Infinity while their key is down. */
  private readonly motions = new Map<Motion, { began: number; isDown: boolean }>();
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private drag:
    | { readonly kind: "pan" | "area"; readonly from: DragPoint; x: number; y: number; isFar: boolean }
    | undefined;
  private pointerX: number | undefined;
  private last = 0;
  private readonly ends = new AbortController();

  constructor(
    private readonly surface: HTMLElement,
    private readonly ruler: HTMLElement,
    private readonly commands: Commands,
    private readonly isStill: boolean,
  ) {
    const { signal } = this.ends;
    surface.addEventListener("wheel", (event) => this.onWheel(event), { passive: false, signal });
    ruler.addEventListener("wheel", (event) => this.onWheel(event), { passive: false, signal });
    surface.addEventListener("keydown", (event) => this.onKeyDown(event), { signal });
    surface.addEventListener("keyup", (event) => this.onKeyUp(event), { signal });
    surface.addEventListener("blur", () => this.motions.clear(), { signal });
    surface.addEventListener("dblclick", (event) => commands.doubleClick(event.offsetX, event.offsetY), { signal });
    ruler.addEventListener("dblclick", () => commands.key("all"), { signal });
    for (const element of [surface, ruler]) this.followPointer(element, element === ruler);
  }

  /** Moves as the held keys say, for a frame at this time (milliseconds). Returns whether they go on. */
  step(now: number): boolean {
    const seconds = Math.min(0.05, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    const width = this.surface.clientWidth;
    for (const [motion, { began, isDown }] of this.motions) {
      if (!isDown && now - began > leastHold * 1000) {
        this.motions.delete(motion);
        continue;
      }
      this.move(motion, seconds, width);
    }
    return this.motions.size > 0;
  }

  dispose(): void {
    this.ends.abort();
    this.motions.clear();
  }

  private move(motion: Motion, seconds: number, width: number): void {
    const { commands } = this;
    if (motion === "in" || motion === "out") {
      commands.zoomAt(this.pointerX ?? width / 2, Math.exp((motion === "in" ? -1 : 1) * speeds.zoom * seconds));
    } else if (motion === "left" || motion === "right") {
      commands.panBy((motion === "left" ? -1 : 1) * speeds.pan * seconds * width);
    } else commands.scrollBy((motion === "up" ? -1 : 1) * speeds.scroll * seconds);
  }

  private onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const motion = motionKeys[key];
    const command = commandKeys[key];
    if (motion !== undefined) {
      // Without gliding each press, or repeat, is a step of its own.
      if (this.isStill) this.move(motion, 0.15, this.surface.clientWidth);
      else {
        const now = performance.now();
        const known = this.motions.get(motion);
        if (known === undefined || !known.isDown) this.motions.set(motion, { began: now, isDown: true });
        // After a pause the first frame is a usual one.
        if (this.motions.size === 1 && known === undefined) this.last = now;
        this.commands.wake();
      }
    } else if (command !== undefined) this.commands.key(command);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private onKeyUp(event: KeyboardEvent): void {
    const motion = motionKeys[event.key.toLowerCase()];
    const held = motion === undefined ? undefined : this.motions.get(motion);
    if (held !== undefined) held.isDown = false;
  }

  private onWheel(event: WheelEvent): void {
    const { commands } = this;
    const scale =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
    const across = event.deltaX * scale;
    const down = event.deltaY * scale;
    if (event.ctrlKey || event.metaKey) {
      // A pinch of a touchpad comes as this too, in small steps.
      commands.zoomAt(event.offsetX, Math.exp(Math.min(40, Math.max(-40, down)) * 0.01));
    } else if (event.shiftKey || Math.abs(across) > Math.abs(down)) commands.panBy(across === 0 ? down : across);
    else if (this.hasFocus() || event.currentTarget === this.ruler) {
      commands.zoomAt(event.offsetX, Math.exp(Math.min(250, Math.max(-250, down)) * 0.002));
    } else {
      // The page around is scrolled, as the reader meant.
      commands.hint("Click the timeline, then the wheel zooms; Ctrl + wheel zooms at once.");
      return;
    }
    event.preventDefault();
  }

  private hasFocus(): boolean {
    return (this.surface.getRootNode() as Document | ShadowRoot).activeElement === this.surface;
  }

  private followPointer(element: HTMLElement, isRuler: boolean): void {
    const { commands } = this;
    const { signal } = this.ends;
    const placeOf = (event: PointerEvent): { x: number; y: number } => {
      const { left, top } = element.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    element.addEventListener(
      "pointerdown",
      (event) => {
        if (event.button !== 0) return;
        // A press of the surface gives it the focus by itself; the ruler gives it to the surface.
        if (isRuler) {
          event.preventDefault();
          this.surface.focus({ preventScroll: true });
        }
        element.setPointerCapture(event.pointerId);
        const at = placeOf(event);
        this.pointers.set(event.pointerId, at);
        const kind = isRuler || event.shiftKey ? "area" : "pan";
        this.drag = { kind, from: { x: at.x, y: isRuler ? undefined : at.y }, ...at, isFar: false };
      },
      { signal },
    );
    element.addEventListener(
      "pointermove",
      (event) => {
        const at = placeOf(event);
        this.pointerX = at.x;
        const known = this.pointers.get(event.pointerId);
        if (known !== undefined && this.pointers.size === 2) this.pinch(event.pointerId, at);
        else if (known !== undefined && this.drag !== undefined) this.dragTo(at);
        else if (!isRuler) commands.point(at);
        if (known !== undefined) this.pointers.set(event.pointerId, at);
      },
      { signal },
    );
    const end = (event: PointerEvent): void => {
      const { drag } = this;
      if (!this.pointers.delete(event.pointerId) || drag === undefined) return;
      this.drag = undefined;
      if (event.type === "pointercancel") return;
      const at = placeOf(event);
      if (drag.isFar && drag.kind === "area") commands.dragArea(drag.from, pointOf(at, drag.from), "done");
      else if (!drag.isFar && !isRuler) commands.click(at.x, at.y);
    };
    element.addEventListener("pointerup", end, { signal });
    element.addEventListener("pointercancel", end, { signal });
    element.addEventListener(
      "pointerleave",
      () => {
        if (this.pointers.size > 0) return;
        this.pointerX = undefined;
        commands.point(undefined);
      },
      { signal },
    );
  }

  private dragTo(at: { readonly x: number; readonly y: number }): void {
    const { drag, commands } = this;
    if (drag === undefined) return;
    const { from } = drag;
    drag.isFar ||= Math.abs(at.x - from.x) > clickReach || Math.abs(at.y - (from.y ?? at.y)) > clickReach;
    if (drag.isFar && drag.kind === "area") commands.dragArea(from, pointOf(at, from), "dragging");
    else if (drag.isFar) {
      commands.panBy(drag.x - at.x);
      commands.scrollBy(drag.y - at.y);
    }
    if (drag.isFar) {
      drag.x = at.x;
      drag.y = at.y;
    }
  }

  /** Two fingers: what was between them stays between them. */
  private pinch(moved: number, at: { readonly x: number; readonly y: number }): void {
    const [first, second] = [...this.pointers.values()];
    const other = [...this.pointers].find(([id]) => id !== moved)?.[1] ?? at;
    const before = Math.max(10, Math.abs(first.x - second.x));
    const after = Math.max(10, Math.abs(at.x - other.x));
    const middleBefore = (first.x + second.x) / 2;
    const middle = (at.x + other.x) / 2;
    this.commands.panBy(middleBefore - middle);
    this.commands.zoomAt(middle, before / after);
  }
}

function pointOf(at: { readonly x: number; readonly y: number }, from: DragPoint): DragPoint {
  return { x: at.x, y: from.y === undefined ? undefined : at.y };
}
