// Scenarios over HTTP: what a run can be asked for by name. What a scenario may say is serving/'s.
import type { FastifyInstance } from "fastify";
import { parseJson } from "../../core/json.js";
import { presets, readScenario, scenarioSchema } from "../../serving/index.js";
import { Refusal } from "../refusal.js";
import { checkSize, newId } from "../runs/index.js";
import type { Service } from "../service.js";
import { bodyText, errors, listQuery, openSchema, pageOf, scenarioBytes } from "./contract.js";

export function registerScenarios(server: FastifyInstance, { store, limits }: Service): void {
  server.post<{ Body: string }>(
    "/v1/scenarios",
    {
      bodyLimit: scenarioBytes,
      schema: {
        summary: "Keeps a scenario",
        description:
          "Answers with its id when it is on the disk. A scenario that cannot be run is a 400 whose error names the field.",
        tags: ["service"],
        body: openSchema(scenarioSchema),
        response: {
          200: {
            description: "It is kept.",
            type: "object",
            required: ["scenario_id"],
            properties: { scenario_id: { type: "string" } },
          },
          ...errors(400, 507),
        },
      },
    },
    async ({ body }) => {
      const text = bodyText(body, '{ "name": "demo", "workload": { ... }, "target": { ... }, "pipeline": [ ... ] }');
      const given = parseJson(text, "body");
      const scenario = readScenario(given, "body");
      checkSize(scenario, limits.requests, "body");
      const id = newId("scn");
      await store.addScenario({ id, created_ms: Date.now(), name: scenario.name, scenario: JSON.stringify(given) });
      return { scenario_id: id };
    },
  );

  server.get<{ Params: { id: string } }>(
    "/v1/scenarios/:id",
    {
      schema: {
        summary: "A scenario, as it was posted",
        tags: ["service"],
        params: idParameter,
        response: { 200: { description: "The scenario.", ...openSchema(scenarioSchema) }, ...errors(404) },
      },
    },
    async ({ params }, reply) => {
      const row = await store.scenario(params.id);
      if (row === undefined) throw noScenario(params.id);
      return reply.type("application/json; charset=utf-8").send(Buffer.from(row.scenario));
    },
  );

  server.get<{ Querystring: Record<string, string> }>(
    "/v1/scenarios",
    {
      schema: {
        summary: "The scenarios that are kept, the youngest first",
        tags: ["service"],
        querystring: listQuery("scenario"),
        response: {
          200: {
            description: "So many as were asked for.",
            type: "object",
            properties: {
              scenarios: {
                type: "array",
                items: {
                  type: "object",
                  properties: {
                    scenario_id: { type: "string" },
                    name: { type: "string" },
                    created: { type: "string", format: "date-time" },
                  },
                },
              },
            },
          },
          ...errors(400),
        },
      },
    },
    async ({ query }) => ({
      scenarios: (await store.scenarios(pageOf(query))).map(({ id, name, created_ms }) => ({
        scenario_id: id,
        name,
        created: new Date(created_ms).toISOString(),
      })),
    }),
  );

  server.get(
    "/v1/presets",
    {
      schema: {
        summary: "Scenarios to begin with, by name",
        tags: ["service"],
        response: {
          200: { description: "Each is a scenario.", type: "object", additionalProperties: openSchema(scenarioSchema) },
        },
      },
    },
    () => Object.fromEntries(presets),
  );
}

/** Throws that there is no such scenario. */
export function noScenario(id: string): Refusal {
  return new Refusal(404, `there is no scenario "${id}"`, {
    fix: "POST /v1/scenarios keeps one, GET /v1/scenarios lists them.",
  });
}

const idParameter = { type: "object", properties: { id: { type: "string", description: "scenario_id" } } };
