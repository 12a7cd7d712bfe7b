// Checks data against a JSON Schema, of which it reads the part listed in `Schema`; a mistake is an InputError that names
// the field. The schemas themselves live beside what they describe.
import { InputError, listChoices, nearest } from "./errors.js";

type TypeName = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/** The keywords of JSON Schema (draft 2020-12) that are understood, with their meaning there. */
export interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  /** Only `#/$defs/<name>`. */
  readonly $ref?: string;
  readonly title?: string;
  /** Quoted in messages, so that it should say what to write. */
  readonly description?: string;
  readonly type?: TypeName | readonly TypeName[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Where extra fields are allowed, one that is a slip of a known and absent field is still an error. */
  readonly additionalProperties?: boolean | Schema;
}

const understood: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$defs",
  "$ref",
  "title",
  "description",
  "type",
  "enum",
  "pattern",
  "minLength",
  "minimum",
  "exclusiveMinimum",
  "maximum",
  "minItems",
  "items",
  "required",
  "properties",
  "additionalProperties",
]);

/**
 * Throws InputError at the first field that does not satisfy the schema. `name` is what the whole is called in messages
 * (`hardware/gb10.json`); fields are written as a path (`benchmarks[2].shape`).
 */
export function checkSchema(value: unknown, schema: Schema, name = ""): void {
  new Check(schema, name).visit(value, schema, "");
}

class Check {
  constructor(
    private readonly root: Schema,
    private readonly name: string,
  ) {}

  visit(value: unknown, schema: Schema, path: string): void {
    for (const keyword of Object.keys(schema)) {
      // A keyword that is skipped would make a schema promise what nobody checks.
      if (!understood.has(keyword)) throw new Error(`schema keyword "${keyword}" is not supported`);
    }
    if (schema.$ref !== undefined) {
      this.visit(value, this.resolve(schema.$ref), path);
      return;
    }
    const types: readonly TypeName[] = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
    if (types.length > 0 && !types.some((type) => hasType(value, type))) {
      this.fail(path, `must be ${types.map((type) => typeWords[type]).join(" or ")}, got ${show(value)}`, schema);
    }
    if (schema.enum !== undefined && !schema.enum.includes(value)) {
      this.fail(path, `must be ${listChoices(schema.enum.map(show), false)}, got ${show(value)}`, schema);
    }
    if (typeof value === "string") this.text(value, schema, path);
    else if (typeof value === "number") this.number(value, schema, path);
    else if (Array.isArray(value)) this.list(value, schema, path);
    else if (typeof value === "object" && value !== null) this.fields(value as Record<string, unknown>, schema, path);
  }

  private text(value: string, schema: Schema, path: string): void {
    if (value.length < (schema.minLength ?? 0)) this.fail(path, "must not be empty", schema);
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) {
      this.fail(path, `${show(value)} does not have the form ${schema.pattern}`, schema);
    }
  }

  private number(value: number, schema: Schema, path: string): void {
    const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity } = schema;
    if (value < minimum) this.fail(path, `must be at least ${minimum}, got ${value}`, schema);
    if (value <= exclusiveMinimum) this.fail(path, `must be more than ${exclusiveMinimum}, got ${value}`, schema);
    if (value > maximum) this.fail(path, `must be at most ${maximum}, got ${value}`, schema);
  }

  private list(value: readonly unknown[], schema: Schema, path: string): void {
    if (value.length < (schema.minItems ?? 0)) {
      this.fail(path, `must have at least ${schema.minItems} element(s), got ${value.length}`, schema);
    }
    if (schema.items !== undefined) {
      for (const [index, item] of value.entries()) this.visit(item, schema.items, `${path}[${index}]`);
    }
  }

  private fields(value: Record<string, unknown>, schema: Schema, path: string): void {
    const properties = schema.properties ?? {};
    const inner = (field: string) => (path === "" ? field : `${path}.${field}`);
    const absent = Object.keys(properties).filter((field) => !(field in value));
    const extra = Object.keys(value).filter((field) => !Object.hasOwn(properties, field));
    for (const field of schema.required ?? []) {
      if (field in value) continue;
      const slip = nearest(field, extra);
      const description = properties[field]?.description;
      this.fail(inner(field), "is missing", {
        description: slip === undefined ? description : `There is "${slip}": rename it to "${field}".`,
      });
    }
    for (const field of extra) {
      const allowed = schema.additionalProperties ?? true;
      const slip = nearest(field, absent);
      if (slip !== undefined && typeof allowed === "boolean") {
        this.fail(inner(field), "unknown field", { description: `Did you mean "${slip}"?` });
      }
      if (allowed === false) {
        this.fail(inner(field), "unknown field", {
          description: `Known: ${listChoices(Object.keys(properties), false)}.`,
        });
      }
      if (typeof allowed === "object") this.visit(value[field], allowed, inner(field));
    }
    for (const [field, property] of Object.entries(properties)) {
      if (field in value) this.visit(value[field], property, inner(field));
    }
  }

  private resolve(reference: string): Schema {
    const name = reference.replace(/^#\/\$defs\//, "");
    const schema = this.root.$defs?.[name];
    if (schema === undefined) throw new Error(`schema reference "${reference}" leads nowhere`);
    return schema;
  }

  private fail(path: string, what: string, schema: { readonly description?: string | undefined }): never {
    const where = [this.name, path].filter((part) => part !== "").join(": ");
    throw new InputError(what, {
      ...(where === "" ? {} : { where }),
      ...(schema.description === undefined ? {} : { fix: schema.description }),
    });
  }
}

const typeWords: Readonly<Record<TypeName, string>> = {
  object: "an object { ... }",
  array: "a list [ ... ]",
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "null",
};

function hasType(value: unknown, type: TypeName): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function show(value: unknown): string {
  // 1e400 in a file.
  if (value === Infinity || value === -Infinity) return "a number that is too large to be one here (1.7e308 at most)";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
