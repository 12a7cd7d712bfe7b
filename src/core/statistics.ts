// Means and medians, and figures as summaries give them. Knows no units.

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle of them, of an even number the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of a sample: the squared distances from the mean over one less than there are; NaN of fewer than two. */
export function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/** The least and the greatest, of as many as there are: Infinity and -Infinity of nothing. */
export function extent(values: readonly number[]): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}

/** To one decimal: how summaries and verdicts give percentages. */
export function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}

/** To four significant digits: how evidence in words gives figures. */
export function fourDigits(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}
