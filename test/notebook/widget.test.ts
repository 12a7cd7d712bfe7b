import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { Widget } from "../../src/notebook/widget.js";
import { packState, unpackState } from "../../src/notebook/widget-state.js";
import { RecordingBridge } from "./recording-bridge.js";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("a widget opens a comm with its state", () => {
  it("names the protocol, and sends byte arrays apart, wherever they stand", () => {
    const bridge = new RecordingBridge();
    new Widget({ _model_name: "WarplabModel", image: { memory: [{ label: "x", bytes: bytes(1, 2) }] } }, bridge);
    const [comm] = bridge.comms;
    expect(comm.target).toBe("jupyter.widget");
    expect(comm.opening.metadata).toEqual({ version: "2.1.0" });
    expect(comm.opening.data).toEqual({
      state: { _model_name: "WarplabModel", image: { memory: [{ label: "x" }] } },
      buffer_paths: [["image", "memory", 0, "bytes"]],
    });
    expect(comm.opening.buffers).toEqual([bytes(1, 2)]);
  });

  it("refers to another widget by its id", () => {
    const bridge = new RecordingBridge();
    const layout = new Widget({}, bridge);
    new Widget({ layout }, bridge);
    expect(bridge.comms[1].opening.data["state"]).toEqual({ layout: `IPY_MODEL_${layout.id}` });
  });

  it("outside the kernel, says where widgets are to be had", () => {
    expect(() => new Widget({})).toThrow(/needs warplab's own Jupyter kernel\.\n.*warplab run/);
  });
});

describe("a listener that sets what it listens to", () => {
  const errorsOf = (work: () => void): string[] => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      work();
      return told.mock.calls.map(([text]) => String(text));
    } finally {
      told.mockRestore();
    }
  };

  it("may do so until the value is as it should be", () => {
    const widget = new Widget({ n: 0 }, new RecordingBridge());
    widget.observe("n", (value) => widget.set({ n: Math.min(50, (value as number) + 1) }));
    expect(errorsOf(() => widget.set({ n: 1 }))).toEqual([]);
    expect(widget.get("n")).toBe(50);
  });

  it("without end is told once, by the property's name, and the widget goes on", () => {
    const widget = new Widget({ n: 0 }, new RecordingBridge());
    const stop = widget.observe("n", (value) => widget.set({ n: (value as number) + 1 }));
    for (let again = 0; again < 2; again++) {
      const errors = errorsOf(() => widget.set({ n: -1 - again }));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(/"n" changes without end: its listener sets "n" again, 100 times/);
    }
    stop();
    widget.set({ n: 500 });
    expect(widget.get("n")).toBe(500);
  });

  it("by way of another property is found as well", () => {
    const widget = new Widget({ a: 0, b: 0 }, new RecordingBridge());
    widget.observe("a", (value) => widget.set({ b: (value as number) + 1 }));
    widget.observe("b", (value) => widget.set({ a: (value as number) + 1 }));
    const errors = errorsOf(() => widget.set({ a: 1 }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/"[ab]" changes without end/);
  });
});

describe("a property", () => {
  it("that the kernel sets reaches the page and the listeners, once", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ cursor: 0, lane: 0 }, bridge);
    const heard: unknown[] = [];
    widget.observe("cursor", (now, before) => heard.push([now, before]));
    widget.set({ cursor: 5, lane: 0 });
    widget.set({ cursor: 5 });
    expect(bridge.comms[0].sent).toEqual([
      { data: { method: "update", state: { cursor: 5 }, buffer_paths: [] }, buffers: [] },
    ]);
    expect(heard).toEqual([[5, 0]]);
  });

  it("that a page sets is echoed to the other pages and told to the listeners", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ cursor: 0 }, bridge);
    const heard: unknown[] = [];
    const stop = widget.observe("cursor", (now) => heard.push(now));
    bridge.comms[0].onMessage?.({ method: "update", state: { cursor: 7 }, buffer_paths: [] }, []);
    stop();
    bridge.comms[0].onMessage?.({ method: "update", state: { cursor: 8 }, buffer_paths: [] }, []);
    expect(widget.get("cursor")).toBe(8);
    expect(heard).toEqual([7]);
    expect(bridge.comms[0].sent.map(({ data }) => [data["method"], data["state"]])).toEqual([
      ["echo_update", { cursor: 7 }],
      ["echo_update", { cursor: 8 }],
    ]);
  });

  it("is not changed by a message whose buffers have no place", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ a: 1 }, bridge);
    const message = { method: "update", state: { a: 2 }, buffer_paths: [["b", "c"]] };
    expect(() => bridge.comms[0].onMessage?.(message, [bytes(1)])).toThrow("no place or no buffer");
    expect([widget.get("a"), bridge.comms[0].sent]).toEqual([1, []]);
  });

  it("may be binary in both directions", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ pixels: bytes(0) }, bridge);
    bridge.comms[0].onMessage?.({ method: "update", state: {}, buffer_paths: [["pixels"]] }, [bytes(4, 5)]);
    expect(widget.get("pixels")).toEqual(bytes(4, 5));
    expect(bridge.comms[0].sent[0].buffers).toEqual([bytes(4, 5)]);
  });
});

describe("what a page sends", () => {
  const update = (bridge: RecordingBridge, state: Record<string, unknown>, comm = 0): void =>
    bridge.comms[comm].onMessage?.({ method: "update", state, buffer_paths: [] }, []);

  it("may refer to open widgets, at any depth", () => {
    const bridge = new RecordingBridge();
    const child = new Widget({ a: 1 }, bridge);
    const parent = new Widget({ children: [], by: {} }, bridge);
    update(bridge, { children: [`IPY_MODEL_${child.id}`, "IPY_MODEL_gone"], by: { name: `IPY_MODEL_${child.id}` } }, 1);
    expect(parent.get("children")).toEqual([child, "IPY_MODEL_gone"]);
    expect(parent.get("by")).toEqual({ name: child });
  });

  it("changes no property that the widget does not have, nor what the widget is", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ _model_name: "M", a: 1 }, bridge);
    update(bridge, { _model_name: "Other", stranger: 2, a: 3 });
    expect(widget.packed().state).toEqual({ _model_name: "M", a: 3 });
    expect(bridge.comms[0].sent.map(({ data }) => data["state"])).toEqual([{ a: 3 }]);
  });

  it("is heard of only where it differs, lists and records included", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ range: [1, 2], by: { a: [1] } }, bridge);
    const heard: unknown[] = [];
    widget.observe("range", (value) => heard.push(value));
    widget.observe("by", (value) => heard.push(value));
    update(bridge, { range: [1, 2], by: { a: [1] } });
    update(bridge, { range: [1, 3] });
    expect(heard).toEqual([[1, 3]]);
  });

  it("is echoed unless JUPYTER_WIDGETS_ECHO says no, and then only what was refused is answered", () => {
    const bridge = new RecordingBridge();
    const check = (changes: Record<string, unknown>) => {
      if (changes["a"] === "wrong") throw new InputError("no");
      return changes;
    };
    new Widget({ a: 1 }, bridge, check);
    process.env["JUPYTER_WIDGETS_ECHO"] = "0";
    try {
      update(bridge, { a: 2 });
      update(bridge, { a: "wrong" });
    } finally {
      delete process.env["JUPYTER_WIDGETS_ECHO"];
    }
    expect(bridge.comms[0].sent.map(({ data }) => [data["method"], data["state"]])).toEqual([["update", { a: 2 }]]);
  });
});

describe("a listener that throws", () => {
  it("is told of where it was made, and stops neither the others nor the widget", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ a: 1 }, bridge);
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    const heard: unknown[] = [];
    widget.observe("a", () => {
      throw new RangeError("of the first");
    });
    widget.observe("a", (value) => heard.push(value));
    widget.set({ a: 2 });
    expect(told.mock.calls).toEqual([["RangeError: of the first"]]);
    expect(heard).toEqual([2]);
    told.mockRestore();
  });
});

describe("a widget that is closed", () => {
  it("says so once, whoever closes it", () => {
    const bridge = new RecordingBridge();
    let closed = 0;
    const here = new Widget({}, bridge);
    here.onClose(() => closed++);
    here.close();
    here.close();
    const there = new Widget({}, bridge);
    there.onClose(() => closed++);
    bridge.comms[1].onClose?.({});
    there.close();
    expect([closed, here.closed, there.closed, bridge.comms[1].closed]).toEqual([2, true, true, false]);
  });
});

describe("messages", () => {
  it("of our own making go both ways with buffers", () => {
    const bridge = new RecordingBridge();
    const widget = new Widget({}, bridge);
    const heard: unknown[] = [];
    widget.onMessage((content, buffers) => heard.push([content, buffers]));
    bridge.comms[0].onMessage?.({ method: "custom", content: { poke: 1 } }, [bytes(9)]);
    widget.send({ answer: 2 }, [bytes(8)]);
    expect(heard).toEqual([[{ poke: 1 }, [bytes(9)]]]);
    expect(bridge.comms[0].sent).toEqual([{ data: { method: "custom", content: { answer: 2 } }, buffers: [bytes(8)] }]);
  });

  it("that nobody defined are ignored", () => {
    const bridge = new RecordingBridge();
    new Widget({ a: 1 }, bridge);
    const strange = [{}, { method: "dance" }, { method: "update", state: 3 }, { method: "update" }, null, 3, "x", []];
    for (const data of strange) bridge.comms[0].onMessage?.(data, []);
    expect(bridge.comms[0].sent).toEqual([]);
  });
});

describe("a page that is reloaded", () => {
  it("gets one widget's state again when it asks for it", () => {
    const bridge = new RecordingBridge();
    new Widget({ cursor: 3 }, bridge);
    bridge.comms[0].onMessage?.({ method: "request_state" }, []);
    expect(bridge.comms[0].sent[0].data).toEqual({ method: "update", state: { cursor: 3 }, buffer_paths: [] });
  });

  it("gets all open widgets over the control comm, and no closed one", () => {
    const bridge = new RecordingBridge();
    const closed = new Widget({ _model_name: "Gone" }, bridge);
    const open = new Widget(
      { _model_name: "M", _model_module: "warplab", _model_module_version: "1", data: bytes(1) },
      bridge,
    );
    closed.close();
    const control = bridge.openedByPage("jupyter.widget.control");
    control.onMessage?.({ method: "request_states" }, []);
    const [{ data, buffers }] = control.sent;
    const states = data["states"] as Record<string, unknown>;
    expect(data["method"]).toBe("update_states");
    expect(Object.keys(states)).not.toContain(closed.id);
    expect(states[open.id]).toMatchObject({ model_name: "M", model_module: "warplab", model_module_version: "1" });
    const place = (data["buffer_paths"] as unknown[][]).findIndex((path) => path[0] === open.id);
    expect((data["buffer_paths"] as unknown[][])[place]).toEqual([open.id, "state", "data"]);
    expect(buffers[place]).toEqual(bytes(1));
  });
});

describe("a state that is packed and unpacked", () => {
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 5 }));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value")), tie("record")),
    record: fc.dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      tie("value"),
      { noNullPrototype: true },
    ),
  }));

  it("is the same state", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+$/), value, { noNullPrototype: true }), (state) => {
        const { state: plain, buffer_paths, buffers } = packState(state);
        expect(unpackState(JSON.parse(JSON.stringify(plain)), buffer_paths, buffers)).toEqual(state);
      }),
    );
  });

  it("with a buffer that has no place is an error", () => {
    expect(() => unpackState({}, [["a", "b"]], [bytes(1)])).toThrow('no place or no buffer for ["a","b"]');
    expect(() => unpackState({}, [[]], [bytes(1)])).toThrow("no place or no buffer for []");
    expect(() => unpackState({}, ["a" as unknown as string[]], [bytes(1)])).toThrow('no buffer for "a"');
  });

  it.each([[["__proto__", "polluted"]], [["constructor", "prototype", "polluted"]], [["a", "__proto__", "polluted"]]])(
    "are refused where a path would lead out of the state: %j",
    (path) => {
      expect(() => unpackState({ a: {} }, [path], [bytes(1)])).toThrow("no place or no buffer");
      expect("polluted" in {}).toBe(false);
    },
  );
});

describe("what cannot be sent", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  it.each([
    ["a bigint", 1n, /the property "v" cannot be sent to a page: Do not know how to serialize a BigInt/],
    ["a circle", circle, /the property "v" cannot be sent to a page/],
  ])("%s is refused before it is kept", (_what, value, message) => {
    const bridge = new RecordingBridge();
    const widget = new Widget({ v: 1 as unknown }, bridge);
    expect(() => widget.set({ v: value })).toThrow(message);
    expect(widget.get("v")).toBe(1);
    expect(() => new Widget({ v: value }, bridge)).toThrow(message);
    widget.close();
  });
});
