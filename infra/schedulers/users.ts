import type { ExperimentSpec } from "../../spec/spec";
import { userNames } from "../../spec/users";

/** user01 is 20001 on every node: ids travel with jobs, names do not. */
export const firstUserId = 20_001;

/**
 * Makes the workload's users with their groups and homes. One call of systemd-sysusers makes all of
 * them, because useradd's 30 ms a user add up on an emulated node. Users that are no longer in the
 * workload stay.
 */
export function makeUsers(spec: ExperimentSpec): string {
  const users = userNames(spec.workload.users.count);
  const lines = users.flatMap((name, index) => {
    const id = firstUserId + index;
    return [`g ${name} ${id}`, `u ${name} ${id}:${id} "schedlab" /home/${name} /bin/bash`];
  });
  return [
    "SYSTEMD_LOG_LEVEL=warning systemd-sysusers - <<'SCHEDLAB_END_OF_FILE'",
    ...lines,
    "SCHEDLAB_END_OF_FILE",
    `for name in ${users.join(" ")}; do`,
    '  [ -d "/home/$name" ] || install -d -m 0700 -o "$name" -g "$name" "/home/$name"',
    "done",
  ].join("\n");
}

/** Exits 0 when the last user is there, which is made after all the others. */
export function usersCheck(spec: ExperimentSpec): string {
  const last = userNames(spec.workload.users.count).at(-1) ?? "user01";
  return `[ -d /home/${last} ] && id -u ${last} >/dev/null`;
}
