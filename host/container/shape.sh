# Shapes a running node's link; comes after link.sh. A token bucket at both ends rather than libvirt's
# <bandwidth>: it needs one queue discipline of the kernel instead of four.

in_node() {
  local init
  init=$(init_of "$1")
  shift
  nsenter --net="/proc/$init/ns/net" "$@"
}

shape() { "$@" || explain "the host's kernel does not shape the link: $*"; }

# Arguments: the domain's name; the delay of what the node sends, in µs; the rate each way, in kbit/s;
# the bucket's size in bytes. What is empty is not asked for.
shape_link() {
  local name=$1 latency_us=$2 rate_kbit=$3 burst_bytes=$4 host_end place=(root) bucket
  host_end=$(host_end_of "$name")
  for _ in $(seq 50); do
    ! in_node "$name" ip link show eth0 > /dev/null 2>&1 || break
    sleep 0.1
  done
  if [ -n "$latency_us" ]; then
    shape in_node "$name" tc qdisc replace dev eth0 root handle 1: netem delay "${latency_us}us" limit 10000
    place=(parent 1:1)
  fi
  if [ -n "$rate_kbit" ]; then
    bucket=(tbf rate "${rate_kbit}kbit" burst "$burst_bytes" latency 50ms)
    shape in_node "$name" tc qdisc replace dev eth0 "${place[@]}" "${bucket[@]}"
    shape tc qdisc replace dev "$host_end" root "${bucket[@]}"
  fi
}
