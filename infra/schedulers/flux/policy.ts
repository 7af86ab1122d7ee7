import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";

/** The tables of the broker's configuration that choose a scheduler and set its options. */
export function schedulerTables({ sched }: FluxPolicy): string[] {
  if (sched.type === "simple") {
    return [
      "[modules]",
      // Fluxion's modules have 500, and the highest provides the scheduler.
      "sched-simple.priority = 1000",
      `sched-simple.args = ["queue-depth=${sched.queueDepth}"]`,
    ];
  }
  const { queuePolicy, queueDepth, reservationDepth, matchPolicy } = sched;
  return [
    "[sched-fluxion-qmanager]",
    `queue-policy = "${queuePolicy}"`,
    "",
    "[sched-fluxion-qmanager.queue-params]",
    `queue-depth = ${queueDepth}`,
    "",
    ...(queuePolicy === "hybrid"
      ? ["[sched-fluxion-qmanager.policy-params]", `reservation-depth = ${reservationDepth}`, ""]
      : []),
    "[sched-fluxion-resource]",
    `match-policy = "${matchPolicy}"`,
    'match-format = "rv1_nosched"',
  ];
}
