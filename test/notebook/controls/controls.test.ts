// The stock controls as a program meets them: typed values, what is refused and how it is said, and the forms that they take.
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import {
  accordion,
  asWidget,
  type Button,
  batch,
  button,
  checkbox,
  colorPicker,
  combobox,
  datePicker,
  dlink,
  dropdown,
  floatSlider,
  hbox,
  html,
  intText,
  jslink,
  label,
  link,
  logSlider,
  play,
  progressBar,
  rangeSlider,
  select,
  selectMultiple,
  slider,
  tabs,
  text,
  toggleButtons,
  vbox,
  type Widget,
} from "../../../src/index.js";
import { mimeForm } from "../../../src/notebook/bridge.js";
import { bundleOf } from "../../../src/notebook/mime.js";
import { asKernel, type RecordedComm, RecordingBridge } from "../recording-bridge.js";

let bridge: RecordingBridge;
let leave: () => void;
beforeEach(() => {
  bridge = new RecordingBridge();
  leave = asKernel(bridge);
});
afterEach(() => leave());

function commOf(widget: Widget): RecordedComm {
  return bridge.comms.find(({ id }) => id === widget.id)!;
}

/** What a page does that sets properties. */
function fromPage(widget: Widget, state: Record<string, unknown>): void {
  commOf(widget).onMessage?.({ method: "update", state, buffer_paths: [] }, []);
}

function sent(widget: Widget): unknown[][] {
  return commOf(widget).sent.map(({ data }) => [data["method"], data["state"]]);
}

describe("a slider", () => {
  it("has typed properties that are set here and heard there", () => {
    const n = slider({ min: 0, max: 10, value: 3, description: "n" });
    const heard: [number, number][] = [];
    n.onChange((now, before) => heard.push([now, before]));
    n.value = 5;
    n.value = 5;
    expect([n.value, n.description, n.readoutFormat]).toEqual([5, "n", "d"]);
    expect(heard).toEqual([[5, 3]]);
    expect(sent(n)).toEqual([["update", { value: 5 }]]);
    expectTypeOf(n.value).toEqualTypeOf<number>();
    // @ts-expect-error A slider's value is a number.
    expect(() => (n.value = "x")).toThrow(InputError);
  });

  it("is of whole numbers where all that are given are, else of fractions with fine steps", () => {
    expect(slider({ max: 4 }).get("_model_name")).toBe("IntSliderModel");
    expect(slider({ max: 0.5 }).get("_model_name")).toBe("FloatSliderModel");
    expect(slider({ max: 0.5 }).step).toBe(0.001);
    expect(floatSlider({ max: 4 }).get("_model_name")).toBe("FloatSliderModel");
  });

  it("begins inside its range, and follows when the range moves away from it", () => {
    const n = slider({ min: 5, max: 9 });
    expect(n.value).toBe(5);
    n.min = 7;
    expect(n.value).toBe(7);
    n.update({ min: 20, max: 30, value: 25 });
    expect([n.min, n.value, n.max]).toEqual([20, 25, 30]);
  });

  it("is always inside its range, whatever is set and refused", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: fc.constantFrom("min", "max", "value"), to: fc.integer() })), (steps) => {
        const n = slider();
        for (const { name, to } of steps) {
          try {
            n.update({ [name]: to });
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
          expect(n.min <= n.value && n.value <= n.max).toBe(true);
        }
      }),
    );
  });

  it("over powers, and with two handles, holds their ranges too", () => {
    expect(logSlider({ base: 2, min: 5, max: 10, value: 256 }).value).toBe(256);
    expect(() => logSlider({ base: 2, min: 5, max: 10, value: 2 })).toThrow(
      "value must lie between 32 and 1024, got 2",
    );
    expect(rangeSlider({ max: 8 }).value).toEqual([2, 6]);
    expect(rangeSlider({ value: [0.5, 1] }).get("_model_name")).toBe("FloatRangeSliderModel");
    expect(() => rangeSlider({ value: [5, 3] })).toThrow("value must begin with its lower end, got [5, 3]");
  });
});

describe("what cannot be is one InputError", () => {
  it.each<[string, () => unknown, string]>([
    ["a range upside down", () => slider({ min: 5, max: 1 }), "slider: min (5) is greater than max (1)"],
    ["a value outside", () => slider({ max: 9, value: 10 }), "value must lie between min (0) and max (9), got 10"],
    ["a step that is none", () => slider({ step: 0 }), "step must be greater than 0, got 0"],
    ["no number", () => slider({ value: "3" as never }), 'value must be a whole number, got "3"'],
    ["NaN", () => floatSlider({ value: Number.NaN }), "value must be a number, got NaN"],
    ["a slip of the finger", () => slider({ vlaue: 3 } as never), 'no property "vlaue"\nDid you mean "value"?'],
    ["a choice that is none", () => slider({ orientation: "up" as never }), 'must be "horizontal" or "vertical"'],
    [
      "a layout's slip",
      () => slider({ layout: { widht: "3px" } as never }),
      'slider.layout: there is no property "widht"',
    ],
    ["a layout's number", () => slider({ layout: { width: 3 as never } }), "width must be text or null, got 3"],
    ["an option that is none", () => dropdown(["a", "b"], { value: "c" as never }), 'There are "a" or "b".'],
    ["no options", () => dropdown([]), "dropdown: there must be at least one option"],
    ["options without labels", () => dropdown([{ sms: 3 }] as never), "option 0 has no label: { sms: 3 }"],
    ["an index too large", () => dropdown(["a"], { index: 1 }), "index must be from 0 to 0, got 1"],
    ["an option twice", () => selectMultiple(["a", "b"], { value: ["a", "a"] }), "an option is chosen twice"],
    [
      "a proposal that is none",
      () => combobox({ options: ["a"], ensureOption: true, value: "b" }),
      "none of the options",
    ],
    ["a date that is none", () => datePicker({ value: "2026-02-30" }), 'as ISO 8601 writes it, "2026-11-21"'],
    ["a date too late", () => datePicker({ value: "2026-03-01", max: "2026-02-01" }), "between any and 2026-02-01"],
    ["a colour that is none", () => colorPicker({ value: "" }), "value must be a colour's name or #rrggbb"],
    ["a page that is not there", () => tabs({ a: label("x") }, { selectedIndex: 1 }), "must be from 0 to 0 or null"],
    ["children that are no list", () => vbox(3 as never), "vbox: children must be a list, got 3"],
    ["time that stands still", () => play({ interval: 0 }), "interval must be greater than 0"],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });

  it("and changes nothing when a control is told it later", () => {
    const n = slider({ max: 10, value: 3 });
    expect(() => n.update({ description: "late", value: 11 })).toThrow(InputError);
    expect([n.description, n.value]).toEqual(["", 3]);
    expect(sent(n)).toEqual([]);
  });
});

describe("a choice", () => {
  it("is among values, pairs, records and objects, and has their type", () => {
    const words = dropdown(["h100", "a100"]);
    expectTypeOf(words.value).toEqualTypeOf<"h100" | "a100">();
    const pairs = dropdown([
      ["one", 1],
      ["two", 2],
    ]);
    expectTypeOf(pairs.value).toEqualTypeOf<1 | 2>();
    const byName = select({ small: [1, 2], large: [3, 4] });
    expectTypeOf(byName.value[0]).toEqualTypeOf<1 | 3>();
    const devices = [{ name: "H100", sms: 132 }];
    const objects = toggleButtons(devices);
    expectTypeOf(objects.value.sms).toEqualTypeOf<number>();
    expect([words.value, pairs.value, byName.value, objects.value]).toEqual(["h100", 1, [1, 2], devices[0]]);
    expect(objects.get("_options_labels")).toEqual(["H100"]);
    pairs.value = 2;
    expect(sent(pairs)).toEqual([["update", { index: 1 }]]);
  });

  it("tells of the value, whether a page chooses or the options change under it", () => {
    const d = dropdown<readonly string[]>(["a", "b", "c"]);
    const heard: string[] = [];
    d.onChange((value, before) => heard.push(`${before}>${value}`));
    fromPage(d, { index: 2 });
    d.options = ["c", "d"];
    expect([d.value, d.index]).toEqual(["c", 0]);
    d.options = ["x", "y"];
    expect(heard).toEqual(["a>c", "c>x"]);
  });

  it("may be of several", () => {
    const d = selectMultiple(["a", "b", "c"], { value: ["b"] });
    const heard: unknown[] = [];
    d.onChange((value) => heard.push(value));
    fromPage(d, { index: [0, 2] });
    expect(heard).toEqual([["a", "c"]]);
    expectTypeOf(d.value).toEqualTypeOf<readonly ("a" | "b" | "c")[]>();
  });
});

describe("what a page sends", () => {
  it("is echoed once to all pages, and not sent back another time", () => {
    const n = slider({ max: 10 });
    fromPage(n, { value: 4 });
    expect(sent(n)).toEqual([["echo_update", { value: 4 }]]);
  });

  it.each([
    [11, 10],
    [-3, 0],
    [7.6, 8],
  ])("out of range or between two values becomes the nearest: %j", (value, nearest) => {
    const n = slider({ max: 10, value: 3 });
    fromPage(n, { value });
    expect(n.value).toBe(nearest);
    expect(sent(n)).toEqual([
      ["echo_update", { value: nearest }],
      ["update", { value: nearest }],
    ]);
  });

  it.each([["7"], [null], [[1]], [Number.NaN]])("is refused where it is wrong: %j", (value) => {
    const n = slider({ max: 10, value: 3 });
    const heard: unknown[] = [];
    n.onChange((now) => heard.push(now));
    fromPage(n, { value });
    expect([n.value, heard]).toEqual([3, []]);
    // The echo that the page waits for, and what holds for one that expects none.
    expect(sent(n)).toEqual([
      ["echo_update", { value: 3 }],
      ["update", { value: 3 }],
    ]);
  });

  it("is taken as far as it is right", () => {
    const n = slider({ max: 10, value: 3 });
    fromPage(n, { value: "99", description: "m", stranger: 1, _model_name: "Other" });
    expect([n.value, n.description, n.get("stranger"), n.get("_model_name")]).toEqual([
      3,
      "m",
      undefined,
      "IntSliderModel",
    ]);
  });

  it("that listeners change again ends with what they make of it", () => {
    const n = slider({ max: 10 });
    n.onChange((value) => {
      if (value % 2 === 1) n.value = value - 1;
    });
    fromPage(n, { value: 7 });
    expect(sent(n)).toEqual([
      ["echo_update", { value: 7 }],
      ["update", { value: 6 }],
    ]);
  });

  it("calls a button back", () => {
    let clicks = 0;
    const b: Button = button("Run", { onClick: () => clicks++ });
    commOf(b).onMessage?.({ method: "custom", content: { event: "click" } }, []);
    commOf(b).onMessage?.({ method: "custom", content: null }, []);
    expect(clicks).toBe(1);
  });
});

describe("links", () => {
  it("hold two values equal, whichever changes, without end", () => {
    const [a, b] = [slider({ max: 10, value: 3 }), slider({ max: 10 })];
    const { unlink } = link(a, "value", b, "value");
    expect(b.value).toBe(3);
    fromPage(b, { value: 8 });
    expect([a.value, sent(b).length]).toEqual([8, 2]);
    unlink();
    a.value = 1;
    expect(b.value).toBe(8);
  });

  it("take a value out of the other's range for the nearest that both can take, without a word", () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    const [a, b] = [slider({ max: 100, value: 3 }), slider({ max: 10 })];
    link(a, "value", b, "value");
    for (const value of [50, 80, 4, 99]) {
      fromPage(a, { value });
      expect([a.value, b.value]).toEqual([Math.min(value, 10), Math.min(value, 10)]);
    }
    a.value = 60;
    expect([a.value, b.value]).toEqual([10, 10]);
    expect(sent(a).at(-1)).toEqual(["update", { value: 10 }]);
    expect(told).not.toHaveBeenCalled();
    told.mockRestore();
  });

  it("agree at once where the first is out of the second's range, or a fraction for whole numbers", () => {
    const [a, b] = [floatSlider({ max: 100, value: 70.4 }), slider({ max: 80 })];
    link(a, "value", b, "value");
    expect([a.value, b.value]).toEqual([70, 70]);
    a.value = 99.5;
    expect([a.value, b.value]).toEqual([80, 80]);
    const [lower, pair] = [rangeSlider({ max: 10, value: [2, 9] }), rangeSlider({ max: 5 })];
    link(lower, "value", pair, "value");
    expect([lower.value, pair.value]).toEqual([
      [2, 5],
      [2, 5],
    ]);
  });

  it("are refused where no value fits both", () => {
    const [a, b] = [slider({ max: 10 }), slider({ min: 20, max: 30, value: 25 })];
    expect(() => link(a, "value", b, "value")).toThrow(
      "link: no value fits both: value is 10, and the nearest of the other is 20",
    );
    b.value = 22;
    expect(a.value).toBe(10);
  });

  it("in one direction may change the value on the way", () => {
    const n = slider({ max: 10, value: 3 });
    const words = label();
    dlink(n, "value", words, "value", (value) => `${value * 32} threads`);
    n.value = 4;
    expect(words.value).toBe("128 threads");
    // @ts-expect-error A number is no text: a transform is needed.
    expect(() => dlink(n, "value", words, "value")).toThrow(InputError);
    // @ts-expect-error Values of two types are not equal.
    expect(() => link(n, "value", words, "value")).toThrow(InputError);
  });

  it("of the page refuse what only the kernel knows, and end with what they link", () => {
    const [a, b] = [slider(), progressBar()];
    jslink(a, "value", b, "value");
    const comm = bridge.comms.at(-1)!;
    expect(() => jslink(dropdown(["a"]), "value", b, "value")).toThrow(
      'jslink: value is known to the kernel only; what travels is index\nLink "index", or use `link`.',
    );
    b.close();
    expect(comm.closed).toBe(true);
  });
});

describe("several changes", () => {
  it("in a batch are one message a control", () => {
    const [a, b] = [slider(), text()];
    batch(() => {
      a.max = 20;
      a.value = 7;
      a.value = 8;
      b.value = "x";
    });
    expect(sent(a)).toEqual([["update", { max: 20, value: 8 }]]);
    expect(sent(b)).toEqual([["update", { value: "x" }]]);
  });

  it("are sent when the batch fails, as they were made", () => {
    const a = slider();
    expect(() =>
      batch(() => {
        a.value = 7;
        a.value = 700;
      }),
    ).toThrow(InputError);
    expect(sent(a)).toEqual([["update", { value: 7 }]]);
  });
});

describe("a box", () => {
  it("shows widgets as they are and everything else in its best form", () => {
    const n = slider();
    const box = hbox([n, "some <b>words</b>", { a: 1 }]);
    const names = (box.get("children") as Widget[]).map((child) => child.get("_model_name"));
    expect(names).toEqual(["IntSliderModel", "HTMLModel", "OutputModel"]);
    expect(asWidget(n)).toBe(n);
  });

  it("lets go of a child that is closed, with its title", () => {
    const [a, b, c] = [slider(), checkbox(), text()];
    const pages = tabs({ a, b, c }, { selectedIndex: 2 });
    b.close();
    expect(pages.children).toEqual([a, c]);
    expect([pages.titles, pages.selectedIndex]).toEqual([["a", "c"], 1]);
    expect(() => vbox([b])).toThrow("child 0 is closed");
  });
});

describe("a control that is closed", () => {
  it("takes its layout and style along, so that a reloaded page finds no ghosts", () => {
    const n = slider();
    n.close();
    expect(bridge.comms.map(({ closed }) => closed)).toEqual([true, true, true]);
    const other = slider();
    const control = bridge.openedByPage("jupyter.widget.control");
    control.onMessage?.({ method: "request_states" }, []);
    const ids = Object.keys(control.sent[0].data["states"] as object);
    expect(ids).toContain(other.id);
    expect(ids).not.toContain(n.id);
  });

  it("by a page is closed here too", () => {
    const n = slider();
    commOf(n).onClose?.({});
    expect(n.closed).toBe(true);
    n.value = 9;
    expect(sent(n)).toEqual([]);
  });
});

describe("every control has", () => {
  it("one line of inspection", () => {
    const lines = [
      slider({ max: 10, value: 3, description: "n" }),
      logSlider({ value: 100 }),
      rangeSlider({ max: 8 }),
      dropdown(["h100", "a100"], { description: "device" }),
      selectMultiple(["a", "b"]),
      checkbox({ description: "fast", value: true }),
      button("Run"),
      intText({ value: 4 }),
      datePicker({ value: "2026-11-21" }),
      vbox([slider({ value: 1 }), button("Go")]),
      accordion({}),
    ].map((control) => inspect(control));
    expect(lines).toEqual([
      'IntSlider "n": 3 (0 to 10)',
      "FloatLogSlider: 100 (1 to 10000)",
      "IntRangeSlider: 2 to 6 (0 to 8)",
      'Dropdown "device": h100',
      "SelectMultiple: none",
      'Checkbox "fast": yes',
      'Button "Run"',
      "IntText: 4",
      "DatePicker: 2026-11-21",
      'VBox: IntSlider: 1 (0 to 100), Button "Go"',
      "Accordion: empty",
    ]);
  });

  it("a live form, a still one that escapes what it holds, and words", () => {
    const t = text({ description: "<b>", value: "<script>" });
    const bundle = bundleOf(t);
    expect(Object.keys(bundle)).toEqual(["application/vnd.jupyter.widget-view+json", "text/html", "text/plain"]);
    expect(bundle["text/html"]).toContain("<div><span>&#60;b&#62;</span> <strong>&#60;script&#62;</strong></div>");
    expect(typeof (t as unknown as Record<symbol, unknown>)[mimeForm]).toBe("function");
    expect(bundleOf(html("<b>bold</b>"))["text/html"]).toContain("<div><b>bold</b></div>");
  });
});
