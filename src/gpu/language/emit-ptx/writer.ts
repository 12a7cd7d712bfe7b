// The text of a kernel's body, instruction by instruction: layout, labels, source lines, and the results that are still good.
// Knows nothing of the tree.
import type { Place } from "../tree.js";
import { type RegisterClass, Registers } from "./registers.js";

interface Line {
  readonly text: string;
  readonly label?: string;
}

export class PtxWriter {
  readonly registers: Registers = new Registers();
  readonly #file: number;
  readonly #lines: Line[] = [];
  readonly #referenced = new Set<string>();
  readonly #labels = new Map<string, number>();
  /** Instructions whose result is still in a register, by text, with the registers that they read. */
  readonly #results = new Map<string, string>();
  /** Of a register, the results that it holds or that were made of it. */
  readonly #dependents = new Map<string, Set<string>>();

  /** `file` is the number of the `.file` that places are in. */
  constructor(file: number) {
    this.#file = file;
  }

  /** A fresh family of labels: `$while_1`, from which `$while_1_end` is made. */
  family(word: string): string {
    const number = (this.#labels.get(word) ?? 0) + 1;
    this.#labels.set(word, number);
    return `$${word.replaceAll(/[^A-Za-z0-9_]/g, "_")}_${number}`;
  }

  /** Code before a label and code that jumps there meet, so nothing that was computed is counted on. */
  label(label: string): void {
    this.#results.clear();
    this.#dependents.clear();
    this.#lines.push({ text: `${label}:`, label });
  }

  location({ line, column }: Place): void {
    this.#lines.push({ text: `  .loc ${this.#file} ${line} ${column}` });
  }

  /** An instruction that writes a register (first operand) or none. */
  instruction(opcode: string, ...operands: readonly string[]): void {
    this.#lines.push({ text: `  ${opcode.padEnd(15)} ${operands.join(", ")}`.trimEnd().concat(";") });
    this.#forget(operands[0]);
  }

  /** An instruction whose result is taken from an earlier, equal one, where that still holds. */
  reusable(kind: RegisterClass, opcode: string, ...operands: readonly string[]): string {
    const key = [opcode, ...operands].join(" ");
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const register = this.registers.temporary(kind);
    this.instruction(opcode, register, ...operands);
    this.#results.set(key, register);
    for (const each of [register, ...operands]) {
      const dependents = this.#dependents.get(each) ?? new Set();
      this.#dependents.set(each, dependents.add(key));
    }
    return register;
  }

  /** A load that writes several registers. */
  vectorLoad(opcode: string, registers: readonly string[], address: string): void {
    this.#lines.push({ text: `  ${opcode.padEnd(15)} {${registers.join(", ")}}, ${address};` });
    for (const register of registers) this.#forget(register);
  }

  /** Lines as they are: the braces and parameters of a call. */
  verbatim(...lines: readonly string[]): void {
    for (const line of lines) this.#lines.push({ text: `  ${line}` });
  }

  branch(label: string, predicate?: string): void {
    this.#referenced.add(label);
    const guard = predicate === undefined ? "" : `@${predicate} `;
    this.#lines.push({ text: `  ${`${guard}bra`.padEnd(15)} ${label};` });
  }

  /** The body's lines; labels that nothing jumps to are left out. */
  lines(): string[] {
    return this.#lines
      .filter(({ label }) => label === undefined || this.#referenced.has(label))
      .map(({ text }) => text);
  }

  #forget(register: string | undefined): void {
    if (register === undefined) return;
    for (const key of this.#dependents.get(register) ?? []) this.#results.delete(key);
    this.#dependents.delete(register);
  }
}
