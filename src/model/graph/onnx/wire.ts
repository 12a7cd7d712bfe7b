// Protocol buffers as bytes: the fields of a message, one after another, by number. Knows no message. The wire format has four
// kinds of value (protobuf.dev/programming-guides/encoding), so that reading it here weighs less than a package that does.
import { InputError } from "../../../core/errors.js";

/** One field of a message as it stands in the file. */
export interface Field {
  readonly number: number;
  /** A varint or a fixed-width value: its 64 bits, or its 32. */
  readonly bits?: bigint;
  /** A length-delimited value: a text, bytes, an inner message or packed numbers. No copy. */
  readonly bytes?: Uint8Array;
}

/** The fields of a message in the order of the file. Throws InputError where the bytes are none. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const cursor = new Cursor(message);
  while (!cursor.atEnd) {
    const key = Number(cursor.varint());
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { number, bits: cursor.varint() };
        break;
      case 1:
        yield { number, bits: cursor.fixed(8) };
        break;
      case 2:
        yield { number, bytes: cursor.take(Number(cursor.varint())) };
        break;
      case 5:
        yield { number, bits: cursor.fixed(4) };
        break;
      default:
        throw notProtobuf(`a field of kind ${key % 8}, which there is none of`, cursor.at);
    }
  }
}

/** A field's text (UTF-8). */
export function textOf({ bytes }: Field): string {
  if (bytes === undefined) throw notProtobuf("a number where a text must be");
  return new TextDecoder().decode(bytes);
}

/** A field's inner message or bytes. */
export function bytesOf({ bytes }: Field): Uint8Array {
  if (bytes === undefined) throw notProtobuf("a number where a message must be");
  return bytes;
}

/** A field's whole number, with its sign. Beyond 2^53 it is the nearest that a number can hold. */
export function integerOf({ bits }: Field): number {
  if (bits === undefined) throw notProtobuf("a message where a number must be");
  return Number(BigInt.asIntN(64, bits));
}

/** A field's 32-bit float. */
export function floatOf({ bits }: Field): number {
  if (bits === undefined) throw notProtobuf("a message where a number must be");
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, Number(BigInt.asUintN(32, bits)));
  return view.getFloat32(0);
}

/** Whole numbers of a repeated field: one, or many packed into bytes. */
export function integersOf(field: Field): number[] {
  if (field.bytes === undefined) return [integerOf(field)];
  const cursor = new Cursor(field.bytes);
  const numbers: number[] = [];
  while (!cursor.atEnd) numbers.push(Number(BigInt.asIntN(64, cursor.varint())));
  return numbers;
}

/** Values of fixed width of a repeated field: one, or many packed into bytes. */
export function fixedOf(field: Field, width: 4 | 8): number[] {
  const { bytes } = field;
  if (bytes === undefined) return [width === 4 ? floatOf(field) : doubleOf(field)];
  if (bytes.length % width !== 0) throw notProtobuf(`${bytes.length} bytes of numbers of ${width} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / width }, (_, i) =>
    width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}

function doubleOf({ bits = 0n }: Field): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

class Cursor {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.atEnd) throw notProtobuf("the end within a number", this.at);
      const byte = this.bytes[this.at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw notProtobuf("a number of more than ten bytes", this.at);
  }

  fixed(width: 4 | 8): bigint {
    const { buffer, byteOffset } = this.take(width);
    const view = new DataView(buffer, byteOffset, width);
    return width === 4 ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
  }

  take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) {
      throw notProtobuf(`${count} bytes announced, of which ${this.bytes.length - this.at} are there`, this.at);
    }
    const taken = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return taken;
  }
}

function notProtobuf(found: string, at?: number): InputError {
  return new InputError(`not a protocol buffer: ${found}${at === undefined ? "" : ` (byte ${at} of its message)`}`, {
    fix: 'Is it an ONNX file, and whole? A file of Git LFS begins with "version https://git-lfs".',
  });
}
