// Walks over one event of a trace, an object whose fields are much the same in Chrome traces and in lines of driver calls, and remembers where
// the values lie. Of fields that come twice the last counts, as for JSON.parse. Knows the fields' names and not what they mean.
import { JsonScanner } from "./json-scanner.js";

/** A value: the bytes from `from` to `to`, the quotes of a string included; `to` 0 where there is none. */
export class Slot {
  /** Where the member's name begins. */
  nameFrom = 0;
  from = 0;
  to = 0;

  get isThere(): boolean {
    return this.to !== 0;
  }
}

export class EventScanner extends JsonScanner {
  readonly ph: Slot = new Slot();
  readonly ts: Slot = new Slot();
  readonly dur: Slot = new Slot();
  readonly pid: Slot = new Slot();
  readonly tid: Slot = new Slot();
  readonly name: Slot = new Slot();
  readonly cat: Slot = new Slot();
  readonly id: Slot = new Slot();
  readonly corr: Slot = new Slot();
  readonly stream: Slot = new Slot();
  /** What the event is, where warplab wrote it. */
  readonly role: Slot = new Slot();
  /** How far an instant reaches: its thread, its process, all. */
  readonly scope: Slot = new Slot();
  /** What the end of an arrow binds to. */
  readonly bindingPoint: Slot = new Slot();
  readonly args: Slot = new Slot();
  /** Whether the name, the category or one of the arguments that have a slot has escapes. */
  hasEscapes = false;
  /** Whether any member is unsound JSON. */
  unsoundMembers = false;
  /** Places of the members that have no slot: the first byte of the name and what follows the value, one after the other. */
  readonly others: number[] = [];

  // Of the arguments.
  readonly correlation: Slot = new Slot();
  readonly streamOfArgs: Slot = new Slot();
  readonly device: Slot = new Slot();
  readonly byteCount: Slot = new Slot();
  readonly direction: Slot = new Slot();
  readonly kernel: Slot = new Slot();
  readonly gpuStart: Slot = new Slot();
  readonly gpuEnd: Slot = new Slot();
  readonly range: Slot = new Slot();
  readonly hook: Slot = new Slot();

  private readonly slots: readonly Slot[] = [
    this.ph,
    this.ts,
    this.dur,
    this.pid,
    this.tid,
    this.name,
    this.cat,
    this.id,
    this.corr,
    this.stream,
    this.role,
    this.scope,
    this.bindingPoint,
    this.args,
    this.correlation,
    this.streamOfArgs,
    this.device,
    this.byteCount,
    this.direction,
    this.kernel,
    this.gpuStart,
    this.gpuEnd,
    this.range,
    this.hook,
  ];

  /** Treats a member as one that has no slot. */
  setAside(slot: Slot): void {
    if (slot.isThere) this.others.push(slot.nameFrom, slot.to);
  }

  /** Passes an event, from its opening brace on. False leaves `at` anywhere. */
  event(): boolean {
    const { slots, bytes } = this;
    for (let index = 0; index < slots.length; index++) slots[index].to = 0;
    this.others.length = 0;
    this.hasEscapes = false;
    this.unsoundMembers = false;
    if (this.at >= this.end) return this.fail("incomplete");
    if (bytes[this.at] !== 0x7b) return this.fail("malformed");
    this.at++;
    if (!this.toNext()) return false;
    if (bytes[this.at] === 0x7d) {
      this.at++;
      return true;
    }
    for (;;) {
      if (!this.member() || !this.toNext()) return false;
      const byte = bytes[this.at++];
      if (byte === 0x7d) return true;
      if (byte !== 0x2c) return this.fail("malformed");
      if (!this.toNext()) return false;
    }
  }

  private member(): boolean {
    const first = this.at;
    this.unsound = false;
    if (!this.skipKey()) return false;
    const slot = this.slotOf(first + 1);
    const from = this.at;
    if (slot === this.args && this.bytes[from] === 0x7b) {
      if (!this.argumentMembers()) return false;
    } else {
      this.escaped = false;
      if (!this.skipValue()) return false;
      if (this.escaped && (slot === this.name || slot === this.cat)) this.hasEscapes = true;
    }
    if (this.unsound) this.unsoundMembers = true;
    if (slot === undefined) {
      this.others.push(first, this.at);
    } else {
      slot.nameFrom = first;
      slot.from = from;
      slot.to = this.at;
    }
    return true;
  }

  /** As `skipValue` for an object, with a look at its own members. */
  private argumentMembers(): boolean {
    const { bytes } = this;
    for (const slot of this.slotsOfArguments) slot.to = 0;
    this.at++;
    if (!this.toNext()) return false;
    if (bytes[this.at] === 0x7d) {
      this.at++;
      return true;
    }
    for (;;) {
      const first = this.at + 1;
      if (!this.skipKey()) return false;
      const slot = this.argumentSlotOf(first);
      const from = this.at;
      this.escaped = false;
      if (!this.skipValue()) return false;
      if (slot !== undefined) {
        if (this.escaped) this.hasEscapes = true;
        slot.from = from;
        slot.to = this.at;
      }
      if (!this.toNext()) return false;
      const byte = bytes[this.at++];
      if (byte === 0x7d) return true;
      if (byte !== 0x2c) return this.fail("malformed");
      if (!this.toNext()) return false;
    }
  }

  private readonly slotsOfArguments: readonly Slot[] = this.slots.slice(this.slots.indexOf(this.correlation));

  // The names are told apart by their length and what suffices of their letters; a byte compare of the whole settles it.
  private slotOf(first: number): Slot | undefined {
    const { bytes } = this;
    switch (bytes[first]) {
      case 0x70: // p
        if (this.isKey(first, keys.ph)) return this.ph;
        return this.isKey(first, keys.pid) ? this.pid : undefined;
      case 0x74: // t
        if (this.isKey(first, keys.ts)) return this.ts;
        return this.isKey(first, keys.tid) ? this.tid : undefined;
      case 0x6e:
        return this.isKey(first, keys.name) ? this.name : undefined;
      case 0x63: // c
        if (this.isKey(first, keys.cat)) return this.cat;
        return this.isKey(first, keys.corr) ? this.corr : undefined;
      case 0x64:
        return this.isKey(first, keys.dur) ? this.dur : undefined;
      case 0x61:
        return this.isKey(first, keys.args) ? this.args : undefined;
      case 0x69:
        return this.isKey(first, keys.id) ? this.id : undefined;
      case 0x73: // s
        if (this.isKey(first, keys.scope)) return this.scope;
        return this.isKey(first, keys.stream) ? this.stream : undefined;
      case 0x72:
        return this.isKey(first, keys.role) ? this.role : undefined;
      case 0x62:
        return this.isKey(first, keys.bindingPoint) ? this.bindingPoint : undefined;
      default:
        return undefined;
    }
  }

  private argumentSlotOf(first: number): Slot | undefined {
    const { bytes } = this;
    switch (bytes[first]) {
      case 0x63:
        return this.isKey(first, keys.correlation) ? this.correlation : undefined;
      case 0x73:
        return this.isKey(first, keys.stream) ? this.streamOfArgs : undefined;
      case 0x64: // d
        if (this.isKey(first, keys.device)) return this.device;
        return this.isKey(first, keys.direction) ? this.direction : undefined;
      case 0x62:
        return this.isKey(first, keys.bytes) ? this.byteCount : undefined;
      case 0x42:
        return this.isKey(first, keys.capitalBytes) ? this.byteCount : undefined;
      case 0x6b:
        return this.isKey(first, keys.kernel) ? this.kernel : undefined;
      case 0x67: // g
        if (this.isKey(first, keys.gpuStart)) return this.gpuStart;
        return this.isKey(first, keys.gpuEnd) ? this.gpuEnd : undefined;
      case 0x72:
        return this.isKey(first, keys.range) ? this.range : undefined;
      case 0x68:
        return this.isKey(first, keys.hook) ? this.hook : undefined;
      default:
        return undefined;
    }
  }

  /** Whether a name begins here. It ends with a quote, so a longer one is none. */
  private isKey(first: number, key: Uint8Array): boolean {
    const { bytes } = this;
    for (let index = 0; index < key.length; index++) if (bytes[first + index] !== key[index]) return false;
    return true;
  }
}

function key(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}"`);
}

const keys = {
  ph: key("ph"),
  ts: key("ts"),
  dur: key("dur"),
  pid: key("pid"),
  tid: key("tid"),
  name: key("name"),
  cat: key("cat"),
  id: key("id"),
  corr: key("corr"),
  stream: key("stream"),
  role: key("role"),
  scope: key("s"),
  bindingPoint: key("bp"),
  args: key("args"),
  correlation: key("correlation"),
  device: key("device"),
  bytes: key("bytes"),
  capitalBytes: key("Bytes"),
  direction: key("direction"),
  kernel: key("kernel"),
  gpuStart: key("gpu_start_ns"),
  gpuEnd: key("gpu_end_ns"),
  range: key("range"),
  hook: key("hook"),
};
