set -euo pipefail
# configuration b13c6c303157
not_ready() {
  sinfo -h -N -n node01,node02 -o '%N %T' | sort -u | { grep -Ev ' (idle|mixed|allocated|completing)$' || true; }
}
resume() {
  local drained
  drained="$(sinfo -h -N -n node01,node02 -t drain -o %N | sort -u | paste -sd,)"
  [ -z "$drained" ] || scontrol update nodename="$drained" state=resume 2>/dev/null || true
}
deadline=$((SECONDS + 300))
until waiting="$(not_ready)" && [ -z "$waiting" ]; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    {
      echo "after 300 s these nodes take no jobs (the reason is in /var/log/slurm/slurmd.log on each):"
      echo "$waiting"
      sinfo -R
      echo "the end of /var/log/slurm/slurmctld.log:"
      tail -n 20 /var/log/slurm/slurmctld.log
    } >&2
    exit 1
  fi
  resume
  sleep 0.2
done
