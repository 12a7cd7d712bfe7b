// POST /api/validate: predictions held against measured times. What is compared, and how, is model/validation's.
import type { FastifyInstance } from "fastify";
import { InputError } from "../../core/errors.js";
import { device as findDevice } from "../../hardware/index.js";
import { benchmarkSchema, validate, validationAnswer, validationAnswerSchema } from "../../model/index.js";

export function registerValidation(server: FastifyInstance): void {
  server.post<{ Body: string; Querystring: { device?: string } }>(
    "/api/validate",
    {
      schema: {
        summary: "Holds predictions against measured times",
        description:
          "Answers as `warplab validate --json`: results, skipped (what could not be compared, and why), summary, acceptance (which " +
          "bars hold, and which rows fail them) and the noise floor. A body that cannot be read, or whose device is unknown, is a " +
          "400 whose error names the field.",
        tags: ["validation"],
        body: benchmarkSchema,
        querystring: {
          type: "object",
          properties: { device: { type: "string", description: "Predict this device, whatever hardware_key says." } },
        },
        response: { 200: validationAnswerSchema, 400: errorSchema },
      },
    },
    ({ body, query }) => {
      if (typeof body !== "string" || body.trim() === "") {
        throw new InputError("there is no body", {
          fix: 'Send { "hardware_key": "gb10", "benchmarks": [ ... ] } as application/json.',
        });
      }
      const device = query.device === undefined ? {} : { device: findDevice(query.device, [], "?device") };
      return validationAnswer(validate(body, { name: "body", ...device }));
    },
  );
}

const errorSchema = { type: "object", properties: { error: { type: "string" } } };
