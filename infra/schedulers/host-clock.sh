# Takes away the clock of their own that services have from a time with another configuration; most never had
# one. They are stopped, and forget what they did by that clock: the directory $2. Arguments: the file of the
# clock, that directory, the services.
take_host_clock() {
  local clock=$1 state=$2 launcher=/usr/local/lib/schedlab/clocked service
  shift 2
  [ -e "$launcher" ] || return 0
  for service in "$@"; do
    ! systemctl is-active -q "$service" || systemctl stop "$service"
    rm -f "/run/schedlab/$service" "/etc/systemd/system/$service.service.d/clock.conf"
  done
  [ ! -d "$state" ] || find "$state" -mindepth 1 -xdev -delete
  systemctl daemon-reload
  rm -f "$clock"
  # Last, since without it nothing is left to do. It is also the first that comes with a clock.
  rm -f "$launcher"
}
