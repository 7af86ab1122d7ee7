set -euo pipefail
# configuration bf455c43e8bc
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
set -- 'node01-[0001-1000],node02-[0001-1000]' 300 /var/log/flux/broker.log
# What the step that waits for emulated nodes looks at. Arguments: the nodes as a list of hosts, the seconds
# to wait, the broker's log. Thousands of nodes are looked at together, and named by ranges.
# Flux's commands want a home directory and must not wait for input.
nodes="$1"
seconds="$2"
log="$3"
export HOME=/root
flux_says() { timeout 30 flux "$@" </dev/null; }
# Prints the nodes that take no jobs.
missing() {
  local up
  # `flux resource list` looks at every combination of the nodes' properties: too many with some pools.
  up="$(flux_says python -c 'import flux, flux.resource
print(flux.resource.resource_list(flux.Flux()).get().up.nodelist)' 2>/dev/null)" || {
    echo "the controller's broker does not answer"
    return
  }
  flux_says hostlist --minus "$nodes" "$up"
}
# A node that was drained by hand is given another chance.
remedy() {
  local drained
  drained="$(flux_says resource drain -n -o '{nodelist}' 2>/dev/null | paste -sd,)" || return 0
  [ -z "$drained" ] || flux_says resource undrain "$drained" 2>/dev/null || true
}
complain() {
  echo "after $seconds s these nodes take no jobs:"
  echo "$1"
  echo "here is the end of the broker's log:"
  tail -n 20 "$log"
}
await_readiness 300 0.2
