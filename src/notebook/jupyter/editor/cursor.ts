// Places in code as Jupyter counts them, in Unicode characters, and as JavaScript does, in UTF-16 units.

export function toOffset(code: string, cursor: number): number {
  return [...code].slice(0, Math.max(0, cursor)).join("").length;
}

export function toCursor(code: string, offset: number): number {
  return [...code.slice(0, offset)].length;
}
