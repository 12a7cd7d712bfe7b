// POST /api/validate: predictions held against measured times. What is compared, and how, is model/validation's.
import type { FastifyInstance } from "fastify";
import { InputError } from "../../core/errors.js";
import { benchmarkSchema, validate } from "../../model/index.js";

export function registerValidation(server: FastifyInstance): void {
  server.post<{ Body: string; Querystring: { device?: string } }>(
    "/api/validate",
    {
      schema: {
        summary: "Holds predictions against measured times",
        description:
          "Answers as `warplab validate --json`: results, skipped (what could not be compared, and why) and summary. A body that " +
          "cannot be read is a 400 whose error names the field.",
        tags: ["validation"],
        body: benchmarkSchema,
        querystring: {
          type: "object",
          properties: { device: { type: "string", description: "Predict this device, whatever hardware_key says." } },
        },
        response: { 200: reportSchema, 400: errorSchema },
      },
    },
    ({ body, query }) => {
      if (typeof body !== "string" || body.trim() === "") {
        throw new InputError("there is no body", {
          fix: 'Send { "hardware_key": "gb10", "benchmarks": [ ... ] } as application/json.',
        });
      }
      return validate(body, { name: "body", ...(query.device !== undefined && { device: query.device }) });
    },
  );
}

const number = { type: "number" };
const text = { type: "string" };

const reportSchema = {
  description: "Errors are |predicted - measured| / measured in percent; green < 10 <= yellow <= 25 < red.",
  type: "object",
  properties: {
    results: {
      type: "array",
      items: {
        type: "object",
        properties: {
          kernel_type: text,
          shape: { type: "array", items: { type: "integer" } },
          precision: text,
          predicted_time_us: number,
          measured_time_us: number,
          error_pct: number,
          predicted_tflops: number,
          measured_tflops: number,
          bottleneck: { type: "string", enum: ["memory", "compute", "overhead"] },
          status: { type: "string", enum: ["green", "yellow", "red"] },
        },
      },
    },
    skipped: { type: "array", items: { type: "object", properties: { index: { type: "integer" }, reason: text } } },
    summary: {
      type: "object",
      properties: {
        mean_error_pct: number,
        max_error_pct: number,
        num_benchmarks: { type: "integer" },
        accepted: { type: "boolean" },
      },
    },
  },
};

const errorSchema = { type: "object", properties: { error: text } };
