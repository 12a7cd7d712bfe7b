// Hatching for canvases: lines that rise, lines that fall, dots. Knows nothing of what is hatched.

const size = 8;

/** In the order of `Pattern`'s numbers in paint: rising, falling, dots. */
export function hatches(context: CanvasRenderingContext2D): readonly (CanvasPattern | undefined)[] {
  const lines =
    (rises: readonly (readonly [number, number, number, number])[]) => (on: OffscreenCanvasRenderingContext2D) => {
      on.beginPath();
      for (const [x1, y1, x2, y2] of rises) {
        on.moveTo(x1, y1);
        on.lineTo(x2, y2);
      }
      on.stroke();
    };
  const half = size / 2;
  return [
    // Each goes beyond its tile, so that the tiles join.
    lines([
      [-1, size + 1, size + 1, -1],
      [-1, 1, 1, -1],
      [size - 1, size + 1, size + 1, size - 1],
    ]),
    lines([
      [-1, -1, size + 1, size + 1],
      [size - 1, -1, size + 1, 1],
      [-1, size - 1, 1, size + 1],
    ]),
    (on: OffscreenCanvasRenderingContext2D) => {
      for (const [x, y] of [
        [1, 1],
        [1 + half, 1 + half],
      ]) {
        on.fillRect(x, y, 2, 2);
      }
    },
  ].map((draw) => {
    const tile = new OffscreenCanvas(size, size);
    const on = tile.getContext("2d");
    if (on === null) return undefined;
    on.strokeStyle = on.fillStyle = "#0d0f1444";
    on.lineWidth = 1.2;
    draw(on);
    return context.createPattern(tile, "repeat") ?? undefined;
  });
}
