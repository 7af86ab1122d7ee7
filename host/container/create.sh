# Creates and starts one node. Comes after node.sh, explain.sh and boot.sh, and after functions that the node's
# values have been put in: first_process and domain_xml print these files, after_start does what is
# left once the container runs. Arguments behind those of node.sh: the file of the node's console, the
# image's tree, a digest of all that the node is made from, and where the node has its seed and its
# first process. The seed comes on standard input.
# shellcheck disable=SC2034 # The files that come before this one use log and console.
name=$1 dir=$2 merged=$3 log=$4
shift 4
# shellcheck disable=SC2034 # As above.
console=$1 image=$2 input=$3 seed_file=$4 first_process_file=$5

seed=$(cat)
[ -n "$seed" ] || fail "no seed on standard input"
[ -d "$image/usr" ] || fail "no image tree at $image"
made="$input $(printf '%s\n' "$seed" | sha256sum | cut -c1-64)"

lock_node
if [ "$(cat "$dir/made" 2> /dev/null)" = "$made" ] &&
  [ "$(virsh_lxc domstate "$name" 2> /dev/null)" = running ]; then
  exit 0
fi
# A resource that fails to be created is in nobody's state: nothing may stay behind.
undo() {
  local code=$?
  [ "$code" = 0 ] || { remove_node && rmdir "$dir"; } || true
  exit "$code"
}
trap undo EXIT
remove_node

mkdir -p "$dir/upper" "$dir/work" "$merged"
mount -t overlay -o "lowerdir=$image,upperdir=$dir/upper,workdir=$dir/work" "$name" "$merged"
mkdir -p "$merged${seed_file%/*}" "$merged${first_process_file%/*}"
(umask 077 && printf '%s\n' "$seed" > "$merged$seed_file")
first_process > "$merged$first_process_file"
chmod 755 "$merged$first_process_file"
domain_xml > "$dir/domain.xml"

# A kernel that does not account swap refuses the domain with this limit.
if [ -d /sys/fs/cgroup/memory ] && [ ! -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]; then
  sed -i '/<swap_hard_limit /d' "$dir/domain.xml"
fi

boot_node
printf '%s\n' "$made" > "$dir/made.new"
mv "$dir/made.new" "$dir/made"
