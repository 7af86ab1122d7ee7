set -euo pipefail
# configuration eeef37595270
export KUBECONFIG=/etc/kubernetes/admin.conf
expected() {
cat <<'SCHEDLAB_END_OF_FILE'
node01 True 2
node02 True 2
SCHEDLAB_END_OF_FILE
}
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
set -- 120 'schedlab\.local/gpu'
# What the step that waits for Kubernetes' nodes looks at. Arguments: the seconds to wait, the resource of
# accelerators as jsonpath writes it. `expected` prints what the API server should have, sorted.
seconds="$1"
columns="{range .items[*]}{.metadata.name} {.status.conditions[?(@.type==\"Ready\")].status} {.status.allocatable.cpu} {.status.allocatable.$2}{\"\\n\"}{end}"
found() { kubectl get nodes -o jsonpath="$columns" | sed 's/ *$//' | sort; }
missing() { comm -23 <(expected) <(found); }
complain() {
  echo "after $seconds s these nodes are not as they should be (name, ready, cores, accelerators):"
  echo "$1"
  echo "the API server has:"
  found
}
await_readiness 120 0.3
