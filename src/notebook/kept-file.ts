// A file that is read from any place for as long as somebody has use for it. Knows nothing of what is in it.
import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { InputError } from "../core/errors.js";
import type { RandomBytes } from "../trace/read/sqlite/index.js";

/** Closes the files of those that nobody has use for any more. */
const forgotten = new FinalizationRegistry<number>(closeSync);

/** It stays open: one that is deleted, or replaced by another of its name, is still read. One that is changed is not. */
export class KeptFile implements RandomBytes {
  private readonly handle: number;
  private readonly opened: Stats;

  constructor(
    path: string,
    private readonly name: string,
  ) {
    this.handle = openSync(path, "r");
    this.opened = fstatSync(this.handle);
    forgotten.register(this, this.handle, this);
  }

  get size(): number {
    return this.opened.size;
  }

  /** Fills `into` with what lies from a place on; returns how many bytes there were. Throws InputError where the file was changed. */
  read(at: number, into: Uint8Array): number {
    const { size, mtimeMs } = fstatSync(this.handle);
    if (size !== this.opened.size || mtimeMs !== this.opened.mtimeMs) {
      throw new InputError("the file was changed after it was opened", { where: this.name, fix: "Open it again." });
    }
    let filled = 0;
    while (filled < into.length) {
      const read = readSync(this.handle, into, filled, into.length - filled, at + filled);
      if (read === 0) break;
      filled += read;
    }
    return filled;
  }

  close(): void {
    if (forgotten.unregister(this)) closeSync(this.handle);
  }
}
