/** Reading recorded traces onto timelines, from bytes in pieces. Knows nothing of files. */
export { type BytePieces, type ByteSource, bytesInMemory } from "./byte-source.js";
export { ChromeReader } from "./chrome.js";
export { DriverCallReader, timelineOfCalls } from "./driver-calls.js";
