# Writes munge's key, which comes on standard input in base64. munged refuses keys under 32 bytes, less
# plainly.
put_munge_key() {
  local key=/etc/munge/munge.key
  base64 -d | put "$key" 0400 munge:munge
  [ "$(stat -c %s "$key")" -ge 32 ] || {
    echo "no munge key came on standard input" >&2
    exit 1
  }
}
