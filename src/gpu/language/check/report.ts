// Errors of the kernel language: what is wrong, where in the person's text, and what to write instead.
import type * as acorn from "acorn";
import { InputError } from "../../../core/errors.js";
import { placeInOrigin, quoteLine } from "../../ptx/debug-info.js";
import type { FunctionSource } from "../source.js";
import type { Place } from "../tree.js";

/** The place of a node in its text, 1-based. */
export function placeOf(node: acorn.Node): Place {
  const { line, column } = node.loc!.start;
  return { line, column: column + 1 };
}

/** The node as it stands in the text, for quoting in a sentence; long ones are cut. */
export function textOf(source: FunctionSource, node: acorn.Node): string {
  const text = source.code.slice(node.start, node.end).replaceAll(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** Longer lines were written by a program, and are not quoted. */
const longest = 500;

/** An InputError at a place of a kernel's text, with the line quoted. */
export function errorAt(source: FunctionSource, place: Place, what: string, fix: string): InputError {
  const line = quoteLine(source.shown, place.line);
  return new InputError(what, {
    where: placeInOrigin(source.shown, place.line, place.column),
    ...(line.length > longest ? {} : { quote: line }),
    fix,
  });
}
