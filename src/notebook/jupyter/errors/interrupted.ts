// What ends a cell that its user interrupts. Knows nothing of how cells run.

/** A cell was interrupted by its user. */
export class Interrupted extends Error {
  override readonly name: string = "Interrupted";
  constructor() {
    super("the cell was interrupted");
  }
}
