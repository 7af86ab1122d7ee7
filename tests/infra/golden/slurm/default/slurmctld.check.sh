set -euo pipefail
scontrol ping | grep ' is UP$' >/dev/null
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
3d87b380b1518c87f10b57ef55fd42c9e5a563d84d9421e8e49c22e7ca5d5de3  /etc/slurm/slurm.conf
a37cc5bcc9ba2be42926ae35b0a6c829e3c3d26980d96864c30dba8f3ff65518  /etc/slurm/gres.conf
c258fe9cf118554df90298b5a6302464297498b3ef5bb41f96156e49a9871697  /etc/slurm/cgroup.conf
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
