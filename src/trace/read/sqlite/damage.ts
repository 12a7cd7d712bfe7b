// What is thrown where a file of SQLite is not as its format has it. Knows no file.

/** A page that is not what the pages before it say; the message names it. */
export class DamagedDatabase extends Error {
  override readonly name = "DamagedDatabase";
}
