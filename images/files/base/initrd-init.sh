#!/bin/busybox sh
# First process of a machine: load the few modules the root needs, mount it, hand over.
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
exec </dev/console >/dev/console 2>&1

give_up() {
  echo "schedlab-initrd: $*"
  exec poweroff -f
}

while read -r module; do
  insmod "/modules/$module.ko" || give_up "cannot load $module"
done </modules/order

# The seed may be attached before the root.
disk=vda
serial=
read -r serial </sys/block/vda/serial
[ "$serial" = schedlab-seed ] && disk=vdb
[ -b "/dev/$disk" ] || give_up "no disk /dev/$disk with the root file system"
mount -t ext4 -o rw,noatime "/dev/$disk" /root || give_up "cannot mount /dev/$disk"
mount --move /dev /root/dev
mount --move /proc /root/proc
mount --move /sys /root/sys
exec switch_root /root /sbin/init
