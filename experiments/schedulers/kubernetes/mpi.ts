import { mainTask, podJobLabel, podTaskLabel } from "./names";

/** Volcano's ssh plugin puts a key pair of the job's own there, in each of its pods. */
const sshDirectory = "/run/schedlab-ssh";
const sshPort = 2222;
/** Where the launcher of a pod lies; a pod has a /tmp of its own. */
export const launcherPath = "/tmp/mpi-launcher";
/** Emulated nodes start a container in tens of seconds. */
const workersSeconds = 300;

export const sshPlugin = { ssh: [`--ssh-key-file-path=${sshDirectory}`] };

/**
 * A worker's ssh server. It runs as the job's user, so it lets only that user in. The host key is
 * this pod's own, because only the job's pods have the job's key.
 */
export const sshServer = [
  "ssh-keygen -q -t ed25519 -N '' -f /tmp/ssh-host-key",
  [
    `/usr/sbin/sshd -D -e -f /dev/null -p ${sshPort} -h /tmp/ssh-host-key`,
    `-o AuthorizedKeysFile=${sshDirectory}/authorized_keys`,
    "-o PasswordAuthentication=no -o KbdInteractiveAuthentication=no",
    "-o StrictModes=no -o UsePAM=no -o PidFile=none",
  ].join(" "),
].join("\n");

const sshAgent = [
  `ssh -p ${sshPort} -i ${sshDirectory}/id_rsa -F /dev/null -q`,
  "-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null",
  // A worker whose container has started may be about to start its server.
  "-o ConnectTimeout=10 -o ConnectionAttempts=30",
].join(" ");

/**
 * Runs its arguments as an MPI program of one rank on each core of each pod, rank 0 in its own. Cluster-wide
 * names need a name server, which the cluster has not: the workers' addresses come from the API server, once.
 */
export function mpiLauncher(jobName: string, workers: number, cores: number): string {
  const local = "mpirun --bind-to none";
  if (workers === 0) {
    const slots = cores === 1 ? "" : ` --host localhost:${cores}`;
    return `exec ${local}${slots} -n ${cores} "$@"\n`;
  }
  const selector = `${podJobLabel}=${jobName},${podTaskLabel}!=${mainTask}`;
  return `set -o pipefail
export KUBECACHEDIR=/tmp/kube
{
  echo "$SCHEDLAB_ADDRESS slots=${cores}"
  kubectl wait pods --selector='${selector}' --timeout=${workersSeconds}s \\
    --for=jsonpath='{.status.phase}'=Running --output=jsonpath='{.status.podIP} slots=${cores}{"\\n"}'
} >/tmp/hosts || exit 69
export PRTE_MCA_plm_ssh_agent='${sshAgent}'
exec ${local} --hostfile /tmp/hosts -n ${(workers + 1) * cores} "$@"
`;
}
