set -euo pipefail
export KUBECONFIG=/etc/kubernetes/admin.conf
# Functions of the step that makes the emulated nodes. The step defines two more: `wanted_nodes` calls
# `domain_nodes` for each domain, and `node_object` prints a Node for the words of one of its lines.

# The emulated nodes of a domain, a line each: name, digest of what is common to them, and leaf switch, or a
# dash where there are none. Arguments: the domain, its nodes, the digest, the pool, the pool's switches (0
# for none), its nodes on the domains before this one, and those on all.
domain_nodes() {
  local index leaf=-
  for ((index = 0; index < $2; index++)); do
    [ "$5" -eq 0 ] || leaf="$4-$((($6 + index) * $5 / $7))"
    printf '%s-%04d %s %s\n' "$1" $((index + 1)) "$3" "$leaf"
  done
}
# What the API server has of them, in the same form. Argument: the label that they all have.
known_nodes() {
  kubectl get nodes -l "$1" -o 'jsonpath={range .items[*]}{.metadata.name} {.metadata.labels.schedlab\.local/shape} {.metadata.labels.schedlab\.local/leaf}{"\n"}{end}' |
    sed 's/ $/ -/' | sort
}
node_objects() {
  local name digest leaf
  while read -r name digest leaf; do node_object "$name" "$digest" "$leaf"; done
}
# Removes the nodes that are too many or otherwise than wanted, and makes those that are lacking. Those of
# other shapes, or of a domain that is gone, go by one call. Arguments: their label, calls of kubectl at once,
# the digests that are wanted with commas between them.
make_nodes() {
  local directory part
  kubectl delete --raw "/api/v1/nodes?labelSelector=$1,schedlab.local/shape%20notin%20($3)" >/dev/null
  directory="$(mktemp -d)"
  wanted_nodes | sort >"$directory/wanted"
  known_nodes "$1" >"$directory/known"
  comm -13 "$directory/wanted" "$directory/known" | cut -d ' ' -f 1 |
    xargs -r -n 250 -P "$2" kubectl delete node --ignore-not-found --wait=false >/dev/null
  known_nodes "$1" >"$directory/known"
  comm -23 "$directory/wanted" "$directory/known" >"$directory/missing"
  if [ -s "$directory/missing" ]; then
    # Fewer lines than parts would make empty files, which kubectl refuses.
    split -e -n "r/$2" "$directory/missing" "$directory/part-"
    for part in "$directory"/part-*; do node_objects <"$part" >"$part.json"; done
    printf '%s\n' "$directory"/part-*.json |
      xargs -P "$2" -n 1 kubectl create --validate=false -o name -f >/dev/null
  fi
  rm -r "$directory"
}
# Fails unless the nodes are those that are wanted. Argument: their label.
check_nodes() { cmp -s <(wanted_nodes | sort) <(known_nodes "$1"); }
wanted_nodes() {
domain_nodes node01 30 cba10c062a1c nodes 4 0 60
domain_nodes node02 30 5382e642474d nodes 4 30 60
domain_nodes gpu01 5 3f75665c897e gpu 0 0 5
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
set -- 127 schedlab.local/emulated-on
# What the step that waits for emulated nodes looks at: a line of text for each node, because whole nodes by the
# thousand would keep the API server and this script from everything else. Arguments: the seconds to wait, the
# nodes' label. `wanted_nodes` prints the nodes.
seconds="$1" label="$2"
found() { kubectl get nodes -l "$label" --no-headers 2>/dev/null | awk '$2 == "Ready" { print $1 }' | sort; }
missing() { comm -23 <(wanted_nodes | cut -d ' ' -f 1 | sort) <(found); }
complain() {
  echo "after $seconds s $(wc -l <<<"$1") of the emulated nodes are not ready, the first of them:"
  head -n 5 <<<"$1"
  echo "see journalctl --unit kwok on their domain"
}
check_readiness
