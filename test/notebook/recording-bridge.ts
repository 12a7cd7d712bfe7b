// A kernel bridge that keeps what it is given, for tests of what the library sends.
import {
  type CellEnding,
  type CellOutput,
  type Comm,
  installKernelBridge,
  type KernelBridge,
  type MimeBundle,
  type OutputSink,
} from "../../src/notebook/bridge.js";

export interface SentMessage {
  readonly data: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}

export interface RecordedComm extends Comm {
  readonly target: string;
  readonly opening: SentMessage & { readonly metadata: object };
  readonly sent: SentMessage[];
  closed: boolean;
}

export interface RecordedDisplay {
  readonly bundle: MimeBundle;
  readonly options: { readonly displayId?: string; readonly update?: boolean; readonly metadata?: object };
}

type Handler = Parameters<KernelBridge["registerTarget"]>[1];

export class RecordingBridge implements KernelBridge {
  readonly version = 1;
  readonly comms: RecordedComm[] = [];
  readonly displays: RecordedDisplay[] = [];
  readonly targets = new Map<string, Handler>();

  openComm(
    target: string,
    data: unknown,
    { buffers = [], metadata = {} }: Parameters<KernelBridge["openComm"]>[2] = {},
  ): Comm {
    return this.#comm(target, { data: structuredClone(data) as Record<string, unknown>, buffers, metadata });
  }

  /** A comm that the front end opens. */
  openedByPage(target: string): RecordedComm {
    const comm = this.#comm(target, { data: {}, buffers: [], metadata: {} });
    this.targets.get(target)!(comm, {}, []);
    return comm;
  }

  registerTarget(target: string, handler: Handler): void {
    this.targets.set(target, handler);
  }

  display(bundle: MimeBundle, options: RecordedDisplay["options"] = {}): void {
    this.displays.push({ bundle, options });
  }

  clearOutput(_options: { readonly wait: boolean }): void {
    throw new Error("not recorded");
  }

  capture<T>(_sink: OutputSink, work: () => T): T {
    return work();
  }

  /** What waits for the end of the cell. */
  readonly cellEndings: ((ending: CellEnding) => void)[] = [];

  whenCellEnds(callback: (ending: CellEnding) => void): void {
    this.cellEndings.push(callback);
  }

  endCell(ending: CellEnding): void {
    for (const callback of this.cellEndings.splice(0)) callback(ending);
  }

  describeError(error: unknown): CellOutput {
    const { name, message } = error as Error;
    return { output_type: "error", ename: name, evalue: message, traceback: [`${name}: ${message}`] };
  }

  typedFunction(): undefined {
    return undefined;
  }

  #comm(target: string, opening: RecordedComm["opening"]): RecordedComm {
    const comm: RecordedComm = {
      id: `comm-${this.comms.length + 1}`,
      target,
      opening,
      sent: [],
      closed: false,
      send: (data, { buffers = [] } = {}) =>
        void comm.sent.push({ data: structuredClone(data) as Record<string, unknown>, buffers }),
      close: () => {
        comm.closed = true;
      },
      onMessage: undefined,
      onClose: undefined,
    };
    this.comms.push(comm);
    return comm;
  }
}

/** Makes this process look like warplab's kernel to the library until the returned function is called. */
export function asKernel(bridge: KernelBridge): () => void {
  installKernelBridge(bridge);
  return () => installKernelBridge(undefined as never);
}
