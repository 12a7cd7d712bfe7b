// Which format a file has, by how it begins.
import { describe, expect, it } from "vitest";
import { timelineToChrome } from "../../../src/trace/chrome/index.js";
import { detectForm } from "../../../src/trace/read/index.js";
import { inference } from "../../view/timeline/examples.js";

const formOf = (text: string): string => detectForm(new TextEncoder().encode(text));
const event = '{"ph":"X","pid":1,"tid":1,"ts":0,"dur":1,"name":"a"}';

describe("a short Chrome trace", () => {
  it("is one although its last event stands alone on its line", () => {
    expect(formOf([...timelineToChrome(inference())].join(""))).toBe("chrome");
    expect(formOf(`{"displayTimeUnit":"ns","traceEvents":[\n${event},\n${event}\n]}\n`)).toBe("chrome");
    expect(formOf(`{\n"traceEvents": [\n${event},\n${event}\n]}\n`)).toBe("chrome");
    expect(formOf(`{"traceEvents":[${event}]}`)).toBe("chrome");
    expect(formOf(`[\n${event}\n]`)).toBe("chrome");
  });
});

describe("driver calls as JSON lines", () => {
  const call = event.replace("{", '{"id":7,');

  it("are these with and without a header, and whatever their arguments say", () => {
    expect(formOf(`{"format":"warplab-trace","version":1}\n${call}\n`)).toBe("driver-calls");
    expect(formOf(`${call}\n${call}\n`)).toBe("driver-calls");
    // An event of a Chrome trace has its times in another unit.
    expect(formOf(`${event}\n${event}\n`)).toBe("chrome");
    expect(formOf(`${call.replace('"a"', '"a","args":{"x":1,"traceEvents":[1]}')}\n`)).toBe("driver-calls");
  });
});
