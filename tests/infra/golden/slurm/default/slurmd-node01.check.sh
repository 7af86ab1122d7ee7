set -euo pipefail
systemctl is-active -q munge
systemctl is-active -q slurmd
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
20e4031b9739f2bb395acdb5fa7bc73783b850f82f2c443315d6d2671e15db52  /etc/default/slurmd
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
