put /etc/flux/system/conf.d/broker.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[access]
allow-guest-user = true
allow-root-owner = true

[exec.testexec]
allow-guests = true

[heartbeat]
period = "40s"
timeout = "0"
SCHEDLAB_END_OF_FILE
put /etc/flux/security/conf.d/sign.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[sign]
max-ttl = 24192000
default-type = "munge"
allowed-types = ["munge"]
SCHEDLAB_END_OF_FILE
put /etc/flux/system/conf.d/leader.toml 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[resource]
noverify = true

[[resource.config]]
hosts = "node01-[0001-0100]"
cores = "0-31"
properties = ["nodes"]

[ingest.validator]
plugins = ["jobspec", "feasibility"]

[kvs]
checkpoint-period = "20s"

[sched-fluxion-qmanager]
queue-policy = "easy"

[sched-fluxion-qmanager.queue-params]
queue-depth = 32

[sched-fluxion-resource]
match-policy = "first"
match-format = "rv1_nosched"

[modules.resource]
args = ["monitor-force-up"]
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/flux.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
[Unit]
Description=Flux message broker
After=network.target munge.service
Wants=munge.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
TimeoutStartSec=120
TimeoutStopSec=30
KillMode=mixed
User=flux
Group=flux
RuntimeDirectory=flux
RuntimeDirectoryMode=0755
StateDirectory=flux
StateDirectoryMode=0700
LimitNOFILE=65536
Delegate=yes
Environment=FLUX_LOAD_WITH_DEEPBIND=0
Restart=always
RestartSec=1
StandardError=append:/var/log/flux/broker.log
ExecStart=/usr/bin/flux broker \
  --config-path=/etc/flux/system/conf.d \
  -Srundir=/run/flux \
  -Sstatedir=/var/lib/flux \
  -Slocal-uri=local:///run/flux/local \
  -Slog-stderr-level=6 \
  -Slog-forward-level=-1 \
  -Slog-stderr-mode=local \
  -Sbroker.quorum=1 \
  -Sbroker.quorum-warn=none \
  -Sbroker.rc2_none=1 \
  -Sbroker.cleanup-timeout=100 \
  -Sbroker.shutdown-timeout=200 \
  -Sbroker.sd-notify=1 \
  -Sbroker.module-nopanic=1

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
# Functions that give the scheduler's daemons a clock of their own, by libfaketime.

clock_launcher=/usr/local/lib/schedlab/clocked

# Starts a daemon with the clock: it is installed as `clock_launcher`. The library counts from the start of
# the process, so the launcher tells it how far the clock has come by then; between that and the library's
# own start lie some 2 ms of the host.
clock_launcher_text() {
  cat <<'LAUNCHER'
#!/bin/bash
# Arguments: the file with the factor and the origin, the library, the command.
library=$2
read -r factor origin <"$1" || exit 1
shift 2
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

# Prints the command of a unit in one line; in the file it may go on over several.
command_of() { sed -e ':join' -e '/\\$/{N;s/ *\\\n */ /;b join' -e '}' "$1" | sed -n 's/^ExecStart=//p'; }

# Starts a service by the launcher: its command is that of its own unit, which the bootstrap or a package has
# put there. Arguments: the service, the file of the clock, the library.
put_clocked_unit() {
  local unit="/etc/systemd/system/$1.service" command
  [ -e "$unit" ] || unit="/usr/lib/systemd/system/$1.service"
  command=$(command_of "$unit")
  put "/etc/systemd/system/$1.service.d/clock.conf" 0644 root:root <<UNIT
[Service]
ExecStart=
ExecStart=$clock_launcher $2 $3 $command
UNIT
}

# Gives the services a clock that goes $1 times as fast as the host's. When the factor changes they are
# stopped, and forget what they did by the former clock: the directory $3. Arguments: the factor, the file of
# the clock, that directory, the services.
set_clock() {
  local factor=$1 clock=$2 state=$3 former=1 service library
  shift 3
  if [ -e "$clock" ]; then read -r former _ <"$clock"; fi
  if [ "$former" != "$factor" ]; then
    for service in "$@"; do
      ! systemctl is-active -q "$service" || systemctl stop "$service"
      rm -f "/run/schedlab/$service"
    done
    [ ! -d "$state" ] || find "$state" -mindepth 1 -xdev -delete
  fi
  library=$(clock_library)
  clock_launcher_text | put "$clock_launcher" 0755 root:root
  # Also without a change of the factor: a unit of our own may have another command.
  for service in "$@"; do put_clocked_unit "$service" "$clock" "$library"; done
  systemctl daemon-reload
  # Last, since it says that all of this is done.
  [ "$former" = "$factor" ] || echo "$factor $EPOCHREALTIME" | put "$clock" 0644 root:root
}
set_clock 20 /var/lib/schedlab/clock /var/lib/flux flux
install -d -m 0755 -o flux -g flux /var/log/flux
systemctl daemon-reload
run_with flux /var/log/flux/broker.log /etc/flux/system/conf.d/broker.toml /etc/flux/security/conf.d/sign.toml /etc/flux/system/conf.d/leader.toml /etc/systemd/system/flux.service /etc/flux/system/curve.cert /etc/munge/munge.key
