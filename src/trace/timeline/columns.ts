// Numbers that grow by the million, in typed arrays. Knows nothing of what they mean.

type NumberArray = Float64Array | Int32Array | Uint8Array;

/** A column that is written at its end. */
export class GrowingColumn<A extends NumberArray> {
  private data: A;
  private filled = 0;

  constructor(private readonly make: (length: number) => A) {
    this.data = make(1024);
  }

  get length(): number {
    return this.filled;
  }

  push(value: number): void {
    if (this.filled === this.data.length) this.grow();
    this.data[this.filled++] = value;
  }

  at(index: number): number {
    return this.data[index];
  }

  set(index: number, value: number): void {
    this.data[index] = value;
  }

  /** What was written, without a copy: the column is not to grow any more. */
  done(): A {
    return this.data.subarray(0, this.filled) as A;
  }

  /**
   * Puts the values in another order, into room that is given where there is enough. Returns the room in which they were: it serves the
   * next column, so that millions of events are not there twice.
   */
  reorder(order: Int32Array, room: A | undefined): A {
    const { data, filled } = this;
    const result = room !== undefined && room.length >= filled ? room : this.make(filled);
    for (let index = 0; index < filled; index++) result[index] = data[order[index]];
    this.data = result;
    return data;
  }

  /** Makes room for so many values: what is never written of it takes no memory, and what was written is not copied again. */
  reserve(length: number): void {
    if (length > this.data.length) this.resize(length);
  }

  // By half: by doubling, a column of a gigabyte's trace would for a moment take three times its size.
  private grow(): void {
    this.resize(Math.ceil(this.data.length * 1.5));
  }

  private resize(length: number): void {
    const larger = this.make(length);
    larger.set(this.data);
    this.data = larger;
  }
}

/** Whole numbers and times. */
export function float64Column(): GrowingColumn<Float64Array> {
  return new GrowingColumn((length) => new Float64Array(length));
}

export function int32Column(): GrowingColumn<Int32Array> {
  return new GrowingColumn((length) => new Int32Array(length));
}

export function uint8Column(): GrowingColumn<Uint8Array> {
  return new GrowingColumn((length) => new Uint8Array(length));
}

/** The values of a column in another order. */
export function reordered<A extends NumberArray>(column: A, order: Int32Array): A {
  const result = new (column.constructor as new (length: number) => A)(column.length);
  for (let index = 0; index < order.length; index++) result[index] = column[order[index]];
  return result;
}
