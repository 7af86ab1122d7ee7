set -euo pipefail
systemctl is-active -q kwok
[ -s /etc/kubernetes/schedlab/kwok.conf ]
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
15bf6d94e9b93fcbbe6d15f6a98813dbca2b4e0726d5938670a5ac53711a16dd  /etc/hosts
7ff4297a68822385fec358a4a3646f0c0b52c554657cb3687e01deda028f8d80  /etc/kubernetes/schedlab/kwok.yaml
fbfec63b0a8077de1e6839e28fbc92eeaf8dc50112d7838f0cfc1b11aa86b3e7  /etc/systemd/system/kwok.service
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
