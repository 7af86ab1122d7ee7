set -euo pipefail
scontrol ping | grep ' is UP$' >/dev/null
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
a96f6591987efa585c8d51fb8d6fb12a75b76b049b0360012b5eaad1ab58e316  /etc/slurm/slurm.conf
a37cc5bcc9ba2be42926ae35b0a6c829e3c3d26980d96864c30dba8f3ff65518  /etc/slurm/gres.conf
c258fe9cf118554df90298b5a6302464297498b3ef5bb41f96156e49a9871697  /etc/slurm/cgroup.conf
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
