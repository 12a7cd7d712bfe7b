// What a field of a JSON file has to be, and the error that names the field where it is not.
import { type Dim3, dim3 } from "../../../core/dim3.js";
import { InputError, listChoices, nearest } from "../../../core/errors.js";

export function onlyFields(fields: Record<string, unknown>, known: readonly string[], where: string): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    const slip = nearest(name, known);
    throw new InputError("unknown field", {
      where: `${where}.${name}`,
      fix: slip === undefined ? `Known: ${listChoices(known, false)}.` : `Did you mean "${slip}"?`,
    });
  }
}

export function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InputError(`must be an object, found ${describe(value)}`, { where });
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InputError(`must be a list, found ${describe(value)}`, { where });
}

export function text(value: unknown, where: string, example?: string): string {
  if (typeof value === "string") return value;
  throw new InputError(value === undefined ? "is missing" : `must be text, found ${describe(value)}`, {
    where,
    ...(example === undefined ? {} : { fix: `Write "${where}": "${example}".` }),
  });
}

export function whole(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InputError(`must be a whole number from 0 on, found ${describe(value)}`, { where });
}

export function optionalWhole(file: Record<string, unknown>, field: string): number | undefined {
  return file[field] === undefined ? undefined : whole(file[field], field);
}

export function extents(value: unknown, where: string): Dim3 {
  if (value === undefined) throw new InputError("is missing", { where, fix: `Write "${where}": [16, 1, 1].` });
  return dim3(typeof value === "number" ? value : (list(value, where) as readonly number[]), where);
}

export function describe(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : JSON.stringify(value);
}
