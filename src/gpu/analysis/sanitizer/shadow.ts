// Who last wrote and who has read each word of memory, byte by byte. Knows nothing of what orders accesses.
import type { Moment } from "./order.js";

/** One lane's access to one word. */
export interface WordAccess extends Moment {
  readonly pc: number;
  /** The bytes of the word, the lowest in bit 0. */
  bytes: number;
  /** Atomic, volatile, or with an order of its own: two such do not race with each other. */
  readonly strong: boolean;
  /** What a store wrote, as the word's bits; undefined where that is not known. */
  readonly value: number | undefined;
}

/** How many reads of a word are remembered beyond what a later one makes superfluous. */
const mostReads = 4;

interface Word {
  readonly writes: WordAccess[];
  readonly reads: WordAccess[];
}

/** The words of one memory. */
export class Shadow {
  private readonly words = new Map<number, Word>();

  /**
   * An access to the word: what conflicts with it is given to `conflict`, unless `isBehind` says that it happened before.
   * What happened before the access need not be remembered any longer.
   */
  access(
    word: number,
    access: WordAccess,
    writes: boolean,
    isBehind: (earlier: Moment) => boolean,
    conflict: (earlier: WordAccess, wrote: boolean) => void,
  ): void {
    let known = this.words.get(word);
    if (known === undefined) {
      known = { writes: [], reads: [] };
      this.words.set(word, known);
    }
    for (const write of known.writes) {
      if ((write.bytes & access.bytes) === 0 || (write.strong && access.strong)) continue;
      if (!isBehind(write) && !(writes && sameValue(write, access))) conflict(write, true);
    }
    if (!writes) {
      remember(known.reads, access, isBehind);
      return;
    }
    for (const read of known.reads) {
      if ((read.bytes & access.bytes) === 0 || (read.strong && access.strong)) continue;
      if (!isBehind(read)) conflict(read, false);
    }
    take(known.writes, access.bytes);
    take(known.reads, access.bytes);
    known.writes.push(access);
  }
}

/** Whether two stores leave the same bytes: whichever comes last, nobody can tell. */
function sameValue(a: WordAccess, b: WordAccess): boolean {
  if (a.value === undefined || b.value === undefined) return false;
  const bytes = a.bytes & b.bytes;
  for (let i = 0; i < 4; i++) {
    if ((bytes & (1 << i)) !== 0 && ((a.value ^ b.value) >>> (8 * i)) & 0xff) return false;
  }
  return true;
}

// A later write that races with what is taken away races with this one too, or has been told already.
function take(accesses: WordAccess[], bytes: number): void {
  let kept = 0;
  for (const access of accesses) {
    access.bytes &= ~bytes;
    if (access.bytes !== 0) accesses[kept++] = access;
  }
  accesses.length = kept;
}

function remember(reads: WordAccess[], access: WordAccess, isBehind: (earlier: Moment) => boolean): void {
  for (let i = 0; i < reads.length; i++) {
    const read = reads[i];
    const covered = (read.bytes & ~access.bytes) === 0 && (access.strong ? read.strong : true);
    if (covered && ((read.warp === access.warp && read.lane === access.lane) || isBehind(read))) {
      reads[i] = access;
      return;
    }
  }
  if (reads.length < mostReads) {
    reads.push(access);
    return;
  }
  // Of readers from far apart, one of whom a later writer is likely not to be behind, the first stay; of neighbours the last one.
  const neighbour = reads.findIndex(({ warp }) => warp === access.warp);
  if (neighbour > 0) reads[neighbour] = access;
}
