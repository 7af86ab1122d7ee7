set -euo pipefail
# configuration bf60d9ddcebd
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
set -- node01,node02 300 /var/log/flux/broker.log
# What the step that waits for Flux's nodes looks at. Arguments: the compute nodes with commas between them,
# the seconds to wait, the broker's log. Flux's commands want a home directory and must not wait for input.
nodes="$1"
seconds="$2"
log="$3"
export HOME=/root
flux_says() { timeout 30 flux "$@" </dev/null; }
# Prints each compute node that takes no jobs, with its state and the reason of a drain.
missing() {
  local up node
  # `flux resource list` looks at every combination of the nodes' properties: too many with some pools.
  up="$(flux_says python -c 'import flux, flux.resource
print(flux.resource.resource_list(flux.Flux()).get().up.nodelist)' 2>/dev/null)" || {
    echo "the controller's broker does not answer"
    return
  }
  comm -23 <(flux_says hostlist -e -d '\n' "$nodes" | sort) <(flux_says hostlist -e -d '\n' "$up" | sort) |
    while read -r node; do
      echo "$node: $(flux_says resource status -n -i "$node" -s offline,drained,draining,torpid -o '{state} {reason}' | paste -sd' ')"
    done
}
# A node that an earlier failure drained is given another chance.
remedy() {
  local drained
  drained="$(flux_says resource drain -n -o '{nodelist}' 2>/dev/null | paste -sd,)" || return 0
  [ -z "$drained" ] || flux_says resource undrain "$drained" 2>/dev/null || true
}
complain() {
  echo "after $seconds s these nodes take no jobs:"
  echo "$1"
  echo "the brokers as the controller sees them:"
  flux_says overlay status || true
  echo "why a node stays away is at the end of its own $log; here is the controller's:"
  tail -n 20 "$log"
}
await_readiness 300 0.2
