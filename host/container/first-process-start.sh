#!/bin/sh
# How every first process of a container node begins. Arguments: the domain's name, and the file that
# the console is kept in, so that a node that never answers can be explained from the host.
console=$2
: > "$console"
exec >> "$console" 2>&1
mount --bind "$console" /dev/console
for entry in /proc/sysrq-trigger /proc/kcore; do
  [ ! -e "$entry" ] || mount --bind /dev/null "$entry"
done
