# Writes munge's key and the brokers' certificate, which come on standard input in one secret: 128 bytes
# for the one, 32 for the other, in base64. `certificate_program` prints the program that makes the latter.
put_keys() {
  local secret certificate
  secret="$(mktemp -p /run schedlab-flux.XXXXXX)"
  base64 -d >"$secret"
  [ "$(stat -c %s "$secret")" = 160 ] || {
    rm -f "$secret"
    echo "no secret of 160 bytes came on standard input" >&2
    exit 1
  }
  head -c 128 "$secret" | put /etc/munge/munge.key 0400 munge:munge
  certificate="$(tail -c 32 "$secret" | python3 <(certificate_program))" || {
    rm -f "$secret"
    exit 1
  }
  rm -f "$secret"
  printf '%s\n' "$certificate" | put /etc/flux/system/curve.cert 0400 flux:flux
}
