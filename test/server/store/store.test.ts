// What the store keeps, through orderly ends, kills and full disks. The thread is the built one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { type RunRow, type ScenarioRow, Store } from "../../../src/server/store/index.js";
import { repository } from "../../cli/command.js";

const folder = (): string => join(mkdtempSync(join(tmpdir(), "warplab-store-")), "data");
const scenario = (id: string, text = "{}"): ScenarioRow => ({ id, created_ms: 1, name: id, scenario: text });
const run = (id: string, given: Partial<RunRow> = {}): RunRow => ({
  id,
  created_ms: 1,
  ended_ms: null,
  status: "queued",
  scenario_id: null,
  name: "demo",
  scenario: "{}",
  seed: Number.MAX_SAFE_INTEGER,
  warplab: "1.2.3",
  result: null,
  error: null,
  ...given,
});
const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

describe("a store", () => {
  it("gives back what it was given, after it was opened again as well", async () => {
    const path = folder();
    const first = await Store.open(path);
    const text = JSON.stringify({ name: 'ü\u0000\ud800 "' });
    await first.addScenario(scenario("s1", text));
    const parts = { breakdown: Uint8Array.from([0, 1, 255]), log: new Uint8Array(100_000).fill(7) };
    const done = run("r1", { status: "done", result: '{"summary":{}}', seed: null, ended_ms: 2 });
    await first.addRun(done, parts);
    await first.addRun(run("r2"), null);
    const look = async (store: Store) => ({
      scenario: await store.scenario("s1"),
      runs: [await store.run("r1"), await store.run("r2")],
      breakdown: await store.part("r1", "breakdown"),
      log: await store.part("r1", "log"),
      absent: [await store.run("r3"), await store.scenario("r1"), await store.part("r2", "log")],
      queued: await store.queuedRuns(),
    });
    const before = await look(first);
    expect(before).toEqual({
      scenario: scenario("s1", text),
      runs: [done, run("r2")],
      ...parts,
      absent: [undefined, undefined, undefined],
      queued: [run("r2")],
    });
    await first.close();
    const second = await Store.open(path);
    expect(await look(second)).toEqual(before);
    await second.endRun({
      id: "r2",
      ended_ms: 3,
      status: "failed",
      warplab: "2",
      result: null,
      error: "why",
      parts: null,
    });
    expect(await second.run("r2")).toEqual(run("r2", { ended_ms: 3, status: "failed", warplab: "2", error: "why" }));
    expect(await second.queuedRuns()).toEqual([]);
    await second.close();
  });

  it("lists the youngest first, page by page, and of a run what a line of a list says", async () => {
    const store = await Store.open(":memory:");
    const result = '{"summary":{"p50_ms":28.927680000000677,"n":1e-9},"stages":[]}';
    await store.addRun(run("r1", { status: "done", result, ended_ms: 5 }), null);
    const { scenario: _scenario, seed: _seed, warplab: _version, result: _result, ...line } = run("r1");
    expect(await store.runs({ limit: 1 })).toEqual([
      { ...line, status: "done", ended_ms: 5, summary: '{"p50_ms":28.927680000000677,"n":1e-9}' },
    ]);
    await Promise.all(["a", "b", "c", "d"].map((id) => store.addScenario(scenario(id))));
    expect(ids(await store.scenarios({ limit: 2 }))).toEqual(["d", "c"]);
    expect(ids(await store.scenarios({ limit: 9, before: "c" }))).toEqual(["b", "a"]);
    expect(ids(await store.scenarios({ limit: 9, before: "nothing" }))).toEqual([]);
    await store.close();
  });

  it("keeps the others of what is written together when one does not fit", async () => {
    const store = await Store.open(":memory:");
    const outcomes = await Promise.allSettled(["a", "b", "a", "c"].map((id) => store.addScenario(scenario(id))));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(ids(await store.scenarios({ limit: 9 }))).toEqual(["c", "b", "a"]);
    await store.close();
  });

  it("is one server's at a time", async () => {
    const path = folder();
    const store = await Store.open(path);
    await expect(Store.open(path)).rejects.toThrow(
      `${path}: another server, process ${process.pid}, keeps its data here`,
    );
    await store.close();
    await (await Store.open(path)).close();
  });

  it("takes no notice of what a killed process left", async () => {
    const path = folder();
    await (await Store.open(path)).close();
    mkdirSync(join(path, "warplab.sqlite.lock"));
    writeFileSync(join(path, "warplab.sqlite.new"), "half of a file");
    await (await Store.open(path)).close();
    expect(existsSync(join(path, "warplab.sqlite.lock"))).toBe(false);
    rmSync(join(path, "warplab.sqlite"));
    await (await Store.open(path)).close();
    expect(readdirSync(path).filter((name) => !name.startsWith("owner."))).toEqual(["warplab.sqlite"]);
  });

  it("refuses what is not its own, and what a newer version made", async () => {
    const path = folder();
    await (await Store.open(path)).close();
    const change = (sql: string) => {
      const database = new sqlite.Database(join(path, "warplab.sqlite"));
      database.exec(`PRAGMA locking_mode = EXCLUSIVE; ${sql}`);
      database.close();
    };
    change("PRAGMA user_version = 99");
    await expect(Store.open(path)).rejects.toThrow("a newer warplab keeps its data here (form 99, this one knows 1)");
    change("PRAGMA user_version = 1; PRAGMA application_id = 5");
    await expect(Store.open(path)).rejects.toThrow("this database is not warplab's");
    writeFileSync(join(path, "warplab.sqlite"), "no database, but long enough to be taken for one".repeat(100));
    await expect(Store.open(path)).rejects.toThrow("the data cannot be opened: file is not a database");
    await expect(Store.open(path)).rejects.toThrow(InputError);
  });

  it("says where a folder cannot be", async () => {
    const path = folder();
    writeFileSync(path, "");
    await expect(Store.open(path)).rejects.toThrow("data folder: ");
  });
});

/** A process that stores scenarios as fast as it can, eight at a time, and prints the id of each that was acknowledged. */
function writer(path: string, words = ""): ReturnType<typeof spawn> {
  const code = `
    import { Store } from ${JSON.stringify(`${repository}dist/server/store/index.js`)};
    const store = await Store.open(${JSON.stringify(path)});
    const base = (await store.scenarios({ limit: 1 })).map(({ name }) => Number(name) + 1)[0] ?? 0;
    let next = base;
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (;;) {
        const name = String(next++);
        try {
          await store.addScenario({ id: "s" + name, created_ms: 1, name, scenario: name.padStart(6000, "x") });
        } catch (error) {
          process.stdout.write("error " + error.status + " " + error.message.split("\\n")[0] + "\\n");
          return;
        }
        process.stdout.write("s" + name + "\\n");
      }
    }));
    process.stdout.write("over\\n");
    await new Promise((done) => setTimeout(done, 60_000));`;
  const program = [process.execPath, "--input-type=module", "-e", code];
  return words === ""
    ? spawn(program[0], program.slice(1), { stdio: ["ignore", "pipe", "inherit"] })
    : spawn("sh", ["-c", `${words}; exec "$@"`, "sh", ...program], { stdio: ["ignore", "pipe", "inherit"] });
}

async function linesUntil(child: ReturnType<typeof spawn>, isEnough: (lines: readonly string[]) => boolean) {
  let text = "";
  const whole = () => text.split("\n").slice(0, -1);
  const enough = new Promise<void>((done) => {
    child.stdout!.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      if (isEnough(whole())) done();
    });
  });
  await enough;
  child.kill("SIGKILL");
  if (child.stdout!.readableEnded === false) await once(child, "close");
  return whole();
}

describe("what was acknowledged", () => {
  it("is there after each of ten kills, at whatever moment they come", async () => {
    const path = folder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round++) {
      const child = writer(path);
      // After so many acknowledgements, the kill falls somewhere into the next batch of writes, or a checkpoint.
      acknowledged.push(...(await linesUntil(child, (lines) => lines.length >= 5 + 37 * round)));
      const store = await Store.open(path);
      const kept = await Promise.all(acknowledged.map((id) => store.scenario(id)));
      await store.close();
      expect(acknowledged.filter((id, i) => kept[i]?.scenario !== id.slice(1).padStart(6000, "x"))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(1000);
  });

  it.skipIf(process.platform === "win32")(
    "is there after the disk took no more, which is said, and room lets it go on",
    async () => {
      const path = folder();
      // No file may be longer than 4 MiB: what a full disk answers, without being root.
      const child = writer(path, "ulimit -f 8192");
      const lines = await linesUntil(child, (all) => all.includes("over"));
      const refusals = lines.filter((line) => line.startsWith("error"));
      expect(refusals).toHaveLength(8);
      expect(refusals[0]).toMatch(/^error 507 it could not be stored and was not kept: .*, [\d,]+ bytes are free$/);
      const acknowledged = lines.filter((line) => line.startsWith("s"));
      expect(acknowledged.length).toBeGreaterThan(100);
      const store = await Store.open(path);
      const kept = new Set(ids(await store.scenarios({ limit: 1_000_000 })));
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      await store.addScenario(scenario("after"));
      expect(ids(await store.scenarios({ limit: 1 }))).toEqual(["after"]);
      await store.close();
    },
  );
});
