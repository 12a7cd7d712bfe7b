// A scenario while a person writes it: JSON that need not be valid yet, read and changed by path. Knows no DOM.

/** What a form holds: a JSON object. */
export type Draft = Readonly<Record<string, unknown>>;
/** `workload.rps`, `pipeline[2].value`. */
export type Path = string;

/** What stands at a path; undefined where nothing does. */
export function valueAt(draft: Draft, path: Path): unknown {
  let at: unknown = draft;
  for (const key of keysOf(path)) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** The draft with another value at a path; undefined takes the field away, and an object that is left empty with it. */
export function withValue(draft: Draft, path: Path, value: unknown): Draft {
  return replaced(draft, keysOf(path), value) as Draft;
}

/** The draft with another kind of arrivals, without what only the other kinds have. */
export function withArrivals(draft: Draft, kind: unknown): Draft {
  const owners: Readonly<Record<string, string>> = {
    jitter_pct: "jittered",
    cv: "gamma",
    burst: "burst",
    recorded_ms: "recorded",
  };
  let next = withValue(draft, "workload.arrivals", kind);
  for (const [field, owner] of Object.entries(owners)) {
    // Arrivals without a kind are jittered where they have jitter.
    const isOwn = kind === owner || (kind === undefined && field === "jitter_pct");
    if (!isOwn) next = withValue(next, `workload.${field}`, undefined);
  }
  return next;
}

/** The draft with a stage of another kind, which keeps its name and takes what such a stage begins with. */
export function withKind(draft: Draft, index: number, kind: string): Draft {
  const { name } = (stagesOf(draft)[index] ?? {}) as { readonly name?: unknown };
  return withValue(draft, `pipeline[${index}]`, { name, kind, ...beginnings[kind] });
}

const beginnings: Readonly<Record<string, object>> = {
  fixed_ms: { value: 1 },
  bytes: { value: 2 ** 20 },
  tokens: { value: 128 },
  work: { flop: 1e12, bytes: 1e9 },
  graph: { model: "gpt2" },
};

/** Adds a stage after the others. */
export function withStage(draft: Draft): Draft {
  const stages = stagesOf(draft);
  const names = new Set(stages.map((stage) => (stage as { name?: unknown } | null)?.name));
  let count = stages.length + 1;
  while (names.has(`stage ${count}`)) count++;
  return { ...draft, pipeline: [...stages, { name: `stage ${count}`, kind: "fixed_ms", value: 1 }] };
}

export function withoutStage(draft: Draft, index: number): Draft {
  return { ...draft, pipeline: stagesOf(draft).filter((_, i) => i !== index) };
}

/** Moves a stage to another place; a place that there is not leaves all as it was. */
export function withStageMoved(draft: Draft, from: number, to: number): Draft {
  const stages = [...stagesOf(draft)];
  if (to < 0 || to >= stages.length || from < 0 || from >= stages.length) return draft;
  const [stage] = stages.splice(from, 1);
  stages.splice(to, 0, stage);
  return { ...draft, pipeline: stages };
}

export function stagesOf(draft: Draft): readonly unknown[] {
  return Array.isArray(draft["pipeline"]) ? draft["pipeline"] : [];
}

/** What a person typed into a field of numbers: nothing takes the field away, and what is no number is kept, to be told of. */
export function numberTyped(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const value = Number(
    trimmed.replaceAll("_", "").replace(/^(\d{1,3}(,\d{3})+)(?=$|\.)/, (group) => group.replaceAll(",", "")),
  );
  return Number.isFinite(value) ? value : trimmed;
}

/** Numbers between commas or spaces. */
export function numbersTyped(text: string): readonly (number | string)[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.map((part) => numberTyped(part)!);
}

function keysOf(path: Path): (string | number)[] {
  return [...path.matchAll(/[^.[\]]+|\[(\d+)\]/g)].map(([key, index]) => (index === undefined ? key : Number(index)));
}

function replaced(at: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (Array.isArray(at)) {
    return at.map((each, i) => (i !== key ? each : rest.length === 0 ? value : replaced(each, rest, value)));
  }
  const fields = { ...(typeof at === "object" && at !== null ? (at as Record<string, unknown>) : {}) };
  const next = rest.length === 0 ? value : replaced(fields[key], rest, value);
  const isEmpty = rest.length > 0 && typeof next === "object" && next !== null && Object.keys(next).length === 0;
  if (next === undefined || (isEmpty && value === undefined)) delete fields[key];
  else fields[key] = next;
  return fields;
}
