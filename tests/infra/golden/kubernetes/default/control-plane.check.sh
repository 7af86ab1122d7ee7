set -euo pipefail
systemctl is-active -q etcd kube-apiserver kube-controller-manager
kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz >/dev/null
[ -s /etc/kubernetes/schedlab/join ]
sha256sum -c --quiet <<'SCHEDLAB_END_OF_FILE'
ce3f7f1c4e9ea669a35109c362175d1922485e7790db4c90345d1c33a1afbb42  /etc/kubernetes/schedlab/kubeadm.yaml
e77ea7555991d865ba8b753809891c31213aa57dfa67495660d9dd2e046b57ad  /etc/kubernetes/schedlab/accelerator-role.yaml
93433bfb904717faae0b063c37ec92e50b285ffcefc3c4e0aaf67ebe1111054a  /usr/local/lib/schedlab/pod-routes
60502d9dbf4916fcb07bc8852aa102c90e78f13aff56fd90f9a7c266be7635b0  /etc/systemd/system/schedlab-pod-routes.service
26605b76219eca9cc87227a61d17aca2c69157ce0ebca81541c8cb8c26957bfc  /etc/systemd/system/etcd.service
250e836991fc96765096c26f2524515c26ebef34f7e481677a4e45467b74f424  /etc/systemd/system/kube-apiserver.service
edf2099f21b27f8d262af7683acc074bb6e00a15cfcae8997bb7091f247f3926  /etc/systemd/system/kube-controller-manager.service
SCHEDLAB_END_OF_FILE
[ -d /home/user03 ] && id -u user03 >/dev/null
