# Places the job wrapper, which the function `wrapper` prints, and an empty file for its events, and
# removes what former runs left. Arguments: the directory of all runs, this run's, and in that the names
# of the jobs' output, the wrapper and the events. Prints the kernel's release and the processor's model.
set -e
base=$1 directory=$2 output=$3 wrapper=$4 events=$5
mkdir -p "$base"
find "$base" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
mkdir -m 755 "$directory"
mkdir -m 1777 "$directory/$output"
wrapper >"$directory/$wrapper"
chmod 755 "$directory/$wrapper"
: >"$directory/$events"
chmod 666 "$directory/$events"
uname -r
sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1
