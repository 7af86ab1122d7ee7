set -euo pipefail
systemctl is-active -q kwok
[ -s /etc/kubernetes/schedlab/kwok.conf ]
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
15bf6d94e9b93fcbbe6d15f6a98813dbca2b4e0726d5938670a5ac53711a16dd  /etc/hosts
b09a9982a87965281c76d54c3c42455b0d8478449c8c819e17cc86e78c817018  /etc/kubernetes/schedlab/kwok.yaml
fbfec63b0a8077de1e6839e28fbc92eeaf8dc50112d7838f0cfc1b11aa86b3e7  /etc/systemd/system/kwok.service
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
