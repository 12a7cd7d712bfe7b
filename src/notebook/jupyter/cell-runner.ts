// Runs code as cells of one notebook: compiles, runs, remembers the texts, and answers questions about code that is being
// typed. Knows nothing of messages.
import type { FoundText, TypedFunction } from "../bridge.js";
import { CellCompiler } from "./cells/compiler.js";
import { CellModules } from "./cells/modules.js";
import { cellNames } from "./cells/names.js";
import { CellSession, type CellValue, type Interruption } from "./cells/session.js";
import { parse } from "./cells/syntax.js";
import { type CellSource, findTypedFunction } from "./cells/typed-functions.js";
import { type CompletionReply, complete } from "./editor/completion.js";
import { type InspectionReply, inspectCode } from "./editor/inspection.js";
import { StackPlaces } from "./errors/stack-places.js";

export interface RunOptions {
  /** `cell 3`. */
  readonly label: string;
  readonly interruption: Interruption;
  /** The cell is at its first await, or at its end. */
  started?(): void;
  /** Does work that nothing may cut short. */
  undisturbed<T>(work: () => T): T;
}

export class CellRunner {
  private readonly compiler: CellCompiler;
  private readonly session: CellSession;
  private readonly places: StackPlaces;
  private readonly cells: CellSource[] = [];
  private nextModule = 1;

  constructor(folder: string, warn: (line: string) => void) {
    this.compiler = new CellCompiler(folder);
    const modules = new CellModules(folder, warn);
    this.session = new CellSession(modules);
    this.places = new StackPlaces((path, place) => modules.placeAsTyped(path, place));
    this.places.install();
  }

  warmUp(): void {
    this.compiler.language.warmUp();
  }

  /** Resolves to the value of the last expression. Rejects with what the cell throws (a value that is no error as Thrown), CellMistakes or Interrupted. */
  async run(source: string, options: RunOptions): Promise<CellValue> {
    const { label, interruption } = options;
    this.cells.push({ label, source });
    const { names, unreached } = this.session;
    const cell = options.undisturbed(() => {
      try {
        return this.compiler.compile(source, label, this.nextModule++, names, unreached);
      } catch (error) {
        for (const name of cellNames(parse(source)).declared.keys()) if (!names.has(name)) unreached.set(name, label);
        throw error;
      }
    });
    this.places.add(cell);
    return this.session.run(cell, interruption, options.started);
  }

  sourceOf(label: string): string | undefined {
    return this.cells.findLast((cell) => cell.label === label)?.source;
  }

  /** Looks in the cell called `label` first, then in the others, newest first. */
  typedFunction(name: string, transpiled: string, label: string | undefined): TypedFunction | undefined {
    const newestFirst = this.cells.toReversed();
    const executing = newestFirst.filter((cell) => cell.label === label);
    return findTypedFunction(name, transpiled, [...executing, ...newestFirst.filter((cell) => cell.label !== label)]);
  }

  /** Where a text stands in a cell: in the one called `label`, else in the newest that has it. */
  findText(text: string, label: string | undefined): FoundText | undefined {
    const newestFirst = this.cells.toReversed();
    const executing = newestFirst.filter((cell) => cell.label === label);
    const found = [...executing, ...newestFirst].find(({ source }) => source.includes(text));
    return found === undefined ? undefined : { ...found, at: found.source.indexOf(text) };
  }

  complete(code: string, cursor: number): CompletionReply {
    return complete(this.compiler.language, code, cursor, this.session.names);
  }

  /** `detail` 1 asks for the source too, of what a cell or a file beside the notebook declares. */
  inspect(code: string, cursor: number, detail = 0): InspectionReply {
    return inspectCode(this.compiler.language, code, cursor, this.session.names, detail);
  }
}
