set -euo pipefail
# systemd reads a unit once; those that changed since are read anew.
reload_units() {
  if systemctl show -p NeedDaemonReload --value '*.service' | grep -q yes; then systemctl daemon-reload; fi
}
# Functions of Volcano's step.

# Fails when the image has another version of Volcano than the policy. Arguments: the file with the
# versions, the policy's.
check_version() {
  local version
  version="$(sed -n 's/^vc-scheduler //p' "$1")"
  [ "$version" = "$2" ] || {
    echo "the image holds Volcano $version, scheduler.policy.volcanoVersion is $2" >&2
    exit 1
  }
}
apply() { kubectl apply --server-side --force-conflicts -f "$1" >/dev/null; }
# The API server makes a kind's storage at the first question for it, a second each: only the one that
# is needed at once is asked for, and the daemons ask for theirs together. Argument: seconds.
await_queues() {
  local deadline=$((SECONDS + $1))
  until kubectl get --raw /apis/scheduling.volcano.sh/v1beta1/queues >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || {
      echo "the API server does not serve Volcano's queues" >&2
      exit 1
    }
    sleep 0.1
  done
}
# A way to the API server, made once, by kubeadm, from the cluster's authority. Arguments: the client's
# name, the file.
make_kubeconfig() {
  [ ! -s "$2" ] || return 0
  mkdir -p "${2%/*}"
  (umask 077 && kubeadm kubeconfig user --config /run/schedlab/kubeadm.yaml --client-name "$1" --validity-period 87600h >"$2.new" 2>/dev/null)
  mv "$2.new" "$2"
}
# Each user's. Arguments: the users.
make_user_kubeconfigs() {
  local user
  for user; do
    make_kubeconfig "$user" "/home/$user/.kube/config"
    chown -R "$user:$user" "/home/$user/.kube"
  done
}
# The webhooks' configurations with the cluster's authority. Arguments: the file, the mark that stands
# for the authority, the directory of the certificates.
apply_webhooks() { sed "s/$2/$(base64 -w 0 "$3/ca.crt")/" "$1" | apply -; }
# Whether somebody listens on a port of the node itself.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }
check_version /usr/share/schedlab/versions 1.15.0
systemctl is-active -q vc-webhook-manager vc-scheduler vc-controller-manager
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
b67d2d1803ed697745b1a293fecaa22dffed8e5a876d4ddfc5c11c1c9ec98dcc  /etc/kubernetes/schedlab/objects.yaml
aa864b9a5205908704c0b5381d0cb87ec2e1e0f53ef98364ff79ebbfc79990d5  /etc/kubernetes/schedlab/webhooks.yaml
eeef37595270eac79518b731fa5da251d828c7d8e1fe3be1de2982ed047ad083  /etc/kubernetes/schedlab/volcano-scheduler.yaml
01082a251220c9775d0d86881d2156a83ac4bea3274fe171f635befee443e80f  /etc/systemd/system/vc-webhook-manager.service
47b19c9ad6b2ca56568335d7f4f2df0c6c2299707eba9e0f0af2c86be29e7b96  /etc/systemd/system/vc-scheduler.service
1fcd9268c9e2abade3caf854b37a5c6d6f1f01fab7e134f99c4a64a8b6b740c5  /etc/systemd/system/vc-controller-manager.service
SCHEDLAB_END_OF_FILE
export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl get queue workload >/dev/null
