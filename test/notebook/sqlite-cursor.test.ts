import sqlite from "node-sqlite3-wasm";
import { describe, expect, it } from "vitest";
import { cursorOf } from "../../src/notebook/sqlite-cursor.js";

const sql = "SELECT * FROM (VALUES (1, -2, 1.5, NULL), (9007199254740991, 9007199254740993, 'é\"', x'00ff'))";

/** Both columns by number, and the text before the number, as a reader may ask. */
function cells(database: InstanceType<typeof sqlite.Database>): unknown[][] {
  const cursor = cursorOf(database, sql);
  const rows: unknown[][] = [];
  while (cursor.next()) rows.push([2, 0, 3, 1].map((column) => cursor.value(column)));
  cursor.close();
  return rows;
}

describe("cells of a query", () => {
  const rows = [
    [1.5, 1, null, -2],
    ['é"', 9_007_199_254_740_991, new Uint8Array([0, 255]), 9_007_199_254_740_993n],
  ];

  it("are of each type what they are, and beyond 2^53 lose no digit", () => {
    expect(cells(new sqlite.Database())).toEqual(rows);
  });

  it("are the same from a version of the library that has only what it documents", () => {
    const module = sqlite as unknown as Record<string, unknown>;
    const own = module["_sqlite3_column_double"];
    module["_sqlite3_column_double"] = undefined;
    try {
      expect(cells(new sqlite.Database())).toEqual(rows);
    } finally {
      module["_sqlite3_column_double"] = own;
    }
  });
});
