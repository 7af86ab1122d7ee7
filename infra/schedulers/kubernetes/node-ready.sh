# Whether the API server shows a node ready. Arguments: the kubeconfig, the node's name.
node_is_ready() {
  kubectl --kubeconfig "$1" get node "$2" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -qx True
}
