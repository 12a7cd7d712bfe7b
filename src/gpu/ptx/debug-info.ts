// What a debugger needs beside PTX: the text that `.loc` lines point into, and which register holds which variable.

/** The source that a kernel's `.loc 1 line column` directives refer to. */
export interface KernelSource {
  /** Shown verbatim; its first line is line 1. */
  readonly text: string;
  /** The text it is part of, for people: `cell 3`, `saxpy.cu`. */
  readonly origin: string;
  /** The line of `origin` at which line 1 of `text` stands. */
  readonly firstLine: number;
  readonly language: "typescript" | "javascript" | "cuda" | "ptx";
}

/** A variable or parameter of the source and the PTX register that holds it. */
export interface KernelVariable {
  /** As the person wrote it. */
  readonly name: string;
  /** The PTX register, `%zr`. */
  readonly register: string;
  /** `f32`, `i32`, `f32.ptr`, `bool`. */
  readonly type: string;
}

export interface DebugInfo {
  readonly source: KernelSource;
  readonly variables: readonly KernelVariable[];
}
