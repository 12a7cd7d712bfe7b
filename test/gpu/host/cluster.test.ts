// Several devices: one clock, copies between them, access to each other's memory, and a reduction over all of them.
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { f32 } from "../../../src/core/dtype.js";
import { GPUCluster, VirtualGPU } from "../../../src/gpu/host/index.js";
import { blockSum, plainBlockSum, saxpy } from "../kernels.js";

describe("a cluster", () => {
  it("has devices, one of them current", () => {
    const cluster = new GPUCluster(["h100", "a100"], { sms: 4 });
    expect(cluster.length).toBe(2);
    expect(cluster.getCurrent()).toBe(cluster.gpus[0]);
    expect(cluster.setCurrent(1)).toBe(cluster.gpus[1]);
    expect(cluster.getCurrent().index).toBe(1);
    expect([...cluster]).toEqual(cluster.gpus);
    expect(cluster.table.map(({ device, sms, current }) => [device, sms, current])).toEqual([
      [0, 4, false],
      [1, 4, true],
    ]);
    expect(inspect(cluster)).toMatch(/^cluster of 2 devices: H100 SXM, A100.*; device 1 is current$/);
  });

  it("refuses what is none", () => {
    expect(() => new GPUCluster([])).toThrow("a cluster is made of a list of devices");
    expect(() => new GPUCluster(["h100"], { peers: [[0, 1]] })).toThrow("peers[0]: must be two of the devices 0 to 0");
    expect(() => new GPUCluster(["h100"]).setCurrent(1)).toThrow("there is no device 1: the cluster has 0 to 0");
  });

  it("copies between devices, directly where one has access, otherwise by way of the host", () => {
    const options = { clock: 1, latency: { host: 100, peer: 7 }, bandwidth: { host: 1, peer: 4 } };
    const cluster = new GPUCluster(["h100", "h100"], options);
    const [a, b] = cluster.gpus;
    const x = a.zeros(f32, 2);
    x.view(f32).put(1, 5);
    const y = b.zeros(f32, 2);
    const begin = b.cycle;
    b.memcpy(y, x);
    expect(y.get(1)).toBe(5);
    expect(b.log.transfers[0]).toMatchObject({
      call: "cuMemcpyPeer",
      direction: "peer to peer",
      bytes: 8,
      cycles: 216,
    });
    expect(b.log.transfers[0].start).toBe(begin);
    b.enablePeerAccess(a);
    b.memcpy(y, x);
    expect(b.log.transfers[2]).toMatchObject({ direction: "peer to peer", cycles: 9 });
    // The host's time is one for all devices.
    expect(a.cycle).toBe(b.cycle);
  });

  it("faults where a kernel touches another device's memory without access, and runs with it", () => {
    const cluster = new GPUCluster(["h100", "h100"]);
    const [a, b] = cluster.gpus;
    const x = b.array(f32, [1, 2, 3, 4], { label: "x" });
    const y = a.zeros(f32, 4);
    const launch = () => a.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x, y });
    expect(launch).toThrow(
      /it lies in "x" \(f32, 16 bytes\), which is memory of device 1: device 0 has no peer access to it\n.*\nLet it: cluster\.gpus\[0\]\.enablePeerAccess/s,
    );
    a.enablePeerAccess(b);
    launch();
    expect([...y.toArray()]).toEqual([2, 4, 6, 8]);
    a.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 1, x: y, y: x });
    expect([...x.toArray()]).toEqual([3, 6, 9, 12]);
    a.disablePeerAccess(b);
    expect(launch).toThrow("no peer access");
    expect(() => a.disablePeerAccess(b)).toThrow("it has no access to the memory of H100 SXM");
  });

  it("says which devices can reach each other", () => {
    const cluster = new GPUCluster(["h100", "h100", "h100"], { peers: [[0, 1]] });
    const [a, b, c] = cluster.gpus;
    expect([a.canAccessPeer(b), b.canAccessPeer(a), a.canAccessPeer(c), a.canAccessPeer(a)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(() => a.enablePeerAccess(c)).toThrow("device 0 (H100 SXM) cannot reach the memory of H100 SXM");
    expect(a.canAccessPeer(new VirtualGPU("h100"))).toBe(false);
    cluster.enablePeerAccess();
    expect(() => a.disablePeerAccess(b)).not.toThrow();
  });

  it("reduces over all devices, beside each other in simulated time", () => {
    const cluster = new GPUCluster(["h100", "h100", "h100", "h100"], { sms: 4 });
    const values = Float32Array.from({ length: 4096 }, (_, i) => (i % 7) - 3);
    const share = values.length / cluster.length;
    const partial = cluster.gpus.map((gpu, i) => {
      const x = gpu.array(f32, values.subarray(i * share, (i + 1) * share));
      const sums = gpu.zeros(f32, share / 256);
      gpu.launch(blockSum, { grid: share / 256, block: 256 }, { n: share, x, sums });
      return sums;
    });
    const [first] = cluster.gpus;
    const all = first.zeros(f32, values.length / 256);
    for (const [i, sums] of partial.entries()) first.memcpy(all.add(i * sums.length), sums);
    expect(all.toArray()).toEqual(plainBlockSum(values));
    cluster.synchronize();
    expect(cluster.gpus.every(({ launches }) => launches === 1)).toBe(true);
  });
});
