# Ends what makes a node part of the cluster, and whatever still runs in its containers, which would
# outlive containerd.
systemctl stop kubelet || exit 1
if systemctl is-active -q containerd; then
  ctr --namespace k8s.io tasks list --quiet | xargs -r -n 1 ctr --namespace k8s.io tasks kill --signal SIGKILL || true
fi
systemctl stop containerd
