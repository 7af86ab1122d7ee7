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
