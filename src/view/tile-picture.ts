// The tiles of a planned product over its result matrix, by the wave in which they are made, as SVG. Knows no times.
import { escapeXml } from "./chart/chart.js";
import { formatNumber } from "./table.js";
import { colours } from "./theme.js";

export interface TilePlan {
  /** Rows and columns of the result. */
  readonly m: number;
  readonly n: number;
  readonly tile: readonly [m: number, n: number];
  /** Blocks that share one tile. */
  readonly split: number;
  /** How many products there are. */
  readonly batch: number;
  readonly sms: number;
}

/** Pixels of the picture at most. */
const extent = { width: 300, height: 180 };
/** The least part of a longer side that the shorter one is drawn as: a vector would be a line. */
const leastAspect = 0.08;
/** Rows of tiles and waves together that are still drawn one by one. */
const mostRuns = 600;

/**
 * The picture: every tile in a tone of its wave, the last wave in another colour, and below it how full that wave is. Tiles are laid
 * row by row, as blocks are numbered.
 */
export function tilePicture(plan: TilePlan): string {
  const { m, n, tile, split, sms } = plan;
  const [rows, columns] = [Math.ceil(m / tile[0]), Math.ceil(n / tile[1])];
  const waves = wavesOf(plan);
  const scale = Math.min(extent.width / (columns * tile[1]), extent.height / (rows * tile[0]));
  const width = Math.max(columns * tile[1] * scale, leastAspect * extent.width);
  const height = Math.max(rows * tile[0] * scale, leastAspect * extent.height);
  const [w, h] = [width / columns, height / rows];
  const rects: string[] = [];
  // Tiles smaller than a pixel have no tone of their own.
  const isFine = rows + waves.count > mostRuns;
  if (isFine)
    rects.push(`<rect width="${px(width)}" height="${px(height)}" fill="${colours.series[0]}" fill-opacity="0.4"/>`);
  for (let row = 0; row < rows && !isFine; row++) {
    for (let column = 0; column < columns; ) {
      const wave = waveOf(row * columns + column, split, sms);
      let end = column + 1;
      while (end < columns && waveOf(row * columns + end, split, sms) === wave) end++;
      const isLast = wave === waves.count - 1 && plan.batch === 1;
      const tone = isLast ? colours.series[1] : colours.series[0];
      rects.push(
        `<rect x="${px(column * w)}" y="${px(row * h)}" width="${px((end - column) * w)}" height="${px(h)}" fill="${tone}" fill-opacity="${wave % 2 === 0 ? 0.5 : 0.3}"/>`,
      );
      column = end;
    }
  }
  // Lines that would be closer than this are no grid any more.
  const grid =
    Math.min(w, h) < 3
      ? ""
      : `<path d="${[
          ...Array.from({ length: columns - 1 }, (_, i) => `M${px((i + 1) * w)} 0V${px(height)}`),
          ...Array.from({ length: rows - 1 }, (_, i) => `M0 ${px((i + 1) * h)}H${px(width)}`),
        ].join("")}" stroke="${colours.ink}" stroke-opacity="0.6" stroke-width="0.6" fill="none"/>`;
  const [inner, deep] = [(width * n) / (columns * tile[1]), (height * m) / (rows * tile[0])];
  const outline = `<rect x="0" y="0" width="${px(inner)}" height="${px(deep)}" fill="none" stroke="${colours.ink}" stroke-width="1.5"/>`;
  const barY = height + 12;
  const bar =
    `<rect x="0" y="${px(barY)}" width="${extent.width}" height="8" fill="${colours.ink}" fill-opacity="0.2"/>` +
    `<rect x="0" y="${px(barY)}" width="${px(extent.width * waves.lastShare)}" height="8" fill="${colours.series[1]}" fill-opacity="0.7"/>`;
  const total = barY + 10;
  const title = tilesInWords(plan);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="-2 -2 ${extent.width + 4} ${px(total + 4)}" width="${extent.width + 4}" height="${px(total + 4)}" style="max-width:100%;height:auto">` +
    `<title>${escapeXml(title)}</title>${rects.join("")}${grid}${outline}${bar}</svg>`
  );
}

/** The picture in a sentence. */
export function tilesInWords(plan: TilePlan): string {
  const { m, n, tile, split, batch, sms } = plan;
  const { count, last, lastShare, covered } = wavesOf(plan);
  const parts = split === 1 ? "" : `, each by ${split} blocks with a part of K`;
  const products = batch === 1 ? "" : ` for each of ${formatNumber(batch, 15)} products`;
  const waste =
    covered > 1.005 ? ` They cover ${formatNumber(100 * (covered - 1), 2)} % more than the matrix has.` : "";
  const waves =
    count === 1
      ? `All run at once, on ${last} of ${sms} SMs.`
      : `${formatNumber(count, 15)} waves; the last one keeps ${last} of ${sms} SMs busy (${formatNumber(100 * lastShare, 2)} %).`;
  return `${Math.ceil(m / tile[0])} x ${Math.ceil(n / tile[1])} tiles of ${tile.join(" x ")}${products}${parts}. ${waves}${waste}`;
}

function wavesOf({ m, n, tile, split, batch, sms }: TilePlan): {
  readonly count: number;
  /** Blocks of the last wave. */
  readonly last: number;
  readonly lastShare: number;
  /** Elements of all tiles for each of the matrix. */
  readonly covered: number;
} {
  const [rows, columns] = [Math.ceil(m / tile[0]), Math.ceil(n / tile[1])];
  const blocks = rows * columns * split * batch;
  const count = Math.ceil(blocks / sms);
  const last = blocks - (count - 1) * sms;
  return { count, last, lastShare: last / sms, covered: (rows * tile[0] * columns * tile[1]) / (m * n) };
}

function waveOf(tile: number, split: number, sms: number): number {
  return Math.floor((tile * split) / sms);
}

function px(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}
