// POST /v1/costs: what computing takes, by the model of the scenario's device: for pages, which simulate and have no such model.
import type { FastifyInstance } from "fastify";
import { InputError } from "../../core/errors.js";
import { parseJson } from "../../core/json.js";
import { scenarioSchema } from "../../serving/index.js";
import type { Service } from "../service.js";
import { bodyText, errors, hangUp, openSchema, scenarioBytes } from "./contract.js";

export function registerCosts(server: FastifyInstance, { runs }: Service): void {
  server.post<{ Body: string }>(
    "/v1/costs",
    {
      bodyLimit: scenarioBytes,
      schema: {
        summary: "What the scenario's computing takes on its device",
        description: "By the target's figures, and by the model of its device for the others. Pages simulate with it.",
        tags: ["service"],
        body: { type: "object", required: ["scenario"], properties: { scenario: openSchema(scenarioSchema) } },
        response: {
          200: {
            description: "Seconds and bytes a second.",
            type: "object",
            properties: {
              stages: {
                description: "Seconds on the GPU by the stage's name; element n - 1 is for a batch of n requests.",
                type: "object",
                additionalProperties: { type: "array", items: { type: "number" } },
              },
            },
            additionalProperties: true,
          },
          ...errors(400),
        },
      },
    },
    async ({ body }, reply) => {
      const given = parseJson(bodyText(body, '{ "scenario": { ... } }'), "body") as {
        readonly scenario?: unknown;
      } | null;
      if (given?.scenario === undefined) {
        throw new InputError("is missing", { where: "body: scenario", fix: 'Send { "scenario": { ... } }.' });
      }
      // By a thread: the model of a large network takes a while, and other answers do not wait for it.
      const costs = await runs.costs(JSON.stringify(given.scenario), hangUp(reply));
      return reply.type("application/json; charset=utf-8").send(costs);
    },
  );
}
