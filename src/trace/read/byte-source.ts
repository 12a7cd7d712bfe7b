// Where bytes come from, piece by piece: a file, an upload, a request, memory. Knows no format; what reads files is above.

/** Pieces of bytes in order, of any length; a readable stream of Node or of the web is one. Each is read before the next is asked for. */
export type BytePieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Bytes that come in pieces, and how many they are where that is known. */
export interface ByteSource {
  readonly pieces: BytePieces;
  /** Bytes of all pieces together. */
  readonly size?: number | undefined;
}
