set -euo pipefail
# configuration 2da19c19ab89
# Functions for a cluster's last step, which waits until the cluster is ready. The scheduler's own file
# defines the functions that they call:
#   missing   prints what is not ready yet, and nothing once everything is
#   complain  says what is wrong; argument: what is missing
#   remedy    is tried before `missing` is called again; optional

# Waits until nothing is missing; otherwise calls `complain` with what is. Arguments: seconds, and the
# seconds between two looks.
await_readiness() {
  local deadline=$((SECONDS + $1)) pause="$2" waiting
  until waiting="$(missing)" && [ -z "$waiting" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      complain "$waiting" >&2
      exit 1
    fi
    if declare -F remedy >/dev/null; then remedy; fi
    sleep "$pause"
  done
}
# Fails while something is missing, and says what.
check_readiness() {
  local waiting
  waiting="$(missing)"
  [ -z "$waiting" ] || {
    echo "$waiting" >&2
    exit 1
  }
}
set -- 'node01-[0001-0500],node02-[0001-0500],gpu01-[0001-0064],z01-0001,z02-0001' 300 /var/log/slurm/slurmd.log /var/log/slurm/slurmctld.log
# What the step that waits for Slurm's nodes looks at. Arguments: the compute nodes in Slurm's
# notation, the seconds to wait, the log of slurmd and that of slurmctld.
nodes="$1"
seconds="$2"
node_log="$3"
log="$4"
missing() {
  sinfo -h -n "$nodes" -o '%N %T' | sort -u | { grep -Ev ' (idle|mixed|allocated|completing)$' || true; }
}
# A node that an earlier failure drained is given another chance.
remedy() {
  local drained
  drained="$(sinfo -h -N -n "$nodes" -t drain -o %N | sort -u | paste -sd,)"
  [ -z "$drained" ] || scontrol update nodename="$drained" state=resume 2>/dev/null || true
}
complain() {
  echo "after $seconds s these nodes take no jobs (the reason is in $node_log on each):"
  echo "$1"
  sinfo -R
  echo "the end of $log:"
  tail -n 20 "$log"
}
await_readiness 300 0.2
