// Objects some of whose fields are only found when somebody asks. Knows nothing of what they say.

/** Makes Node's `util.inspect` ask for all fields, and print them and not that there is something to ask for. */
export function printedWhole<T extends object>(value: T): T {
  Object.defineProperty(value, Symbol.for("nodejs.util.inspect.custom"), { value: () => ({ ...value }) });
  return value;
}
