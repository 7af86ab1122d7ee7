set -euo pipefail
systemctl is-active -q munge
systemctl is-active -q flux
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
4ef9be7bc05dd02db9929377df5d06d987264593a011a3d34724e3b7e0fde4e1  /etc/flux/system/conf.d/broker.toml
578e85586424a06a5f2bf6083ecaf70897b4d6b2e7b2a3e6fd327f4a56c3175b  /etc/flux/imp/conf.d/imp.toml
3edf24cefd9245eb639bf4a4a138456684986f5eab567ab19dc2c27520c07047  /etc/systemd/system/flux.service
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
