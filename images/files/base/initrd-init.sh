#!/bin/busybox sh
# First process of a machine: load the few modules the root needs, mount it, hand over.
busybox mount -t devtmpfs dev /dev
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
exec </dev/console >/dev/console 2>&1

give_up() {
  echo "schedlab-initrd: $*"
  exec busybox poweroff -f
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
busybox mount -t ext4 -o rw,noatime "/dev/$disk" /root || give_up "cannot mount /dev/$disk"
busybox mount --move /dev /root/dev
busybox mount --move /proc /root/proc
busybox mount --move /sys /root/sys
exec busybox switch_root /root /sbin/init
