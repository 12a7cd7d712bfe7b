// Where a kernel's parameters lie in its parameter block. Knows nothing of values, nor of how parameters are written.

/** What the layout depends on, in bytes. */
export interface ParameterExtent {
  readonly bytes: number;
  readonly alignment: number;
}

export interface ParameterLayout {
  /** Byte offset of each parameter, in order. */
  readonly offsets: readonly number[];
  /** Size of the whole block: up to the end of the last parameter. */
  readonly bytes: number;
}

/** Lays parameters out as PTX does: in order, each at the next multiple of its alignment. */
export function parameterLayout(parameters: readonly ParameterExtent[]): ParameterLayout {
  let end = 0;
  const offsets = parameters.map(({ bytes, alignment }) => {
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + bytes;
    return offset;
  });
  return { offsets, bytes: end };
}
