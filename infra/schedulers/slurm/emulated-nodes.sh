# Runs the slurmd of the nodes that a domain emulates, for as long as this runs; one that ends is started
# again. Arguments: a file with the names of the nodes, a line each, and slurmctld's address. systemd ends all of
# them with this script.
controller=$2
mapfile -t names <"$1"
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
for name in "${names[@]}"; do
  start "$name"
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
