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
{ read -r token && { read -r authority || [ -n "$authority" ]; }; } || { echo "no way to join came on standard input" >&2; exit 1; }
SYSTEMD_LOG_LEVEL=warning systemd-sysusers - <<'SCHEDLAB_END_OF_FILE'
g user01 20001
u user01 20001:20001 "schedlab" /home/user01 /bin/bash
g user02 20002
u user02 20002:20002 "schedlab" /home/user02 /bin/bash
g user03 20003
u user03 20003:20003 "schedlab" /home/user03 /bin/bash
SCHEDLAB_END_OF_FILE
for name in user01 user02 user03; do
  [ -d "/home/$name" ] || install -d -m 0700 -o "$name" -g "$name" "/home/$name"
done
put /etc/hosts 0644 root:root <<'SCHEDLAB_END_OF_FILE'
127.0.0.1 localhost
::1 localhost
10.77.0.10 controller
10.77.0.11 node01
10.77.0.12 node02
SCHEDLAB_END_OF_FILE
put /etc/cni/net.d/10-schedlab.conflist 0644 root:root <<'SCHEDLAB_END_OF_FILE'
{
  "cniVersion": "1.0.0",
  "name": "schedlab",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "pods0",
      "isGateway": true,
      "ipMasq": false,
      "ipam": {
        "type": "host-local",
        "ranges": [
          [
            {
              "subnet": "10.128.48.0/22"
            }
          ]
        ],
        "routes": [
          {
            "dst": "0.0.0.0/0"
          }
        ]
      }
    }
  ]
}
SCHEDLAB_END_OF_FILE
put /usr/local/lib/schedlab/pod-routes 0755 root:root <<'SCHEDLAB_END_OF_FILE'
#!/bin/sh -e
echo 1 > /proc/sys/net/ipv4/ip_forward
ip route replace 10.128.44.0/22 via 10.77.0.11
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
put /usr/local/lib/schedlab/node-view 0755 root:root <<'SCHEDLAB_END_OF_FILE'
#!/bin/sh -e
view=/run/schedlab/view
mkdir -p "$view/node" "$view/settings"
for cpu in $(seq 0 1); do
  mkdir -p "$view/cpu/cpu$cpu/topology"
  echo "$cpu" > "$view/cpu/cpu$cpu/topology/core_id"
  echo 0 > "$view/cpu/cpu$cpu/topology/physical_package_id"
done
echo 0-1 | tee "$view/cpu/online" "$view/cpu/present" > "$view/cpu/possible"
show() {
  [ ! -e "$2" ] || mountpoint -q "$2" || mount --bind "$1" "$2"
}
show "$view/cpu" /sys/devices/system/cpu
show "$view/node" /sys/devices/system/node
while read -r setting value; do
  kept="$view/settings/$(echo "$setting" | tr / .)"
  echo "$value" > "$kept"
  show "$kept" "/proc/sys/$setting"
done << END
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/schedlab-node-view.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=What kubelet sees of the kernel that the node shares
ConditionVirtualization=container
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/schedlab/node-view

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/schedlab-accelerators.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Tells of the node's simulated accelerators
After=kubelet.service
PartOf=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=600
ExecStart=/bin/sh -c 'until kubectl --kubeconfig /etc/kubernetes/kubelet.conf patch node node02 --subresource=status --type=merge -p "$$PATCH"; do sleep 1; done'
Environment='PATCH={"status":{"capacity":{"schedlab.local/gpu":null},"allocatable":{"schedlab.local/gpu":null}}}'

[Install]
WantedBy=kubelet.service
SCHEDLAB_END_OF_FILE
if systemctl show -p NeedDaemonReload --value '*.service' | grep -q yes; then systemctl daemon-reload; fi
run_with schedlab-node-view /dev/null /usr/local/lib/schedlab/node-view
run_with schedlab-pod-routes /dev/null /usr/local/lib/schedlab/pod-routes
if systemd-detect-virt --container --quiet; then
put /etc/containerd/config.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "schedlab.local/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
SCHEDLAB_END_OF_FILE
  snapshotter=native
else
put /etc/containerd/config.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "schedlab.local/pause:1"
  restrict_oom_score_adj = false
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
SCHEDLAB_END_OF_FILE
  snapshotter=overlayfs
fi
run_with containerd /dev/null /etc/containerd/config.toml
(cd /usr/share/schedlab/oci && sha256sum --check --strict --quiet SHA256SUMS) || {
  echo "an image archive is missing or damaged in /usr/share/schedlab/oci: delete the image and make it anew" >&2
  exit 1
}
for archive in /usr/share/schedlab/oci/*.tar; do
  told="$(ctr --namespace k8s.io images import --snapshotter "$snapshotter" "$archive" 2>&1)" || {
    echo "cannot import $archive: $told" >&2
    exit 1
  }
done
total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
reserved=$((total - 1792 * 1024))
[ "$reserved" -gt 0 ] || reserved=0
put /etc/default/kubelet 0644 root:root <<SCHEDLAB_END_OF_FILE
KUBELET_EXTRA_ARGS="--node-ip=10.77.0.12 --node-labels=schedlab.local/partition-nodes=true --system-reserved=memory=${reserved}Ki"
SCHEDLAB_END_OF_FILE
wanted="$authority ce3f7f1c4e9e $(sha256sum </etc/default/kubelet)"
if [ "$(cat /var/lib/schedlab/joined 2>/dev/null)" != "$wanted" ]; then
  ! systemctl is-active -q kubelet || systemctl stop kubelet
  rm -rf /etc/kubernetes/pki /etc/kubernetes/*.conf /var/lib/kubelet/pki /var/lib/kubelet/config.yaml
  rm -f /var/lib/schedlab/joined
  config=/run/schedlab/join.yaml
  (umask 077 && cat >"$config") <<SCHEDLAB_END_OF_FILE
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: 10.77.0.10:6443
    token: $token
    caCertHashes:
      - $authority
nodeRegistration:
  name: node02
  criSocket: unix:///run/containerd/containerd.sock
timeouts:
  discovery: 2m0s
SCHEDLAB_END_OF_FILE
  systemctl enable -q kubelet
  mkdir -p /etc/kubernetes/manifests
  deadline=$((SECONDS + 180))
  until told="$(kubeadm join --config "$config" --skip-phases=preflight 2>&1)"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      rm -f "$config"
      give_up "node02 does not join: $told" kubelet /dev/null
    fi
    systemctl stop kubelet
    rm -rf /etc/kubernetes/pki /etc/kubernetes/*.conf /var/lib/kubelet/pki /var/lib/kubelet/config.yaml
    rm -f /var/lib/schedlab/joined
    sleep 1
  done
  rm -f "$config"
  mkdir -p /var/lib/schedlab
  printf '%s\n' "$wanted" >/var/lib/schedlab/joined
fi
systemctl is-active -q kubelet || systemctl start kubelet
[ -s /etc/kubernetes/pki/ca.crt ]
systemctl enable -q schedlab-accelerators
systemctl restart --no-block schedlab-accelerators
is_ready() { kubectl --kubeconfig /etc/kubernetes/kubelet.conf get node node02 -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -qx True; }
deadline=$((SECONDS + 300))
until is_ready; do
  [ "$SECONDS" -lt "$deadline" ] || give_up "node02 is not ready after 300 s" kubelet /dev/null
  sleep 0.2
done
