// The one-line form of a result where Node prints it, as a notebook under stock tslab does.

/** Makes Node's `util.inspect` print this object by what `text` answers. Copies of it, `{ ...value }`, are printed as they are. */
export function inspectObjectAs(value: object, text: () => string): void {
  Object.defineProperty(value, Symbol.for("nodejs.util.inspect.custom"), { value: text });
}

/**
 * Makes Node's `util.inspect` print instances by their `toString()`: `static { inspectAsText(Launch); }` in the class. A
 * method named by a symbol would do the same, but `isolatedDeclarations` forbids it.
 */
export function inspectAsText(type: { readonly prototype: { toString(): string } }): void {
  Object.defineProperty(type.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: { toString(): string }): string {
      return this.toString();
    },
  });
}
