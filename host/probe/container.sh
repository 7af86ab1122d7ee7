# Starts a container, waits until its service manager has come up, and removes it; comes after
# explain.sh. Arguments: the directory of its state, the domain's name, its log, the file of its
# console, seconds to come up, seconds to wait for another probe, and the scripts that create it (which
# reads the seed from standard input) and delete it.
state_dir=$1 name=$2 log=$3 console=$4 up_seconds=$5 lock_seconds=$6 create=$7 delete=$8
mkdir -p "$state_dir"
exec 8< "$state_dir"
flock -w "$lock_seconds" 8 || { echo "another probe is running" >&2; exit 1; }
bash -c "$create" || exit 1
remove() { bash -c "$delete"; }
controller=$(cat "/run/libvirt/lxc/$name.pid")
init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children")
state=failed
for _ in $(seq $((up_seconds * 10))); do
  state=$(nsenter --target "$init" --mount --pid timeout "$up_seconds" systemctl is-system-running --wait 2> /dev/null)
  case $state in running | degraded) break ;; esac
  sleep 0.1
done
case $state in
  running | degraded) ;;
  *)
    explain_node "$name" "$log" "$console" >&2
    remove
    echo "its service manager says \"$state\" after $up_seconds s" >&2
    exit 1
    ;;
esac
remove && rmdir "$state_dir"
