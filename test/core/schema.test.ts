import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { checkSchema, type Schema } from "../../src/core/schema.js";

const schema: Schema = {
  type: "object",
  required: ["name", "points"],
  properties: {
    name: { type: "string", minLength: 1, pattern: "^[a-z]+$" },
    points: { type: "array", minItems: 1, items: { $ref: "#/$defs/point" } },
    kind: { enum: ["a", "b"] },
    note: { type: ["string", "null"] },
  },
  additionalProperties: false,
  $defs: {
    point: {
      type: "object",
      required: ["x"],
      properties: { x: { type: "number", exclusiveMinimum: 0, maximum: 10, description: "Write metres." } },
      additionalProperties: true,
    },
  },
};
const good = { name: "abc", points: [{ x: 1 }] };

describe("checkSchema", () => {
  it("accepts what satisfies it", () => {
    expect(() => checkSchema({ ...good, kind: "a", note: null }, schema)).not.toThrow();
    expect(() => checkSchema({ ...good, points: [{ x: 1, author: "me" }] }, schema)).not.toThrow();
  });

  it.each([
    [[], "must be an object { ... }, got []"],
    [{ points: [] }, "name: is missing"],
    [{ ...good, name: "" }, "name: must not be empty"],
    [{ ...good, name: "A" }, 'name: "A" does not have the form ^[a-z]+$'],
    [{ ...good, points: [] }, "points: must have at least 1 element(s), got 0"],
    [{ ...good, points: [{ x: 1 }, { x: "2" }] }, 'points[1].x: must be a number, got "2"\nWrite metres.'],
    [{ ...good, points: [{ x: 0 }] }, "points[0].x: must be more than 0, got 0"],
    [{ ...good, points: [{ x: 11 }] }, "points[0].x: must be at most 10, got 11"],
    [{ ...good, points: [{ x: Number.NaN }] }, "points[0].x: must be a number"],
    [{ ...good, kind: "c" }, 'kind: must be "a" or "b", got "c"'],
    [{ ...good, note: 1 }, "note: must be a text or null, got 1"],
    [{ ...good, knid: "a" }, 'knid: unknown field\nDid you mean "kind"?'],
    [{ ...good, zzzzzzzz: 1 }, "zzzzzzzz: unknown field\nKnown: name, points, kind or note."],
    [{ name: "abc", pionts: [] }, 'points: is missing\nThere is "pionts": rename it to "points".'],
  ])("names the field: %j", (value, message) => {
    expect(() => checkSchema(value, schema)).toThrow(InputError);
    expect(() => checkSchema(value, schema)).toThrow(message);
  });

  it("puts the name of the whole in front", () => {
    expect(() => checkSchema({}, schema, "x.json")).toThrow("x.json: name: is missing");
  });

  it("refuses a schema with a keyword that it would have to ignore", () => {
    expect(() => checkSchema(1, { multipleOf: 2 } as Schema)).toThrow('schema keyword "multipleOf" is not supported');
  });
});
