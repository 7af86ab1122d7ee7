set -euo pipefail
systemctl is-active -q containerd kubelet schedlab-pod-routes
# Whether the API server shows a node ready. Arguments: the kubeconfig, the node's name.
node_is_ready() {
  kubectl --kubeconfig "$1" get node "$2" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -qx True
}
node_is_ready /etc/kubernetes/kubelet.conf node02
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
3faeca7a13bfd9d6268573140492d56f024d724deacb4c01ae3c2ba16cdb315e  /etc/hosts
896e4e870b2fda2c73b5022cb5789b9c7ac765b123f13668f7b61cf2b565f5cf  /etc/cni/net.d/10-schedlab.conflist
df5c5a9f4497e0c06243d089cfcf11d5270eeb19eeaa8e0a40c514e7af4497ae  /usr/local/lib/schedlab/pod-routes
60502d9dbf4916fcb07bc8852aa102c90e78f13aff56fd90f9a7c266be7635b0  /etc/systemd/system/schedlab-pod-routes.service
00559b357fdaf0e552c187a811c8761a6478dd72284d54c4860f5a541dbef7fc  /usr/local/lib/schedlab/node-view
b231d295e77d83dab361583fed7a8290d0a56712651bde373ca67176e1642ae9  /etc/systemd/system/schedlab-node-view.service
092617f1b274d0c45acb1f23551c68db0091f66337afe1df21e2cda041a12d0e  /etc/systemd/system/schedlab-accelerators.service
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
