import { inspect } from "node:util";
import { expect, it } from "vitest";
import { inspectAsText } from "../../src/core/inspect.js";

it("prints an object by its text, alone and inside others", () => {
  class Launch {
    static {
      inspectAsText(Launch);
    }
    toString(): string {
      return "a launch";
    }
  }
  expect(inspect(new Launch())).toBe("a launch");
  expect(inspect([new Launch()])).toBe("[ a launch ]");
  expect(Object.keys(new Launch())).toEqual([]);
});
