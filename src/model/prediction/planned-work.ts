// What plans say of the bytes of an operator's work: those of the levels inside DRAM, which only a way of doing it has.
import type { Work } from "../../core/work.js";
import type { Plan } from "../planner/index.js";

/** The work with the bytes of L2 and L1 that its plans move together; as it is where one of them does not reckon them. */
export function workAsPlanned(work: Work, plans: readonly Plan[]): Work {
  let [l2, l1] = [0, 0];
  for (const plan of plans) {
    const traffic = plan.traffic?.();
    if (traffic?.l2 === undefined || traffic.l1 === undefined) return work;
    l2 += traffic.l2;
    l1 += traffic.l1;
  }
  return { ...work, bytes: { dram: work.bytes.dram, l2, l1 } };
}
