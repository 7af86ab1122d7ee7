# Prints one sample now and one every interval, without starting a process: it waits by reading its
# stdin, so that it also ends with its channel. CPU time is that of the node's own cgroup, where the
# node has no such file that of /proc/stat. `-` stands for unknown. Argument: the interval in µs.
interval_usec=$1
# In a container /proc/meminfo comes from libvirt's own process, which takes some 10 ms of CPU for every
# read: at each sample it would be measured load.
meminfo_seconds=10
hertz=$(getconf CLK_TCK)
root=/sys/fs/cgroup
[ -r $root/cpu.stat ] || [ ! -r $root/unified/cpu.stat ] || root=$root/unified
meminfo_due=0
sample() {
  local cpu=- memory=- load key value u n s q t text total free
  now=${EPOCHREALTIME/[.,]/}
  if [ -r $root/cpu.stat ]; then
    while read -r key value; do
      [ "$key" = usage_usec ] && cpu=$value
    done <$root/cpu.stat
  fi
  if [ "$cpu" = - ]; then
    read -r _ u n s _ _ q t _ </proc/stat
    cpu=$(((u + n + s + q + t) * 1000000 / hertz))
  fi
  if [ -r $root/memory.current ]; then
    read -r memory <$root/memory.current
  elif ((now >= meminfo_due)); then
    meminfo_due=$((now + meminfo_seconds * 1000000))
    # Whole at once: bash's read takes single bytes from such a file, each a call to libvirt.
    text=$(</proc/meminfo)
    total=${text#*MemTotal:} free=${text#*MemAvailable:}
    total=${total%%kB*} free=${free%%kB*}
    memory=$(((total - free) * 1024))
  fi
  read -r load _ </proc/loadavg
  echo "$now $cpu $memory $load"
}
next=${EPOCHREALTIME/[.,]/}
while :; do
  sample
  now=${EPOCHREALTIME/[.,]/}
  while ((next <= now)); do next=$((next + interval_usec)); done
  wait=$((next - now))
  printf -v wait %d.%06d $((wait / 1000000)) $((wait % 1000000))
  read -r -t "$wait" _
  [ $? -gt 128 ] || exit 0
done
