import { describe, expect, it } from "vitest";
import { Replay } from "../../../src/gpu/analysis/replay.js";
import type { LaunchImage } from "../../../src/gpu/simt/launch-image.js";
import { popcount } from "../../../src/gpu/simt/warp.js";
import { accessShapes } from "../../../widgets/stepper/access-shapes.js";
import { figures } from "../../../widgets/stepper/footer.js";
import { differences, faultLane, laneStates, type Scene, sceneAt } from "../../../widgets/stepper/scene.js";
import { Session } from "../../../widgets/stepper/session.js";
import {
  accessSentence,
  blockName,
  effectSentence,
  lanesSentence,
  plain,
  stepSentence,
  valueWords,
} from "../../../widgets/stepper/words.js";
import { divergentLaunch, faultyLaunch, sharedLaunch } from "./launches.js";

class Reader {
  readonly replay: Replay;
  readonly session: Session;

  constructor(image: LaunchImage) {
    this.replay = new Replay(image);
    this.session = new Session(this.replay, { lane: 3 });
  }

  get scene(): Scene {
    const { variables } = this.replay.image.debug ?? { variables: [] };
    return sceneAt(this.replay, this.session, () => variables, { registers: true });
  }

  /** Runs on until the shown instruction begins like this. */
  to(text: string): Scene {
    const pcs = this.replay.entry.instructions.flatMap((each, pc) => (each.text.startsWith(text) ? [pc] : []));
    this.session.runTo(new Set(pcs), text);
    return this.scene;
  }

  value(name: string): string {
    const row = this.scene.variables.find((each) => each.name === name);
    return row?.values === undefined ? "–" : valueWords(this.replay, row, row.values[this.session.lane]);
  }
}

describe("the scene of a step", () => {
  it("holds the lanes that executed it", () => {
    const reader = new Reader(divergentLaunch());
    const scene = reader.to("st.global");
    expect(scene.lanes.filter((state) => state === "on")).toHaveLength(popcount(scene.record?.mask ?? 0));
    expect(scene.pc).toBe(scene.record?.pc);
  });

  it("marks the lanes in which it changed a variable, and only those", () => {
    const reader = new Reader(divergentLaunch());
    const scene = reader.to("add.s32 %i");
    const i = scene.variables.find((row) => row.name === "i");
    expect(i?.changed).toBe((scene.record?.mask ?? 0) >>> 0);
    for (const row of scene.variables) if (row.name !== "i") expect(row.changed).toBe(0);
  });

  it("reads values in the variable's type, and a pointer as what it points at", () => {
    const reader = new Reader(divergentLaunch());
    reader.to("mov.s32 %i");
    expect(reader.value("x")).toBe("3");
    expect(reader.value("cr")).toBe("−1.71875");
    expect(reader.value("out")).toBe("→ out[0]");
  });

  it("has the same values when it is reached backwards", () => {
    const reader = new Reader(sharedLaunch());
    for (let position = 20; position < 200; position += 37) {
      reader.session.goTo(position);
      const forwards = reader.scene;
      reader.session.last();
      void reader.scene;
      reader.session.goTo(position);
      expect(reader.scene.registers).toEqual(forwards.registers);
      expect(reader.scene.lanes).toEqual(forwards.lanes);
    }
  });

  it("still has the registers at the step that ends a block", () => {
    const reader = new Reader(sharedLaunch());
    const last = reader.replay.stepsOfWarp(0, 1).at(-1) as number;
    reader.session.goTo(last + 1);
    expect(reader.scene.current).toBe(true);
    expect(reader.value("tid")).toBe("35");
  });

  it("remembers the warp's last access, and how long ago it was", () => {
    const reader = new Reader(sharedLaunch());
    reader.to("ld.global");
    expect(reader.scene.access?.age).toBe(0);
    reader.session.step();
    expect(reader.scene.access).toMatchObject({ age: 1, access: { space: "global", kind: "load" } });
  });

  it("tells what the launch ended with at the step that went wrong, and nowhere else", () => {
    const reader = new Reader(faultyLaunch());
    reader.session.last();
    expect(reader.scene.fault).toContain("out-of-bounds");
    expect(reader.scene.fault).toContain("line 13");
    reader.session.back();
    expect(reader.scene.fault).toBeUndefined();
  });
});

describe("the states of lanes", () => {
  const alive = { exists: -1, exited: 0, atBarrier: 0 };

  it("tells a lane that its predicate skips from one on another path", () => {
    const states = laneStates({ mask: 0b001, active: 0b011 }, true, { ...alive, exists: 0b111 });
    expect(states.slice(0, 4)).toEqual(["on", "skip", "off", "absent"]);
  });

  it("shows the lanes that execute `ret` or a barrier as running in that step, and as ended or waiting after it", () => {
    const record = { mask: 0b01, active: 0b01 };
    const after = { exists: 0b11, exited: 0b01, atBarrier: 0b10 };
    expect(laneStates(record, true, after).slice(0, 2)).toEqual(["on", "barrier"]);
    expect(laneStates(record, false, after).slice(0, 2)).toEqual(["done", "barrier"]);
  });

  it("is ready before the first step", () => {
    expect(laneStates(undefined, false, alive)).toEqual(new Array(32).fill("ready"));
  });
});

it("finds differences bit for bit: NaN is no change, −0 is one", () => {
  const lanes = (value: number): number[] => new Array(32).fill(value);
  expect(differences(lanes(Number.NaN), lanes(Number.NaN))).toBe(0);
  expect(differences(lanes(0), lanes(-0))).toBe(0xffffffff);
  expect(differences(undefined, lanes(1))).toBe(0);
});

describe("the words", () => {
  it("say what lanes do", () => {
    const reader = new Reader(divergentLaunch());
    expect(lanesSentence(reader.scene)).toBe("Warp 0: 32 lanes are ready to start");
    reader.session.step();
    expect(lanesSentence(reader.scene)).toBe("Warp 0: 32 lanes run");
    reader.session.seek("divergence", 1);
    expect(lanesSentence(reader.scene)).toMatch(/^Warp 0: \d+ lanes? jumps?, \d+ goe?s? on/);
    expect(plain(effectSentence(reader.replay, reader.scene))).toMatch(
      /^The warp diverges: \d+ lanes? goe?s? to \$done, \d+ go on\. They will run one after the other\.$/,
    );
  });

  it("say what an access cost and how far apart the lanes are", () => {
    const column = new Reader(divergentLaunch());
    column.to("st.global");
    expect(plain(accessSentence(column.replay, column.scene))).toMatch(
      /^Store to out: \d+ lanes touch (\d+) sectors where \d would do\. Neighbouring lanes are 128 bytes apart\.$/,
    );
    const row = new Reader(sharedLaunch());
    row.to("ld.global");
    expect(plain(accessSentence(row.replay, row.scene))).toBe(
      "Load from x: 32 lanes touch 4 sectors, the fewest that could do. Neighbouring lanes are side by side.",
    );
  });

  it("say how many passes a bank conflict takes", () => {
    const reader = new Reader(sharedLaunch());
    reader.to("ld.shared");
    // The first round reads every other word: 32 lanes on 16 banks.
    expect(plain(accessSentence(reader.replay, reader.scene))).toBe(
      "Load from tile: 32 lanes touch 16 banks and take 2 passes where 1 would do. Neighbouring lanes are 8 bytes apart.",
    );
    expect(accessSentence(reader.replay, reader.scene).find(({ tone }) => tone === "waste")?.text).toBe("2 passes");
  });

  it("name the variables that changed, barriers and ends", () => {
    const reader = new Reader(sharedLaunch());
    expect(plain(effectSentence(reader.replay, reader.scene))).toBe("Nothing has run yet.");
    reader.to("mov.s32 %s");
    expect(plain(effectSentence(reader.replay, reader.scene))).toBe("s changes in 32 lanes.");
    reader.to("bar.sync");
    expect(plain(effectSentence(reader.replay, reader.scene))).toBe(
      "This warp waits until every warp of its block is here.",
    );
    reader.to("ret");
    expect(plain(effectSentence(reader.replay, reader.scene))).toBe("32 lanes return.");
  });

  it("make one sentence for the ear", () => {
    const reader = new Reader(sharedLaunch());
    expect(stepSentence(reader.replay, reader.scene)).toBe("Nothing has run yet. First comes warp 0 of block (0).");
    const scene = reader.to("ld.global");
    expect(stepSentence(reader.replay, scene)).toBe(
      "Step 10 of 398, warp 0 of block (0), line 5: ld.global.f32. 32 lanes run. Load from x: 32 lanes touch 4 sectors, the fewest that could do. Neighbouring lanes are side by side.",
    );
  });

  it("say where another warp stands while it does not run", () => {
    const reader = new Reader(sharedLaunch());
    reader.to("bar.sync");
    reader.session.pin({ block: 0, warp: 0 });
    reader.session.goTo(reader.session.position + 3);
    expect(lanesSentence(reader.scene)).toBe("Warp 0: 32 lanes are at the barrier");
  });

  it("leave out figures that have no meaning for the launch", () => {
    const reader = new Reader(divergentLaunch());
    const names = figures(reader.replay.counters).map(({ name }) => name);
    expect(names).toEqual(["warp instructions", "branch efficiency", "sectors per request", "FLOP per byte"]);
    const tree = figures(new Reader(sharedLaunch()).replay.counters);
    expect(tree.find(({ name }) => name === "bank conflicts")?.value).toBe("30");
  });
});

describe("a fault", () => {
  const image = faultyLaunch();
  const replay = new Replay(image);
  const scene = sceneAt(replay, new Session(replay, { position: replay.length }), () => [], { registers: false });

  it("names a lane, and marks it with all others that reach outside", () => {
    expect(faultLane(replay)).toBe(2);
    expect(scene.atFault).toBe(0xfffffffc);
    expect(lanesSentence(scene)).toBe("Warp 0: 30 lanes fault, 2 run");
  });

  it("draws what it asked for apart from memory that was used", () => {
    const shapes = accessShapes(scene.access!.access, scene.atFault)!;
    const used = shapes.targets.filter(({ used }) => used.length > 0);
    const outside = shapes.targets.filter(({ outside }) => outside.length > 0);
    expect([used.length, outside.length]).toEqual([2, 30]);
  });

  it("marks nothing before", () => {
    const before = sceneAt(replay, new Session(replay, { position: replay.length - 1 }), () => [], {
      registers: false,
    });
    expect(before.atFault).toBe(0);
  });
});

it("a block is named in as many dimensions as the grid has", () => {
  const name = (x: number, y: number, z: number, block: number) =>
    blockName({ image: { ...faultyLaunch(), grid: { x, y, z } } }, block);
  expect(name(8, 1, 1, 5)).toBe("(5)");
  expect(name(2, 16, 1, 0)).toBe("(0, 0)");
  expect(name(2, 16, 1, 9)).toBe("(1, 4)");
  expect(name(2, 2, 2, 0)).toBe("(0, 0, 0)");
});
