set -euo pipefail
systemctl is-active -q containerd kubelet schedlab-pod-routes
# Whether the API server shows a node ready. Arguments: the kubeconfig, the node's name.
node_is_ready() {
  kubectl --kubeconfig "$1" get node "$2" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -qx True
}
node_is_ready /etc/kubernetes/kubelet.conf node01
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
3faeca7a13bfd9d6268573140492d56f024d724deacb4c01ae3c2ba16cdb315e  /etc/hosts
a42eaef33917832bff83d6e854239c78ccbe75780c04c155321243933c571d97  /etc/cni/net.d/10-schedlab.conflist
3a5b796ad5f5ab1529cba25b8201aebf9cd0870342b5c9c287dd935d33d29ad5  /usr/local/lib/schedlab/pod-routes
60502d9dbf4916fcb07bc8852aa102c90e78f13aff56fd90f9a7c266be7635b0  /etc/systemd/system/schedlab-pod-routes.service
00559b357fdaf0e552c187a811c8761a6478dd72284d54c4860f5a541dbef7fc  /usr/local/lib/schedlab/node-view
b231d295e77d83dab361583fed7a8290d0a56712651bde373ca67176e1642ae9  /etc/systemd/system/schedlab-node-view.service
dfa26d5ccadaa8143e7455c4239680fc4fdc55faf6fe5e15ef87ee8b8cd15f36  /etc/systemd/system/schedlab-accelerators.service
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
