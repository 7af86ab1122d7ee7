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
# Writes munge's key, which comes on standard input in base64. munged refuses keys under 32 bytes, less
# plainly.
put_munge_key() {
  local key=/etc/munge/munge.key
  base64 -d | put "$key" 0400 munge:munge
  [ "$(stat -c %s "$key")" -ge 32 ] || {
    echo "no munge key came on standard input" >&2
    exit 1
  }
}
put_munge_key
put /etc/hosts 0644 root:root <<'SCHEDLAB_END_OF_FILE'
127.0.0.1 localhost
::1 localhost
10.77.0.10 controller
10.77.0.11 node01
10.77.0.12 node02
10.77.0.91 gpu01
10.77.0.179 z01
10.77.0.180 z02
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
install -d -m 0755 -o slurm -g slurm /var/log/slurm /var/lib/slurm
run_with munge /var/log/munge/munged.log /etc/munge/munge.key
install -d -m 0755 /var/lib/schedlab /var/lib/slurm/slurmd
touch /var/lib/schedlab/gpu{0..15}
put /usr/local/lib/schedlab/slurmds 0644 root:root <<'SCHEDLAB_END_OF_FILE'
# Runs the slurmd of the nodes that a domain emulates, for as long as this runs; one that ends is started
# again. Arguments: the domain, the number of its nodes, slurmctld's address. systemd ends all of them with
# this script.
domain=$1 count=$2 controller=$3
# Each start takes some 20 ms of a core. A slurmd has begun when it has written its file.
most_starting=16
begun=/run/slurm
restart_seconds=1

declare -A node_of=()
start() {
  MALLOC_ARENA_MAX=1 /usr/sbin/slurmd -D -N "$1" --conf-server "$controller" </dev/null >/dev/null 2>&1 &
  node_of[$!]=$1
}
starting() {
  local files=("$begun"/*.pid)
  [ -e "${files[0]}" ] || files=()
  [ $((${#node_of[@]} - ${#files[@]})) -ge "$most_starting" ]
}

rm -f "$begun"/*.pid
for ((number = 1; number <= count; number++)); do
  start "$(printf '%s-%04d' "$domain" "$number")"
  # One that cannot begin must not keep the others waiting.
  for ((looks = 0; looks < 100; looks++)); do
    starting || break
    sleep 0.02
  done
done
while wait -n -p ended; [ -n "${ended:-}" ]; do
  node=${node_of[$ended]}
  unset "node_of[$ended]" ended
  echo "the slurmd of $node ended and is started again" >&2
  sleep "$restart_seconds"
  rm -f "$begun/$node.pid"
  start "$node"
done
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/schedlab-slurmds.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
# NodeName=node02-[0001-0500] NodeHostname=node02 NodeAddr=10.77.0.12 Port=[17001-17500] CPUs=32 Boards=1 SocketsPerBoard=1 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=114688 State=UNKNOWN
[Unit]
Description=Slurm node daemons of emulated nodes
After=network.target munge.service
Upholds=munge.service
StartLimitIntervalSec=0

[Service]
RuntimeDirectory=slurm
RuntimeDirectoryMode=0755
ExecStart=/bin/bash /usr/local/lib/schedlab/slurmds node02 500 10.77.0.10:6817
KillMode=control-group
TimeoutStopSec=20
Restart=always
RestartSec=1
LimitNOFILE=131072
LimitMEMLOCK=infinity
LimitSTACK=infinity
Delegate=yes
TasksMax=infinity

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
systemctl daemon-reload
run_with schedlab-slurmds /dev/null /usr/local/lib/schedlab/slurmds /etc/systemd/system/schedlab-slurmds.service /etc/munge/munge.key
