// Exports of Nsight Systems as files. What is in them is trace/read/nsight's; what is said here is of the file: that it is one of SQLite,
// whole, and not being written.
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import sqlite, { type Database } from "node-sqlite3-wasm";
import { InputError } from "../core/errors.js";
import { type ProgressReporter, withProgress } from "../core/progress.js";
import { type NsightDatabase, readNsight, type SqlRow } from "../trace/read/nsight/index.js";
import { DamagedDatabase, headerBytes, readHeader, SqlitePages } from "../trace/read/sqlite/index.js";
import type { Timeline } from "../trace/timeline/index.js";
import { KeptFile } from "./kept-file.js";

export interface NsightFileOptions {
  /** What messages call it; the file's name unless given. */
  readonly name?: string;
  readonly progress?: ProgressReporter | undefined;
}

/** What every file of SQLite begins with. */
const sqliteMagic = "SQLite format 3\0";

const report = /\.(nsys-rep|qdrep)$/i;

/**
 * Reads an export of Nsight Systems (`nsys export --type sqlite`). The file is read where it lies, row by row, and not written to; nor
 * is anything beside it. It stays open for as long as the timeline is used, since the arguments of its events are read when they are
 * asked for. Throws InputError where it is no such export, is not whole or is being written.
 */
export async function openNsight(
  path: string,
  { name = basename(path), progress }: NsightFileOptions = {},
): Promise<Timeline> {
  checkFile(path, name);
  // By a name of its own in another folder: the library keeps a folder as its lock beside the name by which it opens a file, and a
  // folder with traces may be nobody's to write.
  const folder = mkdtempSync(join(tmpdir(), "warplab-nsight-"));
  const file = new KeptFile(path, name);
  try {
    const link = join(folder, "trace.sqlite");
    symlinkSync(resolve(path), link);
    const database = new sqlite.Database(link, { readOnly: true, fileMustExist: true });
    try {
      const answers = answersOf(database, new SqlitePages(file));
      return withProgress({ label: `reading ${name}`, unit: "events" }, progress, (task) =>
        readNsight(answers, {
          name,
          onTable: (table, events) => {
            task.detail = () => table;
            task.moveTo(events);
          },
        }),
      );
    } finally {
      database.close();
    }
  } catch (error) {
    file.close();
    throw unreadable(error, name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function answersOf(database: Database, pages: SqlitePages): NsightDatabase {
  return {
    pages,
    *rows(sql): Generator<SqlRow> {
      const statement = database.prepare(sql);
      try {
        yield* statement.iterate() as IterableIterator<SqlRow>;
      } finally {
        statement.finalize();
      }
    },
  };
}

function checkFile(path: string, name: string): void {
  let found: ReturnType<typeof headerOf>;
  try {
    found = headerOf(path);
  } catch (error) {
    throw new InputError(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, { where: name });
  }
  if (found === undefined) {
    throw new InputError("this is no file", {
      where: name,
      fix: "Give the path of a file: a database is not read in pieces.",
    });
  }
  const { bytes, size } = found;
  if (bytes.length < headerBytes || bytes.toString("latin1", 0, sqliteMagic.length) !== sqliteMagic)
    throw notSqlite(name, size);
  const { pageSize, pages, isUtf16, isWriteAhead } = readHeader(bytes);
  const whole = pages * pageSize;
  if (size < whole) {
    throw new InputError(`the file is cut off: it has ${count(size)} of ${count(whole)} bytes`, {
      where: name,
      fix: "Copy it again, or export it again with `nsys export --type sqlite`.",
    });
  }
  if (isUtf16) {
    throw new InputError("its texts are of UTF-16, which is not read", {
      where: name,
      fix: "Export it again: Nsight Systems writes UTF-8.",
    });
  }
  const beside = ["-wal", "-journal", ".lock"].find((ending) => isThere(`${path}${ending}`));
  if (beside === undefined && !isWriteAhead) return;
  throw new InputError(
    beside === undefined
      ? "the database is in write-ahead mode, in which it is not read"
      : `the database is being written, or was not closed: beside it lies ${basename(path)}${beside}`,
    {
      where: name,
      fix:
        beside === ".lock"
          ? `Close what has it open; if nothing has, remove the folder ${basename(path)}.lock.`
          : `Close what has it open, then make one file of it: sqlite3 ${name} ` +
            '"PRAGMA journal_mode = DELETE"; or export it again.',
    },
  );
}

function headerOf(path: string): { readonly bytes: Buffer; readonly size: number } | undefined {
  // A pipe would wait for whoever writes to it.
  if (!statSync(path).isFile()) return undefined;
  const handle = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(headerBytes);
    const length = readSync(handle, bytes, 0, headerBytes, 0);
    return { bytes: bytes.subarray(0, length), size: fstatSync(handle).size };
  } finally {
    closeSync(handle);
  }
}

function notSqlite(name: string, size: number): InputError {
  if (report.test(name)) {
    return new InputError("this is a report of Nsight Systems, which only its own program reads", {
      where: name,
      fix: `Export it where that is installed: nsys export --type sqlite --output trace.sqlite ${name}`,
    });
  }
  const what = size === 0 ? "the file is empty" : "this is no file of SQLite";
  return new InputError(`${what}, as which Nsight Systems exports its reports`, {
    where: name,
    fix: "Write one with `nsys export --type sqlite --output trace.sqlite REPORT.nsys-rep`.",
  });
}

function unreadable(error: unknown, name: string): unknown {
  if (!(error instanceof sqlite.SQLite3Error || error instanceof DamagedDatabase)) return error;
  return new InputError(`the database cannot be read: ${error.message}`, {
    where: name,
    fix: "It may be damaged: copy it again, or export it again with `nsys export --type sqlite`.",
  });
}

function isThere(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.isDirectory() || found.size > 0);
}

function count(bytes: number): string {
  return bytes.toLocaleString("en-US");
}
