// The least that a queue of events can do: a binary heap of times and payloads in typed arrays, of fixed size, which knows no sequence
// and checks nothing. What the event queue is held against.

export class BareHeap {
  length = 0;
  time = 0;
  payload = 0;

  constructor(capacity) {
    this.times = new Float64Array(capacity + 1);
    this.payloads = new Int32Array(capacity + 1);
  }

  schedule(time, _kind, payload) {
    const { times, payloads } = this;
    let hole = this.length++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (times[parent] <= time) break;
      times[hole] = times[parent];
      payloads[hole] = payloads[parent];
      hole = parent;
    }
    times[hole] = time;
    payloads[hole] = payload;
  }

  next() {
    if (this.length === 0) return false;
    const { times, payloads } = this;
    this.time = times[0];
    this.payload = payloads[0];
    const last = --this.length;
    const time = times[last];
    let hole = 0;
    for (let child = 1; child < last; child = 2 * hole + 1) {
      if (child + 1 < last && times[child + 1] < times[child]) child++;
      if (times[child] >= time) break;
      times[hole] = times[child];
      payloads[hole] = payloads[child];
      hole = child;
    }
    times[hole] = time;
    payloads[hole] = payloads[last];
    return true;
  }
}
