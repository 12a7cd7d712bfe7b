// Messages of the Jupyter protocol 5.4 and their form on the wire: identities, delimiter, signature, four JSON frames,
// then binary buffers, which the signature does not cover. Knows nothing of sockets or of what a message asks for.
import { Buffer } from "node:buffer";
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

// The kernel's own, whatever a cell makes of the globals.
const { parse, stringify } = JSON;

export const protocolVersion = "5.4";

export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
}

export type Content = Readonly<Record<string, unknown>>;

export interface Message {
  /** The routing prefix of a request and its reply; the topic on iopub. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent: Header | Record<string, never>;
  readonly metadata: Content;
  readonly content: Content;
  readonly buffers: readonly Uint8Array[];
}

export interface Signing {
  readonly key: string;
  readonly signature_scheme: string;
}

/** A message that is not one: no delimiter, too few frames, not JSON, or not signed by our key. */
export class MessageError extends Error {
  override readonly name = "MessageError";
}

export function createHeader(type: string, session: string, username = "kernel"): Header {
  return {
    msg_id: randomUUID(),
    session,
    username,
    date: new Date().toISOString(),
    msg_type: type,
    version: protocolVersion,
  };
}

/** The four JSON frames of a message, in the order that the signature covers. */
export function jsonFrames(message: Omit<Message, "identities" | "buffers">): string[] {
  return [message.header, message.parent, message.metadata, message.content].map((part) => stringify(part));
}

/** All frames of a message whose JSON is already text. */
export function sealFrames(
  identities: readonly Uint8Array[],
  json: readonly string[],
  buffers: readonly Uint8Array[],
  signing: Signing,
): (Uint8Array | string)[] {
  return [...identities, delimiter, sign(json, signing), ...json, ...buffers];
}

export function encode(message: Message, signing: Signing): (Uint8Array | string)[] {
  return sealFrames(message.identities, jsonFrames(message), message.buffers, signing);
}

/** Takes a message apart; throws a MessageError that says what is wrong with it. */
export function decode(frames: readonly Uint8Array[], signing: Signing): Message {
  const at = frames.findIndex((frame) => delimiter.equals(frame));
  if (at < 0) throw new MessageError("no <IDS|MSG> delimiter");
  const body = frames.slice(at + 2);
  if (body.length < 4) throw new MessageError(`${body.length} frames after the signature, of 4`);
  if (signing.key !== "") {
    const expected = Buffer.from(sign(body.slice(0, 4), signing));
    const given = Buffer.from(frames[at + 1]);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
      throw new MessageError("invalid signature");
    }
  }
  const [header, parent, metadata, content] = body.slice(0, 4).map((frame, i) => {
    const part = ["header", "parent header", "metadata", "content"][i];
    let value: unknown;
    try {
      value = parse(Buffer.from(frame).toString("utf8"));
    } catch {
      throw new MessageError(`${part} is not JSON`);
    }
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw new MessageError(`${part} is not a JSON object`);
    }
    return value as Record<string, unknown>;
  });
  if (typeof header["msg_type"] !== "string" || typeof header["msg_id"] !== "string") {
    throw new MessageError("header without msg_type or msg_id");
  }
  // It is sent back with every answer, whatever becomes of the rest.
  if (Object.values(header).some((value) => value !== null && typeof value === "object")) {
    throw new MessageError("header with more than plain values");
  }
  return {
    identities: frames.slice(0, at).map(plainBytes),
    header: header as unknown as Header,
    parent: parent as unknown as Header,
    metadata,
    content,
    buffers: body.slice(4).map(plainBytes),
  };
}

const delimiter = Buffer.from("<IDS|MSG>");

function sign(parts: readonly (Uint8Array | string)[], { key, signature_scheme }: Signing): string {
  if (key === "") return "";
  const hmac = createHmac(signature_scheme.slice("hmac-".length), key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** A Uint8Array over the same bytes: what a handler sees does not depend on Node's Buffer. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
