// The tables of the store, as the steps that made them: a file of an earlier version takes the steps that it lacks. A step that was
// released is never changed. Knows nothing of who reads and writes.

/** What stands in a file of ours as SQLite's application_id: "wrpl". */
export const applicationId = 0x7772706c;

/** The file's user_version is how many of them it has taken. */
export const migrations: readonly string[] = [
  // Texts are JSON and bytes are gzip, so that any version can read what any other wrote: nothing here is in a program's own form.
  `CREATE TABLE scenarios (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     created_ms INTEGER NOT NULL,
     name TEXT NOT NULL,
     scenario TEXT NOT NULL
   );
   CREATE TABLE runs (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     created_ms INTEGER NOT NULL,
     ended_ms INTEGER,
     status TEXT NOT NULL,
     scenario_id TEXT,
     name TEXT NOT NULL,
     scenario TEXT NOT NULL,
     seed INTEGER,
     warplab TEXT NOT NULL,
     result TEXT,
     error TEXT,
     breakdown BLOB,
     log BLOB
   );
   CREATE INDEX runs_to_do ON runs (seq) WHERE status = 'queued';`,
];
