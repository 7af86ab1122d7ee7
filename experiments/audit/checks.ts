import type { Check } from "./check";
import { asksKept } from "./checks/asks-kept";
import { clocks } from "./checks/clocks";
import { dependenciesKept } from "./checks/dependencies-kept";
import { emulationExact } from "./checks/emulation-exact";
import { launchLag } from "./checks/launch-lag";
import { limitsAsAsked } from "./checks/limits-as-asked";
import { membership } from "./checks/membership";
import { momentsInOrder } from "./checks/moments-in-order";
import { noSteal } from "./checks/no-steal";
import { oneSchedulerJob } from "./checks/one-scheduler-job";
import { quietHost } from "./checks/quiet-host";
import { recordsComplete } from "./checks/records-complete";
import { runTimeKept } from "./checks/run-time-kept";
import { sourcesAgree } from "./checks/sources-agree";
import { latestSubmission, submissionKept } from "./checks/submission";
import { wholeAttempts } from "./checks/whole-attempts";
import { withinCapacity } from "./checks/within-capacity";

/** In the order in which they are shown. */
export const checks: readonly Check[] = [
  oneSchedulerJob,
  wholeAttempts,
  withinCapacity,
  asksKept,
  sourcesAgree,
  launchLag,
  momentsInOrder,
  dependenciesKept,
  clocks,
  submissionKept,
  latestSubmission,
  quietHost,
  noSteal,
  limitsAsAsked,
  recordsComplete,
  runTimeKept,
  emulationExact,
  membership,
];
