// Loads, stores and what is said beside them. Each thread has 64 bytes of its own at %own, which begin as 0, 1, 2, ...; the kernel's
// parameter `given` holds the bytes 100 to 115.
import type { Form, Width } from "./run.js";

const little = (bytes: readonly number[]): bigint =>
  bytes.reduceRight((word, byte) => (word << 8n) | BigInt(byte & 255), 0n);
/** Bytes that begin with `first` and count on. */
const from = (first: number, bytes: number): bigint => little(Array.from({ length: bytes }, (_, i) => first + i));

const r = (width: Width): string => (width === 16 ? "%h" : width === 32 ? "%r" : "%rd");
const extended = (kind: string, bits: number, width: number, word: bigint): bigint =>
  kind === "s" ? BigInt.asUintN(width, BigInt.asIntN(bits, word)) : BigInt.asUintN(bits, word);

// What leads a load or store: everything that may stand before the type, and where the bytes are.
const globalLoads = [
  "ld",
  "ld.weak.global.ca",
  "ld.global.cg",
  "ld.global.L1::evict_last.L2::128B",
  "ld.global.nc",
  "ld.global.ca.nc",
  "ld.global.nc.L1::no_allocate.L2::256B",
  "ld.volatile.global",
  "ld.volatile",
  "ld.relaxed.gpu.global",
  "ld.acquire.sys",
  "ld.relaxed.cluster.global.L1::evict_first",
  "ldu.global",
  "ldu",
];
const spaces: readonly (readonly [name: string, address: string, fill: string])[] = [
  ["shared", "tile", "st.shared"],
  ["local", "room", "st.local"],
];

/** Fills 32 bytes of a space with 0, 1, 2, ... */
const filled = (store: string, address: string): string =>
  Array.from(
    { length: 4 },
    (_, i) => `mov.b64 %rd20, ${from(8 * i, 8)}; ${store}.b64 [${address}+${8 * i}], %rd20;`,
  ).join(" ");

interface Place {
  readonly load: string;
  readonly address: string;
  readonly before: string;
  /** The first byte at the address. */
  readonly first: number;
}

const places: readonly Place[] = [
  ...globalLoads.map((load): Place => ({ load, address: "%own", before: "", first: 0 })),
  ...spaces.flatMap(([name, address, store]) => [
    { load: `ld.${name}`, address, before: filled(store, address), first: 0 },
    { load: `ld.weak.${name}.ca`, address, before: filled(store, address), first: 0 },
  ]),
  { load: "ld.volatile.shared::cta", address: "tile", before: filled("st.shared", "tile"), first: 0 },
  { load: "ld.acquire.cta.shared", address: "tile", before: filled("st.shared", "tile"), first: 0 },
  { load: "ld.const", address: "%own", before: "", first: 0 },
  { load: "ld.param", address: "given", before: "", first: 100 },
  { load: "ld.param::entry", address: "given", before: "", first: 100 },
];

const scalars = [
  "b8",
  "u8",
  "s8",
  "b16",
  "u16",
  "s16",
  "b32",
  "u32",
  "s32",
  "f32",
  "b64",
  "u64",
  "s64",
  "f64",
] as const;

const loads: Form[] = places.flatMap(({ load, address, before, first }): Form[] => {
  const one = { inputs: [[]], before };
  const singles = scalars.map((type): Form => {
    const bits = Number(type.slice(1));
    const width = (bits === 8 ? 32 : bits) as Width;
    const at = load === "ld.param" || load === "ld.param::entry" ? 8 : 24;
    return {
      ...one,
      text: `${load}.${type} ${r(width)}0, [${address}+${at}];`,
      widths: [width],
      law: () => extended(type[0], bits, width, from(first + at, bits / 8)),
    };
  });
  return [
    ...singles,
    // What is loaded may go to a register that is wider.
    { ...one, text: `${load}.s8 %rd0, [${address}+8];`, widths: [64], law: () => from(first + 8, 1) },
    {
      ...one,
      text: `${load}.v4.u8 {%r0, %r1, %r2, %r3}, [${address}+4];`,
      widths: [32],
      after: "shl.b32 %r3, %r3, 8; or.b32 %r0, %r2, %r3;",
      law: () => from(first + 6, 2),
    },
    {
      ...one,
      text: `${load}.v4.f32 {%r0, %r1, %r2, %r3}, [${address}];`,
      widths: [32],
      after: "xor.b32 %r0, %r1, %r3;",
      law: () => from(first + 4, 4) ^ from(first + 12, 4),
    },
    {
      ...one,
      text: `${load}.v2.b64 {%rd0, %rd1}, [${address}];`,
      widths: [64],
      after: "shr.u64 %rd0, %rd1, 3;",
      law: () => from(first + 8, 8) >> 3n,
    },
    {
      ...one,
      text: `${load}.b128 %q1, [${address}];`,
      widths: [64],
      after: "mov.b128 {%rd0, %rd1}, %q1; sub.u64 %rd0, %rd1, %rd0;",
      law: () => from(first + 8, 8) - from(first, 8),
    },
  ];
});

const mmio: Form[] = [
  { text: "ld.mmio.relaxed.sys.global.u32 %r0, [%own+4];", widths: [32], inputs: [[]], law: () => from(4, 4) },
  { text: "ld.mmio.relaxed.sys.u64 %rd0, [%own+8];", widths: [64], inputs: [[]], law: () => from(8, 8) },
  {
    text: "st.mmio.relaxed.sys.global.u32 [%own+4], %r1;",
    widths: [32, 32],
    inputs: [[0xffff_ffffn]],
    after: "ld.u32 %r0, [%own+4];",
    law: (a) => a,
  },
];

// A policy that .L2::cache_hint names changes nothing.
const hints: Form[] = [
  "ld.global.L2::cache_hint",
  "ld.global.nc.L2::cache_hint.L2::64B",
  "ld.acquire.gpu.global.L2::cache_hint",
].map((load) => ({
  text: `${load}.u32 %r0, [%own+8], %rd9;`,
  widths: [32],
  inputs: [[]],
  before: "createpolicy.fractional.L2::evict_last.b64 %rd9, 0.5;",
  law: () => from(8, 4),
}));

const globalStores = [
  "st",
  "st.weak.global.wb",
  "st.global.cs",
  "st.global.L1::no_allocate",
  "st.volatile.global",
  "st.relaxed.gpu.global",
  "st.release.sys",
  "st.release.cluster.global.L1::evict_last",
];
const storePlaces = [
  ...globalStores.map((store) => ({ store, address: "%own", back: "ld" })),
  { store: "st.shared", address: "tile", back: "ld.shared" },
  { store: "st.weak.shared::cta.wb", address: "tile", back: "ld.shared" },
  { store: "st.volatile.shared", address: "tile", back: "ld.shared" },
  { store: "st.relaxed.cta.shared", address: "tile", back: "ld.shared" },
  { store: "st.local", address: "room", back: "ld.local" },
  { store: "st.param", address: "handed", back: "ld.param" },
];
const values = { 16: 0x8765n, 32: 0xfedc_ba98n, 64: 0xfedc_ba98_7654_3210n } as const;

const stores: Form[] = storePlaces.flatMap(({ store, address, back }): Form[] => [
  // The bytes beside what is stored stay as they were.
  ...scalars.map((type): Form => {
    const bits = Number(type.slice(1));
    const width = (bits === 8 ? 32 : bits) as Width;
    return {
      text: `${store}.${type} [${address}+8], ${r(width)}1;`,
      widths: [64, width],
      // Shared memory is all threads': there is one.
      inputs: address === "tile" ? [[values[width]]] : [[values[width]], [0n]],
      before: `mov.b64 %rd20, ${from(8, 8)}; ${store}.b64 [${address}+8], %rd20;`,
      after: `${back}.b64 %rd0, [${address}+8];`,
      law: (value) => (from(8, 8) & ~((1n << BigInt(bits)) - 1n)) | BigInt.asUintN(bits, value),
    };
  }),
  {
    text: `${store}.v4.b16 [${address}+8], {%h1, %h2, %h3, %h4};`,
    widths: [64, 16, 16, 16, 16],
    inputs: [[1n, 0xffffn, 0x8000n, 7n]],
    after: `${back}.b64 %rd0, [${address}+8];`,
    law: (a, b, c, d) => a | (b << 16n) | (c << 32n) | (d << 48n),
  },
  {
    text: `${store}.v2.u64 [${address}], {%rd1, %rd2};`,
    widths: [64, 64, 64],
    inputs: [[values[64], 3n]],
    after: `${back}.b64 %rd0, [${address}]; ${back}.b64 %rd3, [${address}+8]; sub.u64 %rd0, %rd0, %rd3;`,
    law: (a, b) => a - b,
  },
  {
    text: `${store}.b128 [${address}], %q1;`,
    widths: [64, 64, 64],
    inputs: [[values[64], 3n]],
    before: "mov.b128 %q1, {%rd1, %rd2};",
    after: `${back}.v2.b64 {%rd0, %rd3}, [${address}]; sub.u64 %rd0, %rd0, %rd3;`,
    law: (a, b) => a - b,
  },
]);

/** Nothing that a program can see: the bytes are as they were. */
const silent: Form[] = [
  "prefetch.global.L1 [%own];",
  "prefetch.L2 [%own];",
  "prefetch.global.L2::evict_last [%own];",
  "prefetchu.L1 [%own];",
  "applypriority.global.L2::evict_normal [%own], 128;",
  "discard.global.L2 [%own], 128;",
].map((text) => ({ text, widths: [64], inputs: [[]], after: "ld.b64 %rd0, [%own];", law: () => from(0, 8) }));

const policies: Form[] = [
  "createpolicy.fractional.L2::evict_first.L2::evict_unchanged.b64 %rd0, 0.5;",
  "createpolicy.fractional.L2::evict_last.b64 %rd0;",
  "createpolicy.range.global.L2::evict_last.L2::evict_first.b64 %rd0, [%own], 64, 128;",
  "createpolicy.cvt.L2.b64 %rd0, %rd1;",
].map((text) => ({ text, widths: [64, 64], inputs: [[7n]], law: () => 0n }));

const which = ["global", "shared", "local", "param"] as const;
const generic: Readonly<Record<string, string>> = {
  global: "mov.b64 %rd9, %own;",
  shared: "cvta.shared.u64 %rd9, tile;",
  local: "cvta.local.u64 %rd9, room;",
  param: "cvta.param.u64 %rd9, given;",
};
const questions: Form[] = [...which, "const"].flatMap((space) =>
  which.map(
    (of): Form => ({
      text: `isspacep.${space} %p1, %rd9;`,
      widths: [32],
      inputs: [[]],
      before: generic[of],
      after: "selp.u32 %r0, 1, 0, %p1;",
      law: () => (space === of ? 1n : 0n),
    }),
  ),
);

export const memoryForms: readonly Form[] = [
  ...loads,
  ...mmio,
  ...hints,
  ...stores,
  ...silent,
  ...policies,
  ...questions,
];
