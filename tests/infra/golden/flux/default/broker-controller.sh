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
certificate_program() {
cat <<'SCHEDLAB_END_OF_FILE'
# Writes the brokers' CURVE certificate to standard output, in the form of a ZCERT file, from 32 random
# bytes on standard input: the same bytes give the same certificate on every node. libzmq knows how a
# public key follows from a secret one.
import ctypes
import sys

KEY_BYTES = 32
# Z85 writes 4 bytes as 5 characters; C wants a zero byte behind them.
TEXT_BYTES = KEY_BYTES * 5 // 4 + 1

secret_bytes = sys.stdin.buffer.read()
if len(secret_bytes) != KEY_BYTES:
    sys.exit(f"expected {KEY_BYTES} random bytes on standard input, got {len(secret_bytes)}")
zmq = ctypes.CDLL("libzmq.so.5")
secret = ctypes.create_string_buffer(TEXT_BYTES)
public = ctypes.create_string_buffer(TEXT_BYTES)
zmq.zmq_z85_encode.restype = ctypes.c_char_p
if zmq.zmq_z85_encode(secret, secret_bytes, ctypes.c_size_t(KEY_BYTES)) is None:
    sys.exit("libzmq could not write the secret key")
if zmq.zmq_curve_public(public, secret) != 0:
    sys.exit("libzmq could not make the public key")
print('metadata\n    name = "schedlab"\ncurve')
print(f'    public-key = "{public.value.decode()}"')
print(f'    secret-key = "{secret.value.decode()}"')
SCHEDLAB_END_OF_FILE
}
# Writes munge's key and the brokers' certificate, which come on standard input in one secret: 128 bytes
# for the one, 32 for the other, in base64. `certificate_program` prints the program that makes the latter.
put_keys() {
  local secret certificate
  secret="$(mktemp -p /run schedlab-flux.XXXXXX)"
  base64 -d >"$secret"
  [ "$(stat -c %s "$secret")" = 160 ] || {
    rm -f "$secret"
    echo "no secret of 160 bytes came on standard input" >&2
    exit 1
  }
  head -c 128 "$secret" | put /etc/munge/munge.key 0400 munge:munge
  certificate="$(tail -c 32 "$secret" | python3 <(certificate_program))" || {
    rm -f "$secret"
    exit 1
  }
  rm -f "$secret"
  printf '%s\n' "$certificate" | put /etc/flux/system/curve.cert 0400 flux:flux
}
put_keys
put /etc/hosts 0644 root:root <<'SCHEDLAB_END_OF_FILE'
127.0.0.1 localhost
::1 localhost
10.77.0.10 controller
10.77.0.11 node01
10.77.0.12 node02
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
run_with munge /var/log/munge/munged.log /etc/munge/munge.key
put /etc/flux/system/conf.d/broker.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[access]
allow-guest-user = true
allow-root-owner = true

[exec]
imp = "/usr/libexec/flux/flux-imp"
kill-timeout = "2s"

[tbon]
topo = "kary:16"
tcp_user_timeout = "20s"

[bootstrap]
curve_cert = "/etc/flux/system/curve.cert"
default_port = 8050
default_bind = "tcp://eth0:%p"
default_connect = "tcp://%h:%p"
hosts = [
  { host = "controller" },
  { host = "node01" },
  { host = "node02" },
]
SCHEDLAB_END_OF_FILE
put /etc/flux/imp/conf.d/imp.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[exec]
allowed-users = ["flux"]
allowed-shells = ["/usr/libexec/flux/flux-shell"]
SCHEDLAB_END_OF_FILE
put /etc/flux/system/conf.d/leader.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[resource]
noverify = true
exclude = "controller"

[[resource.config]]
hosts = "controller"
cores = "0"

[[resource.config]]
hosts = "node01"
cores = "0-1"
properties = ["nodes"]

[[resource.config]]
hosts = "node02"
cores = "0-1"
properties = ["nodes"]

[ingest.validator]
plugins = ["jobspec", "feasibility"]

[kvs]
checkpoint-period = "1s"

[sched-fluxion-qmanager]
queue-policy = "easy"

[sched-fluxion-qmanager.queue-params]
queue-depth = 32

[sched-fluxion-resource]
match-policy = "first"
match-format = "rv1_nosched"
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/flux.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Flux message broker
After=network.target munge.service
Wants=munge.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
TimeoutStartSec=120
TimeoutStopSec=30
KillMode=mixed
User=flux
Group=flux
RuntimeDirectory=flux
RuntimeDirectoryMode=0755
StateDirectory=flux
StateDirectoryMode=0700
LimitNOFILE=65536
Delegate=yes
Restart=always
RestartSec=1
StandardError=append:/var/log/flux/broker.log
ExecStart=/usr/bin/flux broker \
  --config-path=/etc/flux/system/conf.d \
  -Srundir=/run/flux \
  -Sstatedir=/var/lib/flux \
  -Slocal-uri=local:///run/flux/local \
  -Slog-stderr-level=6 \
  -Slog-forward-level=-1 \
  -Slog-stderr-mode=local \
  -Sbroker.quorum=1 \
  -Sbroker.quorum-warn=none \
  -Sbroker.rc2_none=1 \
  -Sbroker.cleanup-timeout=5 \
  -Sbroker.shutdown-timeout=10 \
  -Sbroker.sd-notify=1 \
  -Sbroker.module-nopanic=1

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
# Takes away the clock of their own that services have from a time with another configuration; most never had
# one. They are stopped, and forget what they did by that clock: the directory $2. Arguments: the file of the
# clock, that directory, the services.
take_host_clock() {
  local clock=$1 state=$2 launcher=/usr/local/lib/schedlab/clocked service
  shift 2
  [ -e "$launcher" ] || return 0
  for service in "$@"; do
    ! systemctl is-active -q "$service" || systemctl stop "$service"
    rm -f "/run/schedlab/$service" "/etc/systemd/system/$service.service.d/clock.conf"
  done
  [ ! -d "$state" ] || find "$state" -mindepth 1 -xdev -delete
  systemctl daemon-reload
  rm -f "$clock"
  # Last, since without it nothing is left to do. It is also the first that comes with a clock.
  rm -f "$launcher"
}
take_host_clock /var/lib/schedlab/clock /var/lib/flux flux
install -d -m 0755 -o flux -g flux /var/log/flux
systemctl daemon-reload
run_with flux /var/log/flux/broker.log /etc/flux/system/conf.d/broker.toml /etc/flux/imp/conf.d/imp.toml /etc/flux/system/conf.d/leader.toml /etc/systemd/system/flux.service /etc/flux/system/curve.cert /etc/munge/munge.key
