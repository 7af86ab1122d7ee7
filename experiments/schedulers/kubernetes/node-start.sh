# Starts what makes a node part of the cluster, and prints when kubelet was started, in seconds since the
# epoch. kubelet tells the API server of its node once, when it starts: one that runs although its node was
# taken away meanwhile is started anew. Arguments: yes where the API server knows the node, and the seconds
# within which a kubelet that has just been started may be about to tell.
known="$1"
patience="$2"
started() {
  local at
  at="$(systemctl show -p ActiveEnterTimestamp --timestamp=unix --value kubelet)"
  echo "${at#@}"
}
systemctl reset-failed containerd kubelet
systemctl start containerd kubelet || exit 1
if [ "$known" != yes ] && [ "$(($(date +%s) - $(started)))" -gt "$patience" ]; then
  systemctl restart kubelet || exit 1
fi
started
