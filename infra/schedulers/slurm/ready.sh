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
