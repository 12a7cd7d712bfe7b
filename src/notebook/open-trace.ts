// Opens a recorded trace: a file, packed by gzip or not, or standard input. Knows of formats only which are databases, and so need a file.
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { InputError } from "../core/errors.js";
import type { ProgressReporter } from "../core/progress.js";
import {
  type BytePieces,
  type ByteSource,
  detectForm,
  type FileForm,
  readTrace,
  type StopSignal,
} from "../trace/read/index.js";
import type { Timeline } from "../trace/timeline/index.js";

export interface OpenTraceOptions {
  /** What messages call it; the file's name unless given. */
  readonly name?: string;
  /** Is told how far it has got; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter | undefined;
  /** Stops the reading: its reason is thrown. */
  readonly signal?: StopSignal | undefined;
}

/**
 * The timeline of a trace: `await openTrace("trace.json")`. Chrome traces and PyTorch profiles, driver calls as JSON lines, Nsight Systems
 * exports; packed by gzip or not; `-` is standard input. Hundreds of megabytes are read in pieces. What could not be read is counted in
 * `timeline.notes`. Throws InputError where the file cannot be read or is no trace.
 */
export async function openTrace(path: string, options: OpenTraceOptions = {}): Promise<Timeline> {
  if (path === "-") return await read({ pieces: process.stdin }, { name: "standard input", ...options });
  const file = await opened(path);
  try {
    if (reportOfNsight.test(path) || (await isDatabase(file))) {
      // Loaded when it is needed: the database's engine is as large as all the rest.
      const { openNsight } = await import("./nsight.js");
      return await openNsight(path, { name: basename(path), ...options });
    }
    return await read({ pieces: piecesOf(file), size: await sizeOf(file, path) }, { name: basename(path), ...options });
  } finally {
    await file.close();
  }
}

async function read(source: ByteSource, options: OpenTraceOptions): Promise<Timeline> {
  const { form, pieces } = await begun(source.pieces);
  return form === "gzip"
    ? await readTrace({ pieces: unpacked(pieces) }, options)
    : await readTrace({ pieces, size: source.size }, options);
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new InputError(mistakes[code] ?? `it cannot be read (${code})`, {
      where: path,
      fix: "Give the path of a trace, or - for standard input.",
    });
  }
}

const mistakes: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "there is no permission to read it",
};

async function sizeOf(file: FileHandle, path: string): Promise<number | undefined> {
  const status = await file.stat();
  if (status.isDirectory()) throw new InputError("this is a folder", { where: path, fix: "Give the path of a file." });
  // What is no file, as a pipe, has no size.
  return status.isFile() ? status.size : undefined;
}

/** No database itself, and refused with the words that say how to make one of it. */
const reportOfNsight = /\.(?:nsys-rep|qdrep)$/i;

async function isDatabase(file: FileHandle): Promise<boolean> {
  const status = await file.stat();
  if (!status.isFile()) return false;
  const { buffer, bytesRead } = await file.read(new Uint8Array(magicBytes), 0, magicBytes, 0);
  return detectForm(buffer.subarray(0, bytesRead)) === "sqlite";
}

const pieceBytes = 1 << 20;

/** A file in pieces, each of which is written over by the next. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(pieceBytes);
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, pieceBytes, null);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
  }
}

/** So many bytes tell a packed file and a database. */
const magicBytes = 16;

/** What the first pieces say, and all pieces. */
async function begun(pieces: BytePieces): Promise<{ readonly form: FileForm; readonly pieces: BytePieces }> {
  const iterator = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < magicBytes) {
    const { done, value } = await iterator.next();
    if (done) break;
    first.push(value.slice());
    bytes += value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield value;
    }
  }
  return { form: detectForm(Buffer.concat(first)), pieces: all() };
}

/** Of a file that is broken off what is there is unpacked; its reader then says so. */
function unpacked(pieces: BytePieces): BytePieces {
  const copies = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) yield piece.slice();
  };
  return Readable.from(copies()).pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 18 }));
}
