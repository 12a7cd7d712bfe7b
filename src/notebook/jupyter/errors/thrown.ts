// Values that are thrown and are no errors, which carry no stack: where each was thrown is kept beside it. Knows nothing of cells'
// code or of how it is told.

/** A thrown value that is no Error, with what is known of its place. */
export class Thrown {
  constructor(
    readonly value: unknown,
    /** The cell that threw it. */
    readonly label: string,
    /** `    at cell 3:4:1`, a line of a stack; undefined when nobody saw it thrown. */
    readonly frame: string | undefined,
  ) {}
}

/** The last value that a cell was seen to throw. */
export class LastThrown {
  private last: { readonly value: unknown; readonly frame: string } | undefined;

  /** A value that is thrown on, by an `await` say, keeps the place where it was thrown first. */
  note(value: unknown, frame: string): void {
    if (isError(value) || this.frameOf(value) !== undefined) return;
    this.last = { value, frame };
  }

  forget(): void {
    this.last = undefined;
  }

  /** The value with its place. An error stays as it is: it has its stack. */
  placed(value: unknown, label: string, otherwise?: string): unknown {
    if (isError(value) || value instanceof Thrown) return value;
    return new Thrown(value, label, this.frameOf(value) ?? otherwise);
  }

  private frameOf(value: unknown): string | undefined {
    return this.last !== undefined && Object.is(this.last.value, value) ? this.last.frame : undefined;
  }
}

/** Errors of other realms too. Of a value that cannot be read it says no. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
  } catch {
    return false;
  }
}
