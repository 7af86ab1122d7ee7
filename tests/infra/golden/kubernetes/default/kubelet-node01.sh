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
# Whether the API server shows a node ready. Arguments: the kubeconfig, the node's name.
node_is_ready() {
  kubectl --kubeconfig "$1" get node "$2" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -qx True
}
read_join_parameters
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
              "subnet": "10.128.44.0/22"
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
ip route replace 10.128.48.0/22 via 10.77.0.12
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
set -- 2 vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000
# shellcheck shell=sh
# Shows a container's kubelet the node's own cores in sysfs, and certain settings of the kernel as it wants
# them. What is shown already stays as it is. Arguments: the number of cores, and the settings as
# PATH=VALUE with the path below /proc/sys.
cores=$1
shift
view=/run/schedlab/view
mkdir -p "$view/node" "$view/settings"
for cpu in $(seq 0 $((cores - 1))); do
  mkdir -p "$view/cpu/cpu$cpu/topology"
  echo "$cpu" >"$view/cpu/cpu$cpu/topology/core_id"
  echo 0 >"$view/cpu/cpu$cpu/topology/physical_package_id"
done
echo "0-$((cores - 1))" | tee "$view/cpu/online" "$view/cpu/present" >"$view/cpu/possible"
show() {
  [ ! -e "$2" ] || mountpoint -q "$2" || mount --bind "$1" "$2"
}
show "$view/cpu" /sys/devices/system/cpu
# Without NUMA nodes kubelet counts the cores.
show "$view/node" /sys/devices/system/node
for setting; do
  shown="$view/settings/$(echo "${setting%%=*}" | tr / .)"
  echo "${setting#*=}" >"$shown"
  show "$shown" "/proc/sys/${setting%%=*}"
done
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
ExecStart=/bin/sh -c 'until kubectl --kubeconfig /etc/kubernetes/kubelet.conf patch node node01 --subresource=status --type=merge -p "$$PATCH"; do sleep 1; done'
Environment='PATCH={"status":{"capacity":{"schedlab.local/gpu":null},"allocatable":{"schedlab.local/gpu":null}}}'

[Install]
WantedBy=kubelet.service
SCHEDLAB_END_OF_FILE
reload_units
run_with schedlab-node-view /dev/null /usr/local/lib/schedlab/node-view
run_with schedlab-pod-routes /dev/null /usr/local/lib/schedlab/pod-routes
# Whether the node is a container, whose root is an overlay already and cannot be overlaid again.
in_container() { systemd-detect-virt --container --quiet; }
# Imports the container images that the node's image carries. Argument: their directory.
import_images() {
  local archive told snapshotter=overlayfs
  if in_container; then snapshotter=native; fi
  (cd "$1" && sha256sum --check --strict --quiet SHA256SUMS) || {
    echo "an image archive is missing or damaged in $1: delete the image and make it anew" >&2
    exit 1
  }
  for archive in "$1"/*.tar; do
    told="$(ctr --namespace k8s.io images import --snapshotter "$snapshotter" "$archive" 2>&1)" || {
      echo "cannot import $archive: $told" >&2
      exit 1
    }
  done
}
if in_container; then
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
fi
run_with containerd /dev/null /etc/containerd/config.toml
import_images /usr/share/schedlab/oci
put_kubelet_options 10.77.0.11 schedlab.local/partition-nodes=true 1835008
join_configuration() {
cat <<SCHEDLAB_END_OF_FILE
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: 10.77.0.10:6443
    token: $token
    caCertHashes:
      - $authority
nodeRegistration:
  name: node01
  criSocket: unix:///run/containerd/containerd.sock
timeouts:
  discovery: 2m0s
SCHEDLAB_END_OF_FILE
}
join_cluster node01 ce3f7f1c4e9e 180
systemctl enable -q schedlab-accelerators
systemctl restart --no-block schedlab-accelerators
is_ready() { node_is_ready /etc/kubernetes/kubelet.conf node01; }
await_node node01 300
