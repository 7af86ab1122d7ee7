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
put /etc/kubernetes/schedlab/objects.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-normal
value: 1000
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-01
value: 985
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-02
value: 986
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-03
value: 987
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-04
value: 988
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-05
value: 989
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-06
value: 990
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-07
value: 991
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-08
value: 992
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-09
value: 993
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-10
value: 994
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-11
value: 995
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-12
value: 996
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-13
value: 997
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-14
value: 998
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-priority-15
value: 999
preemptionPolicy: Never
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: schedlab-urgent
value: 10000
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: schedlab-volcano
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cluster-admin
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: schedlab:volcano
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: schedlab-user
rules:
  - apiGroups:
      - batch.volcano.sh
    resources:
      - jobs
    verbs:
      - create
      - delete
      - get
      - list
      - watch
  - apiGroups:
      - scheduling.volcano.sh
    resources:
      - podgroups
    verbs:
      - get
      - list
      - watch
  - apiGroups:
      - ""
    resources:
      - pods
      - pods/log
      - events
    verbs:
      - get
      - list
      - watch
---
apiVersion: v1
kind: Namespace
metadata:
  name: user01
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: schedlab-user
  namespace: user01
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: schedlab-user
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: user01
---
apiVersion: v1
kind: Namespace
metadata:
  name: user02
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: schedlab-user
  namespace: user02
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: schedlab-user
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: user02
---
apiVersion: v1
kind: Namespace
metadata:
  name: user03
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: schedlab-user
  namespace: user03
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: schedlab-user
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: user03
SCHEDLAB_END_OF_FILE
put /etc/kubernetes/schedlab/webhooks.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: volcano-admission-service-jobs-mutate
webhooks:
  - name: mutatejobs.volcano.sh
    admissionReviewVersions:
      - v1
    clientConfig:
      url: https://127.0.0.1:8443/jobs/mutate
      caBundle: CLUSTER_AUTHORITY
    rules:
      - apiGroups:
          - batch.volcano.sh
        apiVersions:
          - v1alpha1
        operations:
          - CREATE
        resources:
          - jobs
    failurePolicy: Fail
    sideEffects: NoneOnDryRun
    timeoutSeconds: 30
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: volcano-admission-service-jobs-validate
webhooks:
  - name: validatejobs.volcano.sh
    admissionReviewVersions:
      - v1
    clientConfig:
      url: https://127.0.0.1:8443/jobs/validate
      caBundle: CLUSTER_AUTHORITY
    rules:
      - apiGroups:
          - batch.volcano.sh
        apiVersions:
          - v1alpha1
        operations:
          - CREATE
          - UPDATE
        resources:
          - jobs
    failurePolicy: Fail
    sideEffects: NoneOnDryRun
    timeoutSeconds: 30
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: volcano-admission-service-podgroups-mutate
webhooks:
  - name: mutatepodgroups.volcano.sh
    admissionReviewVersions:
      - v1
    clientConfig:
      url: https://127.0.0.1:8443/podgroups/mutate
      caBundle: CLUSTER_AUTHORITY
    rules:
      - apiGroups:
          - scheduling.volcano.sh
        apiVersions:
          - v1beta1
        operations:
          - CREATE
        resources:
          - podgroups
    failurePolicy: Fail
    sideEffects: NoneOnDryRun
    timeoutSeconds: 30
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: volcano-admission-service-queues-mutate
webhooks:
  - name: mutatequeues.volcano.sh
    admissionReviewVersions:
      - v1
    clientConfig:
      url: https://127.0.0.1:8443/queues/mutate
      caBundle: CLUSTER_AUTHORITY
    rules:
      - apiGroups:
          - scheduling.volcano.sh
        apiVersions:
          - v1beta1
        operations:
          - CREATE
        resources:
          - queues
    failurePolicy: Fail
    sideEffects: NoneOnDryRun
    timeoutSeconds: 30
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: volcano-admission-service-queues-validate
webhooks:
  - name: validatequeues.volcano.sh
    admissionReviewVersions:
      - v1
    clientConfig:
      url: https://127.0.0.1:8443/queues/validate
      caBundle: CLUSTER_AUTHORITY
    rules:
      - apiGroups:
          - scheduling.volcano.sh
        apiVersions:
          - v1beta1
        operations:
          - CREATE
          - UPDATE
          - DELETE
        resources:
          - queues
    failurePolicy: Fail
    sideEffects: NoneOnDryRun
    timeoutSeconds: 30
SCHEDLAB_END_OF_FILE
put /etc/kubernetes/schedlab/volcano-scheduler.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
actions: enqueue, allocate, backfill
tiers:
  - plugins:
      - name: priority
      - name: gang
        enablePreemptable: false
        enableReclaimable: false
      - name: conformance
  - plugins:
      - name: overcommit
      - name: predicates
        arguments:
          predicate.DynamicResourceAllocationEnable: false
      - name: nodeorder
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/vc-webhook-manager.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Volcano's admission
After=network.target kube-apiserver.service
StartLimitIntervalSec=0

[Service]
Type=simple
TimeoutStartSec=600
Restart=always
RestartSec=1
LimitNOFILE=65536
ExecStart=/usr/local/bin/vc-webhook-manager \
  --kubeconfig=/etc/kubernetes/schedlab/volcano.conf \
  --kube-api-qps=500 \
  --kube-api-burst=1000 \
  --enable-healthz=true \
  --ca-cert-file=/etc/kubernetes/pki/ca.crt \
  --tls-cert-file=/etc/kubernetes/pki/apiserver.crt \
  --tls-private-key-file=/etc/kubernetes/pki/apiserver.key \
  --listen-address=127.0.0.1 \
  --port=8443 \
  --webhook-url=https://127.0.0.1:8443 \
  --enabled-admission=/jobs/mutate,/jobs/validate,/podgroups/mutate,/queues/mutate,/queues/validate \
  --healthz-address=127.0.0.1:11253

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/vc-scheduler.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Volcano's scheduler
After=network.target kube-apiserver.service vc-webhook-manager.service
StartLimitIntervalSec=0

[Service]
Type=simple
TimeoutStartSec=600
Restart=always
RestartSec=1
LimitNOFILE=65536
ExecStart=/usr/local/bin/vc-scheduler \
  --kubeconfig=/etc/kubernetes/schedlab/volcano.conf \
  --kube-api-qps=500 \
  --kube-api-burst=1000 \
  --enable-healthz=true \
  --leader-elect=false \
  --scheduler-conf=/etc/kubernetes/schedlab/volcano-scheduler.yaml \
  --schedule-period=1000ms \
  --healthz-address=127.0.0.1:11251 \
  --enable-metrics=true \
  --listen-address=127.0.0.1:8080 \
  --cache-dumper=false

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/vc-controller-manager.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Volcano's controllers
After=network.target kube-apiserver.service vc-webhook-manager.service
StartLimitIntervalSec=0

[Service]
Type=simple
TimeoutStartSec=600
Restart=always
RestartSec=1
LimitNOFILE=65536
ExecStart=/usr/local/bin/vc-controller-manager \
  --kubeconfig=/etc/kubernetes/schedlab/volcano.conf \
  --kube-api-qps=500 \
  --kube-api-burst=1000 \
  --enable-healthz=true \
  --leader-elect=false \
  --healthz-address=127.0.0.1:11252

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
reload_units
export KUBECONFIG=/etc/kubernetes/admin.conf
apply /usr/share/schedlab/volcano/crd
await_queues 300
apply /etc/kubernetes/schedlab/objects.yaml
make_kubeconfig schedlab:volcano /etc/kubernetes/schedlab/volcano.conf
make_user_kubeconfigs user01 user02 user03
apply_webhooks /etc/kubernetes/schedlab/webhooks.yaml CLUSTER_AUTHORITY /etc/kubernetes/pki
run_with vc-webhook-manager /dev/null /etc/systemd/system/vc-webhook-manager.service /etc/kubernetes/schedlab/volcano.conf
await_answer vc-webhook-manager /dev/null 300 listens 8443
apply - <<'SCHEDLAB_END_OF_FILE'
apiVersion: scheduling.volcano.sh/v1beta1
kind: Queue
metadata:
  name: workload
spec:
  weight: 1
  reclaimable: true
SCHEDLAB_END_OF_FILE
run_with vc-scheduler /dev/null /etc/systemd/system/vc-scheduler.service /etc/kubernetes/schedlab/volcano.conf /etc/kubernetes/schedlab/volcano-scheduler.yaml
run_with vc-controller-manager /dev/null /etc/systemd/system/vc-controller-manager.service /etc/kubernetes/schedlab/volcano.conf
await_answer vc-scheduler /dev/null 300 listens 11251
await_answer vc-controller-manager /dev/null 300 listens 11252
