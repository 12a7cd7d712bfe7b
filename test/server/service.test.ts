// Scenarios and runs over HTTP, by real requests.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { breakdown, presets, simulate } from "../../src/serving/index.js";
import { type Client, demo, type Listening, limitsForLong, listening, long } from "./client.js";

let all: Listening;
let client: Client;
beforeAll(async () => {
  all = await listening({ limits: limitsForLong });
  client = all.client;
});
afterAll(() => all.server.close());

/** The library's own answer, as JSON has it. */
const own = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("scenarios", () => {
  it("are kept, as they were posted", async () => {
    const scenario = { ...demo, name: "mine" };
    const { status, body } = await client.post("/v1/scenarios", scenario);
    expect(status).toBe(200);
    expect(body).toEqual({ scenario_id: expect.stringMatching(/^scn_[\w-]{22}$/) });
    const kept = await client.get(`/v1/scenarios/${body.scenario_id}`);
    expect(kept.headers.get("content-type")).toMatch(/^application\/json/);
    expect(kept.body).toEqual(scenario);
    const { scenarios } = (await client.get("/v1/scenarios?limit=1")).body;
    expect(scenarios).toEqual([{ scenario_id: body.scenario_id, name: "mine", created: expect.any(String) }]);
    expect(Math.abs(Date.parse(scenarios[0].created) - Date.now())).toBeLessThan(3_600_000);
  });

  it("to begin with are there, and each can be posted", async () => {
    const { body } = await client.get("/v1/presets");
    expect(Object.keys(body)).toEqual([...presets.keys()]);
    for (const preset of Object.values(body)) expect((await client.post("/v1/scenarios", preset)).status).toBe(200);
  });

  it.each([
    ['{"name": "x",}', "body, line 1, column 14: not valid JSON: a comma may not stand before }"],
    ["[]", "body: must be an object"],
    [{ ...demo, workload: { ...demo.workload, rps: 0 } }, "body: workload.rps: must be more than 0, got 0"],
    [{ ...demo, pipelines: [] }, "body: pipelines: unknown field"],
    [
      { ...demo, workload: { rps: 1000, duration_s: 5000 } },
      "body: workload: 5,000,000 requests (1000 a second for 5000 s) are more than this server takes in a run: 4,000,000",
    ],
    ["", "there is no body"],
  ])("that cannot be run are refused with the field: %j", async (body, says) => {
    const answer = await client.post("/v1/scenarios", body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body)).toEqual(["error"]);
    expect(answer.body.error).toContain(says);
  });

  it("that are not there are 404", async () => {
    const { status, body } = await client.get("/v1/scenarios/scn_nothing");
    expect({ status, error: body.error }).toEqual({
      status: 404,
      error: 'there is no scenario "scn_nothing"\nPOST /v1/scenarios keeps one, GET /v1/scenarios lists them.',
    });
  });
});

describe("runs", () => {
  it("answer what the library answers, and are kept with the same bytes", async () => {
    const expected = simulate(demo, { seed: 7 });
    const answer = await client.post("/v1/runs", { scenario: demo, seed: 7 });
    expect(answer.status).toBe(200);
    const { run_id, summary, seed, ...rest } = answer.body;
    expect(run_id).toMatch(/^run_[\w-]{22}$/);
    expect({ summary, seed }).toEqual({ summary: own(expected.summary), seed: 7 });
    expect(rest.breakdown).toEqual(own(breakdown(expected)));
    expect(rest.artifacts).toEqual({ trace: `/v1/runs/${run_id}/trace`, breakdown: `/v1/runs/${run_id}/breakdown` });
    expect(rest.checks).toEqual(own(expected.checks));

    const kept = await client.get(`/v1/runs/${run_id}`);
    expect(kept.body).toMatchObject({ run_id, status: "done", summary, seed: 7, scenario: demo });
    expect(answer.text).toContain(`"summary":${JSON.stringify(kept.body.summary)}`);
    const parts = await client.get(rest.artifacts.breakdown);
    expect(answer.text).toContain(`"breakdown":${parts.text},"artifacts"`);
    const { runs } = (await client.get("/v1/runs?limit=1")).body;
    expect(runs).toEqual([
      { run_id, status: "done", name: "demo", created: expect.any(String), ended: expect.any(String), summary },
    ]);
  });

  it("take the id of a scenario, and give the same for the same seed", async () => {
    const { scenario_id } = (await client.post("/v1/scenarios", presets.get("poisson"))).body;
    const [first, second, other] = await Promise.all(
      [1, 1, 2].map(async (seed) => (await client.post("/v1/runs", { scenario_id, seed })).body),
    );
    expect(first.scenario_id).toBe(scenario_id);
    expect({ ...second, run_id: 0, artifacts: 0 }).toEqual({ ...first, run_id: 0, artifacts: 0 });
    expect(other.summary).not.toEqual(first.summary);
  });

  it("have a Chrome trace, compressed for whoever takes that", async () => {
    const { artifacts } = (await client.post("/v1/runs", { scenario: demo })).body;
    const trace = await client.get(artifacts.trace);
    expect(trace.headers.get("content-encoding")).toBe("gzip");
    const slices = trace.body.traceEvents.filter(({ ph }: { ph: string }) => ph === "X");
    expect(slices.length).toBeGreaterThanOrEqual(20 * 5);
    for (const path of [artifacts.trace, artifacts.breakdown]) {
      const plain = await all.server.inject({
        url: path,
        headers: { host: "localhost", "accept-encoding": "gzip;q=0" },
      });
      expect(plain.headers["content-encoding"]).toBeUndefined();
      expect(plain.json()).toEqual((await client.get(path)).body);
    }
  });

  it.each([
    [{}, "body: there is no scenario"],
    [{ scenario: demo, scenario_id: "scn_1" }, "body: there are a scenario and a scenario_id"],
    [{ scenario: "demo" }, "body: scenario: must be an object"],
    [{ scenario: demo, sede: 1 }, 'body: sede: unknown field\nDid you mean "seed"?'],
    [{ scenario: demo, seed: -1 }, "body: seed: must be at least 0, got -1"],
    [{ scenario: { ...demo, pipeline: [] } }, "body.scenario: "],
    ["not JSON", "body, line 1, column 1: not valid JSON"],
  ])("refuse %j with 400 and the field", async (body, says) => {
    const answer = await client.post("/v1/runs", body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(says);
  });

  it.each(["/v1/runs/run_1", "/v1/runs/run_1/trace", "/v1/runs/run_1/breakdown"])(
    "that are not there are 404: %s",
    async (path) => {
      const { status, body } = await client.get(path);
      expect({ status, error: body.error }).toEqual({ status: 404, error: expect.stringContaining('no run "run_1"') });
    },
  );

  it("of a scenario that is not there are 404", async () => {
    expect((await client.post("/v1/runs", { scenario_id: "scn_1" })).status).toBe(404);
    expect((await client.delete("/v1/runs/run_1")).status).toBe(404);
  });

  it.each([
    ["GET", "/v1/runs?limit=0", 'limit: must be a whole number from 1 to 1000, got "0"'],
    ["GET", "/v1/runs?limits=3", 'query: unknown parameter "limits"\nDid you mean "limit"?'],
    ["POST", "/v1/runs?wait=maybe", 'wait: must be true or false, got "maybe"'],
  ])("refuse %s %s", async (method, path, says) => {
    const { status, body } = await client.ask(method, path, method === "POST" ? { scenario: demo } : undefined);
    expect({ status, error: body.error }).toEqual({ status: 400, error: says });
  });

  it("cannot be asked for by a page of another site", async () => {
    const headers = { origin: "https://evil.example", host: "localhost" };
    // What a page may send without asking first is no application/json; and what it would ask first is not answered.
    const form = await all.server.inject({
      method: "POST",
      url: "/v1/runs",
      headers: { ...headers, "content-type": "text/plain" },
      payload: JSON.stringify({ scenario: demo }),
    });
    const first = await all.server.inject({ method: "OPTIONS", url: "/v1/runs", headers });
    const read = await all.server.inject({ url: "/v1/runs", headers });
    expect([form.statusCode, first.statusCode, read.statusCode]).toEqual([415, 404, 200]);
    for (const { headers } of [form, first, read]) expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(read.headers["x-content-type-options"]).toBe("nosniff");
  });

  it("refuse bodies beyond their limit", async () => {
    const { status, body } = await client.post("/v1/runs", `"${"x".repeat(2 * 2 ** 20)}"`);
    expect({ status, body }).toEqual({ status: 413, body: { error: "the body is larger than 2 MiB" } });
  });
});

describe("runs that are promised", () => {
  it("are answered at once with their id, and then computed as others are", async () => {
    const [byQuery, byHeader] = await Promise.all([
      client.post("/v1/runs?wait=false", { scenario: demo, seed: 3 }),
      client.post("/v1/runs", { scenario: demo, seed: 3 }, { headers: { prefer: "handling=strict, respond-async" } }),
    ]);
    for (const { status, body, headers } of [byQuery, byHeader]) {
      expect({ status, body }).toEqual({ status: 202, body: { run_id: expect.any(String), status: "queued" } });
      expect(headers.get("location")).toBe(`/v1/runs/${body.run_id}`);
      const done = await client.statusAfter(body.run_id, "queued", "running");
      expect(done.body).toMatchObject({ status: "done", seed: 3, summary: own(simulate(demo, { seed: 3 }).summary) });
      expect((await client.get(done.body.artifacts.breakdown)).body.requests).toHaveLength(20);
    }
  });

  it("say how far they are while every worker computes, and stop when they are told to", async () => {
    const posted = await Promise.all([1, 2, 3].map(() => client.post("/v1/runs?wait=false", { scenario: long })));
    const [first, second, third] = posted.map(({ body }) => body.run_id as string);
    const running = await client.statusAfter(first, "queued");
    expect(running.body).toMatchObject({ status: "running", progress: { total: 3_000_000 } });
    expect((await client.get(`/v1/runs/${third}`)).body.status).toBe("queued");
    expect((await client.get("/docs/json")).status).toBe(200);
    const early = await client.get(`/v1/runs/${first}/trace`);
    expect({ status: early.status, error: early.body.error }).toEqual({
      status: 409,
      error: `this run is not done: it is running\nGET /v1/runs/${first} says how far it is.`,
    });
    for (const id of [third, first, second]) {
      expect(await client.delete(`/v1/runs/${id}`)).toMatchObject({
        status: 200,
        body: { run_id: id, status: "cancelled" },
      });
      expect((await client.get(`/v1/runs/${id}`)).body.status).toBe("cancelled");
    }
    // The workers are free again, and what is done cannot be stopped.
    const { run_id } = (await client.post("/v1/runs", { scenario: demo })).body;
    const late = await client.delete(`/v1/runs/${run_id}`);
    expect({ status: late.status, error: late.body.error }).toEqual({
      status: 409,
      error: "this run has ended already: it is done",
    });
  });
});

describe("a server with one worker", () => {
  it("stops a run whose client hangs up, and takes no more than it was told to", async () => {
    const { server, client } = await listening({ workers: 1, limits: { ...limitsForLong, waiting: 1 } });
    try {
      const gone = new AbortController();
      const lost = client.post("/v1/runs", { scenario: long }, { signal: gone.signal });
      while ((await client.get("/v1/load")).body.computing === 0);
      const promised = await client.post("/v1/runs?wait=false", { scenario: demo });
      expect(promised.status).toBe(202);
      expect((await client.get("/v1/load")).body).toEqual({
        workers: 1,
        computing: 1,
        waiting: 1,
        limits: { requests: 4_000_000, waiting: 1, seconds: 120 },
      });
      const full = await client.post("/v1/runs", { scenario: demo });
      expect({ status: full.status, after: full.headers.get("retry-after"), error: full.body.error }).toEqual({
        status: 503,
        after: "5",
        error: "1 run waits already, more are not taken\nSend it again later; the header Retry-After says when.",
      });
      gone.abort();
      await expect(lost).rejects.toThrow();
      const { body } = await client.statusAfter(promised.body.run_id, "queued", "running");
      expect(body.status).toBe("done");
      // The lost one was nobody's: it is not kept.
      expect((await client.get("/v1/runs")).body.runs).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  it("takes no more promises than it was told to, when they come at once", async () => {
    const { server, client } = await listening({ workers: 1, limits: { ...limitsForLong, waiting: 4 } });
    try {
      const posted = await Promise.all(
        Array.from({ length: 20 }, () => client.post("/v1/runs?wait=false", { scenario: long })),
      );
      expect(posted.map(({ status }) => status).sort()).toEqual([...Array(5).fill(202), ...Array(15).fill(503)]);
    } finally {
      await server.close();
    }
  });

  it("gives up a run that takes too long, and says so", async () => {
    const { server, client } = await listening({ workers: 1, limits: { ...limitsForLong, seconds: 1 } });
    try {
      const { status, body } = await client.post("/v1/runs", { scenario: long });
      expect({ status, error: body.error }).toEqual({
        status: 422,
        error: expect.stringContaining("this run was computed for 1 s and was not done"),
      });
      const promised = (await client.post("/v1/runs?wait=false", { scenario: long })).body.run_id;
      expect((await client.statusAfter(promised, "queued", "running")).body).toMatchObject({
        status: "failed",
        error: expect.stringContaining("this run was computed for 1 s"),
      });
    } finally {
      await server.close();
    }
  });
});

describe("a server that starts again", () => {
  it("has what it answered, byte for byte, and computes what it promised", async () => {
    const data = join(mkdtempSync(join(tmpdir(), "warplab-server-")), "data");
    const first = await listening({ data, workers: 1, limits: limitsForLong });
    const { scenario_id } = (await first.client.post("/v1/scenarios", demo)).body;
    const { run_id } = (await first.client.post("/v1/runs", { scenario_id })).body;
    const paths = [
      `/v1/scenarios/${scenario_id}`,
      `/v1/runs/${run_id}`,
      `/v1/runs/${run_id}/trace`,
      `/v1/runs/${run_id}/breakdown`,
    ];
    const texts = async ({ client }: Listening) =>
      Promise.all(paths.map(async (path) => (await client.get(path)).text));
    const before = await texts(first);
    const busy = (await first.client.post("/v1/runs?wait=false", { scenario: long })).body.run_id;
    const promised = (await first.client.post("/v1/runs?wait=false", { scenario: demo })).body.run_id;
    await first.server.close();

    const second = await listening({ data, workers: 2, limits: limitsForLong });
    try {
      expect(await texts(second)).toEqual(before);
      expect((await second.client.statusAfter(promised, "queued", "running")).body.status).toBe("done");
      expect((await second.client.delete(`/v1/runs/${busy}`)).body.status).toBe("cancelled");
    } finally {
      await second.server.close();
    }
    const third = await listening({ data });
    expect((await third.client.get(`/v1/runs/${busy}`)).body.status).toBe("cancelled");
    await third.server.close();
  });
});

describe("two hundred clients at once", () => {
  it("each get the answer to what they asked", async () => {
    const clients = Array.from({ length: 200 }, (_, seed) => ({
      seed,
      scenario: {
        ...presets.get("poisson")!,
        name: `client ${seed}`,
        workload: { rps: 50, duration_s: 2, arrivals: "poisson" },
      },
    }));
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(clients.map((asked) => client.post("/v1/runs", asked)));
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      const mixed = answers.filter(
        ({ body }, i) =>
          JSON.stringify(body.summary) !== JSON.stringify(simulate(clients[i].scenario, clients[i]).summary),
      );
      expect(mixed).toEqual([]);
      expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(200);
    }
  });
});

describe("the OpenAPI document", () => {
  type Described = {
    readonly $ref?: string;
    readonly properties?: Record<string, Described>;
    readonly items?: Described;
  } & Record<string, unknown>;

  /** Fields of an answer that its schema does not have. */
  function undescribed(value: unknown, schema: Described, path = ""): string[] {
    if (Array.isArray(value)) return value.flatMap((item) => undescribed(item, schema.items ?? {}, `${path}[]`));
    if (value === null || typeof value !== "object" || schema.additionalProperties !== undefined) return [];
    return Object.entries(value).flatMap(([name, inner]) => {
      const field = schema.properties?.[name];
      return field === undefined ? [`${path}.${name}`] : undescribed(inner, field, `${path}.${name}`);
    });
  }

  it("describes every field of every answer, and every refusal", async () => {
    const { paths } = (await client.get("/docs/json")).body;
    expect(JSON.stringify(paths)).not.toContain("$ref");
    const { scenario_id } = (await client.post("/v1/scenarios", demo)).body;
    const { run_id } = (await client.post("/v1/runs", { scenario_id })).body;
    const asked: readonly (readonly [string, string, string, unknown?])[] = [
      ["post", "/v1/scenarios", "/v1/scenarios", demo],
      ["get", "/v1/scenarios", "/v1/scenarios"],
      ["get", "/v1/scenarios/{id}", `/v1/scenarios/${scenario_id}`],
      ["get", "/v1/presets", "/v1/presets"],
      ["post", "/v1/runs", "/v1/runs", { scenario: presets.get("llm-chunked") }],
      ["get", "/v1/runs", "/v1/runs"],
      ["get", "/v1/runs/{id}", `/v1/runs/${run_id}`],
      ["get", "/v1/runs/{id}/breakdown", `/v1/runs/${run_id}/breakdown`],
      ["get", "/v1/load", "/v1/load"],
      ["delete", "/v1/runs/{id}", "/v1/runs/run_1"],
      ["delete", "/v1/runs/{id}", `/v1/runs/${run_id}`],
      ["get", "/v1/runs/{id}/trace", "/v1/runs/run_1/trace"],
      ["post", "/v1/runs", "/v1/runs", {}],
      ["get", "/v1/scenarios", "/v1/scenarios?limit=x"],
    ];
    for (const [method, route, path, body] of asked) {
      const answer = await client.ask(method.toUpperCase(), path, body);
      const described = paths[route][method].responses[answer.status]?.content["application/json"].schema;
      expect({ path, status: answer.status, described }).toMatchObject({ described: expect.any(Object) });
      expect({ path, undescribed: undescribed(answer.body, described) }).toEqual({ path, undescribed: [] });
    }
  });
});
