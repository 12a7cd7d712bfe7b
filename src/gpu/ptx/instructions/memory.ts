// Loads and stores, what is said to caches beside them, and addresses. Atomics are a file of their own.
import { type InstructionRow, type RowText, rows, scopes } from "./row.js";

const upTo32 = "b8|u8|s8|b16|u16|s16|b32|u32|s32|f32";
const of64 = "b64|u64|s64|f64";

const loadCaches = "ca|cg|cs|lu|cv";
const storeCaches = "wb|cg|cs|wt";
const evictions = "L1::evict_normal|L1::evict_unchanged|L1::evict_first|L1::evict_last|L1::no_allocate";
const prefetches = "?.prefetch=L2::64B|L2::128B|L2::256B";

// No lane moves more than 16 bytes at once: four elements of 32 bits, two of 64, one of 128.
function widths(syntax: string, operands: string, does: string): RowText[] {
  return [
    [`${syntax} ?.vec=v2|v4 .type=${upTo32}`, operands, does],
    [`${syntax} ?.vec=v2 .type=${of64}`, operands, does],
    [`${syntax} .type=b128`, operands, does],
  ];
}

const load = "d:vector a:address h:policy";
const stored = "a:address b:vector h:policy";

export const memory: readonly InstructionRow[] = rows("memory", [
  ...widths(
    `ld ?.weak .param ?.cache=${loadCaches}`,
    "d:vector a:address",
    "d = the parameter of a kernel or function",
  ),
  ...widths("st ?.weak .param", "a:address b:vector", "the parameter that a call hands over = b"),
  ...widths(
    `ld ?.weak .space=shared|local|const ?.cache=${loadCaches}`,
    "d:vector a:address",
    "d = the value at the address",
  ),
  ...widths(
    `ld ?.weak ?.space=global ?.cache=${loadCaches}|${evictions} ?.hint=L2::cache_hint ${prefetches}`,
    load,
    "d = the value at the address",
  ),
  ...widths(
    `ld .space=global ?.cache=ca|cg|cs|${evictions} .nc ?.hint=L2::cache_hint ${prefetches}`,
    load,
    "d = the value at the address, which nothing writes meanwhile",
  ),
  ...widths(
    `ld .volatile ?.space=global|shared ${prefetches}`,
    "d:vector a:address",
    "d = the value at the address, read anew",
  ),
  ...widths(
    `ld .sem=relaxed|acquire .scope=${scopes} ?.space=global|shared ?.cache=${evictions} ?.hint=L2::cache_hint ${prefetches}`,
    load,
    "d = the value at the address, in the order that the semantics give",
  ),
  [
    `ld .mmio .relaxed .scope=sys ?.space=global .type=${upTo32}|${of64}`,
    "d:vector a:address",
    "d = the value at the address, read once and as a whole",
  ],
  ...widths("ldu ?.space=global", "d:vector a:address", "d = the value at the address, which all lanes share"),
  ...widths(
    `st ?.weak .space=shared|local ?.cache=${storeCaches}`,
    "a:address b:vector",
    "the value at the address = b",
  ),
  ...widths(
    `st ?.weak ?.space=global ?.cache=${storeCaches}|${evictions} ?.hint=L2::cache_hint`,
    stored,
    "the value at the address = b",
  ),
  ...widths(
    "st .volatile ?.space=global|shared",
    "a:address b:vector",
    "the value at the address = b, written at once",
  ),
  ...widths(
    `st .sem=relaxed|release .scope=${scopes} ?.space=global|shared ?.cache=${evictions} ?.hint=L2::cache_hint`,
    stored,
    "the value at the address = b, in the order that the semantics give",
  ),
  [
    `st .mmio .relaxed .scope=sys ?.space=global .type=${upTo32}|${of64}`,
    "a:address b:vector",
    "the value at the address = b, written once and as a whole",
  ],
  [
    "prefetch ?.space=global|local .level=L1|L2",
    "a:address",
    "brings the line at the address closer; nothing that a program can see",
  ],
  [
    "prefetch .space=global .level=L2::evict_last|L2::evict_normal",
    "a:address",
    "brings the line at the address closer; nothing that a program can see",
  ],
  ["prefetchu .level=L1", "a:address", "brings the line at the address closer; nothing that a program can see"],
  [
    "applypriority ?.space=global .level=L2::evict_normal",
    "a:address size:u32",
    "how long caches keep a line; nothing that a program can see",
  ],
  ["discard ?.space=global .L2", "a:address size:u32", "gives up what a line holds; here it stays as it is"],
  [
    "createpolicy .fractional .primary=L2::evict_last|L2::evict_normal|L2::evict_first|L2::evict_unchanged ?.secondary=L2::evict_first|L2::evict_unchanged .type=b64",
    "d ?a:f32",
    "d = a cache policy, which changes no result; 0 here",
  ],
  [
    "createpolicy .range ?.space=global .primary=L2::evict_last|L2::evict_normal|L2::evict_first|L2::evict_unchanged ?.secondary=L2::evict_first|L2::evict_unchanged .type=b64",
    "d a:address size:u32 size:u32",
    "d = a cache policy, which changes no result; 0 here",
  ],
  ["createpolicy .cvt .L2 .type=b64", "d a", "d = a cache policy, which changes no result; 0 here"],
  [
    "isspacep .space=global|shared|local|const|param",
    "d:pred a:u64",
    "d = whether the generic address a lies in the space",
  ],
]);
