// The requests that are inside the service, in columns by slot; a slot is used again when its request has left, so that memory grows
// with those that are inside and not with those that were served. Knows nothing of schedulers.

export class Requests {
  /** The request's number, by arrival from 0. */
  id: Int32Array = new Int32Array(0);
  /** Seconds. */
  arrival: Float64Array = new Float64Array(0);
  /** Tokens of the prompt, and of the answer in the end. */
  prompt: Int32Array = new Int32Array(0);
  output: Int32Array = new Int32Array(0);
  /** Tokens of the answer so far. */
  generated: Int32Array = new Int32Array(0);
  /** Tokens whose keys and values are in the cache, and the blocks that it holds for them. */
  cached: Int32Array = new Int32Array(0);
  blocks: Int32Array = new Int32Array(0);
  /** Tokens that have to be prefilled before it decodes; of them, those of the step that runs. */
  toPrefill: Int32Array = new Int32Array(0);
  chunk: Int32Array = new Int32Array(0);
  /** When it began to wait, if it does; how long it has waited. */
  waitingSince: Float64Array = new Float64Array(0);
  waited: Float64Array = new Float64Array(0);
  /** When its first and its latest token came. */
  firstToken: Float64Array = new Float64Array(0);
  lastToken: Float64Array = new Float64Array(0);
  /** When its first prefill began, and, where it goes over a link, when that began and ended; NaN before. */
  prefillStart: Float64Array = new Float64Array(0);
  transferStart: Float64Array = new Float64Array(0);
  transferEnd: Float64Array = new Float64Array(0);
  /** Arrived within the measured time. */
  measured: Uint8Array = new Uint8Array(0);
  /** The replica that has it, and the one that holds its blocks while they go over the link. */
  replica: Int32Array = new Int32Array(0);
  holder: Int32Array = new Int32Array(0);

  private free: number[] = [];
  private used = 0;

  /** Requests inside. */
  get count(): number {
    return this.used;
  }

  /** A slot for a request that arrives. */
  take(id: number, arrival: number, prompt: number, output: number): number {
    if (this.free.length === 0) this.grow();
    const slot = this.free.pop() as number;
    this.used++;
    this.id[slot] = id;
    this.arrival[slot] = arrival;
    this.prompt[slot] = prompt;
    this.output[slot] = output;
    this.generated[slot] = 0;
    this.cached[slot] = 0;
    this.blocks[slot] = 0;
    this.toPrefill[slot] = prompt;
    this.chunk[slot] = 0;
    this.waitingSince[slot] = arrival;
    this.waited[slot] = 0;
    this.firstToken[slot] = Number.NaN;
    this.lastToken[slot] = Number.NaN;
    this.prefillStart[slot] = Number.NaN;
    this.transferStart[slot] = Number.NaN;
    this.transferEnd[slot] = Number.NaN;
    this.measured[slot] = 0;
    return slot;
  }

  release(slot: number): void {
    this.used--;
    this.free.push(slot);
  }

  private grow(): void {
    const before = this.id.length;
    const capacity = Math.max(64, 2 * before);
    const columns = this as unknown as Record<string, unknown>;
    for (const [name, column] of Object.entries(this)) {
      if (!ArrayBuffer.isView(column)) continue;
      const grown = new (column.constructor as new (length: number) => Float64Array)(capacity);
      grown.set(column as Float64Array);
      columns[name] = grown;
    }
    for (let slot = capacity - 1; slot >= before; slot--) this.free.push(slot);
  }
}
