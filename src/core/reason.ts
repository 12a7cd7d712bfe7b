// What cannot be answered, as a value instead of an exception: a table of a thousand questions goes on after one. Knows no questions.
import { InputError } from "./errors.js";

/**
 * What `ask` gives; where it throws InputError, what `word` makes of the error: the first line of its message unless given. Anything
 * else that is thrown is thrown on.
 */
export function orReason<T>(ask: () => T): T | string;
export function orReason<T, R>(ask: () => T, word: (error: InputError) => R): T | R;
export function orReason<T>(ask: () => T, word: (error: InputError) => unknown = firstLine): unknown {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return word(error);
  }
}

/** The first line of an error's message: what is wrong and where, without what to do. */
export function firstLine(error: InputError): string {
  return error.message.split("\n")[0];
}
