# Functions of the step that ends when every node can take jobs. $1: the compute nodes, with commas
# between them; $2: seconds to wait; $3: the broker's log.
nodes="$1"
seconds="$2"
log="$3"
export HOME=/root
flux_says() { timeout 30 flux "$@" </dev/null; }
# Prints each compute node that is not up, with its state and the reason of a drain.
not_ready() {
  local up
  up="$(flux_says resource list -n -s free,allocated -o '{nodelist}' | paste -sd,)" || {
    echo "the controller's broker does not answer"
    return
  }
  comm -23 <(flux_says hostlist -e "$nodes" | tr ' ' '\n' | sort) \
    <(flux_says hostlist -e "$up" | tr ' ' '\n' | sort) |
    while read -r node; do
      echo "$node: $(flux_says resource status -n -i "$node" -s offline,drained,draining,torpid -o '{state} {reason}' | paste -sd' ')"
    done
}
# A node that an earlier failure drained is given another chance.
resume() {
  local drained
  drained="$(flux_says resource drain -n -o '{nodelist}' 2>/dev/null | paste -sd,)"
  [ -z "$drained" ] || flux_says resource undrain "$drained" 2>/dev/null || true
}
