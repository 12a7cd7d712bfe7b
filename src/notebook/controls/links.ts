// Properties of two controls that are held equal: by the kernel, or in the page without it.
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../../core/errors.js";
import { Widget } from "../widget.js";
import type { Control } from "./control.js";
import { controlsModule } from "./models.js";
import { quoted } from "./rules.js";

/** What ends a link. */
export interface Link {
  unlink(): void;
}

type Same<A, B> = A extends B ? (B extends A ? unknown : never) : never;

/**
 * Holds two properties equal, whichever changes; the second takes the first's value now. The kernel does it, so that values
 * that only it knows can be linked. A value out of the other's range becomes the nearest that both can take. Throws InputError
 * where there is none, and for a value of another type.
 */
export function link<A extends object, KA extends keyof A & string, B extends object, KB extends keyof B & string>(
  source: Control<A>,
  from: KA,
  target: Control<B>,
  to: KB & Same<A[KA], B[KB]>,
): Link {
  const [one, other] = [
    [any(source), from],
    [any(target), to],
  ] as const;
  const there = follow(one, other, agree);
  const back = orElse(() => follow(other, one, agree), there.unlink);
  const [here, away] = [read(one), read(other)];
  if (!isSame(here, away)) {
    there.unlink();
    back.unlink();
    throw new InputError(
      `no value fits both: ${from} is ${quoted(here)}, and the nearest of the other is ${quoted(away)}`,
      {
        where: "link",
        fix: "Give them ranges that overlap, or use `dlink` with a function between them.",
      },
    );
  }
  return {
    unlink: () => {
      there.unlink();
      back.unlink();
    },
  };
}

/** Sets the second property whenever the first changes, and now; `transform` says to what. */
export function dlink<A extends object, KA extends keyof A & string, B extends object, KB extends keyof B & string>(
  source: Control<A>,
  from: KA,
  target: Control<B>,
  to: KB,
  ...[transform]: A[KA] extends B[KB] ? [transform?: (value: A[KA]) => B[KB]] : [transform: (value: A[KA]) => B[KB]]
): Link {
  const give = (transform ?? ((value) => value)) as (value: unknown) => unknown;
  return follow([any(source), from], [any(target), to], (_, target, value) => put(target, give(value)));
}

/** As `link`, in the page: at once, and without a kernel too. Throws InputError for a property that only the kernel knows. */
export function jslink<A extends object, KA extends keyof A & string, B extends object, KB extends keyof B & string>(
  source: Control<A>,
  from: KA,
  target: Control<B>,
  to: KB,
): Link {
  return pageLink("Link", "jslink", [any(source), from], [any(target), to]);
}

/** As `dlink`, in the page. */
export function jsdlink<A extends object, KA extends keyof A & string, B extends object, KB extends keyof B & string>(
  source: Control<A>,
  from: KA,
  target: Control<B>,
  to: KB,
): Link {
  return pageLink("DirectionalLink", "jsdlink", [any(source), from], [any(target), to]);
}

type AnyControl = Control<Record<string, unknown>>;
type End = readonly [control: AnyControl, property: string];

function any(control: unknown): AnyControl {
  return control as AnyControl;
}

/** What `work` returns; when it throws, `undo` is called first. */
function orElse<T>(work: () => T, undo: () => void): T {
  try {
    return work();
  } catch (error) {
    undo();
    throw error;
  }
}

/** Does `pass` with the source's value whenever it changes, and now. */
function follow(source: End, target: End, pass: (source: End, target: End, value: unknown) => void): Link {
  for (const [control, property] of [source, target]) control.traitOf(property);
  const heard = (value: unknown): void => {
    if (!target[0].closed) pass(source, target, value);
  };
  heard(read(source));
  return { unlink: source[0].observe(source[1], heard) };
}

/** Gives the target the source's value, and the source what the target could take of it. Setting what is there changes nothing, which ends the round. */
function agree(source: End, target: End, value: unknown): void {
  put(target, value);
  const taken = read(target);
  if (!source[0].closed && !isSame(taken, read(source))) put(source, taken);
}

function put([control, property]: End, value: unknown): void {
  control.updateNearest({ [property]: value });
}

function read([control, property]: End): unknown {
  return (control as Record<string, unknown>)[property];
}

function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

function pageLink(name: "Link" | "DirectionalLink", where: string, source: End, target: End): Link {
  const trait = ([control, property]: End): string => {
    const travelling = control.traitOf(property);
    if (control.travels(property)) return travelling;
    throw new InputError(`${property} is known to the kernel only; what travels is ${travelling}`, {
      where,
      fix: `Link "${travelling}", or use \`${where.slice(2)}\`.`,
    });
  };
  const widget = new Widget({
    _model_module: controlsModule.name,
    _model_module_version: controlsModule.version,
    _model_name: `${name}Model`,
    _view_module: controlsModule.name,
    _view_module_version: controlsModule.version,
    _view_name: null,
    _view_count: null,
    source: [source[0], trait(source)],
    target: [target[0], trait(target)],
  });
  // A link to a control that is gone would be a reference to nothing.
  for (const [control] of [source, target]) control.onClose(() => widget.close());
  return { unlink: () => widget.close() };
}
