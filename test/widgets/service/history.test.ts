// Undo and redo: what is one step back, and what is lost by changing anew.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History } from "../../../widgets/service/history.js";

describe("a history", () => {
  it("goes back and forth over changes of different things", () => {
    const history = new History("a");
    history.change("b", "name", 0);
    history.change("c", "rate", 1);
    expect([history.undo(), history.undo(), history.undo()]).toEqual(["b", "a", undefined]);
    expect([history.redo(), history.redo(), history.redo()]).toEqual(["b", "c", undefined]);
  });

  it("takes quick changes of one thing as one step: the letters of a number, the way of a slider", () => {
    const history = new History("");
    for (const [i, text] of ["1", "12", "120"].entries()) history.change(text, "rate", i * 100);
    expect(history.undo()).toBe("");
    expect(history.redo()).toBe("120");
  });

  it("takes slow changes of one thing as steps of their own, and a change after an undo too", () => {
    const history = new History("a");
    history.change("b", "rate", 0);
    history.change("c", "rate", 5000);
    expect(history.undo()).toBe("b");
    history.change("d", "rate", 5100);
    expect(history.canRedo).toBe(false);
    expect([history.undo(), history.undo()]).toEqual(["b", "a"]);
  });

  it("takes what is no field's change as a step by itself, however quick", () => {
    const history = new History("a");
    history.change("b", undefined, 0);
    history.change("c", undefined, 1);
    expect([history.undo(), history.undo()]).toEqual(["b", "a"]);
  });

  it("undoes all and redoes all to where it was, whatever was changed", () => {
    const changes = fc.array(fc.tuple(fc.integer(), fc.constantFrom("a", "b"), fc.nat(2000)), { maxLength: 60 });
    fc.assert(
      fc.property(changes, (steps) => {
        const history = new History(-1);
        let when = 0;
        for (const [value, what, later] of steps) {
          when += later;
          history.change(value, what, when);
        }
        const last = history.now;
        while (history.canUndo) history.undo();
        expect(history.now).toBe(-1);
        while (history.canRedo) history.redo();
        expect(history.now).toBe(last);
      }),
    );
  });
});
