/** The checks in the order in which they are shown. */
export const checkNames = [
  "one-scheduler-job",
  "whole-attempts",
  "within-capacity",
  "asks-kept",
  "sources-agree",
  "launch-lag",
  "moments-in-order",
  "dependencies-kept",
  "clocks",
  "submission-kept",
  "latest-submission",
  "quiet-host",
  "no-steal",
  "limits-as-asked",
  "records-complete",
  "run-time-kept",
  "emulation-exact",
  "membership",
] as const;
export type CheckName = (typeof checkNames)[number];
