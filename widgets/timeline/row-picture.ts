// A row as one line of pixels, whatever the zoom: what is wider than a pixel is filled, what is narrower adds up to a density. Every column
// of pixels that an event touches is painted, and no other. Knows no canvas.
import { firstEndingFrom, type Level, levelFor, type Row } from "./levels.js";

/** The colours of pixels as they stand in an image, for each fill: how much of a pixel is taken, in `densities` steps. */
export const densities = 8;

export interface PixelColours {
  /** `fill * densities + step`. */
  readonly plain: Uint32Array;
  /** The same for what a search did not hit. */
  readonly dimmed: Uint32Array;
  /** For hits that are too narrow to be outlined, by step alone. */
  readonly hit: Uint32Array;
}

/** Where a line of pixels lies on the time axis, in the trace's own nanoseconds. */
export interface Line {
  readonly start: number;
  readonly nanosecondsPerPixel: number;
  readonly width: number;
}

/** What a search hit of a row. */
export interface RowSearch {
  /** For each of the row's events, by place, how many before it were hit; one more than events. */
  readonly hitsBefore: Int32Array;
  /** Unless all is painted, each as it is: the hits and nothing else, or everything as if it were missed. */
  readonly paints?: "hits alone" | "all as missed";
}

/** Where a row is painted. */
export interface Target {
  /** Pixels, and the place of the line's first. */
  readonly out: Uint32Array;
  readonly at: number;
  /** Takes the events that stand out. */
  readonly wide: Wide | undefined;
}

/** The events of a line that get more than a fill: those that are wide enough, and instants. Grows, and is used again. */
export class Wide {
  event: Int32Array = new Int32Array(1024);
  /** The left and the right edge, in pixels, perhaps outside. */
  left: Float64Array = new Float64Array(1024);
  right: Float64Array = new Float64Array(1024);
  isHit: Uint8Array = new Uint8Array(1024);
  length = 0;

  add(event: number, left: number, right: number, isHit: boolean): void {
    if (this.length === this.event.length) this.grow();
    const at = this.length++;
    this.event[at] = event;
    this.left[at] = left;
    this.right[at] = right;
    this.isHit[at] = isHit ? 1 : 0;
  }

  private grow(): void {
    const length = 2 * this.event.length;
    const larger = <A extends Int32Array | Float64Array | Uint8Array>(into: A, from: A): A => {
      into.set(from);
      return into;
    };
    this.event = larger(new Int32Array(length), this.event);
    this.left = larger(new Float64Array(length), this.left);
    this.right = larger(new Float64Array(length), this.right);
    this.isHit = larger(new Uint8Array(length), this.isHit);
  }
}

/** Events from this many pixels on are single things to a reader: they are given apart in `Wide`. */
const wideFrom = 5;
/** Marks of instants stand at least so many pixels apart. */
const markApart = 4;

/** Paints rows, one after another; keeps nothing between them but the room that it works in. */
export class RowPainter {
  private column = -1;
  private taken = 0;
  private colour = 0;
  private votes = 0;
  private isHit = false;
  private isMarked = false;
  private out: Uint32Array = new Uint32Array(0);
  private at = 0;
  private isSearching = false;

  constructor(public colours: PixelColours) {}

  /** Paints a row over what is there. */
  paint(row: Row, line: Line, { out, at, wide }: Target, search?: RowSearch): void {
    const { start, nanosecondsPerPixel, width } = line;
    const level = levelFor(row, nanosecondsPerPixel);
    const { from, to, busy, colour, first, length } = level;
    this.out = out;
    this.at = at;
    this.column = -1;
    const hitsBefore = search?.hitsBefore;
    this.isSearching = hitsBefore !== undefined;
    let lastMark = Number.NEGATIVE_INFINITY;
    for (let entry = firstEndingFrom(level, start); entry < length; entry++) {
      const left = (from[entry] - start) / nanosecondsPerPixel;
      if (left >= width) break;
      const right = (to[entry] - start) / nanosecondsPerPixel;
      const isHit =
        hitsBefore !== undefined &&
        search?.paints !== "all as missed" &&
        hitsBefore[first[entry + 1]] > hitsBefore[first[entry]];
      if (!isHit && search?.paints === "hits alone") continue;
      const isSingle = first[entry + 1] - first[entry] === 1;
      const isWide = isSingle && right - left >= wideFrom;
      const isMark = right === left && left - lastMark >= markApart;
      if (wide !== undefined && isSingle && (isWide || isMark)) {
        wide.add(row.events[first[entry]], left, right, isHit);
        if (isMark) lastMark = left;
      }
      const firstColumn = left < 0 ? 0 : Math.floor(left);
      const lastColumn = Math.min(width - 1, lastColumnOf(row, level, entry, right));
      if (lastColumn < firstColumn) continue;
      if (firstColumn === lastColumn) {
        const share = right - left > 1 ? 1 : busy[entry] / nanosecondsPerPixel;
        this.add(firstColumn, share, colour[entry], isHit, isWide);
        continue;
      }
      const density = Math.min(1, busy[entry] / (to[entry] - from[entry]));
      this.add(firstColumn, (firstColumn + 1 - Math.max(0, left)) * density, colour[entry], isHit, isWide);
      if (lastColumn > firstColumn + 1) {
        this.flush();
        const pixel = this.pixel(density, colour[entry], isHit && !isWide, isHit);
        out.fill(pixel, at + firstColumn + 1, at + lastColumn);
      }
      // The edge of one that is told apart is paler, so that it ends before the next begins.
      const edge = isWide ? 0.4 : 1;
      this.add(lastColumn, Math.min(1, right - lastColumn) * density * edge, colour[entry], isHit, isWide);
    }
    this.flush();
  }

  private add(column: number, share: number, colour: number, isHit: boolean, isWide: boolean): void {
    if (column !== this.column) {
      this.flush();
      this.column = column;
      this.taken = 0;
      this.votes = -1;
      this.isMarked = false;
      this.isHit = false;
    }
    this.taken += share;
    if (isHit) {
      this.isHit = true;
      // A wide hit keeps its colour: it gets an outline.
      if (!isWide) this.isMarked = true;
    }
    if (this.votes < 0) {
      this.colour = colour;
      this.votes = share;
    } else if (colour === this.colour) this.votes += share;
    else if (this.votes >= share) this.votes -= share;
    else {
      this.colour = colour;
      this.votes = share - this.votes;
    }
  }

  private flush(): void {
    if (this.column < 0) return;
    this.out[this.at + this.column] = this.pixel(this.taken, this.colour, this.isMarked, this.isHit);
    this.column = -1;
  }

  private pixel(density: number, colour: number, isMarked: boolean, isHit: boolean): number {
    const step = density >= 1 ? densities - 1 : Math.floor(Math.max(0, density) * densities);
    if (isMarked) return this.colours.hit[step];
    const table = this.isSearching && !isHit ? this.colours.dimmed : this.colours.plain;
    return table[colour * densities + step];
  }
}

/** The last column that an entry touches; one that takes no time touches the column that it is in. */
function lastColumnOf(row: Row, level: Level, entry: number, right: number): number {
  const column = Math.ceil(right) - 1;
  if (column + 1 !== right) return column;
  // It ends just where a column begins: that column is touched only by what begins there too, which then takes no time.
  const base = row.levels[0];
  const last = level === base ? entry : lastBaseEntry(base, level.first[entry + 1]);
  return base.from[last] === level.to[entry] ? column + 1 : column;
}

/** The base entry that holds the last of the events before this one. */
function lastBaseEntry({ first, length }: Level, event: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (first[middle] < event) low = middle;
    else high = middle - 1;
  }
  return low;
}
