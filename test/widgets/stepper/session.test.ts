import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Replay } from "../../../src/gpu/analysis/replay.js";
import { countBelow, Session } from "../../../widgets/stepper/session.js";
import { divergentLaunch, faultyLaunch, sharedLaunch } from "./launches.js";

const shared = new Replay(sharedLaunch());
const divergent = new Replay(divergentLaunch(8, 12));

function opcode(session: Session): string {
  const step = session.shownStep as number;
  return shared.entry.instructions[shared.recordAt(step).pc].text;
}

describe("a session that follows the launch", () => {
  let session: Session;
  beforeEach(() => {
    session = new Session(shared);
  });

  it("begins before the first step, and shows the warp that comes first", () => {
    expect(session.position).toBe(0);
    expect(session.shownStep).toBeUndefined();
    expect(session.warp).toEqual({ block: 0, warp: 0 });
  });

  it("shows the step that ran last", () => {
    session.step();
    session.step();
    expect(session.position).toBe(2);
    expect(session.shownStep).toBe(1);
    expect(session.isCurrent).toBe(true);
  });

  it("stops at both ends and says so", () => {
    expect(session.back()).toBe(false);
    expect(session.notice).toBe("Nothing has run yet.");
    session.last();
    expect(session.position).toBe(shared.length);
    expect(session.step()).toBe(false);
    expect(session.notice).toBe("The launch has ended.");
    session.back();
    expect(session.notice).toBe("");
  });

  it("keeps a position from outside within the launch", () => {
    expect(new Session(shared, { position: 1e9, lane: 99 })).toMatchObject({ position: shared.length, lane: 31 });
    expect(new Session(shared, { position: -4, lane: -1 })).toMatchObject({ position: 0, lane: 0 });
  });

  it("changes warp where the launch does: the second warp runs once the first waits at the barrier", () => {
    expect(session.seek("barrier", 1)).toBe(true);
    expect(session.warp.warp).toBe(0);
    expect(opcode(session)).toContain("bar.sync");
    session.step();
    expect(session.warp).toEqual({ block: 0, warp: 1 });
  });

  it("goes to the next and the previous memory access", () => {
    session.seek("memory", 1);
    expect(opcode(session)).toContain("ld.global");
    const first = session.position;
    session.seek("memory", 1);
    expect(opcode(session)).toContain("st.shared");
    session.seek("memory", -1);
    expect(session.position).toBe(first);
    expect(session.seek("memory", -1)).toBe(false);
    expect(session.notice).toBe("No memory access before this step.");
    expect(session.position).toBe(first);
  });

  it("says when there is nothing of what is sought in the whole launch", () => {
    const plain = new Session(new Replay(faultyLaunch()));
    expect(plain.seek("barrier", 1)).toBe(false);
    expect(plain.notice).toBe("This launch has no barrier.");
  });

  it("steps over to another source line of the same warp", () => {
    session.step();
    session.line(1);
    expect(shared.entry.instructions[shared.recordAt(session.shownStep as number).pc].source?.line).toBe(2);
    session.line(-1);
    expect(shared.entry.instructions[shared.recordAt(session.shownStep as number).pc].source?.line).toBe(1);
  });

  it("tells its listeners of every change until they leave", () => {
    let heard = 0;
    const leave = session.onChange(() => heard++);
    session.step();
    session.selectLane(5);
    expect(heard).toBe(2);
    leave();
    session.step();
    expect(heard).toBe(2);
  });
});

describe("a session that stays with a warp", () => {
  it("steps only along that warp", () => {
    const session = new Session(shared);
    session.pin({ block: 0, warp: 1 });
    const steps = shared.stepsOfWarp(0, 1);
    expect(session.position).toBe(steps[0] + 1);
    for (let index = 1; index < steps.length; index++) {
      expect(session.step()).toBe(true);
      expect(session.shownStep).toBe(steps[index]);
    }
    expect(session.step()).toBe(false);
    expect(session.notice).toBe("Warp 1 has ended.");
  });

  it("goes back to before its first step", () => {
    const session = new Session(shared);
    session.pin({ block: 1, warp: 0 });
    expect(session.back()).toBe(true);
    expect(session.shownStep).toBeUndefined();
    expect(session.warp).toEqual({ block: 1, warp: 0 });
    expect(session.back()).toBe(false);
    expect(session.notice).toBe("Warp 0 has not run yet.");
  });

  it("finds events of that warp only", () => {
    const session = new Session(shared);
    session.pin({ block: 1, warp: 1 });
    while (session.seek("memory", 1)) {
      expect(shared.recordAt(session.position - 1)).toMatchObject({ block: 1, warp: 1 });
    }
  });

  it("is where it was after a step there and back, wherever it stands", () => {
    fc.assert(
      fc.property(fc.nat(divergent.length - 1), fc.boolean(), (position, stays) => {
        const session = new Session(divergent, { position });
        if (stays) session.pin(session.warp);
        const before = session.position;
        if (!session.step()) return;
        session.back();
        expect(session.position).toBe(before);
      }),
    );
  });
});

describe("running to a line", () => {
  it("goes to the warp's next time there, and says when there is only an earlier one", () => {
    const session = new Session(shared);
    const barrier = new Set([shared.entry.instructions.findIndex(({ text }) => text.includes("bar.sync"))]);
    expect(session.runTo(barrier, "line 7")).toBe(true);
    const first = session.position;
    session.runTo(barrier, "line 7");
    expect(session.position).toBeGreaterThan(first);
    session.last();
    session.pin({ block: 0, warp: 0 });
    session.runTo(barrier, "line 7");
    expect(session.position).toBe(first);
    expect(session.notice).toContain("does not reach line 7 again");
  });

  it("says when the warp never runs it", () => {
    const session = new Session(shared);
    expect(session.runTo(new Set([9999]), "line 4")).toBe(false);
    expect(session.notice).toBe("Warp 0 never runs line 4.");
  });
});

describe("who wrote this", () => {
  it("goes to the step and the lane that last wrote the selected value, then to the one before", () => {
    const session = new Session(shared);
    session.goTo(shared.stepsOfWarp(0, 0).at(-1) as number);
    session.selectCell({ space: "shared", address: 0, label: "tile[0]" });
    const writers: number[] = [];
    while (session.whoWrote()) {
      const access = shared.accessAt(session.shownStep as number);
      expect(access).toMatchObject({ space: "shared", kind: "store" });
      expect(session.lane).toBe(0);
      writers.push(session.shownStep as number);
    }
    // The load into the tile, and six rounds of the tree.
    expect(writers).toHaveLength(7);
    expect(writers).toEqual([...writers].sort((a, b) => b - a));
    expect(session.notice).toBe("This step is the first that wrote tile[0].");
  });

  it("asks for the address that the selected lane accesses when no value is selected", () => {
    const session = new Session(shared, { lane: 3 });
    const load = shared.entry.instructions.findIndex(({ text }) => text.startsWith("ld.shared.f32 %f1"));
    session.runTo(new Set([load]), "the load");
    expect(session.whoWrote()).toBe(true);
    expect(opcode(session)).toContain("st.shared");
    expect(session.lane).toBe(7);
  });

  it("says when nothing did, or when there is nothing to ask about", () => {
    const session = new Session(shared);
    expect(session.whoWrote()).toBe(false);
    expect(session.notice).toContain("Select a value in memory first");
    session.selectCell({ space: "global", address: shared.image.memory[0].address, label: "x[0]" });
    session.last();
    session.whoWrote();
    expect(session.notice).toBe("Nothing has written x[0] since the launch began.");
  });
});

it("counts numbers below a limit in a sorted list, as counting them one by one does", () => {
  fc.assert(
    fc.property(fc.uint32Array(), fc.nat(), (numbers, limit) => {
      const sorted = numbers.sort();
      expect(countBelow(sorted, limit)).toBe(sorted.filter((each) => each < limit).length);
    }),
  );
});
