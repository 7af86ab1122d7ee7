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
take_host_clock /var/lib/schedlab/clock /var/lib/slurm/slurmctld slurmctld slurmdbd
put /etc/slurm/slurm.conf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
ClusterName=schedlab
SlurmctldHost=controller(10.77.0.10)
SlurmUser=slurm
AuthType=auth/munge
SlurmctldParameters=enable_configless
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
MailProg=/bin/true
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmdSpoolDir=/var/lib/slurm/slurmd
SlurmctldLogFile=/var/log/slurm/slurmctld.log
SlurmdLogFile=/var/log/slurm/slurmd.log
SlurmctldDebug=info
SlurmdDebug=info
ReturnToService=2
MessageTimeout=60
TCPTimeout=10
BatchStartTimeout=60
SlurmdTimeout=300
UnkillableStepTimeout=120
TreeWidth=64
KillWait=2
OverTimeLimit=0
EnforcePartLimits=ALL
PropagateResourceLimits=NONE
DependencyParameters=kill_invalid_depend
MaxJobCount=200000
MinJobAge=600
JobCompType=jobcomp/filetxt
JobCompLoc=/var/log/slurm/jobcomp.log
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=5,batch_sched_delay=1,default_queue_depth=1000,bf_interval=2,bf_window=1440,bf_resolution=1,bf_max_job_test=1000,bf_continue
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
PriorityType=priority/basic
PreemptType=preempt/none
PreemptMode=OFF
NodeName=node01 NodeAddr=10.77.0.11 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=1792 State=UNKNOWN
NodeName=node02 NodeAddr=10.77.0.12 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=1792 State=UNKNOWN
PartitionName=nodes Nodes=node01,node02 Default=YES State=UP MaxTime=INFINITE OverSubscribe=NO PriorityTier=1 DefMemPerCPU=896
SCHEDLAB_END_OF_FILE
put /etc/slurm/gres.conf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
AutoDetect=off
SCHEDLAB_END_OF_FILE
put /etc/slurm/cgroup.conf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
CgroupPlugin=disabled
SCHEDLAB_END_OF_FILE
answers() { scontrol ping | grep ' is UP$' >/dev/null; }
ran=no
if systemctl is-active -q slurmctld; then ran=yes; fi
restarted=no
run_with slurmctld /var/log/slurm/slurmctld.log /etc/slurm/slurm.conf /etc/slurm/gres.conf /etc/slurm/cgroup.conf /etc/munge/munge.key
await_answer slurmctld /var/log/slurm/slurmctld.log 120 answers
if [ "$ran$restarted" = yesyes ]; then scontrol reconfigure; fi
await_answer slurmctld /var/log/slurm/slurmctld.log 120 answers
