// Whatever bytes come, reading ends with a timeline whose every part can be looked at, or with one message; the number of cases grows
// with WARPLAB_FUZZ_CASES.
import fc from "fast-check";
import { describe, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { madeDriverCalls, madePytorchTrace } from "../made-traces.js";
import { factsOf } from "./facts-of.js";
import { readBytes } from "./read-text.js";

const cases = Number(process.env["WARPLAB_FUZZ_CASES"] ?? 400);
const seed = Number(process.env["WARPLAB_FUZZ_SEED"] ?? 20261121);

const old = [
  "=== words ===",
  '{"event_id":0,"ts":0.001,"tid":77,"phase":"B","type":"userspace","name":"uprobe:/lib/libcuda.so.1:cuMemAlloc_v2"}',
  '{"event_id":1,"ts":0.004,"tid":77,"type":"memory","op":"alloc","size":4096}',
  '{"event_id":2,"ts":0.005,"tid":77,"phase":"B","type":"kernel","name":kprobe:nvidia_ioctl,"ioctl_cmd":0xc0}',
  '{"event_id":3,"ts":0.006,"tid":77,"phase":"E","type":"userspace","name":"cuMemAlloc_v2"}',
].join("\n");

const mixed = JSON.stringify([
  { ph: "B", pid: 1, tid: 1, ts: 1, name: "a" },
  { ph: "E", pid: 1, tid: 1, ts: 2 },
  { ph: "b", pid: 1, tid: 1, ts: 1, name: "s", cat: "c", id: "0x1" },
  { ph: "e", pid: 1, tid: 1, ts: 3, name: "s", cat: "c", id2: { local: 1 } },
  { ph: "C", pid: 1, ts: 1, name: "n", args: { v: 1 } },
  { ph: "s", pid: 1, tid: 1, ts: 1, name: "f", cat: "c", id: 1 },
  { ph: "M", pid: 1, name: "process_name", args: { name: "p" } },
]);

const traces = {
  pytorch: [...madePytorchTrace({ launches: 3 }).pieces].join(""),
  calls: [...madeDriverCalls({ launches: 6 }).pieces].join(""),
  old,
  mixed,
};

const change = fc.record({ at: fc.nat(), away: fc.nat(40), added: fc.uint8Array({ maxLength: 6 }) });
const letters = fc.constantFrom(...'{}[]",:\\-0eN\n').map((letter) => Uint8Array.of(letter.charCodeAt(0)));
const likely = fc.record({ at: fc.nat(), away: fc.nat(2), added: letters });

describe("any bytes", () => {
  it("are read or refused, and never fail in another way", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(traces) as (keyof typeof traces)[])),
        fc.array(fc.oneof(change, likely), { minLength: 1, maxLength: 6 }),
        async (trace, changes) => {
          let bytes: Uint8Array = new TextEncoder().encode(traces[trace]);
          for (const { at, away, added } of changes) {
            const from = at % (bytes.length + 1);
            bytes = Uint8Array.from([...bytes.subarray(0, from), ...added, ...bytes.subarray(from + away)]);
          }
          try {
            // Every name, every argument.
            factsOf(await readBytes(bytes));
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
          }
        },
      ),
      { seed, numRuns: cases },
    );
  });
});
