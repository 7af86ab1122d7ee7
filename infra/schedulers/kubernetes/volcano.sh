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
