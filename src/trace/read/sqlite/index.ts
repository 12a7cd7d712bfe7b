// Tables of SQLite files, read off their pages: millions of rows without a query for each. Knows no SQL and no table.
export { DamagedDatabase } from "./damage.js";
export { headerBytes, readHeader } from "./header.js";
export { type RandomBytes, SqlitePages } from "./pages.js";
export { isWhole, StoredRow } from "./stored-row.js";
export { TableScan } from "./table-scan.js";
