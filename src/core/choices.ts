// Words of which one has to be one: read, or refused with the others named. Knows no word.
import { InputError, listChoices } from "./errors.js";

/** The one of `known` that is `written`. Throws InputError, at `field`, that lists them; `what` says what is chosen. */
export function readChoice<T extends string>(known: readonly T[], written: string, what: string, field: string): T {
  const found = known.find((one) => one === written);
  if (found !== undefined) return found;
  throw new InputError(`unknown ${what} ${JSON.stringify(written)}`, {
    where: field,
    fix: `Known: ${listChoices(known)}.`,
  });
}
