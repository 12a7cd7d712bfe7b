// Arithmetic by big integers, with which the collection's kernels are held against exact results; and numbers for them to work on.
// Knows nothing of how the virtual GPU computes.

export type Direction = "nearest" | "zero" | "down" | "up";

/** A binary format: bits of the significand, and the exponent of the least number above 0. */
interface Width {
  readonly precision: number;
  readonly least: number;
  readonly largest: number;
}
const single: Width = { precision: 24, least: -149, largest: 2 ** 128 - 2 ** 104 };
const double: Width = { precision: 53, least: -1074, largest: Number.MAX_VALUE };

/** A finite number as n / d. */
export interface Ratio {
  readonly n: bigint;
  readonly d: bigint;
}

export function ratio(value: number): Ratio {
  let [whole, shift] = [value, 0n];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    shift++;
  }
  return { n: BigInt(whole), d: 1n << shift };
}
export const plus = (a: Ratio, b: Ratio): Ratio => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
export const times = (a: Ratio, b: Ratio): Ratio => ({ n: a.n * b.n, d: a.d * b.d });
export const over = (a: Ratio, b: Ratio): Ratio =>
  b.n < 0n ? { n: -a.n * b.d, d: a.d * -b.n } : { n: a.n * b.d, d: a.d * b.n };

export const roundToSingle = (value: Ratio, direction: Direction = "nearest"): number =>
  rounded(value, direction, single);
export const roundToDouble = (value: Ratio, direction: Direction = "nearest"): number =>
  rounded(value, direction, double);

/** a b + c in single precision with one rounding; the operands are finite and the result is not a zero of either sign. */
export function fma32(a: number, b: number, c: number): number {
  return roundToSingle(plus(times(ratio(a), ratio(b)), ratio(c)));
}

/** The square root of a number that is not negative, in single precision. */
export function sqrt32(value: number, direction: Direction): number {
  const { n, d } = ratio(value);
  // 2^200 times the root, cut off; one more below its last bit says that there was more.
  const scaled = (n << 400n) / d;
  const root = integerRoot(scaled);
  const more = root * root === scaled && (n << 400n) % d === 0n ? 0n : 1n;
  return roundToSingle({ n: 2n * root + more, d: 1n << 201n }, direction);
}

function integerRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

function rounded({ n, d }: Ratio, direction: Direction, { precision, least, largest }: Width): number {
  if (n === 0n) return 0;
  const negative = n < 0n;
  const size = negative ? -n : n;
  // The exponent of the last bit that is kept.
  const last = Math.max(size.toString(2).length - d.toString(2).length - precision, least);
  let [above, below] = last >= 0 ? [size, d << BigInt(last)] : [size << BigInt(-last), d];
  let exponent = last;
  if (above / below >= 1n << BigInt(precision)) {
    below <<= 1n;
    exponent++;
  }
  let kept = above / below;
  above %= below;
  const away = direction === "up" ? !negative : direction === "down" ? negative : false;
  const half = 2n * above - below;
  if (away ? above > 0n : direction === "nearest" && (half > 0n || (half === 0n && kept % 2n === 1n))) kept++;
  // Only a power of two can have grown beyond the precision, and it has zeros at its end.
  const value = Number(kept) * 2 ** Math.max(exponent, -1000) * 2 ** Math.min(exponent + 1000, 0);
  if (!(value <= largest)) {
    const beyond = away || direction === "nearest" ? Number.POSITIVE_INFINITY : largest;
    return negative ? -beyond : beyond;
  }
  return negative ? -value : value;
}

/** A narrow format with its bits: of the exponent and of the fraction. */
export class NarrowFormat {
  /** Every number that it has, by its bits. */
  readonly values: readonly number[];
  private readonly bits = new Map<number, number>();
  private readonly width: Width;

  constructor(
    private readonly exponentBits: number,
    private readonly fractionBits: number,
    /** The 8-bit e4m3 has numbers where others have infinities. */
    withInfinities = true,
  ) {
    const count = 2 ** (1 + exponentBits + fractionBits);
    const decoded = Array.from({ length: count }, (_, bits) => this.decode(bits, withInfinities));
    this.values = decoded;
    decoded.forEach((value, bits) => {
      if (!Object.is(value, -0)) this.bits.set(value, bits);
    });
    const finite = decoded.filter(Number.isFinite);
    const least = finite.reduce((least, value) => (value > 0 && value < least ? value : least), 1);
    const largest = finite.reduce((largest, value) => Math.max(largest, value), 0);
    this.width = { precision: fractionBits + 1, least: Math.log2(least), largest };
  }

  /** The bits of the nearest number to one in double precision. */
  encode(value: number, beyond: "saturate" | "overflow" = "overflow"): number {
    const sign = 2 ** (this.exponentBits + this.fractionBits);
    if (value === 0) return Object.is(value, -0) ? sign : 0;
    let nearest = Number.isFinite(value) ? rounded(ratio(value), "nearest", this.width) : value;
    if (beyond === "saturate" && Math.abs(nearest) > this.width.largest)
      nearest = Math.sign(nearest) * this.width.largest;
    if (nearest === 0) return value < 0 ? sign : 0;
    const bits = this.bits.get(nearest);
    if (bits === undefined) throw new Error(`${value} has no place in this format`);
    return bits;
  }

  private decode(bits: number, withInfinities: boolean): number {
    const { exponentBits, fractionBits } = this;
    const sign = bits >> (exponentBits + fractionBits) === 1 ? -1 : 1;
    const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
    const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
    const highest = exponent === 2 ** exponentBits - 1;
    if (highest && withInfinities) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (highest && fraction === 1 - 2 ** -fractionBits) return Number.NaN;
    const bias = 2 ** (exponentBits - 1) - 1;
    return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
  }
}

export const half: NarrowFormat = new NarrowFormat(5, 10);
export const bfloat: NarrowFormat = new NarrowFormat(8, 7);
export const e4m3: NarrowFormat = new NarrowFormat(4, 3, false);
export const e5m2: NarrowFormat = new NarrowFormat(5, 2);

/** Numbers that look like chance and are the same each time (a linear congruence modulo 2^64). */
export class Chance {
  private state: bigint;

  constructor(seed: number) {
    this.state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
  }

  /** A whole number of 32 bits. */
  word(): number {
    this.state = BigInt.asUintN(64, this.state * 6364136223846793005n + 1442695040888963407n);
    return Number(this.state >> 32n);
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor((this.word() / 2 ** 32) * (high - low + 1));
  }

  /** A number in single precision from `low` to `high`. */
  real(low: number, high: number): number {
    return Math.fround(low + (this.word() / 2 ** 32) * (high - low));
  }

  wholes(count: number, low: number, high: number): number[] {
    return Array.from({ length: count }, () => this.whole(low, high));
  }

  reals(count: number, low: number, high: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.real(low, high));
  }

  words(count: number): Uint32Array {
    return Uint32Array.from({ length: count }, () => this.word());
  }
}
