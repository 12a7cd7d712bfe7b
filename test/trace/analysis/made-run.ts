// Programs of one host thread on a device with streams, run by the plainest rules there are: the independent reference of the critical
// path and of every "what if".
import fc from "fast-check";
import type { Timeline } from "../../../src/trace/timeline/index.js";
import { MadeTimeline } from "./made-timeline.js";

/** What the program does next; durations in nanoseconds. */
export type Action =
  | { readonly do: "compute"; readonly host: number }
  | {
      readonly do: "launch";
      readonly stream: number;
      readonly call: number;
      readonly kernel: number;
      readonly name: string;
    }
  | { readonly do: "copy"; readonly stream: number; readonly call: number; readonly copy: number }
  | { readonly do: "copy and wait"; readonly stream: number; readonly copy: number }
  | { readonly do: "wait for stream"; readonly stream: number; readonly call: number }
  | { readonly do: "wait for all"; readonly call: number }
  | { readonly do: "record"; readonly stream: number; readonly event: number }
  | { readonly do: "wait for event"; readonly stream: number; readonly event: number }
  | { readonly do: "wait on host for event"; readonly event: number };

/** What each kind of duration is multiplied by. */
export interface Factors {
  readonly host?: number;
  readonly launches?: number;
  readonly copies?: number;
  readonly kernels?: number | Readonly<Record<string, number>>;
}

/** From the end of a launching call to the earliest that its work can begin. */
const arrival = 4;

/** The program's run as a timeline. */
export function run(program: readonly Action[], factors: Factors = {}): Timeline {
  const { host = 1, launches = 1, copies = 1, kernels = 1 } = factors;
  const made = new MadeTimeline();
  const free = new Map<number, number>();
  const recorded = new Map<number, number>();
  const of = (stream: number): number => free.get(stream) ?? 0;
  const kernelFactor = (name: string): number => (typeof kernels === "number" ? kernels : (kernels[name] ?? 1));
  made.call("cuInit", [0, 10 * host]);
  let now = 10 * host;
  for (const action of program) {
    const since = now;
    switch (action.do) {
      case "compute":
        now += action.host * host;
        break;
      case "launch": {
        now += action.call * launches;
        const start = Math.max(now + arrival, of(action.stream));
        const end = start + action.kernel * kernelFactor(action.name);
        made.kernel(action.name, [since, now], [start, end], { stream: action.stream });
        free.set(action.stream, end);
        break;
      }
      case "copy": {
        now += action.call * host;
        const start = Math.max(now + arrival, of(action.stream));
        const end = start + action.copy * copies;
        made.copy("cuMemcpyHtoDAsync_v2", [since, now], [start, end], { stream: action.stream, bytes: 8 });
        free.set(action.stream, end);
        break;
      }
      case "copy and wait": {
        const start = Math.max(now, of(action.stream));
        now = start + action.copy * copies;
        made.copy("cuMemcpyDtoH_v2", [since, now], [start, now], {
          stream: action.stream,
          direction: "device to host",
        });
        free.set(action.stream, now);
        break;
      }
      case "wait for stream":
        now = Math.max(now, of(action.stream)) + action.call * host;
        made.call("cuStreamSynchronize", [since, now], { stream: action.stream });
        break;
      case "wait for all":
        now = Math.max(now, ...free.values()) + action.call * host;
        made.call("cuCtxSynchronize", [since, now]);
        break;
      case "record":
        recorded.set(action.event, of(action.stream));
        now += 2 * host;
        made.call("cuEventRecord", [since, now], { stream: action.stream, args: { event: action.event } });
        break;
      case "wait for event":
        if (recorded.has(action.event)) {
          free.set(action.stream, Math.max(of(action.stream), recorded.get(action.event)!));
          now += 2 * host;
          made.call("cuStreamWaitEvent", [since, now], { stream: action.stream, args: { event: action.event } });
        }
        break;
      case "wait on host for event":
        if (recorded.has(action.event)) {
          now = Math.max(now, recorded.get(action.event)!);
          made.call("cuEventSynchronize", [since, now], { args: { event: action.event } });
        }
        break;
    }
  }
  made.call("cuCtxDestroy_v2", [now, now + 6 * host]);
  return made.done();
}

const stream = fc.nat({ max: 2 });
// Even, so that half of each is whole.
const time = fc.integer({ min: 0, max: 30 }).map((half) => 2 * half);
// What takes the device no time and begins with what follows it stands after it on a timeline, so nobody could tell their order.
const taken = fc.integer({ min: 1, max: 30 }).map((half) => 2 * half);
const name = fc.constantFrom("gemm", "relu");
const event = fc.nat({ max: 1 });

/** Programs of up to so many actions. */
export function programs(maxLength: number): fc.Arbitrary<Action[]> {
  return fc.array(
    fc.oneof(
      fc.record({ do: fc.constant("compute" as const), host: time }),
      fc.record({ do: fc.constant("launch" as const), stream, call: time, kernel: taken, name }),
      fc.record({ do: fc.constant("copy" as const), stream, call: time, copy: taken }),
      fc.record({ do: fc.constant("copy and wait" as const), stream, copy: taken }),
      fc.record({ do: fc.constant("wait for stream" as const), stream, call: time }),
      fc.record({ do: fc.constant("wait for all" as const), call: time }),
      fc.record({ do: fc.constant("record" as const), stream, event }),
      fc.record({ do: fc.constant("wait for event" as const), stream, event }),
      fc.record({ do: fc.constant("wait on host for event" as const), event }),
    ),
    { maxLength },
  );
}
