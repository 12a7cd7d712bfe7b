// Rows that time a convolution of square images with a square kernel: columns batch, in_ch, out_ch, kernel, in_size, stride,
// padding. Those who measured let the library measure its algorithms first, and their images were all zeros.
import { conv2d, readShape, uniform } from "../../operator/index.js";
import { kernelsTimed, type NotCovered, orNotCovered, type Question } from "../question.js";
import {
  isNotCovered,
  readExtent,
  readHeading,
  readOptional,
  readPrecision,
  readProtocol,
  type TableRow,
} from "./cells.js";

const columns = ["batch", "in_ch", "out_ch", "in_size", "kernel"] as const;

/** Reads a row that has these columns; undefined for others. */
export function readConvolution(row: TableRow): Question | NotCovered | undefined {
  if (columns.some((column) => (row[column] ?? "") === "")) return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const precision = readPrecision(heading);
  if (isNotCovered(precision)) return precision;
  const protocol = readProtocol(row);
  if (isNotCovered(protocol)) return protocol;
  const stride = readOptional(row, "stride", 1, 1);
  if (isNotCovered(stride)) return stride;
  const padding = readOptional(row, "padding", 0, 0);
  if (isNotCovered(padding)) return padding;
  const wrong = columns.find((column) => readExtent(row, column) === undefined);
  if (wrong !== undefined) return { reason: `${wrong} is ${JSON.stringify(row[wrong])}` };
  const [batch, in_channels, out_channels, size, kernel] = columns.map((column) => readExtent(row, column) as number);
  const shape = {
    batch,
    in_channels,
    out_channels,
    height: size,
    width: size,
    kernel_h: kernel,
    stride,
    padding,
  };
  return orNotCovered(() => {
    const read = readShape(conv2d, shape);
    const formats = uniform(precision);
    return {
      ...heading,
      work: conv2d.work(read, formats),
      operator: { type: "conv2d", precision },
      predict: kernelsTimed(conv2d.kernels(read, formats), protocol, conv2d.hostSteps),
    };
  });
}
