// The HTTP server, asked without a network; test/cli/serve.test.ts starts it as people do.
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSchema } from "../../src/core/schema.js";
import { measured, validate, validationAnswer, validationAnswerSchema } from "../../src/model/index.js";
import { makeServer } from "../../src/server/server.js";

let server: FastifyInstance;
beforeAll(async () => {
  server = await makeServer({ hosts: ["Lab.Example"] });
});
afterAll(() => server.close());

const post = (payload: string, headers: Record<string, string> = { "content-type": "application/json" }, query = "") =>
  server.inject({ method: "POST", url: `/api/validate${query}`, payload, headers });

describe("POST /api/validate", () => {
  it("answers as validate does", async () => {
    const response = await post(JSON.stringify(measured("gb10")));
    expect(response.statusCode).toBe(200);
    expect(response.headers["content-type"]).toMatch(/^application\/json/);
    expect(response.json()).toEqual(JSON.parse(JSON.stringify(validationAnswer(validate(measured("gb10"))))));
    expect(response.json().summary).toMatchObject({ num_benchmarks: 5, accepted: true });
  });

  it("predicts another device when asked", async () => {
    const response = await post(JSON.stringify(measured("gb10")), undefined, "?device=h100");
    expect(response.json()).toEqual(
      JSON.parse(JSON.stringify(validationAnswer(validate(measured("gb10"), { device: "h100" })))),
    );
  });

  it("has the form that /docs promises, also where nothing could be compared", async () => {
    const of = (precision: string) => ({ kernel_type: "gemv", shape: [4096, 4096], precision, measured_time_us: 200 });
    for (const precision of ["FP16", "FP15"]) {
      const response = await post(JSON.stringify({ hardware_key: "gb10", benchmarks: [of(precision), of(precision)] }));
      expect(() => checkSchema(response.json(), validationAnswerSchema)).not.toThrow();
    }
    const { paths } = (await server.inject({ url: "/docs/json" })).json();
    const promised = paths["/api/validate"].post.responses["200"].content["application/json"].schema;
    expect(Object.keys(promised.properties)).toEqual([
      "results",
      "skipped",
      "skipped_reasons",
      "summary",
      "modes",
      "acceptance",
      "noise_floor",
    ]);
  });

  it("says of a chosen device that it is unknown", async () => {
    const response = await post(JSON.stringify(measured("gb10")), undefined, "?device=gb11");
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toContain('?device: unknown device "gb11"\nDid you mean "gb10"?');
  });

  it("names what it skips", async () => {
    const body = {
      hardware_key: "gb10",
      benchmarks: [{ kernel_type: "sort", shape: [8], precision: "FP16", measured_time_us: 3 }],
    };
    expect((await post(JSON.stringify(body))).json()).toMatchObject({
      results: [],
      skipped: [{ index: 0, reason: expect.stringContaining('"sort"') }],
      summary: { num_benchmarks: 0, accepted: false },
    });
  });

  it.each([
    ['{"hardware_key": "gb10",', "body, line 1, column 25: not valid JSON"],
    ['{"hardware_key": "gb10", "benchmarks": []}', "body: benchmarks: must have at least 1 element(s), got 0"],
    [
      '{"hardware_key": "gb11", "benchmarks": [{"kernel_type":"gemv","shape":[8,8],"precision":"FP16","measured_time_us":3}]}',
      'body: hardware_key: unknown device "gb11"',
    ],
    [
      '{"hardware_key": "gb10", "benchmarks": [{"kernel_type":"gemv","shape":[8],"precision":"FP16","measured_time_us":3}]}',
      "body: benchmarks[0].shape: gemv has 2 extents, got [8]",
    ],
    [
      '{"hardware_key": "gb10", "benchmarks": [{"kernel_type":"gemv","shape":[8,8],"precision":"FP16","measured_time_us":-3}]}',
      "body: benchmarks[0].measured_time_us: must be more than 0, got -3",
    ],
    ["", "there is no body"],
  ])("refuses %s with 400 and the field", async (body, says) => {
    const response = await post(body);
    expect(response.statusCode).toBe(400);
    expect(Object.keys(response.json())).toEqual(["error"]);
    expect(response.json().error).toContain(says);
    expect(response.body).not.toMatch(/\bat \w+ \(/);
  });

  it("refuses other types, and bodies beyond its limit", async () => {
    expect((await post("a=b", { "content-type": "application/x-www-form-urlencoded" })).statusCode).toBe(415);
    const large = await post(`"${"x".repeat(16 * 2 ** 20)}"`);
    expect({ status: large.statusCode, body: large.json() }).toEqual({
      status: 413,
      body: { error: "the body is larger than 16 MiB" },
    });
  });
});

describe("devices", () => {
  it("are listed, and found by alias", async () => {
    const all = (await server.inject("/api/devices")).json();
    expect(all.map(({ key }: { key: string }) => key)).toContain("gb10");
    expect((await server.inject("/api/devices/b10")).json()).toMatchObject({ key: "gb10" });
    const unknown = await server.inject("/api/devices/h1000");
    expect({ status: unknown.statusCode, error: unknown.json().error }).toEqual({
      status: 400,
      error: expect.stringContaining('name: unknown device "h1000"\nDid you mean "h100"?'),
    });
  });
});

describe("every route", () => {
  it("is explained at /docs, without a network", async () => {
    const document = (await server.inject("/docs/json")).json();
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths)).toEqual([
      "/api/devices",
      "/api/devices/{name}",
      "/api/validate",
      "/v1/scenarios",
      "/v1/scenarios/{id}",
      "/v1/presets",
      "/v1/runs",
      "/v1/runs/{id}",
      "/v1/runs/{id}/breakdown",
      "/v1/runs/{id}/trace",
      "/v1/load",
      "/v1/costs",
      "/v1/realtraces",
      "/v1/realtraces/{id}",
      "/v1/realtraces/{id}/metrics",
      "/v1/realtraces/{id}/trace",
    ]);
    expect(document.paths["/api/validate"].post.requestBody.content["application/json"].schema.required).toEqual([
      "hardware_key",
      "benchmarks",
    ]);
    const page = await server.inject("/docs/");
    expect(page.statusCode).toBe(200);
    for (const [, source] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) expect(source).toMatch(/^(\/docs\/|\.\/)/);
  });

  it.each(["localhost:8080", "127.0.0.1", "[::1]:80", "192.168.1.20:8080", "lab.example"])(
    "answers as %s",
    async (host) => {
      expect((await server.inject({ url: "/api/devices/h100", headers: { host } })).statusCode).toBe(200);
    },
  );

  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080"])(
    "does not answer as %j",
    async (host) => {
      const response = await server.inject({ url: "/api/devices/h100", headers: { host } });
      expect(response.statusCode).toBe(403);
      expect(response.json().error).toContain(`this server does not answer as "${host.replace(/:\d+$/, "")}"`);
    },
  );

  it("that cannot be read is answered as all that cannot be done", async () => {
    const response = await server.inject("/v1/runs/%zz");
    expect({ status: response.statusCode, body: response.json() }).toEqual({
      status: 400,
      body: { error: "/v1/runs/%zz: this address cannot be read" },
    });
  });

  it("that is not there says where to look", async () => {
    const response = await server.inject("/v2/nothing");
    expect({ status: response.statusCode, body: response.json() }).toEqual({
      status: 404,
      body: { error: "there is no GET /v2/nothing\n/docs says what there is." },
    });
  });
});
