// The pace under a Jupyter server: nothing that it would drop, nothing kept back longer than that takes.
import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Outlet } from "../../../src/notebook/jupyter/wire/outlet.js";
import { Pace, type RateEffect, rateEffect } from "../../../src/notebook/jupyter/wire/pace.js";
import { kernelForFile, newFolder, ofType, pause, startKernel, until } from "./kernel.js";

/** When each message goes, given when it is handed over, in milliseconds. */
function departures(arrivals: readonly { at: number; effect: RateEffect }[]): { at: number; effect: RateEffect }[] {
  const pace = new Pace();
  let now = 0;
  return arrivals.map(({ at, effect }) => {
    now = Math.max(now, at);
    for (let delay = pace.delay(effect, now); delay > 0; delay = pace.delay(effect, now)) now += delay;
    return { at: now, effect };
  });
}

/** The most that a Jupyter server would count in any of its windows: the messages after the last "idle". */
function mostInWindow(sent: readonly { at: number; effect: RateEffect }[], window: number): number {
  let counted: number[] = [];
  let most = 0;
  for (const { at, effect } of sent) {
    if (effect === "reset") counted = [];
    if (effect !== "counted") continue;
    counted = counted.filter((earlier) => earlier > at - window);
    counted.push(at);
    most = Math.max(most, counted.length);
  }
  return most;
}

const phases = fc.array(
  fc.record({
    pause: fc.nat(4000),
    count: fc.nat(3000),
    spacing: fc.double({ min: 0, max: 3, noNaN: true }),
    ending: fc.constantFrom<RateEffect>("counted", "free", "reset"),
  }),
  { maxLength: 6 },
);

function arrivalsOf(chosen: typeof phases extends fc.Arbitrary<infer T> ? T : never): {
  at: number;
  effect: RateEffect;
}[] {
  let at = 0;
  return chosen.flatMap(({ pause: quiet, count, spacing, ending }) => {
    at += quiet;
    const some = Array.from({ length: count }, (_, i) => ({ at: at + i * spacing, effect: "counted" as RateEffect }));
    at += count * spacing;
    return [...some, { at, effect: ending }];
  });
}

describe("the pace", () => {
  test("never lets more through than a server takes, one that was busy for half a second included", () => {
    fc.assert(
      fc.property(phases, (chosen) => {
        expect(mostInWindow(departures(arrivalsOf(chosen)), 3500)).toBeLessThanOrEqual(3000);
      }),
      { numRuns: 30 },
    );
  });

  test("of 10,000 in a row takes what the server would need, and no longer", () => {
    const sent = departures(Array.from({ length: 10_000 }, () => ({ at: 0, effect: "counted" as RateEffect })));
    expect(sent.at(-1)!.at).toBeGreaterThan(9000);
    expect(sent.at(-1)!.at).toBeLessThan(16_000);
  });

  test("keeps nothing back that comes as an eye can follow", () => {
    const seen = Array.from({ length: 5000 }, (_, i) => ({ at: i * 2, effect: "counted" as RateEffect }));
    expect(departures(seen)).toEqual(seen);
  });

  test("begins anew with each idle, as the server does", () => {
    const cells = Array.from({ length: 20 }, () => [
      ...Array.from({ length: 500 }, () => ({ at: 0, effect: "counted" as RateEffect })),
      { at: 0, effect: "reset" as RateEffect },
    ]).flat();
    expect(departures(cells)).toEqual(cells);
  });

  test.each([
    ["status", { execution_state: "idle" }, "reset"],
    ["status", { execution_state: "busy" }, "free"],
    ["comm_open", {}, "free"],
    ["execute_input", {}, "free"],
    ["comm_msg", {}, "counted"],
    ["stream", {}, "counted"],
    ["update_display_data", {}, "counted"],
  ])("counts %s %j as the server does: %s", (type, content, effect) => {
    expect(rateEffect(type, content)).toBe(effect);
  });
});

describe("an outlet", () => {
  const outlet = () => {
    const sent: number[] = [];
    const socket = { send: async ([frame]: (Uint8Array | string)[]) => void sent.push(Number(frame)) };
    return { sent, outlet: new Outlet(socket, new Pace({ burst: 3, rate: 100 })) };
  };

  test("keeps the order of what waits and what need not", async () => {
    const { sent, outlet: paced } = outlet();
    for (let i = 0; i < 8; i++) paced.send([String(i)], i % 2 === 0 ? "counted" : "free");
    await paced.drained();
    expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("in a hurry sends all that waits at once", async () => {
    const { sent, outlet: slow } = outlet();
    for (let i = 0; i < 5000; i++) slow.send([String(i)], "counted");
    await pause(20);
    expect(sent.length).toBeLessThan(100);
    slow.hurry();
    await slow.drained();
    expect(sent).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  test("goes on after a send that failed", async () => {
    const sent: string[] = [];
    const broken = new Outlet({
      send: async ([frame]) => {
        if (frame === "bad") throw new Error("no peer");
        sent.push(String(frame));
      },
    });
    for (const frame of ["a", "bad", "b"]) broken.send([frame]);
    await broken.drained();
    expect(sent).toEqual(["a", "b"]);
  });
});

describe("a kernel under a Jupyter server", () => {
  const kernel = kernelForFile(() => ({ cwd: newFolder(), env: { JPY_SESSION_NAME: "notebook.ipynb" } }));
  const flood = (count: number) => `
    const flood = (globalThis as any)[Symbol.for("warplab.kernel")].openComm("flood", {});
    for (let i = 0; i < ${count}; i++) flood.send(i);`;

  test("loses none of 2,000 messages, keeps their order, and replies before they have left", async () => {
    const began = performance.now();
    const arrived: number[] = [];
    const running = kernel().execute(flood(2000), { onMessage: () => arrived.push(performance.now() - began) });
    const messages = ofType(await running, "comm_msg");
    expect(messages.map(({ content }) => content.data)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(
      mostInWindow(
        arrived.map((at) => ({ at, effect: "counted" })),
        500,
      ),
    ).toBeLessThan(1500);
  });

  test("hears an interrupt and answers requests while messages wait to leave", async () => {
    let left = 0;
    const flooded = kernel().execute(`${flood(2000)} await new Promise(() => {});`, { onMessage: () => left++ });
    await until(() => (left > 50 ? true : undefined));
    await kernel().interrupt();
    const { reply } = await flooded;
    expect(reply).toMatchObject({ status: "error", ename: "Interrupted" });
    expect(left).toBeGreaterThan(2000);
  });

  test("ends although thousands wait to leave, and they arrive where no server drops them", async () => {
    const ending = await startKernel({ cwd: newFolder(), env: { JPY_SESSION_NAME: "notebook.ipynb" } });
    let last: unknown;
    ending.onIopub = (message) => {
      if (message.type === "comm_msg") last = message.content.data;
    };
    const sent = join(newFolder(), "sent");
    ending.execute(`${flood(3000)} require("node:fs").writeFileSync(${JSON.stringify(sent)}, "");`).catch(() => {});
    await until(() => (existsSync(sent) ? true : undefined));
    await ending.shutdown();
    expect(ending.process.exitCode).toBe(0);
    expect(last).toBe(2999);
  });
});
