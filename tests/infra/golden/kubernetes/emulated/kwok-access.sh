set -euo pipefail
# Functions of the bootstrap steps' scripts. A service is restarted when it does not run, or when its
# files are not those it was last started with; that is noted in /run, so that a step which was cut off
# between the two is made good by the next. Only links to units change, so systemd need not read them
# anew, and its advice to do so is not shown.

# Writes standard input to a file whole, and only when it differs. Arguments: path, mode, user:group.
put() {
  local new="$1.schedlab-new"
  mkdir -p "${1%/*}"
  (umask 077 && cat >"$new")
  chown "$3" "$new"
  chmod "$2" "$new"
  if cmp -s "$new" "$1"; then rm "$new"; else mv "$new" "$1"; fi
}
# What files hold, in a word.
fingerprint() { cat -- "$@" | sha256sum; }
# (Re)starts a service when needed. Arguments: its name, its log, the files it is started with. Sets
# `restarted` to yes when it did.
run_with() {
  local service="$1" log="$2" wanted told
  shift 2
  wanted="$(fingerprint "$@")"
  mkdir -p /run/schedlab
  if systemctl is-active -q "$service" && [ "$(cat "/run/schedlab/$service" 2>/dev/null)" = "$wanted" ]; then return; fi
  # shellcheck disable=SC2034 # The step of slurmctld reads it.
  restarted=yes
  systemctl enable -q --no-reload "$service"
  told="$(systemctl restart "$service" 2>&1)" || give_up "$service does not start: $told" "$service" "$log"
  printf '%s\n' "$wanted" >"/run/schedlab/$service"
}
# Ends the step with a message, the end of a service's journal and of its log.
give_up() {
  {
    echo "$1:"
    journalctl -q --no-pager -n 20 -u "$2" || true
    tail -n 20 "$3" || true
  } >&2
  exit 1
}
# Waits until a command succeeds; gives up at once when the service has ended. Arguments: the service,
# its log, seconds, the command.
await_answer() {
  local service="$1" log="$2" seconds="$3" deadline
  shift 3
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    systemctl is-active -q "$service" || give_up "$service ended" "$service" "$log"
    [ "$SECONDS" -lt "$deadline" ] || give_up "$service did not answer within $seconds s" "$service" "$log"
    sleep 0.1
  done
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
put /etc/kubernetes/schedlab/kwok-role.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: schedlab-kwok
rules:
  - apiGroups:
      - ""
    resources:
      - nodes
      - pods
    verbs:
      - get
      - list
      - watch
  - apiGroups:
      - ""
    resources:
      - nodes/status
      - pods/status
    verbs:
      - patch
  - apiGroups:
      - ""
    resources:
      - pods
    verbs:
      - delete
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: schedlab-kwok
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: schedlab-kwok
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: schedlab:kwok
SCHEDLAB_END_OF_FILE
export KUBECONFIG=/etc/kubernetes/admin.conf
apply /etc/kubernetes/schedlab/kwok-role.yaml
make_kubeconfig schedlab:kwok /etc/kubernetes/schedlab/kwok.conf
cat /etc/kubernetes/schedlab/kwok.conf
