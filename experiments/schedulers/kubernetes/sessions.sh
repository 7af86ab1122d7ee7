# Waits until Volcano's scheduler has gone through a whole session that began after this did: what it knew
# before may still decide until the one that is under way has ended. Arguments: the port of its metrics, the
# seconds to wait.
port="$1"
seconds="$2"
# The sessions that have ended since the scheduler's start.
ended() {
  {
    exec 3<>"/dev/tcp/127.0.0.1/$port" &&
      printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 &&
      sed -n 's/^volcano_e2e_scheduling_latency_milliseconds_count //p' <&3
  } 2>/dev/null
}
deadline=$((SECONDS + seconds))
first=""
while [ "$SECONDS" -lt "$deadline" ]; do
  now="$(ended)"
  if [ -n "$now" ]; then
    # One that was started anew has forgotten what it knew, and counts from 0.
    if [ -z "$first" ] || [ "$now" -lt "$first" ]; then first="$now"; fi
    if [ "$now" -ge "$((first + 2))" ]; then exit 0; fi
  fi
  sleep 0.05
done
echo "Volcano's scheduler went through no whole session within $seconds s" >&2
exit 1
