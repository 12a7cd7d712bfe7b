// Kernels that one call of a library launches one after another, as one plan. Knows no kind of kernel.
import type { Plan, Resource, Resources } from "./plan.js";

/** The plan of `parts` in their order, in the words of `inWords`. */
export function inSequence(parts: readonly Plan[], inWords: () => string): Plan {
  const resources: Partial<Record<Resource, number>> = {};
  for (const part of parts) {
    for (const resource in part.resources) add(resources, resource as Resource, part.resources[resource as Resource]);
  }
  return {
    resources,
    // A resource that changes as a whole changes by the same factor in every part.
    combine: (changed) =>
      parts.reduce((sum, part) => sum + part.combine(inProportion(part.resources, resources, changed)), 0),
    time: parts.reduce((sum, { time }) => sum + time, 0),
    inWords,
  };
}

function add(resources: Partial<Record<Resource, number>>, resource: Resource, seconds: number = 0): void {
  resources[resource] = (resources[resource] ?? 0) + seconds;
}

function inProportion(part: Resources, whole: Resources, changed: Resources): Resources {
  const scaled: Partial<Record<Resource, number>> = {};
  for (const name in part) {
    const resource = name as Resource;
    const total = whole[resource] ?? 0;
    scaled[resource] = total === 0 ? 0 : ((part[resource] ?? 0) * (changed[resource] ?? 0)) / total;
  }
  return scaled;
}
