// Rows read off the pages of SQLite files: the same as the library's own, whatever is stored and however, and of damage a word.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sqlite, { type Database } from "node-sqlite3-wasm";
import { describe, expect, it } from "vitest";
import { DamagedDatabase, type RandomBytes, SqlitePages, TableScan } from "../../../src/trace/read/sqlite/index.js";

type Value = number | bigint | string | Uint8Array | null;

const folder = mkdtempSync(join(tmpdir(), "warplab-sqlite-"));
let files = 0;

/** The bytes of a file that is made so, and the rows of its table `t` as the library says them. */
function made(make: (database: Database) => void): { readonly bytes: Buffer; readonly rows: Value[][] } {
  const path = join(folder, `${files++}.sqlite`);
  const database = new sqlite.Database(path);
  make(database);
  const rows = (database.all("SELECT * FROM t ORDER BY rowid") as Record<string, Value>[]).map((row) =>
    Object.values(row),
  );
  database.close();
  return { bytes: readFileSync(path), rows };
}

function bytesAsSource(bytes: Uint8Array): RandomBytes {
  return {
    size: bytes.length,
    read(at, into) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    },
  };
}

/** The first table of a file, by the root that its schema has first: page 2, or 3 where the second says where pages lie. */
function scanned(bytes: Uint8Array, columns: number, { root = 2, rowidColumn = -1 } = {}): Value[][] {
  const scan = new TableScan(new SqlitePages(bytesAsSource(bytes)), root, rowidColumn);
  const rows: Value[][] = [];
  while (scan.next()) rows.push(Array.from({ length: columns }, (_, column) => scan.row.value(column)));
  return rows;
}

const edges = [0, 1, 7, 15, 23, 31, 47, 62].flatMap((bits) => [2n ** BigInt(bits), -(2n ** BigInt(bits))]);
const whole = fc.oneof(
  fc.constantFrom(...edges.flatMap((edge) => [edge - 1n, edge, edge + 1n])),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
);
const value = fc.oneof(
  { weight: 6, arbitrary: whole },
  { weight: 2, arbitrary: fc.double({ noNaN: true }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary" }) },
  fc.constant(null),
  fc.uint8Array({ maxLength: 40 }),
  fc.nat(3000).map((length) => "long ".repeat(length)),
);
const table = fc.integer({ min: 1, max: 40 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 60 }),
    pageSize: fc.constantFrom(512, 1024, 4096, 65_536),
  }),
);

function filled(database: Database, columns: number, rows: readonly (readonly Value[])[]): void {
  const names = Array.from({ length: columns }, (_, column) => `c${column}`);
  database.exec(`CREATE TABLE t (${names.join(", ")}); BEGIN`);
  const statement = database.prepare(`INSERT INTO t VALUES (${names.map(() => "?").join(", ")})`);
  for (const row of rows) statement.run([...row]);
  statement.finalize();
  database.exec("COMMIT");
}

describe("rows off the pages of a file", () => {
  it("are those of the library: numbers of all sizes, texts, bytes, rows longer than a page, in pages of any size", () => {
    fc.assert(
      fc.property(table, ({ columns, rows, pageSize }) => {
        const file = made((database) => {
          database.exec(`PRAGMA page_size = ${pageSize}`);
          filled(database, columns, rows);
        });
        expect(scanned(file.bytes, columns)).toEqual(file.rows);
      }),
      { numRuns: 60 },
    );
  });

  it("are those of the library in a tree of many levels, in which rows were deleted, changed and put between others", () => {
    const file = made((database) => {
      database.exec(`
        PRAGMA page_size = 512;
        CREATE TABLE t (id INTEGER PRIMARY KEY, a, b);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
          INSERT INTO t SELECT 3 * i, i * 123456789, hex(zeroblob(i % 50)) FROM n;
        DELETE FROM t WHERE id % 7 = 0;
        UPDATE t SET b = hex(zeroblob(700)) WHERE id % 101 = 0;
        INSERT INTO t SELECT id + 1, -a, NULL FROM t WHERE id % 5 = 0;`);
    });
    expect(file.rows.length).toBeGreaterThan(15_000);
    expect(scanned(file.bytes, 3, { rowidColumn: 0 })).toEqual(file.rows);
  });

  it("have nothing in columns that were added after them, and in those beyond the last", () => {
    const file = made((database) => {
      database.exec(
        "CREATE TABLE t (a); INSERT INTO t VALUES (5); ALTER TABLE t ADD COLUMN b; INSERT INTO t VALUES (6, 7)",
      );
    });
    expect(scanned(file.bytes, 3)).toEqual([
      [5, null, null],
      [6, 7, null],
    ]);
  });

  it("have their numbers where a column stands for them, also those beyond a double and below 0", () => {
    const numbers = [-(2n ** 63n), -5, 0, 127, 128, 2 ** 40, 2n ** 63n - 1n];
    const file = made((database) => {
      database.exec("CREATE TABLE t (a, id INTEGER PRIMARY KEY)");
      for (const number of numbers) database.run("INSERT INTO t VALUES (1, ?)", [number]);
    });
    expect(scanned(file.bytes, 2, { rowidColumn: 1 })).toEqual(numbers.map((number) => [1, number]));
  });

  it("are none in an empty table", () => {
    expect(scanned(made((database) => database.exec("CREATE TABLE t (a)")).bytes, 1)).toEqual([]);
  });

  it("have the mark with which a text may begin", () => {
    const file = made((database) => filled(database, 1, [["\ufeffforward"]]));
    expect(scanned(file.bytes, 1)).toEqual([["\ufeffforward"]]);
  });

  it("are found where pages say where others lie", () => {
    const file = made((database) => {
      database.exec("PRAGMA auto_vacuum = FULL; PRAGMA page_size = 512");
      filled(
        database,
        1,
        Array.from({ length: 500 }, (_, row) => [row]),
      );
    });
    expect(scanned(file.bytes, 1, { root: 3 })).toEqual(file.rows);
  });
});

describe("numbers off a row", () => {
  const numbers = (bytes: Uint8Array): TableScan => {
    const scan = new TableScan(new SqlitePages(bytesAsSource(bytes)), 2, -1);
    scan.next();
    return scan;
  };

  it("lose nothing by a base that is near them, nor their lowest 48 bits", () => {
    fc.assert(
      fc.property(whole, fc.bigInt(-(2n ** 52n), 2n ** 52n), (number, from) => {
        const base = BigInt.asIntN(64, number - from);
        const { row } = numbers(made((database) => filled(database, 1, [[number]])).bytes);
        const difference = row.difference(0, Number(base >> 32n), Number(BigInt.asUintN(32, base)));
        if (base === number - from) expect(difference).toBe(Number(from) + 0);
        expect(row.lowBits(0)).toBe(Number(BigInt.asUintN(48, number)));
      }),
      { numRuns: 60 },
    );
  });

  it("are none where a cell is a text or nothing, and only whole numbers have bits", () => {
    const { row } = numbers(made((database) => filled(database, 3, [["12", null, 1.5]])).bytes);
    expect([0, 1, 2, 3].map((column) => row.number(column))).toEqual([Number.NaN, Number.NaN, 1.5, Number.NaN]);
    expect([0, 1, 2, 3].map((column) => row.lowBits(column))).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it("have a difference where they are whole and of 64 bits, in whatever form they are stored", () => {
    const cells = [5, 1.5, Number.POSITIVE_INFINITY, 1e300, -7, 2 ** 60];
    const { row } = numbers(
      made((database) =>
        database.exec(`CREATE TABLE t (a, b, c, d, e, f); INSERT INTO t VALUES
        (5.0, 1.5, 9e999, 1e300, -7, ${2 ** 60}.0)`),
      ).bytes,
    );
    expect(cells.map((_, column) => row.value(column))).toEqual(cells);
    const none = Number.NaN;
    expect(cells.map((_, column) => row.difference(column, 0, 3))).toEqual([2, none, none, none, -10, 2 ** 60]);
    // 2^53 + 1, beyond which a double has no odd number.
    expect(row.difference(0, 2 ** 21, 1)).toBe(-(2 ** 53 - 4));
    expect(row.lowBits(0)).toBe(5);
  });

  it("are no value where a real one is none, which SQLite never stores and reads so", () => {
    const { bytes } = made((database) => filled(database, 2, [[Math.PI, 1]]));
    const real = Buffer.alloc(8);
    real.writeDoubleBE(Math.PI);
    bytes.writeDoubleBE(Number.NaN, bytes.indexOf(real));
    const { row } = numbers(bytes);
    expect([row.value(0), row.has(0), row.has(1)]).toEqual([null, false, true]);
  });
});

describe("what cannot be read off pages", () => {
  it("is a table that is sorted by its key, since its rows have no numbers", () => {
    const { bytes } = made((database) => {
      database.exec("CREATE TABLE t (a); CREATE TABLE u (a PRIMARY KEY, b) WITHOUT ROWID");
    });
    const pages = new SqlitePages(bytesAsSource(bytes));
    expect([2, 3].map((root) => TableScan.canRead(pages, root))).toEqual([true, false]);
  });

  it("is damage, wherever a file is damaged: never another error, nor a walk without end", () => {
    const { bytes, rows } = made((database) => {
      database.exec("PRAGMA page_size = 512");
      filled(
        database,
        4,
        Array.from({ length: 400 }, (_, row) => [row, row * 1e10, "text ".repeat(row % 300), new Uint8Array(row % 20)]),
      );
    });
    let damaged = 0;
    const change = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.constantFrom(0, 1, 5, 13, 127, 128, 255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const copy = Uint8Array.from(bytes);
        for (const { at, byte } of changes) copy[at] = byte;
        try {
          expect(scanned(copy, 4).length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedDatabase);
          damaged++;
        }
      }),
      { numRuns: 400 },
    );
    expect(damaged).toBeGreaterThan(20);
    expect(scanned(bytes, 4)).toEqual(rows);
  });

  it("is a row of more cells than any table has columns", () => {
    const { bytes } = made((database) => {
      database.exec("PRAGMA page_size = 65536");
      filled(database, 1, [[new Uint8Array(40_000)]]);
    });
    // A header of 4 bytes, of which 3 say the cell's type; made one of 40,000 whose cells are all none.
    bytes.set([0x82, 0xb8, 0x40], bytes.indexOf(Uint8Array.of(4, 0x84, 0xf1, 0x0c)));
    expect(() => scanned(bytes, 1)).toThrow("page 2: a row has more than 32767 cells");
  });

  it("is named by its page: one that is not there, one of another kind, and a circle", () => {
    const { bytes } = made((database) => {
      database.exec("PRAGMA page_size = 512");
      filled(
        database,
        1,
        Array.from({ length: 500 }, (_, row) => [row]),
      );
    });
    const changed = (at: number, number: number): Uint8Array => {
      const copy = Buffer.from(bytes);
      copy.writeUInt32BE(number, at);
      return copy;
    };
    // The last child of the root, which is page 2.
    const lastChild = 512 + 8;
    expect(() => scanned(changed(lastChild, 9999), 1)).toThrow(`there is no page 9999 of ${bytes.length / 512}`);
    expect(() => scanned(changed(lastChild, 1), 1)).not.toThrow();
    expect(() => scanned(changed(lastChild, 2), 1)).toThrow(/^page \d+: its table goes round in a circle$/);
    expect(() => scanned(bytes.subarray(0, 90), 1)).toThrow("the file ends within its header");
    expect(() => scanned(bytes.subarray(0, bytes.length - 700), 1)).toThrow(DamagedDatabase);
  });
});
