// The traces that a server keeps: for each its file as it was uploaded, a record of what is in it, and its Chrome trace once somebody
// asked. The record is written last, so that a trace without one is none. Knows no HTTP and no format.
import { mkdtempSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TraceMetrics } from "../../trace/analysis/index.js";
import type { ReadingNote, TraceFormat } from "../../trace/timeline/index.js";
import { inMemory, type Page } from "../store/index.js";

/** What reading a trace said of it. */
export interface TraceFacts {
  readonly format: TraceFormat;
  readonly events: number;
  readonly tracks: number;
  readonly device?: string | undefined;
  readonly host?: string | undefined;
  readonly clock?: string | undefined;
  readonly notes: readonly ReadingNote[];
  readonly metrics: TraceMetrics;
}

export interface TraceRecord extends TraceFacts {
  readonly id: string;
  readonly created_ms: number;
  readonly name: string;
  /** Of the file that was uploaded. */
  readonly bytes: number;
  /** The version that read it. */
  readonly warplab: string;
}

export class TraceFolder {
  /** The youngest last. */
  readonly #records = new Map<string, TraceRecord>();

  private constructor(
    private readonly folder: string,
    private readonly isTemporary: boolean,
  ) {}

  /** Opens what a data folder holds, which nobody else has open; `:memory:` keeps traces until it is closed. */
  static async open(data: string): Promise<TraceFolder> {
    if (data === inMemory) return new TraceFolder(mkdtempSync(join(tmpdir(), "warplab-traces-")), true);
    const folder = new TraceFolder(join(data, "realtraces"), false);
    await mkdir(folder.folder, { recursive: true });
    await folder.#load();
    return folder;
  }

  /** Where a trace that is being uploaded is written: kept by `keep`, else removed by `drop`. */
  uploadPath(id: string): string {
    return this.#path(id, "trace");
  }

  /** Where a trace's Chrome trace is, as gzip, once it was written. */
  chromePath(id: string): string {
    return this.#path(id, "chrome.json.gz");
  }

  /** Resolves when the record is on the disk. */
  async keep(record: TraceRecord): Promise<void> {
    const path = this.#path(record.id, "json");
    await writeWhole(path, JSON.stringify(record));
    this.#records.set(record.id, record);
  }

  record(id: string): TraceRecord | undefined {
    return this.#records.get(id);
  }

  /** The youngest first. */
  list({ limit, before }: Page): TraceRecord[] {
    const all = [...this.#records.values()].reverse();
    const from = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1;
    return before !== undefined && from === 0 ? [] : all.slice(from, from + limit);
  }

  /** Removes all of a trace, kept or not. */
  async drop(id: string): Promise<void> {
    // The record first: without it the rest is nothing.
    this.#records.delete(id);
    for (const ending of ["json", "chrome.json.gz", "trace"]) await rm(this.#path(id, ending), { force: true });
  }

  async close(): Promise<void> {
    if (this.isTemporary) await rm(this.folder, { recursive: true, force: true });
  }

  #path(id: string, ending: string): string {
    return join(this.folder, `${id}.${ending}`);
  }

  async #load(): Promise<void> {
    const names = await readdir(this.folder);
    const ids = new Set(names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : [])));
    const records: TraceRecord[] = [];
    for (const id of ids) records.push(JSON.parse(await readFile(this.#path(id, "json"), "utf8")) as TraceRecord);
    records.sort((a, b) => a.created_ms - b.created_ms);
    for (const record of records) this.#records.set(record.id, record);
    // What a server that was killed had not finished.
    for (const name of names) {
      const isKept = ids.has(name.split(".")[0]) && !name.endsWith(".tmp");
      if (!isKept) await rm(join(this.folder, name), { force: true });
    }
  }
}

/** Writes a file under another name, which becomes its own when the disk has all of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.tmp`;
  try {
    const handle = await open(beside, "w");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
