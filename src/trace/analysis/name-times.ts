// Nanoseconds by name, added up over and over again: for thousands of stretches of a trace, what each consisted of. Knows nothing of what
// the names stand for.

/** Times by the numbers of names, which `clear` forgets. */
export class NameTimes {
  /** The names in the order in which they were first told. */
  readonly names: number[] = [];
  private readonly nanoseconds: Float64Array;
  private readonly isKnown: Uint8Array;

  /** For so many names. */
  constructor(names: number) {
    this.nanoseconds = new Float64Array(names);
    this.isKnown = new Uint8Array(names);
  }

  add(name: number, nanoseconds: number): void {
    if (this.isKnown[name] === 0) {
      this.isKnown[name] = 1;
      this.names.push(name);
    }
    this.nanoseconds[name] += nanoseconds;
  }

  of(name: number): number {
    return this.nanoseconds[name];
  }

  clear(): void {
    for (const name of this.names) {
      this.isKnown[name] = 0;
      this.nanoseconds[name] = 0;
    }
    this.names.length = 0;
  }
}
