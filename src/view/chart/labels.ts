// Puts words beside points so that they do not cover each other. Works in pixels; knows nothing of what the words say.

/** A rectangle, y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Placement {
  /** Where the text is anchored. */
  readonly x: number;
  readonly y: number;
  readonly align: "left" | "right" | "center";
}

/** Places texts one after another within a frame; a place once taken stays taken. */
export class LabelPlacer {
  private readonly taken: Box[] = [];

  constructor(
    private readonly frame: Box,
    private readonly fontSize: number,
  ) {}

  /** Keeps words away from a point or a line's end. */
  block(box: Box): void {
    this.taken.push(box);
  }

  /** Whether nothing has been put there yet, and it lies within the frame. */
  isFree(box: Box): boolean {
    return contains(this.frame, box) && !this.taken.some((other) => overlap(box, other));
  }

  /** The first of the candidates at which the text covers nothing and is not cut off, or undefined. */
  place(text: string, candidates: Iterable<Placement>): Placement | undefined {
    for (const candidate of candidates) {
      const box = this.boxOf(text, candidate);
      if (!this.isFree(box)) continue;
      this.taken.push(box);
      return candidate;
    }
    return undefined;
  }

  /** Text stands on the middle of its line: `y` is its middle. Widths are those of a wide sans serif, to be on the safe side. */
  private boxOf(text: string, { x, y, align }: Placement): Box {
    const width = text.length * this.fontSize * 0.6;
    const left = align === "left" ? x : align === "right" ? x - width : x - width / 2;
    const half = this.fontSize * 0.6;
    return { left, top: y - half, right: left + width, bottom: y + half };
  }
}

/** Around a point: right, left, above, below, then the corners, near and a little further, then above and below, to one side for the most part. */
export function* around(x: number, y: number, gap: number): Generator<Placement> {
  yield { x: x + gap, y, align: "left" };
  yield { x: x - gap, y, align: "right" };
  yield { x, y: y - gap - 4, align: "center" };
  yield { x, y: y + gap + 4, align: "center" };
  for (const dy of [-gap, gap, -gap - 8, gap + 8]) {
    yield { x: x + gap, y: y + dy, align: "left" };
    yield { x: x - gap, y: y + dy, align: "right" };
  }
  for (const dy of [-gap - 4, gap + 4]) {
    yield { x: x + 6 * gap, y: y + dy, align: "right" };
    yield { x: x - 6 * gap, y: y + dy, align: "left" };
  }
}

/** Heights moved apart, as little as it takes, so that neighbours are at least `gap` from each other; in the order given. */
export function spread(heights: readonly number[], gap: number): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b] || a - b);
  // Neighbours that touch become a group that stands centred on where its members want to be.
  const groups: { members: number[]; centre: number }[] = [];
  for (const index of order) {
    let group = { members: [index], centre: heights[index] };
    for (;;) {
      const above = groups.at(-1);
      const reach = (above: number, below: number) => ((above + below) / 2) * gap;
      if (above === undefined || group.centre - above.centre >= reach(above.members.length, group.members.length))
        break;
      groups.pop();
      const members = [...above.members, ...group.members];
      group = { members, centre: members.reduce((sum, i) => sum + heights[i], 0) / members.length };
    }
    groups.push(group);
  }
  const placed = [...heights];
  for (const { members, centre } of groups) {
    for (const [i, member] of members.entries()) placed[member] = centre + (i - (members.length - 1) / 2) * gap;
  }
  return placed;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function contains(outer: Box, inner: Box): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}
