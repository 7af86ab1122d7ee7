# Prints which nodes slurmctld may not suspend, in its notation, now and whenever they may be others: it says so,
# or has been restarted. Ends when its standard input does. Argument: seconds between two looks.
pause=$1 before=''
look() {
  scontrol show config | sed -n 's/^BOOT_TIME *= */boot /p; s/^SuspendExcNodes *= */exempt /p'
}
set -o pipefail
while :; do
  # One that does not answer is asked again.
  if seen=$(look 2>/dev/null) && [[ $seen = *'exempt '* && $seen != "$before" ]]; then
    before=$seen
    exempt=${seen##*exempt }
    # Where there are none, it has a word for that or nothing.
    printf 'exempt %s\n' "${exempt#(null)}"
  fi
  # Ends at once when standard input does; over 128 is the end of the pause.
  read -r -t "$pause" _
  [ $? -gt 128 ] || exit 0
done
