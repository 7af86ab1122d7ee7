set -euo pipefail
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
node_object() {
case "$2" in
cba10c062a1c) printf '{"apiVersion":"v1","kind":"Node","metadata":{"name":"%s","labels":{"schedlab.local/shape":"cba10c062a1c","kubernetes.io/hostname":"%s","kubernetes.io/os":"linux","beta.kubernetes.io/os":"linux","schedlab.local/emulated-on":"node01","schedlab.local/partition-nodes":"true","schedlab.local/leaf":"%s"}},"status":{"capacity":{"cpu":"32","pods":"500","memory":"131072Mi"},"allocatable":{"cpu":"32","pods":"500","memory":"114688Mi"},"addresses":[{"type":"InternalIP","address":"10.77.0.11"}]}}\n' "$1" "$1" "$3" ;;
5382e642474d) printf '{"apiVersion":"v1","kind":"Node","metadata":{"name":"%s","labels":{"schedlab.local/shape":"5382e642474d","kubernetes.io/hostname":"%s","kubernetes.io/os":"linux","beta.kubernetes.io/os":"linux","schedlab.local/emulated-on":"node02","schedlab.local/partition-nodes":"true","schedlab.local/leaf":"%s"}},"status":{"capacity":{"cpu":"32","pods":"500","memory":"131072Mi"},"allocatable":{"cpu":"32","pods":"500","memory":"114688Mi"},"addresses":[{"type":"InternalIP","address":"10.77.0.12"}]}}\n' "$1" "$1" "$3" ;;
3f75665c897e) printf '{"apiVersion":"v1","kind":"Node","metadata":{"name":"%s","labels":{"schedlab.local/shape":"3f75665c897e","kubernetes.io/hostname":"%s","kubernetes.io/os":"linux","beta.kubernetes.io/os":"linux","schedlab.local/emulated-on":"gpu01","schedlab.local/partition-gpu":"true"}},"status":{"capacity":{"cpu":"32","pods":"500","schedlab.local/gpu":"4","memory":"131072Mi"},"allocatable":{"cpu":"32","pods":"500","schedlab.local/gpu":"4","memory":"114688Mi"},"addresses":[{"type":"InternalIP","address":"10.77.0.91"}]}}\n' "$1" "$1" ;;
esac
}
export KUBECONFIG=/etc/kubernetes/admin.conf
make_nodes schedlab.local/emulated-on 4 cba10c062a1c,5382e642474d,3f75665c897e
