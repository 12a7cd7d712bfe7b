// What the routes of the service share of their contract: how bodies and lists are asked for, and how their OpenAPI says so. Knows no
// route.
import type { FastifyReply, FastifyRequest } from "fastify";
import { InputError, nearest } from "../../core/errors.js";
import type { Schema } from "../../core/schema.js";
import { Refusal } from "../refusal.js";
import type { Page } from "../store/index.js";

/** Bytes of a body with a scenario: 100,000 recorded arrivals fit. */
export const scenarioBytes: number = 2 * 2 ** 20;

/** The body's text. Throws InputError, with what to send, for none. */
export function bodyText(body: unknown, send: string): string {
  if (typeof body === "string" && body.trim() !== "") return body;
  throw new InputError("there is no body", { fix: `Send ${send} as application/json.` });
}

/** `?limit=` and `?before=` of a list. Throws InputError for others. */
export function pageOf(query: Readonly<Record<string, string | readonly string[]>>): Page {
  knownWords(query, ["limit", "before"]);
  const { limit = "50", before } = query;
  const count = Number(limit);
  if (!/^\d+$/.test(String(limit)) || count < 1 || count > 1000) {
    throw new InputError(`must be a whole number from 1 to 1000, got "${limit}"`, { where: "limit" });
  }
  return { limit: count, ...(before !== undefined && { before: String(before) }) };
}

/** Throws InputError for a word of a query that the route does not know. */
export function knownWords(query: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const word of Object.keys(query)) {
    if (known.includes(word)) continue;
    const meant = nearest(word, known);
    throw new InputError(`unknown parameter "${word}"`, {
      where: "query",
      fix: meant === undefined ? `It takes ${known.join(", ")}.` : `Did you mean "${meant}"?`,
    });
  }
}

/** Aborts when whoever waits for the answer has gone. */
export function hangUp(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const abort = (): void => gone.abort(new Refusal(499, "the client has gone"));
  if (reply.raw.destroyed) abort();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) abort();
  });
  return gone.signal;
}

/** Whether whoever asked takes an answer as gzip. */
export function takesGzip({ headers }: FastifyRequest): boolean {
  const accepted = String(headers["accept-encoding"] ?? "");
  return /\bgzip\b/.test(accepted) && !/\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)/.test(accepted);
}

/** The query of a list, for OpenAPI. */
export function listQuery(what: string): object {
  return {
    type: "object",
    properties: {
      limit: { type: "integer", minimum: 1, maximum: 1000, default: 50 },
      before: { type: "string", description: `Only what is older than this ${what}: its id.` },
    },
  };
}

/** A schema of ours without what OpenAPI has no place for. */
export function openSchema({ $schema: _schema, $id: _id, ...schema }: Schema): object {
  return schema;
}

/** The answers `{"error"}` of a route, for OpenAPI. */
export function errors(...statuses: readonly (keyof typeof reasons)[]): Record<number, object> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: reasons[status],
        type: "object",
        required: ["error"],
        properties: { error: { type: "string", description: "What is wrong, where, why, and what to do." } },
      },
    ]),
  );
}

const reasons = {
  400: "The request cannot be read; the error names the field.",
  403: "A page of another site asked.",
  404: "There is no such thing.",
  409: "It is not in a state for that.",
  413: "The body is larger than this server takes.",
  415: "The body is of a type that is not taken.",
  422: "It is too much for this server.",
  503: "Too many wait; Retry-After says when to ask again.",
  507: "The disk does not take it: nothing of this request is kept, everything before it is.",
} as const;
