import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("transfers", () => {
  const transfers = analyse(
    new MadeTimeline()
      // 4 MiB in 1 ms, half of it under a kernel; 1 KiB in 1 µs.
      .copy("cuMemcpyHtoDAsync_v2", [0, 1000], [1_000_000, 2_000_000], {
        bytes: 2 ** 22,
        workName: "Memcpy HtoD (Pinned -> Device)",
      })
      .copy("cuMemcpyHtoDAsync_v2", [1000, 2000], [2_000_000, 2_001_000], {
        bytes: 1024,
        workName: "Memcpy HtoD (Pageable -> Device)",
      })
      .kernel("k", [2000, 3000], [1_500_000, 2_000_000], { stream: 1 })
      .copy("cuMemcpyDtoH_v2", [3000, 3_000_000], [2_500_000, 2_900_000], { bytes: 400, direction: "device to host" })
      .done(),
  ).transfers;

  it("have their bytes, their bandwidth and their overlap by direction", () => {
    expect(transfers.by_kind).toEqual([
      {
        kind: "host to device",
        count: 2,
        bytes: 2 ** 22 + 1024,
        without_bytes: 0,
        device_ns: 1_001_000,
        bandwidth_bytes_per_s: (2 ** 22 + 1024) / 1.001e-3,
        overlapped_ns: 500_000,
        overlap_share: 500 / 1001,
        call_ns: 2000,
        pageable: 1,
        pinned: 1,
      },
      {
        kind: "device to host",
        count: 1,
        bytes: 400,
        without_bytes: 0,
        device_ns: 400_000,
        bandwidth_bytes_per_s: 1e6,
        overlapped_ns: 0,
        overlap_share: 0,
        call_ns: 2_997_000,
        pageable: undefined,
        pinned: undefined,
      },
    ]);
  });

  it("and by size, for small ones never reach the bandwidth", () => {
    expect(
      transfers.by_size.map(({ kind, from_bytes, count, bandwidth_bytes_per_s }) => [
        kind,
        from_bytes,
        count,
        bandwidth_bytes_per_s,
      ]),
    ).toEqual([
      ["host to device", 0, 1, 1024 / 1e-6],
      ["host to device", 2 ** 20, 1, 2 ** 22 / 1e-3],
      ["device to host", 0, 1, 1e6],
    ]);
  });

  it("have no bandwidth where nobody says their bytes, and those that do keep theirs", () => {
    const { copies } = analyse(
      new MadeTimeline()
        .copy("cuMemcpyHtoD_v2", undefined, [0, 1000], { bytes: 1000 })
        .copy("cuMemcpyHtoD_v2", undefined, [1000, 9000], {})
        .done(),
    ).transfers;
    expect(copies).toMatchObject({ count: 2, without_bytes: 1, bytes: 1000, bandwidth_bytes_per_s: 1e9 });
  });

  it("of fewer bytes than none are of bytes that are not known", () => {
    const made = new MadeTimeline().copy("cuMemcpyHtoD_v2", [0, 10], [2, 9], { bytes: -5 }).done();
    expect(analyse(made).transfers.copies).toMatchObject({ count: 1, without_bytes: 1, device_ns: 7 });
    const unknown = new MadeTimeline().call("cuMemcpyHtoD_v2", [0, 10], { bytes: -5 }).done();
    expect(analyse(unknown).transfers.copies).toMatchObject({ count: 1, without_bytes: 1, call_ns: 10 });
  });

  it("say in words or by CUPTI's numbers what memory of the host they use", () => {
    const made = new MadeTimeline();
    for (const [start, args] of [
      [0, { srcKind: "Pinned", dstKind: "Device" }],
      [10, { srcKind: 2, dstKind: 0 }],
      [20, { srcKind: 2, dstKind: 1 }],
      [30, { bytes: 3 }],
    ] as const) {
      made.builder.event({ track: made.stream(), name: "Memcpy", start, duration: 5, role: "copy", args });
    }
    expect(analyse(made.done()).transfers.copies).toMatchObject({ count: 4, pageable: 1, pinned: 2 });
  });

  it("without times of the device are counted from their calls, with no time that was not recorded", () => {
    const { device_times, by_kind } = analyse(
      new MadeTimeline()
        .call("cuMemcpyHtoD_v2", [0, 1000], { direction: "host to device" })
        .call("cuMemcpyHtoD_v2", [100, 900], { bytes: 64 })
        .done(),
    ).transfers;
    expect(device_times).toBe("unknown");
    expect(by_kind).toEqual([
      {
        kind: "host to device",
        count: 1,
        bytes: 64,
        without_bytes: 0,
        device_ns: undefined,
        bandwidth_bytes_per_s: undefined,
        overlapped_ns: undefined,
        overlap_share: undefined,
        call_ns: 1000,
        pageable: undefined,
        pinned: undefined,
      },
    ]);
  });
});
