# Gives a node what a container runtime does beyond the devices that libvirt allows: make nodes of any,
# use terminals and tun. On a host with the cgroup v1 controller of devices a group may allow only what
# those above it allow, so the domain's own, and those that the node's systemd has made meanwhile, are
# opened from outside. Comes after link.sh. Argument: the domain's name.
open_devices() {
  local init devices group rule
  init=$(init_of "$1")
  devices=$(sed -n 's/^[0-9]*:devices:\(.*\.libvirt-lxc\).*/\1/p' "/proc/$init/cgroup")
  [ -n "$devices" ] || return 0
  find "/sys/fs/cgroup/devices$devices" -type d | while read -r group; do
    for rule in 'c *:* m' 'b *:* m' 'c 5:1 rwm' 'c 136:* rwm' 'c 10:200 rwm'; do
      echo "$rule" > "$group/devices.allow" || [ ! -d "$group" ] || explain "its devices cannot be opened"
    done
  done
}
