// Loads, stores and atomics.
import { type InstructionRow, rows, scopes } from "./row.js";

const loadable = "b8|u8|s8|b16|u16|s16|b32|u32|s32|b64|u64|s64|f32|f64";

export const memory: readonly InstructionRow[] = rows("memory", [
  [`ld .param ?.vec=v2|v4 .type=${loadable}`, "d:vector a:address", "d = the parameter of a kernel or function"],
  [`st .param ?.vec=v2|v4 .type=${loadable}`, "a:address b:vector", "the parameter that a call hands over = b"],
  [
    `ld ?.weak ?.space=global|shared|local ?.cache=ca|cg|cs|lu|cv ?.vec=v2|v4 .type=${loadable}`,
    "d:vector a:address",
    "d = the value at the address",
  ],
  [
    `ld .space=global ?.cache=ca|cg|cs .nc ?.vec=v2|v4 .type=${loadable}`,
    "d:vector a:address",
    "d = the value at the address, which nothing writes meanwhile",
  ],
  [`ld .space=const ?.vec=v2|v4 .type=${loadable}`, "d:vector a:address", "d = the constant at the address"],
  [
    `ld .volatile ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
    "d:vector a:address",
    "d = the value at the address, read anew",
  ],
  [
    `ld .sem=relaxed|acquire .scope=${scopes} ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
    "d:vector a:address",
    "d = the value at the address, in the order that the semantics give",
  ],
  [
    `st ?.weak ?.space=global|shared|local ?.cache=wb|cg|cs|wt ?.vec=v2|v4 .type=${loadable}`,
    "a:address b:vector",
    "the value at the address = b",
  ],
  [
    `st .volatile ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
    "a:address b:vector",
    "the value at the address = b, written at once",
  ],
  [
    `st .sem=relaxed|release .scope=${scopes} ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
    "a:address b:vector",
    "the value at the address = b, in the order that the semantics give",
  ],
  [
    `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=add .type=u32|s32|u64|f32|f64`,
    "d a:address b",
    "d = the value at the address, which becomes d + b",
    0,
  ],
  [
    `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=min|max .type=u32|s32|u64|s64`,
    "d a:address b",
    "d = the value at the address, which becomes the smaller or larger of d and b",
  ],
  [
    `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=and|or|xor|exch .type=b32|b64`,
    "d a:address b",
    "d = the value at the address, which becomes d op b",
  ],
  [
    `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=cas .type=b32|b64`,
    "d a:address b c",
    "d = the value at the address, which becomes c where it was b",
  ],
  [
    `red ?.sem=relaxed|release ?.scope=${scopes} ?.space=global|shared .op=add .type=u32|s32|u64|f32|f64`,
    "a:address b",
    "the value at the address grows by b",
  ],
]);
