// Runs over HTTP: asked for, awaited or promised, read, stopped. What a run gives is serving/'s.
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { InputError } from "../../core/errors.js";
import { parseJson } from "../../core/json.js";
import { checkSchema, type Schema } from "../../core/schema.js";
import { readScenario } from "../../serving/index.js";
import { Refusal } from "../refusal.js";
import { checkSize, type RunRequest, type RunStatus, type RunView } from "../runs/index.js";
import type { Service } from "../service.js";
import type { RunLine, RunRow } from "../store/index.js";
import { bodyText, errors, hangUp, knownWords, listQuery, pageOf, scenarioBytes, takesGzip } from "./contract.js";
import { breakdownSchema, loadSchema, runListSchema, runRequestSchema, runSchema, traceSchema } from "./run-schemas.js";
import { noScenario } from "./scenarios.js";

const json = "application/json; charset=utf-8";

export function registerRuns(server: FastifyInstance, service: Service): void {
  const { runs } = service;

  server.post<{ Body: string; Querystring: Record<string, string> }>(
    "/v1/runs",
    {
      bodyLimit: scenarioBytes,
      schema: {
        summary: "Runs a scenario",
        description:
          "Answers when the run is done and on the disk; hanging up stops it. With `?wait=false` or `Prefer: respond-async` it is " +
          "promised: a 202 with its id, GET /v1/runs/{id} says how far it is, and a server that is killed computes it when it " +
          "starts again. The same scenario and seed give the same bytes.",
        tags: ["service"],
        body: runRequestSchema,
        querystring: {
          type: "object",
          properties: { wait: { type: "string", enum: ["true", "false"], default: "true" } },
        },
        headers: {
          type: "object",
          properties: { prefer: { type: "string", description: "respond-async: as ?wait=false." } },
        },
        response: {
          200: { description: "It is done.", ...runSchema },
          202: {
            description: "It is promised.",
            type: "object",
            properties: { run_id: { type: "string" }, status: { type: "string" } },
          },
          ...errors(400, 404, 422, 503, 507),
        },
      },
    },
    async (request, reply) => {
      const asked = await readRequest(request.body, service);
      if (isPromised(request)) {
        const id = await runs.promise(asked);
        return reply.code(202).header("location", `/v1/runs/${id}`).send({ run_id: id, status: "queued" });
      }
      const { id, result, breakdown } = await runs.compute(asked, hangUp(reply));
      const head = answerHead(id, "done", asked.scenarioId, result);
      const whole = Buffer.concat([
        Buffer.from(`${head},"breakdown":`),
        breakdown,
        Buffer.from(`,"artifacts":${artifacts(id)}}`),
      ]);
      return reply.type(json).header("location", `/v1/runs/${id}`).send(whole);
    },
  );

  server.get<{ Params: { id: string } }>(
    "/v1/runs/:id",
    {
      schema: {
        summary: "A run: its figures, or how far it is",
        description: "status is queued, running, done, failed (error says why) or cancelled.",
        tags: ["service"],
        params: idParameter,
        response: { 200: { description: "The run.", ...runSchema }, ...errors(404) },
      },
    },
    async ({ params: { id } }, reply) => {
      const view = await runs.view(id);
      if (view === undefined) throw noRun(id);
      return reply.type(json).send(Buffer.from(answerOf(view)));
    },
  );

  server.delete<{ Params: { id: string } }>(
    "/v1/runs/:id",
    {
      schema: {
        summary: "Stops a run that was promised",
        description: "A run that has ended stays as it is, which is a 409.",
        tags: ["service"],
        params: idParameter,
        response: {
          200: {
            description: "It is cancelled.",
            type: "object",
            properties: { run_id: { type: "string" }, status: { type: "string" } },
          },
          ...errors(404, 409),
        },
      },
    },
    async ({ params: { id } }) => {
      const status = await runs.cancel(id);
      if (status === undefined) throw noRun(id);
      return { run_id: id, status };
    },
  );

  server.get<{ Params: { id: string } }>(
    "/v1/runs/:id/breakdown",
    {
      schema: {
        summary: "Where the time of each request went",
        tags: ["service"],
        params: idParameter,
        response: { 200: { description: "Milliseconds.", ...breakdownSchema }, ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const packed = await partOf(service, request.params.id, "breakdown");
      reply.type(json).header("vary", "accept-encoding");
      if (takesGzip(request)) return reply.header("content-encoding", "gzip").send(Buffer.from(packed));
      return reply.send(await promisify(gunzip)(packed));
    },
  );

  server.get<{ Params: { id: string } }>(
    "/v1/runs/:id/trace",
    {
      schema: {
        summary: "What happened, as a Chrome trace",
        description: "Perfetto (ui.perfetto.dev) and chrome://tracing open it.",
        tags: ["service"],
        params: idParameter,
        response: { 200: { description: "A Chrome trace.", ...traceSchema }, ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const log = await partOf(service, request.params.id, "log");
      const encoding = takesGzip(request) ? "gzip" : "identity";
      const pieces = await runs.trace(log, encoding, hangUp(reply));
      reply.type(json).header("vary", "accept-encoding");
      if (encoding === "gzip") reply.header("content-encoding", "gzip");
      reply.header(
        "content-length",
        pieces.reduce((sum, { length }) => sum + length, 0),
      );
      return reply.send(Readable.from(pieces));
    },
  );

  server.get<{ Querystring: Record<string, string> }>(
    "/v1/runs",
    {
      schema: {
        summary: "The runs that are kept, the youngest first",
        tags: ["service"],
        querystring: listQuery("run"),
        response: { 200: { description: "So many as were asked for.", ...runListSchema }, ...errors(400) },
      },
    },
    async ({ query }) => ({ runs: (await runs.list(pageOf(query))).map(lineOf) }),
  );

  server.get(
    "/v1/load",
    {
      schema: {
        summary: "How busy the server is, and what it takes on",
        tags: ["service"],
        response: { 200: { description: "Runs, requests of one run, and seconds.", ...loadSchema } },
      },
    },
    () => ({ workers: runs.workers, ...runs.load(), limits: service.limits }),
  );
}

async function readRequest(body: unknown, { store, limits }: Service): Promise<RunRequest> {
  const text = bodyText(body, '{ "scenario": { ... } } or { "scenario_id": "scn_..." }');
  const given = parseJson(text, "body");
  checkSchema(given, envelopeSchema, "body");
  const { scenario, scenario_id, seed = null } = given as { scenario?: unknown; scenario_id?: string; seed?: number };
  if ((scenario === undefined) === (scenario_id === undefined)) {
    throw new InputError(scenario === undefined ? "there is no scenario" : "there are a scenario and a scenario_id", {
      where: "body",
      fix: 'Send one of them: { "scenario": { ... } }, or the "scenario_id" that POST /v1/scenarios answered.',
    });
  }
  if (scenario_id === undefined) {
    const read = readScenario(scenario, "body.scenario");
    checkSize(read, limits.requests, "body.scenario");
    return { scenario: JSON.stringify(scenario), scenarioId: null, name: read.name, seed };
  }
  const row = await store.scenario(scenario_id);
  if (row === undefined) throw noScenario(scenario_id);
  // Kept by a server that may have taken more.
  checkSize(readScenario(row.scenario, "scenario"), limits.requests, "scenario");
  return { scenario: row.scenario, scenarioId: scenario_id, name: row.name, seed };
}

/** What surrounds a scenario; the scenario itself is read by serving/, whose messages name its fields. */
const envelopeSchema: Schema = {
  type: "object",
  properties: {
    scenario: { type: "object", description: "A scenario, as POST /v1/scenarios takes it." },
    scenario_id: { type: "string", minLength: 1, description: "What POST /v1/scenarios answered." },
    seed: {
      type: "integer",
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "In place of the scenario's own.",
    },
  },
  additionalProperties: false,
};

function isPromised({ query, headers }: FastifyRequest): boolean {
  const words = query as Record<string, string>;
  knownWords(words, ["wait"]);
  const { wait } = words;
  if (wait !== undefined && wait !== "true" && wait !== "false") {
    throw new InputError(`must be true or false, got "${wait}"`, { where: "wait" });
  }
  // RFC 7240.
  return wait === "false" || /(^|,)\s*respond-async\s*(,|;|$)/i.test(String(headers["prefer"] ?? ""));
}

async function partOf({ runs }: Service, id: string, part: "breakdown" | "log"): Promise<Uint8Array> {
  const view = await runs.view(id);
  if (view === undefined) throw noRun(id);
  const bytes = view.status === "done" ? await runs.part(id, part) : undefined;
  if (bytes !== undefined) return bytes;
  throw new Refusal(409, `this run is not done: it is ${view.status}`, {
    fix: `GET /v1/runs/${id} says how far it is.`,
  });
}

function noRun(id: string): Refusal {
  return new Refusal(404, `there is no run "${id}"`, { fix: "POST /v1/runs makes one, GET /v1/runs lists them." });
}

/** The beginning of an answer's object. The figures are passed on as the text that was computed, so that they stay the same bytes. */
function answerHead(id: string, status: RunStatus, scenarioId: string | null, result: string | null): string {
  const first = JSON.stringify({ run_id: id, status, ...(scenarioId !== null && { scenario_id: scenarioId }) }).slice(
    0,
    -1,
  );
  return result === null ? first : `${first},${result.slice(1, -1)}`;
}

function answerOf({ row, status, error, progress }: RunView): string {
  const head = answerHead(row.id, status, row.scenario_id, row.result);
  const { created, ended } = momentsOf(row);
  const more = JSON.stringify({
    ...(error !== null && { error }),
    ...(progress !== null && { progress }),
    created,
    ...ended,
    warplab: row.warplab,
  });
  const links = status === "done" ? `,"artifacts":${artifacts(row.id)}` : "";
  return `${head},${more.slice(1, -1)},"scenario":${row.scenario}${links}}`;
}

function lineOf({ row, status, error, progress }: RunView<RunLine>): object {
  const { created, ended } = momentsOf(row);
  return {
    run_id: row.id,
    status,
    name: row.name,
    ...(row.scenario_id !== null && { scenario_id: row.scenario_id }),
    created,
    ...ended,
    ...(progress !== null && { progress }),
    ...(error !== null && { error }),
    ...(row.summary !== null && { summary: JSON.parse(row.summary) }),
  };
}

function momentsOf({ created_ms, ended_ms }: RunLine | RunRow): { created: string; ended: { ended?: string } } {
  return {
    created: new Date(created_ms).toISOString(),
    ended: ended_ms === null ? {} : { ended: new Date(ended_ms).toISOString() },
  };
}

function artifacts(id: string): string {
  return JSON.stringify({ trace: `/v1/runs/${id}/trace`, breakdown: `/v1/runs/${id}/breakdown` });
}

const idParameter = { type: "object", properties: { id: { type: "string", description: "run_id" } } };
