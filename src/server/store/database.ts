// The store as an SQLite database in this thread: every call returns when the disk has it. Knows no thread and no HTTP.
//
// What the library (node-sqlite3-wasm) was found to do, and what is done about it:
// - It syncs: PRAGMA synchronous = FULL makes every commit wait for fsync, and test/server/store kills a process to see.
// - Its lock is a folder beside the file, which outlives a process that is killed ("database is locked" for ever): `FolderOwner` says
//   who owns the data, and the owner removes what is left.
// - It takes its own lock for another's, so that it never rolls a rollback journal back: a file whose writer was killed in the middle
//   of a transaction is malformed. A write-ahead log needs no such roll-back: what lies behind the last whole commit is not read. So
//   WAL is the only mode here, with the lock held throughout, since the library shares no memory between processes; and the file gets
//   its name when it is in that mode.
// - It says "disk I/O error" for a full disk: nothing of that transaction is kept then, everything before it is.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import sqlite, { type Database, type Statement } from "node-sqlite3-wasm";
import { InputError } from "../../core/errors.js";
import { makeWritableFolder } from "../../notebook/folders.js";
import { inMemory } from "./folder.js";
import { applicationId, migrations } from "./migrations.js";
import { FolderOwner } from "./owner.js";
import type { Page, RunLine, RunPart, RunParts, RunRow, ScenarioLine, ScenarioRow, Write } from "./rows.js";

/** The disk did not take it. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

export class StoreDatabase {
  readonly #statements = new Map<string, Statement>();

  private constructor(
    private readonly database: Database,
    private readonly folder: string,
    private readonly owner: FolderOwner | undefined,
  ) {}

  /**
   * Opens what a folder holds, or begins it; `:memory:` keeps nothing. Throws InputError where the folder cannot be written, another
   * server owns it, or what is in it is not for this version.
   */
  static open(folder: string): StoreDatabase {
    if (folder === inMemory) {
      const database = new sqlite.Database(inMemory);
      migrate(database, folder);
      return new StoreDatabase(database, folder, undefined);
    }
    makeWritableFolder(folder, "data folder");
    const owner = claim(folder);
    try {
      const file = join(folder, "warplab.sqlite");
      if (!existsSync(file)) begin(file, folder);
      return new StoreDatabase(openFile(file), folder, owner);
    } catch (error) {
      owner.release();
      throw error;
    }
  }

  /** All of it, or nothing. Throws StorageError where the disk does not take it. */
  write(writes: readonly Write[]): void {
    try {
      this.database.exec("BEGIN IMMEDIATE");
      for (const one of writes) this.#apply(one);
      this.database.exec("COMMIT");
    } catch (error) {
      this.#forgetStatements();
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      throw storageError(error, this.folder);
    }
  }

  scenario(id: string): ScenarioRow | undefined {
    return this.#get("SELECT id, created_ms, name, scenario FROM scenarios WHERE id = ?", [id]);
  }

  /** The youngest first. */
  scenarios({ limit, before }: Page): ScenarioLine[] {
    return this.#all(`SELECT id, created_ms, name FROM scenarios ${olderThan("scenarios", before)}`, [
      ...(before === undefined ? [] : [before]),
      limit,
    ]);
  }

  run(id: string): RunRow | undefined {
    return this.#get(`SELECT ${runColumns} FROM runs WHERE id = ?`, [id]);
  }

  /** The youngest first. */
  runs({ limit, before }: Page): RunLine[] {
    return this.#all(`SELECT ${lineColumns} FROM runs ${olderThan("runs", before)}`, [
      ...(before === undefined ? [] : [before]),
      limit,
    ]);
  }

  /** What was promised and is not computed yet, in the order in which it was posted. */
  queuedRuns(): RunRow[] {
    return this.#all(`SELECT ${runColumns} FROM runs WHERE status = 'queued' ORDER BY seq`, []);
  }

  part(id: string, part: RunPart): Uint8Array | undefined {
    const row = this.#get<Record<string, Uint8Array | null>>(`SELECT ${part} FROM runs WHERE id = ?`, [id]);
    return row?.[part] ?? undefined;
  }

  close(): void {
    this.#forgetStatements();
    this.database.close();
    this.owner?.release();
  }

  #apply(write: Write): void {
    if (write.kind === "scenario") this.#insert("scenarios", { ...write.row });
    else if (write.kind === "run") this.#insert("runs", { ...write.row, ...partsOf(write.parts) });
    else {
      const { id, parts, ...end } = write.end;
      const columns: Columns = { ...end, ...partsOf(parts) };
      const set = Object.keys(columns).map((name) => `${name} = ?`);
      this.#statement(`UPDATE runs SET ${set.join(", ")} WHERE id = ?`).run([...Object.values(columns), id]);
    }
  }

  #insert(table: string, row: Columns): void {
    const names = Object.keys(row);
    this.#statement(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`).run(
      Object.values(row),
    );
  }

  /** A statement that failed tells of it once more when it is used next, and when it is let go. */
  #forgetStatements(): void {
    for (const statement of this.#statements.values()) {
      try {
        statement.finalize();
      } catch (error) {
        if (!(error instanceof sqlite.SQLite3Error)) throw error;
      }
    }
    this.#statements.clear();
  }

  #get<Row>(sql: string, values: readonly (string | number)[]): Row | undefined {
    return this.#all<Row>(sql, values)[0];
  }

  #all<Row>(sql: string, values: readonly (string | number)[]): Row[] {
    return this.#statement(sql).all([...values]) as Row[];
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function claim(folder: string): FolderOwner {
  try {
    return FolderOwner.claim(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const what = code === "ENOSPC" ? "the disk is full" : `it cannot be written (${code})`;
    throw new InputError(`data folder: ${what}`, {
      where: folder,
      fix: "Make room, or choose another: --data DIR, or --data :memory: to keep nothing.",
    });
  }
}

type Columns = Record<string, string | number | null | Uint8Array>;

const runColumns = "id, created_ms, ended_ms, status, scenario_id, name, scenario, seed, warplab, result, error";

const lineColumns =
  "id, created_ms, ended_ms, status, scenario_id, name, error, json_extract(result, '$.summary') AS summary";

function olderThan(table: string, before: string | undefined): string {
  const where = before === undefined ? "" : `WHERE seq < (SELECT seq FROM ${table} WHERE id = ?)`;
  return `${where} ORDER BY seq DESC LIMIT ?`;
}

function partsOf(parts: RunParts | null): Columns {
  return { breakdown: parts?.breakdown ?? null, log: parts?.log ?? null };
}

/** Makes the file under another name; it gets its own when the disk has it in the mode in which a kill does it no harm. */
function begin(file: string, folder: string): void {
  const fresh = `${file}.new`;
  for (const ending of ["", "-wal", "-journal"]) rmSync(`${fresh}${ending}`, { force: true });
  rmSync(`${fresh}.lock`, { recursive: true, force: true });
  try {
    const database = new sqlite.Database(fresh);
    try {
      configure(database);
      migrate(database, file);
    } finally {
      database.close();
    }
  } catch (error) {
    throw unusable(error, folder);
  }
  renameSync(fresh, file);
  syncFolder(folder);
}

function openFile(file: string): Database {
  // We own the folder: whoever held it is gone.
  rmSync(`${file}.lock`, { recursive: true, force: true });
  try {
    const database = new sqlite.Database(file);
    try {
      configure(database);
      migrate(database, file);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw unusable(error, file);
  }
}

function configure(database: Database): void {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  const { journal_mode } = database.get("PRAGMA journal_mode = WAL") as { journal_mode: string };
  if (journal_mode !== "wal") throw new Error(`SQLite chose the journal mode ${journal_mode}`);
  database.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${64 * 2 ** 20}`);
}

function migrate(database: Database, file: string): void {
  const pragma = (name: string) => Number(Object.values(database.get(`PRAGMA ${name}`) ?? {})[0]);
  const version = pragma("user_version");
  const application = pragma("application_id");
  if (version > 0 && application !== applicationId) {
    throw new InputError("this database is not warplab's", { where: file, fix: "Choose another folder: --data DIR." });
  }
  if (version > migrations.length) {
    throw new InputError(`a newer warplab keeps its data here (form ${version}, this one knows ${migrations.length})`, {
      where: file,
      fix: "Start that version, or give this one a folder of its own: --data DIR.",
    });
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    database.exec(
      `BEGIN IMMEDIATE; ${step}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${index + 1}; COMMIT`,
    );
  }
}

/** So that the file's name, too, is on the disk. */
function syncFolder(folder: string): void {
  // Windows opens no folder, and writes names with the file.
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function unusable(error: unknown, where: string): unknown {
  if (error instanceof InputError) return error;
  if (!(error instanceof sqlite.SQLite3Error)) return error;
  return new InputError(`the data cannot be opened: ${error.message}`, {
    where,
    fix: "Is the disk full, or the file not warplab's? --data DIR takes another folder, --data :memory: keeps nothing.",
  });
}

function storageError(error: unknown, folder: string): unknown {
  if (!(error instanceof sqlite.SQLite3Error)) return error;
  if (!/disk I\/O error|disk is full|out of memory|too big/.test(error.message)) return error;
  const free = folder === inMemory ? "" : `, ${statfsBytes(folder).toLocaleString("en-US")} bytes are free`;
  return new StorageError(`it could not be stored and was not kept: ${error.message}${free}`);
}

function statfsBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
