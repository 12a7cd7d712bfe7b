// What a cell imports as "tslab": the interface of tslab 1.0.22, so that notebooks written for that kernel run here as they
// are. It shows under the running cell by the kernel's bridge. Knows nothing of messages.
import { randomUUID } from "node:crypto";
import ts from "@tslab/typescript-for-tslab";
import { InputError, WarplabError } from "../../../core/errors.js";
import { kernelBridge } from "../../bridge.js";

interface Versions {
  /** The version of tslab whose interface this is. */
  tslab: string;
  /** The TypeScript of the cells. */
  typescript: string;
  node: string;
}

export const versions: Versions = { tslab: "1.0.22", typescript: ts.version, node: process.version };

/** Shows content of one kind under the running cell. */
export interface Display {
  /** Code that the page runs. */
  javascript(s: string): void;
  html(s: string): void;
  markdown(s: string): void;
  latex(s: string): void;
  /** An SVG document's text. */
  svg(s: string): void;
  /** A file's bytes. */
  png(b: Uint8Array): void;
  /** A file's bytes. */
  jpeg(b: Uint8Array): void;
  /** A file's bytes. */
  gif(b: Uint8Array): void;
  /** A file's bytes. */
  pdf(b: Uint8Array): void;
  text(s: string): void;
  /** Content of any MIME type; bytes are sent as base64. */
  raw(contentType: string, b: string | Uint8Array): void;
}

/** A display whose every call takes the place of what the one before it shows. */
export function newDisplay(): Display {
  return displayAt(randomUUID());
}

/** Shows rich content under the running cell, each call below the one before it. */
export const display: Display = displayAt(undefined);

function displayAt(displayId: string | undefined): Display {
  let shown = false;
  const raw = (contentType: string, content: string | Uint8Array): void => {
    if (typeof contentType !== "string" || !contentType.includes("/")) {
      throw new InputError(`display.raw wants a MIME type such as "text/html", got ${JSON.stringify(contentType)}`);
    }
    const bridge = kernelBridge();
    if (bridge === undefined) throw new WarplabError("display works in a cell of warplab's kernel only");
    const data = content instanceof Uint8Array ? Buffer.from(content).toString("base64") : content;
    bridge.display({ [contentType]: data }, displayId === undefined ? {} : { displayId, update: shown });
    shown = true;
  };
  const as =
    <T extends string | Uint8Array>(contentType: string) =>
    (content: T): void =>
      raw(contentType, content);
  return {
    javascript: as("text/javascript"),
    html: as("text/html"),
    markdown: as("text/markdown"),
    latex: as("text/latex"),
    svg: as("image/svg+xml"),
    png: as("image/png"),
    jpeg: as("image/jpeg"),
    gif: as("image/gif"),
    pdf: as("application/pdf"),
    text: as("text/plain"),
    raw,
  };
}
