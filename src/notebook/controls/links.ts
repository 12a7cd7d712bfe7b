// Properties of two controls that are held equal: by the kernel, or in the page without it.
import { InputError } from "../../core/errors.js";
import { Widget } from "../widget.js";
import type { Control } from "./control.js";
import { controlsModule } from "./models.js";

/** What ends a link. */
export interface Link {
  unlink(): void;
}

type Same<A, B> = A extends B ? (B extends A ? unknown : never) : never;

/**
 * Holds two properties equal, whichever changes; the second takes the first's value now. The kernel does it, so that values
 * that only it knows can be linked. A value that the other cannot take is an InputError under the cell that linked them.
 */
export function link<A extends object, KA extends keyof A & string, B extends object, KB extends keyof B & string>(
  source: Control<A>,
  from: KA,
  target: Control<B>,
  to: KB & Same<A[KA], B[KB]>,
): Link {
  const there = follow(any(source), from, any(target), to);
  const back = follow(any(target), to, any(source), from);
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
  return follow(any(source), from, any(target), to, transform as ((value: unknown) => unknown) | undefined);
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

function follow(
  source: AnyControl,
  from: string,
  target: AnyControl,
  to: string,
  transform: (value: unknown) => unknown = (value) => value,
): Link {
  source.traitOf(from);
  target.traitOf(to);
  // Setting what is already there changes nothing, which ends the round of two links.
  const set = (value: unknown): void => {
    if (!target.closed) target.update({ [to]: transform(value) });
  };
  set((source as Record<string, unknown>)[from]);
  return { unlink: source.observe(from, set) };
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
