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
# Functions of the step of slurmdbd and its database.

# The database. Its user is known by the user id at the socket, so that there is no password to keep.
make_database() {
  mariadb --batch <<'END'
CREATE DATABASE IF NOT EXISTS slurm_acct_db;
CREATE USER IF NOT EXISTS 'slurm'@'localhost' IDENTIFIED VIA unix_socket;
GRANT ALL ON slurm_acct_db.* TO 'slurm'@'localhost';
END
}
# sacctmgr calls a change that changes nothing an error, so each is made only where it is missing. It
# must not read the list of users.
change() { sacctmgr -iQ "$@" </dev/null >/dev/null; }
known() { sacctmgr -nP list "$@"; }
# Arguments: the cluster, the account.
make_account() {
  known cluster format=cluster | grep -qx "$1" || change add cluster "$1"
  known account format=account | grep -qx "$2" || change add account "$2" cluster="$1"
}
# The share of an account among all accounts. Arguments: the cluster, the account, the share.
share_account() {
  # The association of the account itself is the one without a user.
  known assoc account="$2" cluster="$1" format=user,share | grep -qx "|$3" ||
    change modify account where name="$2" cluster="$1" set fairshare="$3"
}
# A QOS with its priority.
make_qos() {
  known qos format=name | grep -qx "$1" || change add qos "$1"
  known qos format=name,priority | grep -qx "$1|$2" ||
    change modify qos where name="$1" set priority="$2"
}
# Lets the users of an account take a QOS. Arguments: the cluster, the account, the QOS, then the users.
grant_qos() {
  local cluster="$1" account="$2" qos="$3" present name
  shift 3
  present="$(known assoc account="$account" cluster="$cluster" format=user,qos)"
  for name; do
    grep -qE "^$name\|(.*,)?$qos(,|$)" <<<"$present" ||
      change modify user where name="$name" account="$account" cluster="$cluster" set qos+="$qos"
  done
}
# The QOS that preempts the normal one. Arguments: its name, the mode of preemption.
make_preempting_qos() {
  known qos format=name | grep -qx "$1" || change add qos "$1"
  known qos format=name,preempt,preemptmode | grep -qx "$1|normal|$2" ||
    change modify qos where name="$1" set preempt=normal preemptmode="$2" priority=1000
}
# Arguments: the cluster, the account, then the users. Each of the lines of standard input is a user with
# its share, its default QOS and all of its QOS.
make_associations() {
  local cluster="$1" account="$2" present name share default all missing=""
  local columns=user,share,defaultqos
  shift 2
  present="$(known assoc account="$account" cluster="$cluster" format=$columns)"
  for name; do grep -q "^$name|" <<<"$present" || missing="$missing,$name"; done
  [ -z "$missing" ] || change add user "${missing#,}" account="$account" cluster="$cluster"
  present="$(known assoc account="$account" cluster="$cluster" format=$columns)"
  while read -r name share default all; do
    grep -qx "$name|$share|$default" <<<"$present" ||
      change modify user where name="$name" account="$account" cluster="$cluster" \
        set fairshare="$share" qos="$all" defaultqos="$default"
  done
}
# Functions of the step of slurmdbd for a site's accounts.

# Begins with an empty database unless the one that is there was made for the same accounts: what is no longer
# in the site's files is then nowhere. Arguments: their digest, or nothing for none of a site; the file that says
# for which the database was made; the directory of slurmctld's state, whose usage has the database's numbers.
fresh_database() {
  [ "$(cat "$2" 2>/dev/null)" != "$1" ] || return 0
  rm -f "$2"
  systemctl stop slurmctld slurmdbd
  mariadb --batch -e 'DROP DATABASE IF EXISTS slurm_acct_db'
  rm -f "$3"/assoc_* "$3"/qos_usage* "$3"/clustername
}
# sacctmgr calls a change that changes nothing an error.
settle() {
  local said
  said="$(sacctmgr -i "$@" </dev/null 2>&1)" && return 0
  case "$said" in
    *"Nothing "* | *"lready exist"*) ;;
    *)
      echo "sacctmgr $*: $said" >&2
      return 1
      ;;
  esac
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
make_users 20001 user01 user02 user03 user04 user05 user06 user07 user08 user09 user10 user11 user12
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
put /etc/mysql/mariadb.conf.d/90-schedlab.cnf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[mariadbd]
skip-networking
innodb_buffer_pool_size=64M
innodb_lock_wait_timeout=900
innodb_flush_log_at_trx_commit=2
performance_schema=OFF
SCHEDLAB_END_OF_FILE
run_with mariadb /var/log/mysql/error.log /etc/mysql/mariadb.conf.d/90-schedlab.cnf
fresh_database 77d7a9cc009c /var/lib/slurm/site-accounts /var/lib/slurm/slurmctld
make_database
put /etc/slurm/slurmdbd.conf 0600 slurm:slurm <<'SCHEDLAB_END_OF_FILE'
AuthType=auth/munge
DbdHost=controller
DbdAddr=10.77.0.10
SlurmUser=slurm
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm_acct_db
DebugLevel=info
LogFile=/var/log/slurm/slurmdbd.log
PidFile=/run/slurmdbd/slurmdbd.pid
SCHEDLAB_END_OF_FILE
put /etc/slurm/slurm.conf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
ClusterName=schedlab
SlurmctldHost=controller(10.77.0.10)
SlurmUser=slurm
AuthType=auth/munge
SlurmdParameters=config_overrides,conmgr_threads=2
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
MailProg=/bin/true
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmdSpoolDir=/var/lib/slurm/slurmd/%n
SlurmctldLogFile=/var/log/slurm/slurmctld.log
SlurmdLogFile=/var/log/slurm/slurmd-%n.log
SlurmctldDebug=info
SlurmdDebug=error
ReturnToService=2
MessageTimeout=60
TCPTimeout=10
BatchStartTimeout=60
SlurmdTimeout=300
UnkillableStepTimeout=300
TreeWidth=64
PropagateResourceLimits=NONE
DependencyParameters=kill_invalid_depend
MinJobAge=600
JobCompType=jobcomp/filetxt
JobCompLoc=/var/log/slurm/jobcomp.log
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=10.77.0.10
SlurmdPidFile=/run/slurm/%n.pid
DebugFlags=NO_CONF_HASH
SlurmctldParameters=enable_configless,enable_job_state_cache,preempt_send_user_signal
KillWait=30
OverTimeLimit=5
EnforcePartLimits=ALL
JobRequeue=1
MaxArraySize=10001
MaxJobCount=100000
GresTypes=gpu
Licenses=matlab:40,comsol:8
SchedulerType=sched/backfill
SchedulerParameters=bf_window=4320,bf_resolution=300,bf_max_job_test=1000,bf_max_job_user=50,bf_continue,default_queue_depth=500,sched_interval=60
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory,CR_CORE_DEFAULT_DIST_BLOCK
TopologyPlugin=topology/tree
TopologyParam=TopoOptional
PriorityType=priority/multifactor
PriorityDecayHalfLife=14-0
PriorityCalcPeriod=5
PriorityFavorSmall=NO
PriorityMaxAge=7-0
PriorityFlags=MAX_TRES
PriorityWeightAge=2000
PriorityWeightFairshare=20000
PriorityWeightJobSize=1000
PriorityWeightPartition=5000
PriorityWeightQOS=10000
PreemptType=preempt/qos
PreemptMode=CANCEL
AccountingStorageEnforce=associations,limits,qos,safe
AccountingStorageTRES=gres/gpu,license/matlab
JobSubmitPlugins=require_timelimit
NodeName=cn[001-400] NodeHostname=node01 NodeAddr=10.77.0.11 Port=[17001-17400] ThreadsPerCore=1 Sockets=2 CoresPerSocket=32 RealMemory=256000 Feature=zen3,ib Weight=10 State=UNKNOWN
NodeName=big[01-40] NodeHostname=node01 NodeAddr=10.77.0.11 Port=[17401-17440] ThreadsPerCore=1 Sockets=2 CoresPerSocket=64 RealMemory=2048000 MemSpecLimit=8000 Feature=zen4,bigmem Weight=50 State=UNKNOWN
NodeName=gpu[01-60] NodeHostname=node01 NodeAddr=10.77.0.11 Port=[17441-17500] ThreadsPerCore=1 Sockets=2 CoresPerSocket=32 RealMemory=512000 Gres=gpu:a100:4 Feature=zen3,a100 Weight=100 State=UNKNOWN
PartitionName=batch State=UP OverSubscribe=NO DefMemPerCPU=3900 MaxTime=2-00:00:00 DefaultTime=1:00:00 Nodes=cn[001-400] Default=YES PriorityTier=10
PartitionName=long State=UP OverSubscribe=NO DefMemPerCPU=3900 MaxTime=14-00:00:00 DefaultTime=1:00:00 Nodes=cn[001-200] MaxNodes=16 PriorityTier=5
PartitionName=bigmem State=UP OverSubscribe=NO DefMemPerCPU=15000 MaxTime=2-00:00:00 DefaultTime=1:00:00 Nodes=big[01-40] PriorityTier=10
PartitionName=gpu State=UP OverSubscribe=NO DefMemPerCPU=7900 MaxTime=2-00:00:00 DefaultTime=1:00:00 Nodes=gpu[01-60] PriorityTier=20 TRESBillingWeights=CPU=1.0,Mem=0.25G,GRES/gpu=16.0
PartitionName=debug State=UP OverSubscribe=NO DefMemPerCPU=3900 MaxTime=30:00 DefaultTime=1:00:00 Nodes=cn[001-008],gpu[01-02] MaxNodes=2 PriorityTier=100 QOS=debug
PartitionName=all State=UP OverSubscribe=NO DefMemPerCPU=3900 MaxTime=6:00:00 DefaultTime=1:00:00 Nodes=cn[001-400],big[01-40],gpu[01-60] AllowAccounts=operations PriorityTier=200
SCHEDLAB_END_OF_FILE
put /etc/slurm/gres.conf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
AutoDetect=off
NodeName=gpu[01-60] Name=gpu Type=a100 File=/var/lib/schedlab/gpu[0-3]
SCHEDLAB_END_OF_FILE
put /etc/slurm/cgroup.conf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
CgroupPlugin=disabled
SCHEDLAB_END_OF_FILE
put /etc/slurm/topology.conf 0644 root:root <<'SCHEDLAB_END_OF_FILE'
SwitchName=leaf01 Nodes=cn[001-025]
SwitchName=leaf02 Nodes=cn[026-050]
SwitchName=leaf03 Nodes=cn[051-075]
SwitchName=leaf04 Nodes=cn[076-100]
SwitchName=leaf05 Nodes=cn[101-125]
SwitchName=leaf06 Nodes=cn[126-150]
SwitchName=leaf07 Nodes=cn[151-175]
SwitchName=leaf08 Nodes=cn[176-200]
SwitchName=leaf09 Nodes=cn[201-225]
SwitchName=leaf10 Nodes=cn[226-250]
SwitchName=leaf11 Nodes=cn[251-275]
SwitchName=leaf12 Nodes=cn[276-300]
SwitchName=leaf13 Nodes=cn[301-325]
SwitchName=leaf14 Nodes=cn[326-350]
SwitchName=leaf15 Nodes=cn[351-375]
SwitchName=leaf16 Nodes=cn[376-400]
SwitchName=leaf17 Nodes=big[01-40]
SwitchName=leaf18 Nodes=gpu[01-20]
SwitchName=leaf19 Nodes=gpu[21-40]
SwitchName=leaf20 Nodes=gpu[41-60]
SwitchName=spine Switches=leaf[01-20]
SCHEDLAB_END_OF_FILE
run_with slurmdbd /var/log/slurm/slurmdbd.log /etc/slurm/slurmdbd.conf /etc/munge/munge.key
await_answer slurmdbd /var/log/slurm/slurmdbd.log 300 sacctmgr -nP list cluster
settle add cluster schedlab
settle add qos normal
settle add qos high
settle add qos urgent
settle add qos debug
settle modify qos where name=normal set Priority=0 GraceTime=0 PreemptMode=cluster UsageFactor=1.000000
settle modify qos where name=high set Priority=500 GraceTime=0 PreemptMode=cluster UsageFactor=2.000000 Flags=DenyOnLimit MaxTRESPerUser=cpu=2048 MaxJobsPerUser=20 MaxSubmitJobsPerUser=100 MaxWall=1-00:00:00
settle modify qos where name=urgent set Priority=1000 GraceTime=0 PreemptMode=cluster UsageFactor=4.000000 Preempt=normal
settle modify qos where name=debug set Priority=200 GraceTime=0 PreemptMode=cluster UsageFactor=0.500000 Flags=DenyOnLimit MaxTRESPerUser=cpu=128 MaxJobsPerUser=2 MaxSubmitJobsPerUser=4 MaxWall=00:30:00
settle modify cluster where name=schedlab set Fairshare=1 QOS=normal
settle add account physics parent=root Fairshare=40 GrpTRES=cpu=12000 QOS=normal,high,debug cluster=schedlab
settle add account life parent=root Fairshare=30 QOS=normal,high,debug cluster=schedlab
settle add account engineering parent=root Fairshare=20 QOS=normal,high,debug cluster=schedlab
settle add account operations parent=root Fairshare=10 QOS=normal,high,urgent,debug cluster=schedlab
settle add account astro parent=physics Fairshare=3 cluster=schedlab
settle add account solid parent=physics Fairshare=2 cluster=schedlab
settle add account genomics parent=life Fairshare=3 cluster=schedlab
settle add account imaging parent=life Fairshare=2 cluster=schedlab
settle add account cfd parent=engineering Fairshare=3 cluster=schedlab
settle add user user01 account=operations Fairshare=1 cluster=schedlab
settle add user user02 account=operations Fairshare=1 cluster=schedlab
settle add user user03 account=astro Fairshare=1 MaxJobs=200 MaxSubmitJobs=2000 cluster=schedlab
settle add user user04 account=astro Fairshare=2 cluster=schedlab
settle add user user05 account=astro Fairshare=3 cluster=schedlab
settle add user user06 account=astro Fairshare=1 cluster=schedlab
settle add user user07 account=astro Fairshare=2 cluster=schedlab
settle add user user08 account=solid Fairshare=1 MaxJobs=200 MaxSubmitJobs=2000 cluster=schedlab
settle add user user09 account=solid Fairshare=2 cluster=schedlab
settle add user user10 account=solid Fairshare=3 cluster=schedlab
settle add user user11 account=solid Fairshare=1 cluster=schedlab
settle add user user12 account=solid Fairshare=2 cluster=schedlab
settle add user user01 account=genomics Fairshare=1 MaxJobs=200 MaxSubmitJobs=2000 cluster=schedlab
settle add user user02 account=genomics Fairshare=2 cluster=schedlab
settle add user user03 account=genomics Fairshare=3 cluster=schedlab
settle add user user04 account=genomics Fairshare=1 cluster=schedlab
settle add user user05 account=genomics Fairshare=2 cluster=schedlab
settle add user user06 account=imaging Fairshare=1 MaxJobs=200 MaxSubmitJobs=2000 cluster=schedlab
settle add user user07 account=imaging Fairshare=2 cluster=schedlab
settle add user user08 account=imaging Fairshare=3 cluster=schedlab
settle add user user09 account=imaging Fairshare=1 cluster=schedlab
settle add user user10 account=imaging Fairshare=2 cluster=schedlab
settle add user user11 account=cfd Fairshare=1 MaxJobs=200 MaxSubmitJobs=2000 cluster=schedlab
settle add user user12 account=cfd Fairshare=2 cluster=schedlab
settle add user user01 account=cfd Fairshare=3 cluster=schedlab
settle add user user02 account=cfd Fairshare=1 cluster=schedlab
settle add user user03 account=cfd Fairshare=2 cluster=schedlab
settle add user user01 account=imaging Fairshare=1 cluster=schedlab
echo 77d7a9cc009c >/var/lib/slurm/site-accounts
