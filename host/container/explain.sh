# explain_node prints what is known about a node that fails or never answers: the ends of the
# controller process's log, of the console and, while it runs, of the node's journal. Arguments of the
# function: the domain's name, the log, the file of the console.
explain_node() {
  local file controller init lines=30
  for file in "$2" "$3"; do
    [ ! -s "$file" ] || { echo "--- end of $file"; tail -n "$lines" "$file"; }
  done
  controller=$(cat "/run/libvirt/lxc/$1.pid" 2> /dev/null) || return 0
  init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children" 2> /dev/null) || return 0
  [ -n "$init" ] || return 0
  echo "--- end of the node's journal"
  timeout 10 nsenter --target "$init" --mount --pid journalctl --no-pager --quiet -p notice -n "$lines" 2>&1 || true
}
