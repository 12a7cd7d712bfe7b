// Base64 without Node's Buffer, since this runs in browsers too. A launch may bring hundreds of megabytes, which atob and
// a string of single characters would make slow.
import { InputError } from "../../../core/errors.js";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digits: Uint8Array = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
const padding = "=".charCodeAt(0);
const none = 0xff;
const values: Uint8Array = new Uint8Array(256).fill(none);
digits.forEach((code, value) => {
  values[code] = value;
});

// A multiple of 3, so that only the last piece is padded.
const pieceBytes = 3 * 0x4000;

export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  const decoder = new TextDecoder("latin1");
  const characters = new Uint8Array((pieceBytes / 3) * 4);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const length = encodePiece(bytes.subarray(at, at + pieceBytes), characters);
    pieces.push(decoder.decode(characters.subarray(0, length)));
  }
  return pieces.join("");
}

function encodePiece(bytes: Uint8Array, into: Uint8Array): number {
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    // What is past the end reads as 0.
    const word = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    into[to++] = digits[word >>> 18];
    into[to++] = digits[(word >>> 12) & 63];
    into[to++] = at + 1 < bytes.length ? digits[(word >>> 6) & 63] : padding;
    into[to++] = at + 2 < bytes.length ? digits[word & 63] : padding;
  }
  return to;
}

/** `where` names the field in the error for text that is no base64: other characters, or a wrong length or padding. */
export function decodeBase64(text: string, where: string): Uint8Array {
  const fail = (why: string): never => {
    throw new InputError(`is no base64: ${why}`, { where });
  };
  if (text.length % 4 !== 0) fail(`${text.length} characters are no multiple of 4`);
  const padded = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const end = text.length - padded;
  const bytes = new Uint8Array((text.length / 4) * 3 - padded);
  let to = 0;
  for (let at = 0; at < end; at += 4) {
    const last = at + 4 > end;
    const a = valueAt(text, at);
    const b = valueAt(text, at + 1);
    const c = last && padded === 2 ? 0 : valueAt(text, at + 2);
    const d = last ? 0 : valueAt(text, at + 3);
    if ((a | b | c | d) > 63) {
      const position = [at, at + 1, at + 2, at + 3].find((index) => valueAt(text, index) === none) as number;
      fail(`${JSON.stringify(text[position])} at character ${position}`);
    }
    const word = (a << 18) | (b << 12) | (c << 6) | d;
    // Writes past the end are dropped.
    bytes[to++] = word >>> 16;
    bytes[to++] = word >>> 8;
    bytes[to++] = word;
    if (last && (padded === 1 ? word & 0xff : word & 0xffff) !== 0) fail("its last character has bits left over");
  }
  return bytes;
}

function valueAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 256 ? values[code] : none;
}
