# Functions that give the scheduler's daemons a clock of their own, by libfaketime.

clock_factor_file=/var/lib/schedlab/clock-factor
clock_launcher=/usr/local/lib/schedlab/clocked

# Starts a daemon with the clock: it is installed as `clock_launcher`. The library counts from the start of
# the process, so the launcher tells it how far the clock has come by then; between that and the library's
# own start lie some 2 ms of the host.
clock_launcher_text() {
  cat <<'LAUNCHER'
#!/bin/bash
# Arguments: the factor, the file with the origin, the library, the command.
factor=$1 library=$3
read -r origin <"$2" || exit 1
shift 3
now=$EPOCHREALTIME
ahead=$(((10#${now/./} - 10#${origin/./}) * (factor - 1)))
printf -v offset '+%d.%06d' $((ahead / 1000000)) $((ahead % 1000000))
export LD_PRELOAD=$library FAKETIME="$offset x$factor" FAKETIME_DONT_RESET=1 NO_FAKE_STAT=1
exec "$@"
LAUNCHER
}

# Prints where libfaketime for programs with threads is.
clock_library() {
  local file
  for file in /usr/lib/*/faketime/libfaketimeMT.so.1; do
    if [ -e "$file" ]; then
      echo "$file"
      return
    fi
  done
  echo "run.clock: the image has no libfaketime" >&2
  exit 1
}

# Gives the services a clock that goes $1 times as fast as the host's; 1 is the host's own. When the factor
# changes they are stopped, and forget what they did by the former clock: the directory $3. Arguments: the
# factor, the file for the origin, that directory, the services.
set_clock() {
  local factor=$1 origin=$2 state=$3 service command library
  shift 3
  [ "$(cat "$clock_factor_file" 2>/dev/null || echo 1)" != "$factor" ] || return 0
  if [ "$factor" != 1 ]; then library=$(clock_library); fi
  for service in "$@"; do
    ! systemctl is-active -q "$service" || systemctl stop "$service"
    rm -f "/run/schedlab/$service"
    if [ "$factor" = 1 ]; then
      rm -f "/etc/systemd/system/$service.service.d/clock.conf"
      continue
    fi
    command=$(sed -n 's/^ExecStart=//p' "/usr/lib/systemd/system/$service.service")
    put "/etc/systemd/system/$service.service.d/clock.conf" 0644 root:root <<UNIT
[Service]
ExecStart=
ExecStart=$clock_launcher $factor $origin $library $command
UNIT
  done
  find "$state" -mindepth 1 -xdev -delete
  if [ "$factor" = 1 ]; then
    rm -f "$origin" "$clock_launcher"
  else
    clock_launcher_text | put "$clock_launcher" 0755 root:root
    echo "$EPOCHREALTIME" | put "$origin" 0644 root:root
  fi
  systemctl daemon-reload
  echo "$factor" | put "$clock_factor_file" 0644 root:root
}
