// Base64 without Node's Buffer, since this runs in browsers too.
import { InputError } from "../../core/errors.js";

export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  // fromCharCode takes its characters as arguments, of which there cannot be millions.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}

/** `where` names the field in the error for text that is no base64. */
export function decodeBase64(text: string, where: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new InputError("is no base64", { where });
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
