# Kubernetes with Volcano, MPI and HPL. Which daemons a node runs is for the bootstrap to say.
#
# NixOS's own services.kubernetes is not used: it decides addresses, certificates and control plane when the
# image is made, and the bootstrap does that with kubeadm.
{ pkgs, ... }:
let
  inherit (pkgs) schedlab;
  file = name: builtins.readFile (../../images/files/kubernetes + "/${name}");

  # Volcano places every pod, and no service address is used: scheduler and proxy stay away.
  programs =
    pkgs.linkFarm "kubernetes" (
      map
        (name: {
          name = "bin/${name}";
          path = "${pkgs.kubernetes}/bin/${name}";
        })
        [
          "kubeadm"
          "kubelet"
          "kube-apiserver"
          "kube-controller-manager"
        ]
    )
    // {
      inherit (pkgs.kubernetes) version;
    };

  versions = pkgs.writeText "versions" ''
    kubelet ${pkgs.kubernetes.version}
    kubeadm ${pkgs.kubernetes.version}
    kubectl ${pkgs.kubectl.version}
    kube-apiserver ${pkgs.kubernetes.version}
    kube-controller-manager ${pkgs.kubernetes.version}
    etcd ${pkgs.etcd.version}
    vc-scheduler ${schedlab.volcano.version}
    vc-controller-manager ${schedlab.volcano.version}
    vc-webhook-manager ${schedlab.volcano.version}
    pause ${schedlab.pause.version}
    kwok ${pkgs.kwok.version}
  '';
in
{
  imports = [
    ./base.nix
    ../contract/jobs.nix
  ];

  environment.systemPackages = [
    pkgs.cni-plugins
    pkgs.containerd
    pkgs.etcd
    pkgs.kubectl
    pkgs.kwok
    programs
    pkgs.runc
    schedlab.volcano
  ];

  schedlab = {
    units = {
      "containerd.service" = ''
        [Unit]
        Description=containerd container runtime
        After=network.target local-fs.target

        [Service]
        Type=notify
        # containerd looks for its shims and for runc there.
        Environment=PATH=/usr/local/bin:/usr/sbin:/usr/bin
        ExecStart=${pkgs.containerd}/bin/containerd
        Delegate=yes
        KillMode=process
        Restart=always
        RestartSec=5
        LimitNPROC=infinity
        LimitCORE=infinity
        TasksMax=infinity
        OOMScoreAdjust=-999

        [Install]
        WantedBy=multi-user.target
      '';
      "containerd.service.d/schedlab.conf" = file "containerd-service.conf";
      "kubelet.service" = file "kubelet.service";
      "kubelet.service.d/10-kubeadm.conf" = file "10-kubeadm.conf";
      # kubelet calls mount, and each unit gets its path from systemd, which knows no /usr/local/bin.
      "kubelet.service.d/schedlab.conf" = ''
        [Service]
        Environment=PATH=/usr/local/bin:/usr/sbin:/usr/bin
      '';
      # A pod mounts the node's /usr, and what lies there leads into the store: it has to be seen there.
      "usr-nix.mount" = ''
        [Unit]
        Description=The store as pods see it

        [Mount]
        What=/nix
        Where=/usr/nix
        Type=none
        Options=bind

        [Install]
        WantedBy=local-fs.target
      '';
    };
    enabled."usr-nix.mount" = "local-fs.target";
    links = {
      "/usr/lib/cni" = "${pkgs.cni-plugins}/bin";
      "/opt/cni/bin" = "/usr/lib/cni";
      "/usr/share/schedlab/oci" = "${schedlab.oci}";
      "/usr/share/schedlab/volcano/crd" = "${schedlab.volcano}/share/volcano/crd";
      "/usr/share/schedlab/versions" = "${versions}";
    };
  };
}
