// Numbers as a slider's `readout_format` writes them: the part of d3's format language that sliders use. Knows no slider.

/** `.2f`, `d`, `,.3g`, `.1%`, `.2e`, `+.1f`. A format that is none of these writes the number as JavaScript does. */
export function formatNumber(value: number, format: string): string {
  const match = /^([+ ]?)(,?)(?:\.(\d+))?(~?)([defgrs%]?)$/.exec(format);
  if (match === null || !Number.isFinite(value)) return String(value);
  const [, sign, comma, places, trim, type] = match;
  const precision = places === undefined ? undefined : Math.min(20, Number(places));
  let text = digits(Math.abs(value), precision, type);
  if (trim !== "" || (type === "" && precision !== undefined))
    text = text.replace(/(\.\d*?)0+(?=$|e|%)/, "$1").replace(/\.(?=$|e|%)/, "");
  if (comma !== "") text = text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
  const isZero = !/[1-9]/.test(text);
  return (value < 0 && !isZero ? "−" : sign) + text;
}

function digits(value: number, precision: number | undefined, type: string): string {
  switch (type) {
    case "d":
      return String(Math.round(value));
    case "e":
      return value.toExponential(precision ?? 6);
    case "f":
      return value.toFixed(precision ?? 6);
    case "%":
      return `${(value * 100).toFixed(precision ?? 6)}%`;
    case "r":
      return plain(Number(value.toPrecision(Math.max(1, precision ?? 6))));
    case "s":
      return withPrefix(value, precision ?? 6);
    default:
      return precision === undefined && type === "" ? plain(value) : value.toPrecision(Math.max(1, precision ?? 6));
  }
}

function plain(value: number): string {
  return String(value);
}

const prefixes = ["y", "z", "a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];

/** `1.5M`: the prefix that leaves one to three digits before the point. */
function withPrefix(value: number, precision: number): string {
  if (value === 0) return (0).toPrecision(Math.max(1, precision));
  const rounded = Number(value.toPrecision(Math.max(1, precision)));
  const step = Math.max(-8, Math.min(8, Math.floor(Math.log10(rounded) / 3)));
  return `${(rounded / 10 ** (3 * step)).toPrecision(Math.max(1, precision))}${prefixes[step + 8]}`;
}
