// Runs compiled cells and keeps what they declare. Knows nothing of messages or of TypeScript.
import vm from "node:vm";
import { Interrupted } from "../errors/interrupted.js";
import { isError, LastThrown } from "../errors/thrown.js";
import { onOwnTurn } from "../process/own-turn.js";
import type { CompiledCell } from "./compiler.js";
import { type CellModules, type ModuleNamespace, take } from "./modules.js";

/** Stops one running cell. */
export class Interruption {
  private readonly ours = new Set<Listener>();
  private readonly cells = new Set<Listener>();
  private reason: Interrupted | undefined;

  constructor(private readonly settled: () => void = () => {}) {}

  /**
   * Ends the cell's own awaits now, so that its `finally` runs, and the kernel's wait for the cell on the turn after: what the
   * cell does with its interrupt may have to be cut short, and the promises that settle in the same turn are lost with it.
   */
  interrupt(): void {
    this.reason ??= new Interrupted();
    const { reason } = this;
    onOwnTurn(() => {
      this.settled();
      tell(this.ours, reason);
    });
    tell(this.cells, reason);
  }

  /** Throws the interrupt when it has come. */
  throwIfInterrupted(): void {
    if (this.reason !== undefined) throw this.reason;
  }

  /** As `work`, or rejects when the interrupt comes first. */
  async race<T>(work: PromiseLike<T>): Promise<T> {
    this.throwIfInterrupted();
    const value = await raceWith(this.ours, work);
    this.throwIfInterrupted();
    return value;
  }

  /** What a cell's own `await` waits for. An interrupt ends it once; a cell that catches it goes on by itself. */
  wait(value: unknown): unknown {
    if (this.reason !== undefined || value === null || (typeof value !== "object" && typeof value !== "function")) {
      return value;
    }
    return typeof (value as PromiseLike<unknown>).then === "function"
      ? raceWith(this.cells, value as PromiseLike<unknown>)
      : value;
  }
}

type Listener = (reason: Interrupted) => void;

function tell(listeners: Set<Listener>, reason: Interrupted): void {
  for (const listener of [...listeners]) listener(reason);
  listeners.clear();
}

function raceWith<T>(listeners: Set<Listener>, work: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    listeners.add(reject);
    work.then(
      (value) => {
        listeners.delete(reject);
        resolve(value);
      },
      (error) => {
        listeners.delete(reject);
        reject(error);
      },
    );
  });
}

interface Declarations {
  readonly getters: Readonly<Record<string, () => unknown>>;
  readonly setters: Readonly<Record<string, (value: unknown) => void>>;
}

/** What a cell's last expression came to. */
export interface CellValue {
  /** Undefined also without a last expression. */
  readonly value: unknown;
  /** An error that showing the value raised, placed: it is the last expression's. */
  raised(error: unknown): unknown;
}

export class CellSession {
  /** What the cells have declared, by name: `exports` in a script. */
  private readonly scope: Record<string, unknown> = Object.create(null);
  private readonly visible = new Map<string, number>();
  /** From each name that a failed cell would have declared to that cell's label. */
  readonly unreached: Map<string, string> = new Map();
  private readonly thrown = new LastThrown();

  constructor(private readonly modules: CellModules) {}

  /** From each name to the module number of the cell that declared it last. */
  get names(): ReadonlyMap<string, number> {
    return this.visible;
  }

  /**
   * Runs a cell and resolves to its last expression's value. Whether it succeeds or fails, what it has declared by then stays
   * declared. `started` is called at its first await, or at its end.
   */
  async run(cell: CompiledCell, interruption: Interruption, started: () => void = () => {}): Promise<CellValue> {
    this.thrown.forget();
    const { label, shown } = cell;
    const frame = shown === undefined ? undefined : `    at ${label}:${shown.line}:${shown.column}`;
    const raised = (error: unknown): unknown => {
      if (frame !== undefined && !(error instanceof Interrupted)) addFrame(error, frame);
      return this.thrown.placed(error, label, frame);
    };
    const result = await this.toResult(cell, interruption, started).catch((error: unknown) => {
      throw this.thrown.placed(error, label);
    });
    try {
      // A promise as the last expression is waited for, as `await` would.
      return { value: await interruption.race(Promise.resolve(result.value)), raised };
    } catch (error) {
      throw raised(error);
    }
  }

  /** The last expression's value as it is: a promise, it may be, so in an object that none waits for. */
  private async toResult(
    cell: CompiledCell,
    interruption: Interruption,
    started: () => void,
  ): Promise<{ readonly value: unknown }> {
    const loaded = await interruption.race(
      Promise.all(
        cell.imports.map(async ({ specifier, place, asDefault }) => {
          try {
            const namespace = await this.modules.import(specifier);
            if (asDefault !== undefined) requireDefault(namespace, specifier, asDefault);
            return namespace;
          } catch (error) {
            placeInCell(error, `    at ${cell.label}:${place.line}:${place.column}`);
            throw error;
          }
        }),
      ),
    );
    const run = new CellRun(loaded, { interruption, label: cell.label, meta: this.modules.meta, thrown: this.thrown });
    try {
      await interruption.race(this.begin(cell, run, { interruption, started }));
    } finally {
      if (run.hasBegun) this.keep(cell, run.declarations);
    }
    return { value: run.result };
  }

  /** On its own turn of the event loop: what terminates the cell's JavaScript ends that turn and nothing of ours. */
  private begin(
    cell: CompiledCell,
    run: CellRun,
    { interruption, started }: { interruption: Interruption; started: () => void },
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      onOwnTurn(() => {
        try {
          interruption.throwIfInterrupted();
          const script = new vm.Script(cell.script, { filename: cell.label, columnOffset: -cell.prefixLength });
          run.hasBegun = true;
          const { dirname, filename } = this.modules.meta;
          const load = (specifier: string): Promise<ModuleNamespace> => this.modules.import(specifier);
          resolve(script.runInThisContext()(this.scope, this.modules.require, run, load, dirname, filename));
        } catch (error) {
          reject(error);
        } finally {
          started();
        }
      });
    });
  }

  private keep(cell: CompiledCell, { getters, setters }: Declarations): void {
    for (const name of cell.declared) {
      const get = Object.hasOwn(getters, name) ? getters[name] : undefined;
      if (get === undefined) {
        // A type.
        this.visible.set(name, cell.number);
        continue;
      }
      let value: unknown;
      try {
        value = get();
      } catch {
        // Not initialised: the cell failed before. An earlier cell's value of this name stays.
        if (!this.visible.has(name)) this.unreached.set(name, cell.label);
        continue;
      }
      const set = Object.hasOwn(setters, name) ? setters[name] : undefined;
      const property = set === undefined ? { get: () => value, set: refusal(name, cell.label) } : { get, set };
      Object.defineProperty(this.scope, name, { ...property, configurable: true, enumerable: true });
      this.visible.set(name, cell.number);
    }
  }
}

/** What assigns to a name that does not change. */
function refusal(name: string, label: string): () => never {
  return () => {
    throw new TypeError(
      `${name} cannot be assigned to: ${label} declares it as a constant. Declare it again (const ${name} = …), or with let in ${label}.`,
    );
  };
}

interface RunParts {
  readonly interruption: Interruption;
  readonly label: string;
  readonly meta: CellModules["meta"];
  readonly thrown: LastThrown;
}

/** What a running cell's script knows as `$cell`. */
class CellRun {
  result: unknown;
  hasBegun = false;
  declarations: Declarations = { getters: {}, setters: {} };
  /** What is waited for by an `await` at this place of the cell, as typed. */
  readonly wait: (value: unknown, line: number, column: number) => unknown;
  /** What is thrown, and may be no error, at this place of the cell, as typed. */
  readonly thrown: (value: unknown, line: number, column: number) => unknown;
  readonly meta: CellModules["meta"];

  constructor(
    private readonly loaded: readonly ModuleNamespace[],
    { interruption, label, meta, thrown }: RunParts,
  ) {
    this.meta = meta;
    this.thrown = (value, line, column) => {
      thrown.note(value, `    at ${label}:${line}:${column}`);
      return value;
    };
    this.wait = (value, line, column) => {
      const waited = interruption.wait(value);
      if (waited === value) return value;
      return (waited as Promise<unknown>).catch((error: unknown) => {
        const frame = `    at async ${label}:${line}:${column}`;
        if (isError(error)) addFrame(error, frame);
        else thrown.note(error, frame);
        throw error;
      });
    };
  }

  take(index: number, name: string): unknown {
    return take(this.loaded[index], name);
  }

  declare(getters: Declarations["getters"], setters: Declarations["setters"]): void {
    this.declarations = { getters, setters };
  }
}

/** TypeScript takes any module for one with a default export, since Node makes one for each of the older kind. */
function requireDefault(namespace: ModuleNamespace, specifier: string, name: string): void {
  // What a file beside the notebook exports TypeScript knows: its default may be a type.
  if ("default" in namespace || /^\.{0,2}\//.test(specifier)) return;
  throw new SyntaxError(
    `module "${specifier}" has no default export: write import * as ${name} from "${specifier}", or import { … } from "${specifier}"`,
  );
}

/** A module that cannot be loaded fails with the same error each time: the place is that of the last attempt. */
function placeInCell(error: unknown, frame: string): void {
  if (!(error instanceof Error) || typeof error.stack !== "string") return;
  const lines = error.stack.split("\n");
  const ours = lines.findIndex((line) =>
    /^ +at (cell \d+\b.*:\d+:\d+$|.*CellModules\.|.*\bcell-(modules|session)\.[jt]s:)/.test(line),
  );
  setStack(error, [...(ours < 0 ? lines : lines.slice(0, ours)), frame].join("\n"));
}

/** V8 cannot see through an interruptible wait: the frame of the cell that awaits is added by hand. */
function addFrame(error: unknown, frame: string): void {
  if (!(error instanceof Error) || typeof error.stack !== "string" || error.stack.endsWith(frame)) return;
  setStack(error, `${error.stack}\n${frame}`);
}

function setStack(error: Error, stack: string): void {
  try {
    error.stack = stack;
  } catch {
    // A frozen error keeps the stack that it has.
  }
}
