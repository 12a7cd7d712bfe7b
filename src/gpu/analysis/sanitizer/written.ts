// Which bytes have been written: whether a load reads what nothing has. Knows nothing of memories or of who reports.

/**
 * Whether one of the elements between `from` and `to` has no byte that was written. Compilers copy a structure in words, with the
 * padding between its fields, so that a word of which some bytes were written may be read.
 */
export function hasUnwritten(written: Uint8Array, from: number, to: number, elementBytes: number): boolean {
  for (let element = from; element < to; element += elementBytes) {
    let at = element;
    const end = Math.min(element + elementBytes, to);
    while (at < end && written[at] === 0) at++;
    if (at === end) return true;
  }
  return false;
}
