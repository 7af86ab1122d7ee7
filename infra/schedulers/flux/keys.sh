# Writes munge's key and the brokers' certificate, which come on standard input in one secret: 128 bytes
# for the one, 32 for the other, in base64. The text of certificate.py is printed by `certificate_program`.
secret="$(mktemp -p /run schedlab-flux.XXXXXX)"
trap 'rm -f "$secret"' EXIT
base64 -d >"$secret"
[ "$(stat -c %s "$secret")" = 160 ] || {
  echo "no secret of 160 bytes came on standard input" >&2
  exit 1
}
head -c 128 "$secret" | put /etc/munge/munge.key 0400 munge:munge
certificate="$(tail -c 32 "$secret" | python3 <(certificate_program))"
printf '%s\n' "$certificate" | put /etc/flux/system/curve.cert 0400 flux:flux
