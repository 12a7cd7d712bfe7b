// The blocks in which a replica keeps keys and values (W. Kwon et al., "Efficient memory management for large language model serving with
// PagedAttention", SOSP 2023): a request holds whole blocks, anywhere, so that nothing is lost but the rest of its last one. Which block
// is whose does not matter here; they are counted. Knows nothing of requests.

/** A share of the blocks that stays free when a request is admitted, so that it is not preempted at once: vLLM's watermark. */
const watermark = 0.01;

export class KvCache {
  private free: number;
  private readonly kept: number;
  /** In the whole run. */
  allocated = 0;
  released = 0;
  peak = 0;

  constructor(
    readonly blocks: number,
    private readonly blockTokens: number,
  ) {
    this.free = blocks;
    this.kept = Math.floor(watermark * blocks);
  }

  get used(): number {
    return this.blocks - this.free;
  }

  /** Blocks that so many tokens need. */
  blocksOf(tokens: number): number {
    return Math.ceil(tokens / this.blockTokens);
  }

  /** There is room for so many beside those who run, and a little more. */
  admits(blocks: number, others: number): boolean {
    return this.free - blocks >= (others > 0 ? this.kept : 0);
  }

  get full(): boolean {
    return this.free === 0;
  }

  allocate(blocks: number): void {
    if (blocks > this.free) throw new Error(`${blocks} blocks were taken of ${this.free} that are free`);
    this.free -= blocks;
    this.allocated += blocks;
    const { used } = this;
    if (used > this.peak) this.peak = used;
  }

  release(blocks: number): void {
    this.free += blocks;
    this.released += blocks;
    if (this.free > this.blocks) throw new Error(`${this.free} blocks are free of ${this.blocks}`);
  }
}
