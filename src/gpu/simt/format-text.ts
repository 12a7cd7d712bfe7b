// printf's formats: conversions of the C language with flags, width, precision and length, as CUDA's printf has them. Knows nothing of
// where the arguments lie: whoever calls it reads them.

/** Reads the arguments of one printf, in their order. */
export interface FormatArguments {
  /** The next argument of 4 bytes, as an unsigned number. */
  word(): number;
  /** The next argument of 8 bytes, unsigned. */
  long(): bigint;
  /** The next argument as a floating-point number of 8 bytes. */
  real(): number;
  /** The bytes of a text at an address, at most so many. */
  text(address: bigint, most: number): Uint8Array;
}

/** Arguments that CUDA's printf takes at most beside the format (CUDA C++ Programming Guide, formatted output). */
const mostFormatArguments = 32;

interface Conversion {
  readonly flags: string;
  readonly width: number;
  /** Undefined where none is given. */
  readonly precision: number | undefined;
  readonly length: string;
  readonly letter: string;
}

/** What a format and its arguments come to, in bytes, and how many arguments there were. */
export function formatText(
  format: Uint8Array,
  values: FormatArguments,
): { readonly bytes: Uint8Array; readonly count: number } {
  const source = latin1(format);
  const parts: string[] = [];
  let count = 0;
  const pattern = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])/g;
  let at = 0;
  for (const match of source.matchAll(pattern)) {
    parts.push(source.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, flags, width, precision, length = "", letter] = match;
    if (letter === "%") {
      parts.push("%");
      continue;
    }
    const needed = (width === "*" ? 1 : 0) + (precision === "*" ? 1 : 0) + 1;
    // What is beyond the arguments that can be is printed as it is written.
    if (!known.test(letter) || count + needed > mostFormatArguments) {
      parts.push(whole);
      continue;
    }
    let wide = width === "*" ? values.word() | 0 : Number(width ?? 0);
    let exact = precision === undefined ? undefined : precision === "*" ? values.word() | 0 : Number(precision);
    count += needed;
    let marks = flags;
    // As C has it: a negative width is a flag and a width, a negative precision is none.
    if (wide < 0) [marks, wide] = [`${flags}-`, -wide];
    if (exact !== undefined && exact < 0) exact = undefined;
    parts.push(convert({ flags: marks, width: wide, precision: exact, length, letter }, values));
  }
  parts.push(source.slice(at));
  const text = parts.join("");
  return { bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)), count };
}

const known = /[diouxXcspfFeEgGaA]/;

function convert(conversion: Conversion, values: FormatArguments): string {
  const { letter, precision, length } = conversion;
  switch (letter) {
    case "d":
    case "i":
      return whole(conversion, signed(values, length));
    case "o":
    case "u":
    case "x":
    case "X":
      return whole(conversion, unsigned(values, length));
    case "c":
      return padded(conversion, String.fromCharCode(values.word() & 0xff), "");
    case "s": {
      const address = values.long();
      const text = address === 0n ? "(null)" : latin1(values.text(address, precision ?? Number.POSITIVE_INFINITY));
      return padded(conversion, precision === undefined ? text : text.slice(0, precision), "");
    }
    case "p": {
      const address = values.long();
      return padded(conversion, address === 0n ? "(nil)" : `0x${address.toString(16)}`, "");
    }
    default:
      return real(conversion, values.real());
  }
}

function isLong(length: string): boolean {
  return /^(l|ll|q|j|z|t)$/.test(length);
}

function signed(values: FormatArguments, length: string): bigint {
  if (isLong(length)) return BigInt.asIntN(64, values.long());
  return BigInt.asIntN(bitsOf(length), BigInt(values.word()));
}

function unsigned(values: FormatArguments, length: string): bigint {
  if (isLong(length)) return values.long();
  return BigInt.asUintN(bitsOf(length), BigInt(values.word()));
}

function bitsOf(length: string): number {
  return length === "hh" ? 8 : length === "h" ? 16 : 32;
}

function whole(conversion: Conversion, value: bigint): string {
  const { letter, precision, flags } = conversion;
  const radix = letter === "o" ? 8 : letter === "x" || letter === "X" ? 16 : 10;
  let digits = (value < 0n ? -value : value).toString(radix);
  if (precision === 0 && value === 0n) digits = "";
  if (precision !== undefined) digits = digits.padStart(precision, "0");
  let prefix = letter === "d" || letter === "i" ? signOf(flags, value < 0n) : "";
  if (flags.includes("#")) {
    if (radix === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    if (radix === 16 && value !== 0n) prefix = "0x";
  }
  const text = padded(conversion, digits, prefix, precision === undefined);
  return letter === "X" ? text.toUpperCase() : text;
}

function signOf(flags: string, negative: boolean): string {
  return negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

/** `zeros`: the flag 0 may fill up with them. */
function padded({ flags, width }: Conversion, text: string, prefix: string, zeros = false): string {
  if (flags.includes("-")) return (prefix + text).padEnd(width);
  if (zeros && flags.includes("0")) return prefix + text.padStart(width - prefix.length, "0");
  return (prefix + text).padStart(width);
}

function real(conversion: Conversion, value: number): string {
  const { letter, flags } = conversion;
  const negative = value < 0 || Object.is(value, -0);
  const magnitude = Math.abs(value);
  const lower = letter.toLowerCase();
  let prefix = signOf(flags, negative);
  let text: string;
  if (!Number.isFinite(value)) {
    // A NaN has a sign, too, which JavaScript does not tell.
    if (Number.isNaN(value)) prefix = signOf(flags, false);
    text = padded(conversion, Number.isNaN(value) ? "nan" : "inf", prefix);
  } else {
    const digits =
      lower === "a"
        ? hexadecimal(conversion, magnitude)
        : lower === "f"
          ? fixed(magnitude, conversion.precision ?? 6, flags)
          : lower === "e"
            ? scientific(magnitude, conversion.precision ?? 6, flags)
            : general(magnitude, conversion.precision ?? 6, flags);
    text = padded(conversion, digits, lower === "a" ? `${prefix}0x` : prefix, true);
  }
  return letter === lower ? text : text.toUpperCase();
}

// A double is a whole number times a power of two: its decimal digits are exact, and rounded to even only at the end.
function exactly(value: number): { readonly numerator: bigint; readonly shift: bigint } {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0];
  const biased = (bits >> 52n) & 0x7ffn;
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (biased === 0n ? 0n : 1n << 52n);
  const exponent = (biased === 0n ? 1n : biased) - 1075n;
  return exponent >= 0n ? { numerator: mantissa << exponent, shift: 0n } : { numerator: mantissa, shift: -exponent };
}

/** value * 10^places as a whole number, rounded to the nearest, half to even. */
function scaled(value: number, places: number): bigint {
  const { numerator, shift } = exactly(value);
  const power = 10n ** BigInt(Math.abs(places));
  const [above, below] = places >= 0 ? [numerator * power, 1n << shift] : [numerator, power << shift];
  const quotient = above / below;
  const twice = 2n * (above - quotient * below);
  return twice > below || (twice === below && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

function fixed(value: number, precision: number, flags: string): string {
  const digits = scaled(value, precision)
    .toString()
    .padStart(precision + 1, "0");
  const point = precision > 0 || flags.includes("#") ? "." : "";
  return `${digits.slice(0, digits.length - precision)}${point}${digits.slice(digits.length - precision)}`;
}

/** The first digits of a value, as many as are asked for, and the power of ten of the first. */
function decimal(value: number, digits: number): { readonly digits: string; readonly exponent: number } {
  if (value === 0) return { digits: "0".repeat(digits), exponent: 0 };
  let exponent = Math.floor(Math.log10(value));
  for (;;) {
    const text = scaled(value, digits - 1 - exponent).toString();
    if (text.length === digits) return { digits: text, exponent };
    // The logarithm was off by one, or rounding has made a digit more.
    exponent += text.length > digits ? 1 : -1;
  }
}

function scientific(value: number, precision: number, flags: string): string {
  const { digits, exponent } = decimal(value, precision + 1);
  const point = precision > 0 || flags.includes("#") ? "." : "";
  return `${digits[0]}${point}${digits.slice(1)}e${exponentText(exponent)}`;
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function general(value: number, precision: number, flags: string): string {
  const significant = Math.max(1, precision);
  const { exponent } = decimal(value, significant);
  const short = exponent < -4 || exponent >= significant;
  const text = short ? scientific(value, significant - 1, flags) : fixed(value, significant - 1 - exponent, flags);
  if (flags.includes("#") || !text.includes(".")) return text;
  const [number, power] = text.split("e");
  return `${number.replace(/\.?0+$/, "")}${power === undefined ? "" : `e${power}`}`;
}

/** `1.8p+1`: the fraction in base 16, behind the 0x. */
function hexadecimal({ precision, flags }: Conversion, value: number): string {
  if (value === 0) return `0${precision || flags.includes("#") ? "." : ""}${"0".repeat(precision ?? 0)}p+0`;
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0];
  const biased = Number((bits >> 52n) & 0x7ffn);
  const exponent = biased === 0 ? -1022 : biased - 1023;
  let mantissa = (bits & 0xf_ffff_ffff_ffffn) | (biased === 0 ? 0n : 1n << 52n);
  let digits = 13;
  if (precision !== undefined && precision < 13) {
    const drop = BigInt(4 * (13 - precision));
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    const half = 1n << (drop - 1n);
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    digits = precision;
  }
  const first = mantissa >> BigInt(4 * digits);
  const fraction =
    digits === 0 ? "" : (mantissa & ((1n << BigInt(4 * digits)) - 1n)).toString(16).padStart(digits, "0");
  const shown = precision === undefined ? fraction.replace(/0+$/, "") : fraction.padEnd(precision, "0");
  const point = shown !== "" || flags.includes("#") ? "." : "";
  return `${first}${point}${shown}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
