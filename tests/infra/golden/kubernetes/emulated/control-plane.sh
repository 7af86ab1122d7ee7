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
# Functions of the step of the control plane.

# The cluster's configuration with the version of the kubeadm that the image has. Arguments: the
# configuration, the mark that stands for the version.
set_version() {
  mkdir -p /run/schedlab
  sed "s/$2/$(kubeadm version -o short)/" "$1" >/run/schedlab/kubeadm.yaml
}
# One phase of kubeadm's. Arguments: its name, and options.
phase() { kubeadm init phase "$@" --config /run/schedlab/kubeadm.yaml >/dev/null; }
# The API server answers, also before anybody has rights.
answers() { kubectl --kubeconfig /etc/kubernetes/super-admin.conf get --raw /readyz; }
# Writes what a node needs to join, once: the bootstrap token and the hash of the authority's key, a line
# each. The token does not expire: a node may be added, or made anew, at any time of the stack's life.
# Argument: the file.
make_join_parameters() {
  local problems=/run/schedlab/token.log command joining
  [ ! -s "$1" ] || return 0
  phase bootstrap-token --skip-token-print
  command="$(kubeadm token create --ttl 0 --print-join-command 2>"$problems")" || {
    cat "$problems" >&2
    exit 1
  }
  read -r -a joining <<<"$command"
  (umask 077 && printf '%s\n' "${joining[4]}" "${joining[6]}" >"$1.new")
  mv "$1.new" "$1"
}
put /etc/hosts 0644 root:root <<'SCHEDLAB_END_OF_FILE'
127.0.0.1 localhost
::1 localhost
10.77.0.10 controller
10.77.0.11 node01
10.77.0.12 node02
10.77.0.91 gpu01
SCHEDLAB_END_OF_FILE
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
put /etc/kubernetes/schedlab/kubeadm.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 10.77.0.10
  bindPort: 6443
nodeRegistration:
  name: controller
  criSocket: unix:///run/containerd/containerd.sock
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
clusterName: schedlab-dev
kubernetesVersion: IMAGE_VERSION
certificatesDir: /etc/kubernetes/pki
controlPlaneEndpoint: 10.77.0.10:6443
encryptionAlgorithm: ECDSA-P256
apiServer:
  certSANs:
    - 127.0.0.1
networking:
  podSubnet: 10.128.0.0/9
  serviceSubnet: 198.18.0.0/24
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
localStorageCapacityIsolation: false
cpuManagerPolicy: none
enforceNodeAllocatable:
  - none
evictionHard:
  memory.available: 0%
  nodefs.available: 0%
  nodefs.inodesFree: 0%
  imagefs.available: 0%
  imagefs.inodesFree: 0%
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
maxPods: 500
resolvConf: ""
rotateCertificates: true
kubeAPIQPS: 100
kubeAPIBurst: 200
eventRecordQPS: 50
eventBurst: 100
shutdownGracePeriod: 0s
SCHEDLAB_END_OF_FILE
put /etc/kubernetes/schedlab/accelerator-role.yaml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: schedlab-node-status
rules:
  - apiGroups:
      - ""
    resources:
      - nodes/status
    verbs:
      - get
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: schedlab-node-status
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: schedlab-node-status
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: system:nodes
SCHEDLAB_END_OF_FILE
put /usr/local/lib/schedlab/pod-routes 0755 root:root <<'SCHEDLAB_END_OF_FILE'
#!/bin/sh -e
echo 1 > /proc/sys/net/ipv4/ip_forward
ip route replace 10.128.44.0/22 via 10.77.0.11
ip route replace 10.128.48.0/22 via 10.77.0.12
ip route replace 10.129.108.0/22 via 10.77.0.91
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/schedlab-pod-routes.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Routes to the other nodes' pods
After=schedlab-seed.service
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/schedlab/pod-routes

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/etcd.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Kubernetes' store
After=network.target
StartLimitIntervalSec=0

[Service]
Type=notify
TimeoutStartSec=600
Restart=always
RestartSec=1
LimitNOFILE=65536
ExecStart=/usr/local/bin/etcd \
  --name=controller \
  --data-dir=/var/lib/etcd \
  --listen-client-urls=https://127.0.0.1:2379 \
  --advertise-client-urls=https://127.0.0.1:2379 \
  --listen-peer-urls=https://127.0.0.1:2380 \
  --initial-advertise-peer-urls=https://127.0.0.1:2380 \
  --initial-cluster=controller=https://127.0.0.1:2380 \
  --cert-file=/etc/kubernetes/pki/etcd/server.crt \
  --key-file=/etc/kubernetes/pki/etcd/server.key \
  --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt \
  --client-cert-auth=true \
  --peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt \
  --peer-key-file=/etc/kubernetes/pki/etcd/peer.key \
  --peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt \
  --peer-client-cert-auth=true \
  --unsafe-no-fsync=true \
  --election-timeout=500 \
  --log-level=error \
  --quota-backend-bytes=8589934592

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/kube-apiserver.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Kubernetes' API server
After=network.target etcd.service
StartLimitIntervalSec=0

[Service]
Type=notify
TimeoutStartSec=600
Restart=always
RestartSec=1
LimitNOFILE=65536
ExecStart=/usr/local/bin/kube-apiserver \
  --advertise-address=10.77.0.10 \
  --secure-port=6443 \
  --authorization-mode=Node,RBAC \
  --client-ca-file=/etc/kubernetes/pki/ca.crt \
  --enable-admission-plugins=NodeRestriction \
  --enable-bootstrap-token-auth=true \
  --etcd-servers=https://127.0.0.1:2379 \
  --etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt \
  --etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt \
  --etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key \
  --kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt \
  --kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key \
  --kubelet-preferred-address-types=InternalIP \
  --proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt \
  --proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key \
  --requestheader-allowed-names=front-proxy-client \
  --requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt \
  --requestheader-extra-headers-prefix=X-Remote-Extra- \
  --requestheader-group-headers=X-Remote-Group \
  --requestheader-username-headers=X-Remote-User \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local \
  --service-account-key-file=/etc/kubernetes/pki/sa.pub \
  --service-account-signing-key-file=/etc/kubernetes/pki/sa.key \
  --service-cluster-ip-range=198.18.0.0/24 \
  --tls-cert-file=/etc/kubernetes/pki/apiserver.crt \
  --tls-private-key-file=/etc/kubernetes/pki/apiserver.key \
  --endpoint-reconciler-type=none \
  --event-ttl=10m0s \
  --profiling=false
ExecStartPost=-/usr/bin/systemctl --no-block try-restart kube-controller-manager vc-webhook-manager vc-scheduler vc-controller-manager

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/kube-controller-manager.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Kubernetes' controllers
After=network.target kube-apiserver.service
StartLimitIntervalSec=0

[Service]
Type=simple
TimeoutStartSec=600
Restart=always
RestartSec=1
LimitNOFILE=65536
ExecStart=/usr/local/bin/kube-controller-manager \
  --kubeconfig=/etc/kubernetes/controller-manager.conf \
  --authentication-kubeconfig=/etc/kubernetes/controller-manager.conf \
  --authorization-kubeconfig=/etc/kubernetes/controller-manager.conf \
  --bind-address=127.0.0.1 \
  --client-ca-file=/etc/kubernetes/pki/ca.crt \
  --cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt \
  --cluster-signing-key-file=/etc/kubernetes/pki/ca.key \
  --controllers=*,-ttl-controller \
  --leader-elect=false \
  --requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt \
  --root-ca-file=/etc/kubernetes/pki/ca.crt \
  --service-account-private-key-file=/etc/kubernetes/pki/sa.key \
  --use-service-account-credentials=true \
  --kube-api-qps=1000 \
  --kube-api-burst=2000 \
  --node-monitor-grace-period=1800s \
  --profiling=false

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
reload_units
set_version /etc/kubernetes/schedlab/kubeadm.yaml IMAGE_VERSION
phase certs all
phase kubeconfig admin
phase kubeconfig super-admin
phase kubeconfig controller-manager
install -d -m 0700 /var/lib/etcd
run_with schedlab-pod-routes /dev/null /usr/local/lib/schedlab/pod-routes
run_with etcd /dev/null /etc/systemd/system/etcd.service /etc/kubernetes/schedlab/kubeadm.yaml
run_with kube-apiserver /dev/null /etc/systemd/system/kube-apiserver.service /etc/kubernetes/schedlab/kubeadm.yaml
export KUBECONFIG=/etc/kubernetes/admin.conf
await_answer kube-apiserver /dev/null 600 answers
run_with kube-controller-manager /dev/null /etc/systemd/system/kube-controller-manager.service /etc/kubernetes/schedlab/kubeadm.yaml
phase upload-config all
kubectl apply --server-side --force-conflicts -f /etc/kubernetes/schedlab/accelerator-role.yaml >/dev/null
