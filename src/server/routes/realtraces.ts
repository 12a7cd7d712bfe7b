// Recorded traces over HTTP: uploaded in any format that is read, then their figures and their Chrome trace. What is read of them is
// trace/'s.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { InputError } from "../../core/errors.js";
import { traceFormats } from "../../trace/timeline/index.js";
import type { TraceRecord } from "../realtraces/index.js";
import { Refusal } from "../refusal.js";
import type { Service } from "../service.js";
import { errors, hangUp, knownWords, listQuery, pageOf, takesGzip } from "./contract.js";
import { traceSchema } from "./run-schemas.js";

export function registerRealTraces(server: FastifyInstance, { realTraces }: Service): void {
  // By themselves, since their bodies are files of any type and length, of which nothing is to be in memory at once.
  void server.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser("*", (_request, body, done) => done(null, body));

    routes.post<{ Body: AsyncIterable<Uint8Array> | null; Querystring: Record<string, string> }>(
      "/v1/realtraces",
      {
        schema: {
          summary: "Takes a recorded trace",
          description:
            "The body is the file itself (no form), of any content type: an export of Nsight Systems (`nsys export --type sqlite`), a " +
            "trace of the PyTorch profiler, a Chrome trace, or driver calls as JSON lines; text may be gzip. It is written to the " +
            "disk as it comes and read there; a file larger than the server takes is a 413. Answers when the trace is kept; " +
            "hanging up before removes it.",
          tags: ["traces"],
          consumes: ["application/octet-stream"],
          body: { type: "string", format: "binary" },
          querystring: {
            type: "object",
            properties: {
              name: { type: "string", description: "What answers and messages call it: the file's name." },
            },
          },
          response: {
            201: { description: "It is kept.", ...recordSchema },
            ...errors(400, 403, 413, 415, 422, 503, 507),
          },
        },
      },
      async (request, reply) => {
        refuseOtherSites(request);
        const name = nameOf(request.query);
        if (/^multipart\//i.test(request.headers["content-type"] ?? "")) {
          throw new Refusal(415, "the body is a form, not a trace", {
            fix: "Send the file itself: curl --data-binary @trace.sqlite 'http://.../v1/realtraces?name=trace.sqlite'",
          });
        }
        realTraces.checkLength(Number(request.headers["content-length"] ?? 0));
        const record = await realTraces.add(request.body ?? nothing(), name, hangUp(reply));
        return reply.code(201).header("location", `/v1/realtraces/${record.id}`).send(answerOf(record));
      },
    );

    routes.get<{ Querystring: Record<string, string> }>(
      "/v1/realtraces",
      {
        schema: {
          summary: "The traces that are kept, the youngest first",
          tags: ["traces"],
          querystring: listQuery("trace"),
          response: {
            200: {
              description: "So many as were asked for.",
              type: "object",
              properties: { realtraces: { type: "array", items: recordSchema } },
            },
            ...errors(400),
          },
        },
      },
      ({ query }) => ({ realtraces: realTraces.list(pageOf(query)).map(answerOf) }),
    );

    routes.get<{ Params: { id: string } }>(
      "/v1/realtraces/:id",
      {
        schema: {
          summary: "What a trace holds",
          tags: ["traces"],
          params: idParameter,
          response: { 200: { description: "The trace.", ...recordSchema }, ...errors(404) },
        },
      },
      ({ params }) => answerOf(find(params.id)),
    );

    routes.get<{ Params: { id: string } }>(
      "/v1/realtraces/:id/metrics",
      {
        schema: {
          summary: "The figures by which traces are compared",
          tags: ["traces"],
          params: idParameter,
          response: { 200: { description: "Its figures.", ...metricsSchema }, ...errors(404) },
        },
      },
      ({ params }) => find(params.id).metrics,
    );

    routes.get<{ Params: { id: string } }>(
      "/v1/realtraces/:id/trace",
      {
        schema: {
          summary: "A trace as a Chrome trace, for Perfetto",
          description: "Written when it is asked for first.",
          tags: ["traces"],
          params: idParameter,
          response: { 200: { description: "A Chrome trace.", ...traceSchema }, ...errors(404, 422, 507) },
        },
      },
      async (request, reply) => {
        const file = await realTraces.chromeFile(find(request.params.id));
        reply.type("application/json; charset=utf-8").header("vary", "accept-encoding");
        const packed = createReadStream(file);
        // Closes the file, too, when whoever asked goes before the end.
        if (!takesGzip(request)) return reply.send(pipeline(packed, createGunzip(), () => undefined));
        const { size } = await stat(file);
        return reply.header("content-encoding", "gzip").header("content-length", size).send(packed);
      },
    );

    routes.delete<{ Params: { id: string } }>(
      "/v1/realtraces/:id",
      {
        schema: {
          summary: "Removes a trace",
          tags: ["traces"],
          params: idParameter,
          response: {
            200: { description: "It is gone.", type: "object", properties: { trace_id: { type: "string" } } },
            ...errors(403, 404),
          },
        },
      },
      async (request) => {
        refuseOtherSites(request);
        const { id } = find(request.params.id);
        await realTraces.remove(id);
        return { trace_id: id };
      },
    );

    function find(id: string): TraceRecord {
      const record = realTraces.record(id);
      if (record !== undefined) return record;
      throw new Refusal(404, `there is no trace "${id}"`, {
        fix: "POST /v1/realtraces keeps one, GET /v1/realtraces lists them.",
      });
    }
  });
}

/**
 * A page of another site can have a browser send a body of some types without asking first; what it sends would be kept. Browsers say
 * in Origin whose page it is.
 */
function refuseOtherSites({ headers }: FastifyRequest): void {
  const { origin, host } = headers;
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return;
  throw new Refusal(403, `a page of ${origin} may not do this here`, {
    fix: "Send it from a program, or from this server's own page.",
  });
}

function nameOf(query: Readonly<Record<string, string | readonly string[]>>): string {
  knownWords(query, ["name"]);
  const { name = "upload" } = query;
  if (typeof name === "string" && /^[^\p{C}]{1,200}$/u.test(name)) return name;
  throw new InputError("must be one name of 1 to 200 characters", { where: "name" });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function answerOf({ id, created_ms, ...record }: TraceRecord): object {
  return {
    trace_id: id,
    created: new Date(created_ms).toISOString(),
    ...record,
    artifacts: { trace: `/v1/realtraces/${id}/trace`, metrics: `/v1/realtraces/${id}/metrics` },
  };
}

const idParameter = { type: "object", properties: { id: { type: "string", description: "trace_id" } } };
const text = { type: "string" };
const whole = { type: "integer" };
const milliseconds = (description: string): object => ({ type: "number", minimum: 0, description });

const metricsSchema = {
  type: "object",
  properties: {
    wall_time_ms: milliseconds("From the beginning of the first event to the end of the last."),
    kernel_time_ms: milliseconds("Durations of all kernels, added up; a graph recorded as a whole counts as one."),
    memcpy_time_ms: milliseconds("Durations of all copies, added up; memsets are no copies."),
    kernel_count: whole,
    memcpy_count: whole,
    overlap_estimate: {
      type: "number",
      minimum: 0,
      maximum: 1,
      description: "The share of the copies' time during which a kernel ran on the same device; 0 without copies.",
    },
  },
};

const recordSchema = {
  type: "object",
  properties: {
    trace_id: text,
    name: { ...text, description: "As ?name= said." },
    format: { ...text, enum: Object.keys(traceFormats) },
    created: { ...text, format: "date-time" },
    bytes: { ...whole, description: "Of the file that was uploaded." },
    events: whole,
    tracks: whole,
    device: { ...text, description: "The devices' names, where the trace has them." },
    host: text,
    clock: { ...text, description: "What its times count from." },
    notes: {
      type: "array",
      description: "What of the file is not on the timeline, or not as it was recorded.",
      items: { type: "object", properties: { what: text, count: whole, first: text } },
    },
    metrics: metricsSchema,
    warplab: { ...text, description: "The version that read it." },
    artifacts: { type: "object", properties: { trace: text, metrics: text } },
  },
};
