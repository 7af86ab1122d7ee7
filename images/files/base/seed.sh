#!/usr/lib/schedlab/busybox sh
# Applies the node's seed (docs/image-contract.md) at each boot, before sshd. Plain POSIX shell.
# $1: a root to write under instead of / (tests); nothing outside it is touched then.
# Run by the static shell, whose mkdir, mv, base64 and ip need no exec: that is dear under emulation.
root=${1-}
umask 077

fail() {
  echo "schedlab-seed: $*" >&2
  exit 1
}

find_seed() {
  seed=$root/etc/schedlab/seed
  [ -e "$seed" ] && return
  for disk in "$root"/sys/block/vd*; do
    [ -r "$disk/serial" ] || continue
    serial=
    read -r serial <"$disk/serial" || [ -n "$serial" ] || continue
    if [ "$serial" = schedlab-seed ]; then
      seed=$root/dev/${disk##*/}
      return
    fi
  done
  fail "no seed: neither /etc/schedlab/seed nor a disk with the serial schedlab-seed"
}

bad() {
  fail "line $number: $1, got '$line'"
}

# Octets without leading zeros are left to ip, which refuses the rest.
is_address() {
  case $1 in
    *[!0-9.]* | .* | *. | *..*) return 1 ;;
    *.*.*.*.*) return 1 ;;
    *.*.*.*) ;;
    *) return 1 ;;
  esac
  octets=$1.
  while [ -n "$octets" ]; do
    octet=${octets%%.*}
    octets=${octets#*.}
    case $octet in ????*) return 1 ;; esac
    [ "$octet" -le 255 ] || return 1
  done
}

is_prefix() {
  case $1 in '' | *[!0-9]* | ???*) return 1 ;; esac
  [ "$1" -ge 1 ] && [ "$1" -le 32 ]
}

take() {
  key=${line%% *}
  value=${line#* }
  case $key in
    hostname)
      [ -z "$hostname" ] || bad "a second hostname"
      case $value in '' | -* | *- | *[!a-z0-9-]* | hostname) bad "expected 'hostname NAME' with NAME of a-z, 0-9 and -" ;; esac
      hostname=$value
      ;;
    address)
      [ -z "$address" ] || bad "a second address"
      case $value in */*) ;; *) bad "expected 'address A.B.C.D/PREFIX'" ;; esac
      is_address "${value%%/*}" && is_prefix "${value#*/}" || bad "expected 'address A.B.C.D/PREFIX'"
      address=$value
      ;;
    gateway)
      is_address "$value" || bad "expected 'gateway A.B.C.D'"
      gateway=$value
      ;;
    nameserver)
      is_address "$value" || bad "expected 'nameserver A.B.C.D'"
      nameservers="${nameservers}nameserver $value
"
      ;;
    file) take_file "$value" ;;
    *) bad "expected hostname, address, gateway, nameserver, file or end" ;;
  esac
}

expected_file="expected 'file MODE OWNER:GROUP /PATH BASE64'"
take_file() {
  rest=$1
  mode=${rest%% *} rest=${rest#* }
  owner=${rest%% *} rest=${rest#* }
  path=${rest%% *} content=${rest#* }
  case $mode in [0-7][0-7][0-7][0-7]) ;; *) bad "$expected_file" ;; esac
  case $owner in *[!a-z0-9_:-]* | :* | *: | *:*:*) bad "$expected_file" ;; *:*) ;; *) bad "$expected_file" ;; esac
  case $path in /*/../* | */.. | */) bad "$expected_file" ;; /?*) ;; *) bad "$expected_file" ;; esac
  case $content in '' | *[!A-Za-z0-9+/=]*) bad "$expected_file" ;; esac
  # One file a line, kept for the second pass: nothing is written before the whole seed is known good.
  files="${files}$mode $owner $path $content
"
}

write_files() {
  while read -r mode owner path content; do
    [ -n "$path" ] || continue
    target=$root$path
    # Directories get the usual mode, but those of secrets stay closed.
    if [ ! -d "${target%/*}" ]; then
      case $mode in ?[0-7]00) mkdir -p "${target%/*}" ;; *) (umask 022 && mkdir -p "${target%/*}") ;; esac ||
        fail "cannot make the directory of $path"
    fi
    echo "$content" | base64 -d >"$target.seed" || fail "$path: its content is not base64"
    if [ -z "$root" ] && [ "$owner" != root:root ]; then
      chown "$owner" "$target.seed" || fail "$path: cannot give it to $owner"
    fi
    if [ "$mode" != 0600 ]; then
      chmod "$mode" "$target.seed" || fail "$path: cannot set mode $mode"
    fi
    mv -f "$target.seed" "$target" || fail "cannot write $path"
  done <<END
$files
END
}

# Only a line that is missing is added: the bootstrap puts the other nodes in the same file.
write_hosts() {
  own="${address%%/*} $hostname"
  hosts=
  if [ -e "$root/etc/hosts" ]; then
    while read -r line; do
      [ "$line" = "$own" ] && return
      hosts="$hosts$line
"
    done <"$root/etc/hosts"
  else
    hosts="127.0.0.1 localhost
::1 localhost
"
  fi
  echo "$hosts$own" >"$root/etc/hosts"
}

write_names() {
  umask 022
  echo "$hostname" >"$root/etc/hostname"
  write_hosts
  [ -z "$nameservers" ] || printf %s "$nameservers" >"$root/etc/resolv.conf"
  # For units that listen on the node's own address only.
  [ -d "$root/run/schedlab" ] || mkdir -p "$root/run/schedlab"
  echo "SCHEDLAB_ADDRESS=${address%%/*}" >"$root/run/schedlab/node.env"
  umask 077
}

set_hostname() {
  current=
  read -r current </proc/sys/kernel/hostname
  [ "$current" = "$hostname" ] && return
  { echo "$hostname" >/proc/sys/kernel/hostname; } 2>/dev/null || hostname "$hostname" ||
    fail "cannot set the host name $hostname"
}

set_address() {
  tries=100
  while [ ! -e /sys/class/net/eth0 ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "no interface eth0 after 10 s"
    sleep 0.1
  done
  ip link set lo up && ip link set eth0 up && ip address replace "$address" dev eth0 ||
    fail "cannot give eth0 the address $address"
  [ -z "$gateway" ] || ip route replace default via "$gateway" dev eth0 ||
    fail "cannot set the gateway $gateway"
}

find_seed
[ -r "$seed" ] || fail "cannot read $seed"
number=0 hostname='' address='' gateway='' nameservers='' files='' ended=''
while IFS= read -r line; do
  number=$((number + 1))
  if [ "$number" = 1 ]; then
    [ "$line" = "schedlab-seed 1" ] || bad "expected 'schedlab-seed 1'"
    continue
  fi
  if [ "$line" = end ]; then
    ended=yes
    break
  fi
  take
done <"$seed"
[ "$number" -gt 0 ] || fail "$seed is empty"
[ -n "$ended" ] || fail "the seed stops after line $number without 'end'"
[ -n "$hostname" ] || fail "the seed has no hostname"
[ -n "$address" ] || fail "the seed has no address"

write_files
write_names
if [ -z "$root" ]; then
  set_hostname
  set_address
fi
echo "schedlab-seed: $hostname $address" >&2
