// The colours of a timeline's letters on a terminal. Knows nothing of where they stand.
import type { Activity } from "../trace/index.js";
import type { Paint, Style } from "./terminal.js";

/** Bars in the colour of what they stand for, with its letter in them. */
export function activityPaint(paint: Paint): (activity: Activity, text: string) => string {
  return ({ word }, text) => {
    const style = styles[word];
    return style === undefined ? paint("dim", text) : paint("inverse", paint(style, text));
  };
}

const styles: Readonly<Record<string, Style>> = {
  kernel: "green",
  launch: "green",
  "copy host to device": "blue",
  "copy device to host": "magenta",
  "copy device to device": "cyan",
  "copy peer to peer": "cyan",
  "copy host to host": "cyan",
  copy: "blue",
  memset: "cyan",
  transfer: "blue",
  memory: "yellow",
  synchronise: "red",
  wait: "red",
  operator: "cyan",
};
