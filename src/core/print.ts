// Where what programs print goes unless somebody says otherwise: a cell, a terminal, or nowhere. Knows nothing of who prints.

/** Takes text as it comes, with the line ends that are in it. */
export type PrintSink = (text: string) => void;

let shared: PrintSink = () => {};

/** Sets where printed text goes that was given no sink of its own. */
export function setPrintSink(sink: PrintSink): void {
  shared = sink;
}

/** Hands text to a sink, or to the one that was set. */
export function print(text: string, sink: PrintSink = (each) => shared(each)): void {
  if (text !== "") sink(text);
}
