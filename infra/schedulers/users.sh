# Makes users with their groups and homes. One call of systemd-sysusers makes all of them, because
# useradd's 30 ms a user add up on an emulated node. Users that are no longer in the workload stay.
# Arguments: the first user's id, then the users' names.
make_users() {
  local id="$1" name
  shift
  for name; do
    printf 'g %s %d\nu %s %d:%d "schedlab" /home/%s /bin/bash\n' "$name" "$id" "$name" "$id" "$id" "$name"
    id=$((id + 1))
  done | SYSTEMD_LOG_LEVEL=warning systemd-sysusers -
  for name; do
    [ -d "/home/$name" ] || install -d -m 0700 -o "$name" -g "$name" "/home/$name"
  done
}
