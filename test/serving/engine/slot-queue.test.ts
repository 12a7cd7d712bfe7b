// A queue that is a ring does what a list does.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlotQueue } from "../../../src/serving/engine/index.js";

describe("a queue of slots", () => {
  it("does what a list does", () => {
    const commands = fc.array(
      fc.oneof(fc.record({ push: fc.nat() }), fc.record({ unshift: fc.nat() }), fc.constant("shift" as const)),
    );
    fc.assert(
      fc.property(commands, (asked) => {
        const queue = new SlotQueue();
        const list: number[] = [];
        for (const command of asked) {
          if (command === "shift") {
            if (list.length === 0) continue;
            expect(queue.first()).toBe(list[0]);
            expect(queue.shift()).toBe(list.shift());
          } else if ("push" in command) {
            queue.push(command.push | 0);
            list.push(command.push | 0);
          } else {
            queue.unshift(command.unshift | 0);
            list.unshift(command.unshift | 0);
          }
          expect(queue.length).toBe(list.length);
        }
      }),
    );
  });
});
