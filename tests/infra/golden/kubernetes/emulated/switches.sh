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
put /etc/kubernetes/schedlab/switches.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
apiVersion: topology.volcano.sh/v1alpha1
kind: HyperNode
metadata:
  name: nodes-0
  labels:
    schedlab.local/switches: caa6c38ba10c
spec:
  tier: 1
  members:
    - type: Node
      selector:
        labelMatch:
          matchLabels:
            schedlab.local/leaf: nodes-0
---
apiVersion: topology.volcano.sh/v1alpha1
kind: HyperNode
metadata:
  name: nodes-1
  labels:
    schedlab.local/switches: caa6c38ba10c
spec:
  tier: 1
  members:
    - type: Node
      selector:
        labelMatch:
          matchLabels:
            schedlab.local/leaf: nodes-1
---
apiVersion: topology.volcano.sh/v1alpha1
kind: HyperNode
metadata:
  name: nodes-2
  labels:
    schedlab.local/switches: caa6c38ba10c
spec:
  tier: 1
  members:
    - type: Node
      selector:
        labelMatch:
          matchLabels:
            schedlab.local/leaf: nodes-2
---
apiVersion: topology.volcano.sh/v1alpha1
kind: HyperNode
metadata:
  name: nodes-3
  labels:
    schedlab.local/switches: caa6c38ba10c
spec:
  tier: 1
  members:
    - type: Node
      selector:
        labelMatch:
          matchLabels:
            schedlab.local/leaf: nodes-3
---
apiVersion: topology.volcano.sh/v1alpha1
kind: HyperNode
metadata:
  name: nodes
  labels:
    schedlab.local/switches: caa6c38ba10c
spec:
  tier: 2
  members:
    - type: HyperNode
      selector:
        exactMatch:
          name: nodes-0
    - type: HyperNode
      selector:
        exactMatch:
          name: nodes-1
    - type: HyperNode
      selector:
        exactMatch:
          name: nodes-2
    - type: HyperNode
      selector:
        exactMatch:
          name: nodes-3
SCHEDLAB_END_OF_FILE
export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl delete --raw '/apis/topology.volcano.sh/v1alpha1/hypernodes?labelSelector=schedlab.local/switches,schedlab.local/switches!=caa6c38ba10c' >/dev/null
kubectl apply --server-side --force-conflicts -f /etc/kubernetes/schedlab/switches.yaml >/dev/null
