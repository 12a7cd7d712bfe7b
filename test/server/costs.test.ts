// Costs over HTTP: what a page that simulates asks for.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costsOf } from "../../src/serving/cost/predicted.js";
import type { Scenario } from "../../src/serving/index.js";
import { type Client, demo, type Listening, listening } from "./client.js";

let all: Listening;
let client: Client;
beforeAll(async () => {
  all = await listening();
  client = all.client;
});
afterAll(() => all.server.close());

const onDevice: Scenario = {
  name: "on a device",
  workload: { rps: 5, duration_s: 2, batch_size: 2 },
  target: { device: "h100" },
  pipeline: [{ name: "compute", kind: "graph", model: "gpt2" }],
};

describe("POST /v1/costs", () => {
  it.each([demo as Scenario, onDevice])("answers as the library does", async (scenario) => {
    const { status, body } = await client.post("/v1/costs", { scenario });
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(costsOf(scenario))));
  });

  it("names the field that is wrong", async () => {
    const { status, body } = await client.post("/v1/costs", { scenario: { ...onDevice, target: { device: "h1000" } } });
    expect(status).toBe(400);
    expect(body.error).toMatch(/^target\.device: .*h1000/);
    expect((await client.post("/v1/costs", {})).body.error).toMatch(/^body: scenario: is missing/);
  });
});

describe("GET /", () => {
  it("is the page, which loads nothing from elsewhere", async () => {
    const { status, headers, text } = await client.get("/");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/html/);
    expect(text).toContain("warplab-service");
    expect(text).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/);
  });
});
