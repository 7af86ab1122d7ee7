# Functions of a node's step.

# Sets `token` and `authority` from standard input, a line each.
read_join_parameters() {
  # shellcheck disable=SC2034 # The configuration that is printed has it.
  { read -r token && { read -r authority || [ -n "$authority" ]; }; } || {
    echo "no way to join came on standard input" >&2
    exit 1
  }
}
# What differs between nodes, so that the cluster's one configuration need not. The kernel keeps some of
# a machine's memory: what jobs may have is the same in every kind of node. Arguments: address, labels,
# KiB of memory for jobs.
put_kubelet_options() {
  local total reserved
  total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
  reserved=$((total - $3))
  [ "$reserved" -gt 0 ] || reserved=0
  echo "KUBELET_EXTRA_ARGS=\"--node-ip=$1 --node-labels=$2 --system-reserved=memory=${reserved}Ki\"" |
    put /etc/default/kubelet 0644 root:root
}
joined_mark=/var/lib/schedlab/joined
forget_cluster() {
  rm -rf /etc/kubernetes/pki /etc/kubernetes/*.conf /var/lib/kubelet/pki /var/lib/kubelet/config.yaml
  rm -f $joined_mark
}
# `kubeadm join`, unless the node is in this very cluster already: one whose controller was made anew
# has another authority. kubeadm's own checks are passed over: they ask for kernel configurations and
# modules that a container cannot show, and the image holds what they look for. `join_configuration`
# prints the configuration. Arguments: the node's name, a digest of the cluster's configuration, seconds.
join_cluster() {
  local wanted config=/run/schedlab/join.yaml deadline told
  wanted="$authority $2 $(sha256sum </etc/default/kubelet)"
  if [ "$(cat $joined_mark 2>/dev/null)" != "$wanted" ]; then
    ! systemctl is-active -q kubelet || systemctl stop kubelet
    forget_cluster
    (umask 077 && join_configuration >"$config")
    systemctl enable -q kubelet
    # kubelet looks for it every second and says each time that it is not there.
    mkdir -p /etc/kubernetes/manifests
    deadline=$((SECONDS + $3))
    until told="$(kubeadm join --config "$config" --skip-phases=preflight 2>&1)"; do
      if [ "$SECONDS" -ge "$deadline" ]; then
        rm -f "$config"
        give_up "$1 does not join: $told" kubelet /dev/null
      fi
      systemctl stop kubelet
      forget_cluster
      sleep 1
    done
    rm -f "$config"
    mkdir -p ${joined_mark%/*}
    printf '%s\n' "$wanted" >$joined_mark
  fi
  systemctl is-active -q kubelet || systemctl start kubelet
  [ -s /etc/kubernetes/pki/ca.crt ]
}
# Arguments: the node's name, seconds. `is_ready` says whether the API server shows it ready.
await_node() {
  local deadline=$((SECONDS + $2))
  until is_ready; do
    [ "$SECONDS" -lt "$deadline" ] || give_up "$1 is not ready after $2 s" kubelet /dev/null
    sleep 0.2
  done
}
# Ends what runs on the node, and takes it out of the cluster. On a node that was made anew there is
# nothing to end, and ctr would wait for a daemon.
leave_cluster() {
  systemctl disable -q --now kubelet
  if systemctl is-active -q containerd; then
    ctr --namespace k8s.io tasks list --quiet | xargs -r -n 1 ctr --namespace k8s.io tasks kill --signal SIGKILL || true
  fi
  systemctl disable -q --now containerd
  forget_cluster
}
