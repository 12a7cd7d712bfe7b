// What people mistype in a Vega-Lite specification - marks, channels, types, aggregates, selections - found before it is drawn,
// since Vega-Lite leaves some of it out without a word and fails over the rest deep inside. Knows nothing of drawing.
import { InputError, listChoices, nearest } from "../../core/errors.js";

type NameKind = "mark" | "channel" | "channelProperty" | "type" | "aggregate" | "window" | "selection" | "scale";

/** The names that Vega-Lite knows, by what they name; test/view/chart/chart-mistakes.test.ts holds them against its schema. */
export const chartNames: Readonly<Record<NameKind, readonly string[]>> = {
  mark: words(
    "arc area bar image line point rect rule text tick trail circle square geoshape boxplot errorbar errorband",
  ),
  channel: words(
    "angle color column description detail facet fill fillOpacity href key latitude latitude2 longitude longitude2 opacity " +
      "order radius radius2 row shape size stroke strokeDash strokeOpacity strokeWidth text theta theta2 time tooltip url " +
      "x x2 xError xError2 xOffset y y2 yError yError2 yOffset",
  ),
  channelProperty: words(
    "aggregate align axis bandPosition bin bounds center columns condition datum field format formatType header impute legend " +
      "rescale scale sort spacing stack timeUnit title type value",
  ),
  type: words("quantitative ordinal temporal nominal geojson"),
  aggregate: words(
    "average count distinct max mean median min missing product q1 q3 ci0 ci1 stderr stdev stdevp sum valid values variance " +
      "variancep exponential exponentialb",
  ),
  window: words("row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value"),
  selection: words("point interval"),
  scale: words(
    "linear log pow sqrt symlog identity sequential time utc quantile quantize threshold bin-ordinal ordinal point band",
  ),
};

/** Throws InputError, with the field's path and what was probably meant, for the first name that Vega-Lite does not know. */
export function checkChart(spec: object): void {
  checkView(spec as Fields, "");
}

type Fields = Readonly<Record<string, unknown>>;

const views = ["layer", "hconcat", "vconcat", "concat"] as const;

function checkView(view: Fields, path: string): void {
  const at = (field: string): string => (path === "" ? field : `${path}.${field}`);
  const composed = views.filter((name) => view[name] !== undefined);
  if (view["mark"] !== undefined) checkMark(view["mark"], at("mark"));
  else if (composed.length === 0 && view["spec"] === undefined) {
    const slip = Object.keys(view).find((key) => key !== "spec" && nearest(key, ["mark"]) !== undefined);
    throw new InputError(`a chart needs a "mark", or a list of views under ${listChoices(views)}`, {
      where: path === "" ? "chart" : path,
      fix: slip === undefined ? 'Add one: mark: "bar", "line" or "point".' : `Did you mean "mark" by "${slip}"?`,
    });
  }
  if (isFields(view["encoding"])) checkEncoding(view["encoding"], at("encoding"));
  else if (view["encoding"] !== undefined) {
    throw new InputError(`must be a record of channels, got ${shown(view["encoding"])}`, {
      where: at("encoding"),
      fix: 'Write { x: { field: "a", type: "nominal" } }.',
    });
  }
  for (const [i, param] of listed(view["params"])) checkSelection(param["select"], at(`params[${i}].select`));
  for (const [i, step] of listed(view["transform"])) checkTransform(step, at(`transform[${i}]`));
  for (const name of composed) {
    if (!Array.isArray(view[name])) {
      throw new InputError(`must be a list of views, got ${shown(view[name])}`, {
        where: at(name),
        fix: 'Write a list: [{ mark: "bar", encoding: { ... } }].',
      });
    }
    for (const [i, part] of listed(view[name])) checkView(part, at(`${name}[${i}]`));
  }
  if (isFields(view["spec"])) checkView(view["spec"], at("spec"));
}

function checkMark(mark: unknown, path: string): void {
  if (isFields(mark)) checkName("mark", mark["type"], `${path}.type`);
  else checkName("mark", mark, path);
}

function checkEncoding(encoding: Fields, path: string): void {
  for (const [channel, definition] of Object.entries(encoding)) {
    if (definition === undefined || definition === null) continue;
    checkName("channel", channel, path);
    for (const one of Array.isArray(definition) ? definition : [definition]) {
      if (isFields(one)) checkDefinition(one, `${path}.${channel}`);
      else if (channel === "tooltip" && typeof one === "string") continue;
      else {
        throw new InputError(`must be a record, got ${shown(one)}`, {
          where: `${path}.${channel}`,
          fix: `Write { field: ${typeof one === "string" ? shown(one) : '"a"'} }, or { value: ... } for a constant.`,
        });
      }
    }
  }
}

function checkDefinition(definition: Fields, path: string): void {
  for (const property of Object.keys(definition)) {
    const known = chartNames.channelProperty;
    const slip = known.includes(property) ? undefined : nearest(property, known);
    // What is near to nothing is left alone, as Vega-Lite leaves it alone.
    if (slip === undefined || definition[slip] !== undefined) continue;
    throw new InputError(`there is no property "${property}"`, { where: path, fix: `Did you mean "${slip}"?` });
  }
  const { type, aggregate, scale, condition } = definition;
  // Vega-Lite takes types in any case and by their first letters.
  const isShort = typeof type === "string" && /^[qtong]$/i.test(type);
  if (type !== undefined && !isShort) {
    checkName("type", typeof type === "string" ? type.toLowerCase() : type, `${path}.type`, type);
  }
  checkAggregate(aggregate, `${path}.aggregate`);
  if (isFields(scale) && scale["type"] !== undefined && !("signal" in scale))
    checkName("scale", scale["type"], `${path}.scale.type`);
  for (const one of Array.isArray(condition) ? condition : [condition]) {
    if (isFields(one)) checkAggregate(one["aggregate"], `${path}.condition.aggregate`);
  }
}

function checkAggregate(aggregate: unknown, path: string): void {
  if (aggregate === undefined || aggregate === null) return;
  if (isFields(aggregate) && ("argmin" in aggregate || "argmax" in aggregate)) return;
  checkName("aggregate", aggregate, path);
}

function checkSelection(select: unknown, path: string): void {
  if (select === undefined) return;
  if (!isFields(select)) {
    checkName("selection", select, path);
    return;
  }
  checkName("selection", select["type"], `${path}.type`);
  const { encodings } = select;
  if (!Array.isArray(encodings)) return;
  for (const [i, channel] of encodings.entries()) checkName("channel", channel, `${path}.encodings[${i}]`);
}

function checkTransform(step: Fields, path: string): void {
  for (const kind of ["aggregate", "joinaggregate"]) {
    for (const [i, each] of listed(step[kind])) checkName("aggregate", each["op"], `${path}.${kind}[${i}].op`);
  }
  for (const [i, { op }] of listed(step["window"])) {
    if (!chartNames.aggregate.includes(op as string))
      checkName("window", op, `${path}.window[${i}].op`, op, [...chartNames.window, ...chartNames.aggregate]);
  }
}

const titles: Readonly<Record<NameKind, string>> = {
  mark: "mark",
  channel: "encoding channel",
  channelProperty: "property",
  type: "field type",
  aggregate: "aggregate",
  window: "window operation",
  selection: "kind of selection",
  scale: "scale type",
};

function checkName(
  kind: NameKind,
  name: unknown,
  where: string,
  written: unknown = name,
  known: readonly string[] = chartNames[kind],
): void {
  if (typeof name === "string" && known.includes(name)) return;
  const slip = typeof name === "string" ? nearest(name, known) : undefined;
  throw new InputError(`${shown(written)} is no ${titles[kind]}`, {
    where,
    fix: slip === undefined ? `There are ${listChoices(known)}.` : `Did you mean "${slip}"?`,
  });
}

function* listed(list: unknown): Iterable<readonly [number, Fields]> {
  if (!Array.isArray(list)) return;
  for (const [i, one] of list.entries()) if (isFields(one)) yield [i, one];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}\u2026`;
}

function words(text: string): readonly string[] {
  return text.split(" ");
}
