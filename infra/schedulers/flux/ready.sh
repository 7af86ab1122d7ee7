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
