// How many there are of something over time: the integral, and what it was at the moments that bound the measured time.
// Knows nothing of what is counted.

/** Times in seconds. */
export class Gauge {
  value = 0;
  /** The greatest value within the measured time. */
  most = 0;
  /** Of the value over time, from the beginning to `last`. */
  integral = 0;
  last = 0;
  /** The value and the integral as they were at each mark. */
  readonly marks: { readonly value: number; readonly integral: number }[] = [];

  /** `from` and `to` bound the time within which `most` is taken. */
  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  set(now: number, value: number): void {
    this.integral += this.value * (now - this.last);
    this.last = now;
    this.value = value;
    if (value > this.most && now >= this.from && now < this.to) this.most = value;
  }

  add(now: number, difference: number): void {
    this.set(now, this.value + difference);
  }

  mark(now: number): void {
    this.set(now, this.value);
    this.marks.push({ value: this.value, integral: this.integral });
  }

  /** The mean between two marks, `seconds` apart. */
  meanBetween(first: number, second: number, seconds: number): number {
    return (this.marks[second].integral - this.marks[first].integral) / seconds;
  }
}
