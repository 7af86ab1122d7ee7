# Functions of the step of slurmdbd for a site's accounts.

# For which accounts the database was made.
accounts_digest=/var/lib/slurm/site-accounts

# Begins with an empty database unless the one that is there was made for the same accounts: what is no longer
# in the site's files is then nowhere. Arguments: their digest, or nothing for none of a site; the directory of
# slurmctld's state, whose usage has the database's numbers.
fresh_database() {
  [ "$(cat "$accounts_digest" 2>/dev/null)" != "$1" ] || return 0
  rm -f "$accounts_digest"
  systemctl stop slurmctld slurmdbd
  mariadb --batch -e 'DROP DATABASE IF EXISTS slurm_acct_db'
  rm -f "$2"/assoc_* "$2"/qos_usage* "$2"/clustername
}
# sacctmgr calls a change that changes nothing an error.
settle() {
  local said
  said="$(sacctmgr -i "$@" </dev/null 2>&1)" && return 0
  case "$said" in
    *"Nothing "* | *"already exist"*) ;;
    *)
      echo "sacctmgr $*: $said" >&2
      return 1
      ;;
  esac
}
