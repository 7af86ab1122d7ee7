# shellcheck shell=sh
# Shows a container's kubelet the node's own cores in sysfs, and certain settings of the kernel as it wants
# them. What is shown already stays as it is. Arguments: the number of cores, and the settings as
# PATH=VALUE with the path below /proc/sys.
cores=$1
shift
view=/run/schedlab/view
mkdir -p "$view/node" "$view/settings"
for cpu in $(seq 0 $((cores - 1))); do
  mkdir -p "$view/cpu/cpu$cpu/topology"
  echo "$cpu" >"$view/cpu/cpu$cpu/topology/core_id"
  echo 0 >"$view/cpu/cpu$cpu/topology/physical_package_id"
done
echo "0-$((cores - 1))" | tee "$view/cpu/online" "$view/cpu/present" >"$view/cpu/possible"
show() {
  [ ! -e "$2" ] || mountpoint -q "$2" || mount --bind "$1" "$2"
}
show "$view/cpu" /sys/devices/system/cpu
# Without NUMA nodes kubelet counts the cores.
show "$view/node" /sys/devices/system/node
for setting; do
  shown="$view/settings/$(echo "${setting%%=*}" | tr / .)"
  echo "${setting#*=}" >"$shown"
  show "$shown" "/proc/sys/${setting%%=*}"
done
