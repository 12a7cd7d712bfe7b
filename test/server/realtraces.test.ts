// Recorded traces over HTTP, by real requests: taken in any format, kept whole or not at all, answered as figures and as Chrome traces.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTrace } from "../../src/notebook/open-trace.js";
import { traceMetrics } from "../../src/trace/analysis/index.js";
import { timelineToChrome } from "../../src/trace/chrome/index.js";
import { modern, nsightFile } from "../trace/read/nsight-files.js";
import { hasTraceProcessor, judge, traceFaults } from "../trace/trace-processor.js";
import { type Answer, type Listening, listening } from "./client.js";

const folder = (): string => join(mkdtempSync(join(tmpdir(), "warplab-server-")), "data");
const nsight = nsightFile(modern);
const bytes = readFileSync(nsight);

let all: Listening;
let data: string;
beforeAll(async () => {
  data = folder();
  all = await listening({ data });
});
afterAll(() => all.server.close());

/** Uploads bytes as they are. */
async function upload(
  body: Uint8Array | string,
  { query = "", headers = {}, to = all }: { query?: string; headers?: Record<string, string>; to?: Listening } = {},
): Promise<Answer> {
  const response = await fetch(`${to.client.url}/v1/realtraces${query}`, {
    method: "POST",
    body: body as BodyInit,
    headers,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

const kept = (of = data): string[] => readdirSync(join(of, "realtraces")).sort();

describe("a recorded trace", () => {
  it("is taken as a file of any type, and answered with what is in it", async () => {
    const answer = await upload(bytes, {
      query: "?name=run.sqlite",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBe(201);
    const { trace_id } = answer.body;
    expect(trace_id).toMatch(/^trc_[\w-]{22}$/);
    expect(answer.headers.get("location")).toBe(`/v1/realtraces/${trace_id}`);
    expect(answer.body).toMatchObject({
      name: "run.sqlite",
      format: "nsight",
      bytes: bytes.length,
      device: "NVIDIA A100-SXM4-80GB",
      host: "node7",
      clock: "epoch",
      notes: expect.arrayContaining([
        { what: "a row of the table SCHED_EVENTS, which is not read", count: 2, first: "SCHED_EVENTS" },
      ]),
      artifacts: { trace: `/v1/realtraces/${trace_id}/trace`, metrics: `/v1/realtraces/${trace_id}/metrics` },
    });
    expect((await all.client.get(`/v1/realtraces/${trace_id}`)).body).toEqual(answer.body);
    expect((await all.client.get("/v1/realtraces?limit=1")).body.realtraces).toEqual([answer.body]);
  });

  it("has the figures that are promised, and no others", async () => {
    const { trace_id } = (await upload(bytes)).body;
    const { body } = await all.client.get(`/v1/realtraces/${trace_id}/metrics`);
    expect(body).toEqual({
      // From 50 ns (the profiler's overhead) to 30,000 ns (memory that is freed).
      wall_time_ms: 0.02995,
      kernel_time_ms: 0.013,
      memcpy_time_ms: 0.0005,
      kernel_count: 3,
      memcpy_count: 1,
      overlap_estimate: 1,
    });
    expect(body).toEqual(traceMetrics(await openTrace(nsight)));
  });

  it("has a Chrome trace, the same for who takes gzip and who does not, and each time", async () => {
    const { artifacts } = (await upload(bytes, { query: "?name=trace.sqlite" })).body;
    const first = await all.client.get(artifacts.trace);
    expect(first.headers.get("content-encoding")).toBe("gzip");
    expect(first.text).toBe([...timelineToChrome(await openTrace(nsight))].join(""));
    const plain = await all.server.inject({
      url: artifacts.trace,
      headers: { host: "localhost", "accept-encoding": "identity" },
    });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.payload).toBe(first.text);
    const both = await Promise.all([all.client.get(artifacts.trace), all.client.get(artifacts.trace)]);
    expect(both.map(({ text }) => text)).toEqual([first.text, first.text]);
  });

  it.skipIf(!hasTraceProcessor)("is taken whole by Perfetto as it is answered", async () => {
    const { artifacts } = (await upload(bytes)).body;
    const trace = await judge((await all.client.get(artifacts.trace)).text);
    expect(await trace.query(traceFaults)).toEqual([]);
    expect(await trace.query("select count(*) as n from slice where name like '%gemm%' or name = 'graph 3'")).toEqual([
      { n: 4n },
    ]);
  });

  it.each([
    [
      "a Chrome trace",
      JSON.stringify({ traceEvents: [{ ph: "X", pid: 1, tid: 1, ts: 1, dur: 2, name: "k", cat: "kernel" }] }),
      "chrome",
    ],
    [
      "driver calls as JSON lines",
      '{"format":"warplab-trace","version":1,"clock":"c","device":"h100","host":"h","source":"preload"}\n' +
        '{"ts":1,"pid":1,"tid":1,"ph":"X","id":1,"name":"cuInit","cat":"init","dur":5}\n',
      "driver-calls",
    ],
    [
      "a trace packed by gzip",
      gzipSync(JSON.stringify([{ ph: "X", pid: 1, tid: 1, ts: 1, dur: 2, name: "k" }])),
      "chrome",
    ],
  ])("may be %s", async (_what, body, format) => {
    const answer = await upload(body);
    expect({ status: answer.status, format: answer.body.format, events: answer.body.events }).toEqual({
      status: 201,
      format,
      events: 1,
    });
    expect((await all.client.get(answer.body.artifacts.trace)).status).toBe(200);
  });

  it("is removed with all that was made of it", async () => {
    const { trace_id, artifacts } = (await upload(bytes)).body;
    await all.client.get(artifacts.trace);
    expect(kept().filter((name) => name.startsWith(trace_id))).toHaveLength(3);
    expect(await all.client.delete(`/v1/realtraces/${trace_id}`)).toMatchObject({ status: 200, body: { trace_id } });
    expect(kept().filter((name) => name.startsWith(trace_id))).toEqual([]);
    expect((await all.client.get(artifacts.metrics)).status).toBe(404);
  });

  it("is listed with the others, the youngest first, from where one asks", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await upload(bytes, { query: `?name=${i}` })).body.trace_id);
    const list = async (query: string) =>
      (await all.client.get(`/v1/realtraces${query}`)).body.realtraces.map(
        ({ trace_id }: { trace_id: string }) => trace_id,
      );
    expect(await list("?limit=2")).toEqual(ids.slice(0, 2));
    expect(await list(`?limit=2&before=${ids[0]}`)).toEqual(ids.slice(1));
    expect(await list("?before=trc_nothing")).toEqual([]);
  });
});

describe("an upload is refused, and nothing of it kept:", () => {
  const refused = async (answer: Promise<Answer>): Promise<{ status: number; error: string }> => {
    const before = kept();
    const { status, body } = await answer;
    expect(Object.keys(body)).toEqual(["error"]);
    expect(kept()).toEqual(before);
    return { status, error: body.error };
  };

  it("no trace", async () => {
    expect(await refused(upload("hello", { query: "?name=notes.txt" }))).toEqual({
      status: 400,
      error: expect.stringMatching(/^notes\.txt: this is no trace that warplab reads\n/),
    });
  });

  it("a database of something else, in its own words", async () => {
    const other = readFileSync(nsightFile({ users: [{ id: 1 }] }));
    expect(await refused(upload(other))).toEqual({
      status: 400,
      error: expect.stringMatching(/^upload: this SQLite file is no export of Nsight Systems: its tables are users\n/),
    });
  });

  it("nothing", async () => {
    expect(await refused(upload(""))).toEqual({
      status: 400,
      error: expect.stringContaining("there is no body\nSend the file itself: curl"),
    });
  });

  it("a form", async () => {
    expect(await refused(upload("--x", { headers: { "content-type": "multipart/form-data; boundary=x" } }))).toEqual({
      status: 415,
      error: expect.stringContaining("the body is a form, not a trace\nSend the file itself: curl --data-binary"),
    });
  });

  it("a name that is none, and words that are not known", async () => {
    expect((await refused(upload(bytes, { query: "?name=" }))).error).toBe(
      "name: must be one name of 1 to 200 characters",
    );
    expect((await refused(upload(bytes, { query: "?nmae=x" }))).error).toContain(
      'unknown parameter "nmae"\nDid you mean "name"?',
    );
  });

  it("one that a page of another site sends", async () => {
    const headers = { origin: "https://elsewhere.example", "content-type": "text/plain" };
    expect(await refused(upload(bytes, { headers }))).toEqual({
      status: 403,
      error: expect.stringContaining("a page of https://elsewhere.example may not do this here"),
    });
    expect((await upload(bytes, { headers: { origin: all.client.url } })).status).toBe(201);
  });

  it("one that is not there", async () => {
    for (const path of ["", "/metrics", "/trace"]) {
      expect(await refused(all.client.get(`/v1/realtraces/trc_1${path}`))).toEqual({
        status: 404,
        error: 'there is no trace "trc_1"\nPOST /v1/realtraces keeps one, GET /v1/realtraces lists them.',
      });
    }
    expect((await refused(all.client.get("/v1/realtraces/..%2F..%2Fetc%2Fpasswd"))).status).toBe(404);
  });
});

describe("a server with a limit", () => {
  it("says it of what is larger, whether the length was said beforehand or not", async () => {
    const own = folder();
    const small = await listening({ data: own, traceBytes: 2 ** 20 });
    try {
      const large = new Uint8Array(2 ** 20 + 1);
      const error = "the trace is larger than 1 MiB, which is what this server takes";
      const told = await upload(large, { to: small });
      expect({ status: told.status, error: told.body.error }).toEqual({
        status: 413,
        error: expect.stringContaining(error),
      });
      const pieces = new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(2 ** 16));
          if (pulled++ === 40) controller.close();
        },
      });
      let pulled = 0;
      const untold = await fetch(`${small.client.url}/v1/realtraces`, {
        method: "POST",
        body: pieces,
        duplex: "half",
      } as RequestInit);
      expect({ status: untold.status, body: await untold.json() }).toEqual({
        status: 413,
        body: { error: expect.stringContaining(error) },
      });
      expect(kept(own)).toEqual([]);
      expect((await upload(bytes, { to: small })).status).toBe(201);
    } finally {
      await small.server.close();
    }
  });
});

describe("an upload that is broken off", () => {
  it("leaves nothing behind", async () => {
    const before = kept();
    const sent = request(`${all.client.url}/v1/realtraces`, {
      method: "POST",
      headers: { "content-length": bytes.length },
    });
    const gone = new Promise((done) => sent.once("error", done));
    sent.write(bytes.subarray(0, 20_000));
    await until(() => kept().length > before.length);
    sent.destroy();
    await gone;
    await until(() => kept().length === before.length);
    expect(kept()).toEqual(before);
  });
});

describe("a server that starts again", () => {
  it("has the traces that it answered, byte for byte, and removes what was not whole", async () => {
    const own = folder();
    const first = await listening({ data: own });
    const { trace_id, artifacts } = (await upload(bytes, { to: first })).body;
    const paths = [`/v1/realtraces/${trace_id}`, artifacts.metrics, artifacts.trace, "/v1/realtraces"];
    const texts = async ({ client }: Listening) =>
      Promise.all(paths.map(async (path) => (await client.get(path)).text));
    const before = await texts(first);
    await first.server.close();
    // As a kill leaves them: an upload without a record, a record and a Chrome trace that were not finished.
    for (const name of ["trc_lost.trace", "trc_half.json.tmp", `${trace_id}.chrome.json.gz.tmp`]) {
      writeFileSync(join(own, "realtraces", name), "{");
    }
    const second = await listening({ data: own });
    try {
      expect(await texts(second)).toEqual(before);
      expect(kept(own)).toEqual([`${trace_id}.chrome.json.gz`, `${trace_id}.json`, `${trace_id}.trace`]);
    } finally {
      await second.server.close();
    }
  });

  it("has nothing where it keeps nothing, and leaves no file", async () => {
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("warplab-traces-"));
    const others = new Set(left());
    const server = await listening();
    const own = left().filter((name) => !others.has(name));
    expect((await upload(bytes, { to: server })).status).toBe(201);
    await server.server.close();
    expect(own.length).toBeGreaterThan(0);
    expect(own.some((name) => existsSync(join(tmpdir(), name)))).toBe(false);
  });
});

it("the OpenAPI document has every field of every answer", async () => {
  const { paths } = (await all.client.get("/docs/json")).body;
  const { trace_id } = (await upload(bytes)).body;
  const fields = (route: string, method: string, status: number): string[] =>
    Object.keys(paths[route][method].responses[status].content["application/json"].schema.properties).sort();
  const answered = async (path: string): Promise<string[]> => Object.keys((await all.client.get(path)).body).sort();
  expect(fields("/v1/realtraces", "post", 201)).toEqual(await answered(`/v1/realtraces/${trace_id}`));
  expect(fields("/v1/realtraces/{id}", "get", 200)).toEqual(await answered(`/v1/realtraces/${trace_id}`));
  expect(fields("/v1/realtraces/{id}/metrics", "get", 200)).toEqual(
    await answered(`/v1/realtraces/${trace_id}/metrics`),
  );
  expect(Object.keys(paths["/v1/realtraces"].post.responses)).toEqual([
    "201",
    "400",
    "403",
    "413",
    "415",
    "422",
    "503",
    "507",
  ]);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 5));
}
