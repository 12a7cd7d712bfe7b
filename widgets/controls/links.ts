// jslink and jsdlink: two properties that the page itself keeps equal. They have no view.
import type { CleanUp, ViewModel } from "../view.js";
import type { LinkEnd, Surroundings } from "./control.js";

export interface Link {
  readonly source: LinkEnd;
  readonly target: LinkEnd;
  /** Whether the target leads the source as well. */
  readonly isMutual: boolean;
}

/** The link that a model is; undefined for any other model, and for one whose ends the page does not hold. */
export function linkOf(model: ViewModel, page: Pick<Surroundings, "modelOf">): Link | undefined {
  const name = model.get("_model_name");
  if (name !== "LinkModel" && name !== "DirectionalLinkModel") return undefined;
  const end = (value: unknown): LinkEnd | undefined => {
    if (!Array.isArray(value) || typeof value[1] !== "string") return undefined;
    const at = page.modelOf(value[0]);
    return at === undefined ? undefined : { model: at, property: value[1] };
  };
  const [source, target] = [end(model.get("source")), end(model.get("target"))];
  return source && target && { source, target, isMutual: name === "LinkModel" };
}

/** Makes the target what the source is, now and from now on. */
export function startLink({ source, target, isMutual }: Link): CleanUp {
  const lead = (from: LinkEnd, to: LinkEnd): CleanUp => {
    const copy = (): void => to.model.set(to.property, from.model.get(from.property));
    from.model.on(`change:${from.property}`, copy);
    return () => from.model.off(`change:${from.property}`, copy);
  };
  const ends = [lead(source, target), ...(isMutual ? [lead(target, source)] : [])];
  target.model.set(target.property, source.model.get(source.property));
  return () => {
    for (const end of ends) end();
  };
}
