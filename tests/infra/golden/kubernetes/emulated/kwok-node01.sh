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
# systemd reads a unit once; those that changed since are read anew.
reload_units() {
  if systemctl show -p NeedDaemonReload --value '*.service' | grep -q yes; then systemctl daemon-reload; fi
}
put /etc/kubernetes/schedlab/kwok.conf 0600 root:root
[ -s /etc/kubernetes/schedlab/kwok.conf ]
# Makes users with their groups and homes. One call of systemd-sysusers makes all of them, because
# useradd's 30 ms a user add up on an emulated node. Users that are no longer in the workload stay.
# Arguments: the first user's id, then the users' names.
make_users() {
  local id="$1" name
  shift
  for name; do
    printf 'g %s %d\nu %s %d:%d "schedlab" /home/%s /bin/bash\n' "$name" "$id" "$name" "$id" "$id" "$name"
    id=$((id + 1))
  done | SYSTEMD_LOG_LEVEL=warning systemd-sysusers -
  for name; do
    [ -d "/home/$name" ] || install -d -m 0700 -o "$name" -g "$name" "/home/$name"
  done
}
make_users 20001 user01 user02 user03
put /etc/hosts 0644 root:root <<'SCHEDLAB_END_OF_FILE'
127.0.0.1 localhost
::1 localhost
10.77.0.10 controller
10.77.0.11 node01
10.77.0.12 node02
10.77.0.91 gpu01
SCHEDLAB_END_OF_FILE
put /etc/kubernetes/schedlab/kwok.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options:
  manageNodesWithLabelSelector: schedlab.local/emulated-on=node01
  nodeLeaseDurationSeconds: 0
  nodePlayStageParallelism: 16
  podPlayStageParallelism: 16
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: node-starts
spec:
  resourceRef:
    apiGroup: v1
    kind: Node
  selector:
    matchExpressions:
      - key: .status.conditions.[] | select(.type == "Ready") | .status
        operator: NotIn
        values:
          - "True"
  delay:
    durationMilliseconds: 200
    jitterDurationMilliseconds: 200
  next:
    statusTemplate: |
      {{ $now := Now }}
      {{ $since := or .metadata.creationTimestamp $now }}
      conditions:
      {{ range NodeConditions }}
      - lastHeartbeatTime: {{ $now | Quote }}
        lastTransitionTime: {{ $since | Quote }}
        message: {{ .message | Quote }}
        reason: {{ .reason | Quote }}
        status: {{ .status | Quote }}
        type: {{ .type | Quote }}
      {{ end }}
      phase: Running
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: node-reports
spec:
  resourceRef:
    apiGroup: v1
    kind: Node
  selector:
    matchExpressions:
      - key: .status.conditions.[] | select(.type == "Ready") | .status
        operator: In
        values:
          - "True"
  delay:
    durationMilliseconds: 600000
    jitterDurationMilliseconds: 900000
  next:
    statusTemplate: |
      {{ $now := Now }}
      {{ $since := or .metadata.creationTimestamp $now }}
      conditions:
      {{ range NodeConditions }}
      - lastHeartbeatTime: {{ $now | Quote }}
        lastTransitionTime: {{ $since | Quote }}
        message: {{ .message | Quote }}
        reason: {{ .reason | Quote }}
        status: {{ .status | Quote }}
        type: {{ .type | Quote }}
      {{ end }}
      phase: Running
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: pod-starts
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchExpressions:
      - key: .status.phase
        operator: In
        values:
          - Pending
      - key: .metadata.deletionTimestamp
        operator: DoesNotExist
  next:
    statusTemplate: |
      {{ $now := now }}
      {{ $annotations := or .metadata.annotations dict }}
      {{ $runs := index $annotations "schedlab.local/runs-ms" }}
      {{ $limit := .spec.activeDeadlineSeconds }}
      {{ $reason := "" }}
      {{ $ms := 0 }}
      {{ if $runs }}
      {{ $reason = "itself" }}
      {{ $ms = int64 $runs }}
      {{ end }}
      {{ if $limit }}
      {{ if or (not $runs) (gt $ms (mul (int64 $limit) 1000)) }}
      {{ $reason = "limit" }}
      {{ $ms = mul (int64 $limit) 1000 }}
      {{ end }}
      {{ end }}
      {{ $end := dateModify (printf "+%dms" $ms) $now }}
      {{ $start := dateInZone "2006-01-02T15:04:05.000Z07:00" $now "UTC" }}
      conditions:
      {{ range list "Initialized" "Ready" "ContainersReady" }}
      - lastTransitionTime: {{ $start | Quote }}
        status: "True"
        type: {{ . }}
      {{ end }}
      containerStatuses:
      {{ range .spec.containers }}
      - image: {{ .image | Quote }}
        imageID: ""
        name: {{ .name | Quote }}
        ready: true
        restartCount: 0
        started: true
        state:
          running:
            startedAt: {{ $start | Quote }}
      {{ end }}
      message: {{ printf "%s %s %s" $start (dateInZone "2006-01-02T15:04:05.000Z07:00" $end "UTC") $reason | Quote }}
      phase: Running
      startTime: {{ $start | Quote }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: pod-ends
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchExpressions:
      - key: .status.phase
        operator: In
        values:
          - Running
      - key: .metadata.deletionTimestamp
        operator: DoesNotExist
      - key: .status.message // "" | split(" ")[2]
        operator: In
        values:
          - itself
  delay:
    durationFrom:
      expressionFrom: .status.message | split(" ")[1]
  next:
    statusTemplate: |
      {{ $now := dateInZone "2006-01-02T15:04:05.000Z07:00" now "UTC" }}
      {{ $start := or .status.message "" | splitList " " | first }}
      {{ $since := .status.startTime }}
      conditions:
      {{ range list "Ready" "ContainersReady" }}
      - lastTransitionTime: {{ $now | Quote }}
        reason: PodCompleted
        status: "False"
        type: {{ . }}
      {{ end }}
      containerStatuses:
      {{ range .spec.containers }}
      - image: {{ .image | Quote }}
        imageID: ""
        name: {{ .name | Quote }}
        ready: false
        restartCount: 0
        started: false
        state:
          terminated:
            exitCode: 0
            finishedAt: {{ $now | Quote }}
            message: {{ printf "%s %s" $start $now | Quote }}
            reason: Completed
            startedAt: {{ $since | Quote }}
      {{ end }}
      message: ""
      phase: Succeeded
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: pod-exceeds-its-limit
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchExpressions:
      - key: .status.phase
        operator: In
        values:
          - Running
      - key: .metadata.deletionTimestamp
        operator: DoesNotExist
      - key: .status.message // "" | split(" ")[2]
        operator: In
        values:
          - limit
  delay:
    durationFrom:
      expressionFrom: .status.message | split(" ")[1]
  next:
    statusTemplate: |
      {{ $now := dateInZone "2006-01-02T15:04:05.000Z07:00" now "UTC" }}
      {{ $start := or .status.message "" | splitList " " | first }}
      {{ $since := .status.startTime }}
      conditions:
      {{ range list "Ready" "ContainersReady" }}
      - lastTransitionTime: {{ $now | Quote }}
        reason: PodCompleted
        status: "False"
        type: {{ . }}
      {{ end }}
      containerStatuses:
      {{ range .spec.containers }}
      - image: {{ .image | Quote }}
        imageID: ""
        name: {{ .name | Quote }}
        ready: false
        restartCount: 0
        started: false
        state:
          terminated:
            exitCode: 143
            finishedAt: {{ $now | Quote }}
            message: {{ printf "%s %s" $start $now | Quote }}
            reason: Error
            startedAt: {{ $since | Quote }}
      {{ end }}
      message: "Pod was active on the node longer than the specified deadline"
      phase: Failed
      reason: DeadlineExceeded
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: pod-is-taken-down
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchExpressions:
      - key: .status.phase
        operator: In
        values:
          - Running
      - key: .metadata.deletionTimestamp
        operator: Exists
      - key: .metadata.deletionGracePeriodSeconds | tostring
        operator: NotIn
        values:
          - "0"
  next:
    statusTemplate: |
      {{ $now := dateInZone "2006-01-02T15:04:05.000Z07:00" now "UTC" }}
      {{ $start := or .status.message "" | splitList " " | first }}
      {{ $since := .status.startTime }}
      conditions:
      {{ range list "Ready" "ContainersReady" }}
      - lastTransitionTime: {{ $now | Quote }}
        reason: PodCompleted
        status: "False"
        type: {{ . }}
      {{ end }}
      containerStatuses:
      {{ range .spec.containers }}
      - image: {{ .image | Quote }}
        imageID: ""
        name: {{ .name | Quote }}
        ready: false
        restartCount: 0
        started: false
        state:
          terminated:
            exitCode: 143
            finishedAt: {{ $now | Quote }}
            message: {{ printf "%s %s" $start $now | Quote }}
            reason: Error
            startedAt: {{ $since | Quote }}
      {{ end }}
      message: ""
      phase: Failed
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: pod-goes
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchExpressions:
      - key: .status.phase
        operator: NotIn
        values:
          - Running
      - key: .metadata.deletionTimestamp
        operator: Exists
      - key: .metadata.deletionGracePeriodSeconds | tostring
        operator: NotIn
        values:
          - "0"
  next:
    delete: true
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/kwok.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Plays the kubelets of emulated nodes
After=network.target
StartLimitIntervalSec=0

[Service]
Type=simple
TimeoutStartSec=600
Restart=always
RestartSec=1
LimitNOFILE=65536
ExecStart=/usr/local/bin/kwok \
  --kubeconfig=/etc/kubernetes/schedlab/kwok.conf \
  --config=/etc/kubernetes/schedlab/kwok.yaml \
  --v=WARN

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
reload_units
run_with kwok /dev/null /etc/systemd/system/kwok.service /etc/kubernetes/schedlab/kwok.yaml /etc/kubernetes/schedlab/kwok.conf
