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
