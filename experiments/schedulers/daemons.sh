# Prints `name user-ticks system-ticks peak-kB ticks-a-second` for every process whose command has one of
# the names. Arguments: `reset` or `keep` the peak of the memory, then the names.
peaks=$1
shift
hertz=$(getconf CLK_TCK)
declare -A wanted=()
# Kernel names end after 15 characters.
for name; do wanted[${name:0:15}]=1; done
for directory in /proc/[0-9]*; do
  pid=${directory#/proc/}
  read -r name 2>/dev/null <"$directory/comm" || continue
  if [ -z "$name" ] || [ -z "${wanted[$name]:-}" ]; then continue; fi
  # Writing 5 to clear_refs sets the peak to the present size (proc(5)).
  [ "$peaks" != reset ] || echo 5 2>/dev/null >"/proc/$pid/clear_refs"
  read -r stat 2>/dev/null <"$directory/stat" || continue
  read -r -a fields <<<"${stat##*) }"
  peak=0
  while read -r key value _; do
    [ "$key" = VmHWM: ] && peak=$value
  done <"$directory/status"
  echo "$name ${fields[11]} ${fields[12]} $peak $hertz"
done
