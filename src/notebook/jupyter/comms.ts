// The kernel's ends of comms: opened by either side, carrying data and binary buffers both ways. Knows nothing of
// widgets; targets say what a comm is for.
import { randomUUID } from "node:crypto";
import type { Comm, CommOpening } from "../bridge.js";
import type { Content, Message } from "./wire/message.js";

export type CommTarget = (comm: Comm, data: unknown, buffers: readonly Uint8Array[]) => void;

/** Publishes one comm message under the request that is being answered. */
export type PublishComm = (
  type: "comm_open" | "comm_msg" | "comm_close",
  content: Content,
  options: { metadata?: Content; buffers?: readonly Uint8Array[] },
) => void;

export class Comms {
  private readonly open = new Map<string, KernelComm>();
  private readonly targets = new Map<string, CommTarget>();

  constructor(private readonly publish: PublishComm) {}

  openComm(target: string, data: unknown, opening: CommOpening = {}): Comm {
    const comm = this.create(opening.id ?? randomUUID().replaceAll("-", ""), target);
    const content = { comm_id: comm.id, target_name: target, target_module: null, data: data ?? {} };
    try {
      this.publish("comm_open", content, {
        metadata: (opening.metadata ?? {}) as Content,
        buffers: opening.buffers ?? [],
      });
    } catch (error) {
      // What cannot be sent was never open.
      this.open.delete(comm.id);
      throw error;
    }
    return comm;
  }

  registerTarget(target: string, handler: CommTarget): void {
    this.targets.set(target, handler);
  }

  /** What comm_info_reply lists. */
  info(target?: string): Record<string, { target_name: string }> {
    const entries = [...this.open.values()].filter((comm) => target === undefined || comm.target === target);
    return Object.fromEntries(entries.map((comm) => [comm.id, { target_name: comm.target }]));
  }

  /** Hands a message of the front end to the comm that it is for. Throws what the comm's handler throws. */
  handle({ header, content, buffers }: Message): void {
    const id = String(content["comm_id"]);
    const data = content["data"] ?? {};
    const comm = this.open.get(id);
    switch (header.msg_type) {
      case "comm_open": {
        const target = String(content["target_name"]);
        const handler = this.targets.get(target);
        if (handler === undefined) {
          this.publish("comm_close", { comm_id: id, data: {} }, {});
          return;
        }
        handler(this.create(id, target), data, buffers);
        return;
      }
      case "comm_msg":
        comm?.onMessage?.(data, buffers);
        return;
      case "comm_close":
        this.open.delete(id);
        comm?.onClose?.(data);
        return;
    }
  }

  private create(id: string, target: string): KernelComm {
    const comm: KernelComm = new KernelComm(id, target, {
      publish: this.publish,
      forget: () => this.open.delete(id),
      isOpen: () => this.open.get(id) === comm,
    });
    this.open.set(id, comm);
    return comm;
  }
}

class KernelComm implements Comm {
  onMessage: ((data: unknown, buffers: readonly Uint8Array[]) => void) | undefined;
  onClose: ((data: unknown) => void) | undefined;

  constructor(
    readonly id: string,
    readonly target: string,
    private readonly comms: { publish: PublishComm; forget(): void; isOpen(): boolean },
  ) {}

  send(
    data: unknown,
    { buffers = [], metadata = {} }: { buffers?: readonly Uint8Array[]; metadata?: object } = {},
  ): void {
    if (!this.comms.isOpen()) return;
    this.comms.publish("comm_msg", { comm_id: this.id, data: data ?? {} }, { buffers, metadata: metadata as Content });
  }

  close(data: unknown = {}): void {
    if (!this.comms.isOpen()) return;
    this.comms.forget();
    this.comms.publish("comm_close", { comm_id: this.id, data }, {});
  }
}
