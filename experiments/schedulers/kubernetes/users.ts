import { shellQuote } from "../../../base/quote";
import { userNamespace } from "../../../spec/schedulers/kubernetes/policy";
import { type Executor, runChecked } from "../../remote/executor";
import { ClusterNotReady } from "../not-ready";
import { type ApiClients, call, describeError } from "./connection";

const CALL_MS = 60_000;

export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

/** `name uid gid` lines. */
export function idsCommand(users: readonly string[]): string {
  return `for name in ${users.map(shellQuote).join(" ")}; do echo "$name $(id -u "$name") $(id -g "$name")"; done`;
}

export function parseIds(output: string): Map<string, UnixUser> {
  const found = output.matchAll(/^(\S+) (\d+) (\d+)$/gm);
  return new Map(
    [...found].map(([, name = "", uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
}

/** The users' ids on the nodes. @throws ClusterNotReady naming one that is not there. */
export async function unixUsers(
  executor: Executor,
  host: string,
  names: readonly string[],
): Promise<Map<string, UnixUser>> {
  const { stdout } = await runChecked(executor, host, idsCommand(names), {
    step: "look the users up",
    deadlineMs: CALL_MS,
  });
  const users = parseIds(stdout);
  const missing = names.find((name) => !users.has(name));
  if (missing !== undefined) throw new ClusterNotReady(`${host}: there is no user ${missing}`);
  return users;
}

/** Lets a user's pods list the pods of their namespace, as an MPI job's first does; repeatable. */
export async function allowListingPods(
  { rights }: ApiClients,
  host: string,
  user: string,
): Promise<void> {
  const namespace = userNamespace(user);
  await call(host, `let ${user}'s jobs list their pods`, () =>
    rights
      .createNamespacedRoleBinding({
        namespace,
        body: {
          metadata: { name: "schedlab-jobs-view" },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
          subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
        },
      })
      .catch((error) => {
        if (describeError(error).status !== 409) throw error;
      }),
  );
}
