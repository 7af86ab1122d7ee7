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
