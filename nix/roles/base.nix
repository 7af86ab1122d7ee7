# What the nodes of every role share: the seed, sshd, the exporter, the accounts of NixOS itself.
{ pkgs, ... }:
let
  file = name: builtins.readFile (../../images/files/base + "/${name}");

  # Under the name that Debian gives it, as the project's drop-in has it.
  exporter =
    pkgs.linkFarm "prometheus-node-exporter" {
      "bin/prometheus-node-exporter" = "${pkgs.prometheus-node-exporter}/bin/node_exporter";
    }
    // {
      inherit (pkgs.prometheus-node-exporter) version;
    };
in
{
  imports = [
    ../contract/paths.nix
    ../contract/quiet.nix
    ../contract/units.nix
  ];

  environment.systemPackages = [
    exporter
    pkgs.e2fsprogs
    pkgs.iproute2
    pkgs.iputils
    pkgs.kmod
    # Colmena asks it on the node what is there already.
    pkgs.nix
    pkgs.openssh
    pkgs.shadow
    pkgs.unixtools.hostname
  ];

  schedlab = {
    units = {
      "schedlab-seed.service" = file "schedlab-seed.service";
      "schedlab-grow.service" = file "schedlab-grow.service";
      "ssh.service" = ''
        [Unit]
        Description=OpenBSD Secure Shell server
        # Those of mode and owner that an image from the store cannot hold
        After=systemd-tmpfiles-setup.service

        [Service]
        Type=notify
        ExecStart=${pkgs.openssh}/bin/sshd -D -f /etc/ssh/sshd_config
        KillMode=process
        Restart=on-failure

        [Install]
        WantedBy=multi-user.target
      '';
      "ssh.service.d/schedlab.conf" = file "ssh-service.conf";
      "prometheus-node-exporter.service" = ''
        [Unit]
        Description=Prometheus exporter for machine metrics

        [Service]
        User=prometheus
        ExecStart=/usr/bin/prometheus-node-exporter
        Restart=on-failure

        [Install]
        WantedBy=multi-user.target
      '';
      "prometheus-node-exporter.service.d/schedlab.conf" = file "node-exporter-service.conf";
    };
    enabled = {
      "schedlab-seed.service" = "sysinit.target";
      "schedlab-grow.service" = "multi-user.target";
      "ssh.service" = "multi-user.target";
    };
    links = {
      "/usr/lib/schedlab/seed" = "${pkgs.writeScript "seed" (file "seed.sh")}";
      "/usr/lib/schedlab/busybox" = "${pkgs.schedlab.busybox}/bin/busybox";
    };
  };

  environment.etc = {
    "ssh/sshd_config".text = file "sshd.conf";
    "systemd/journald.conf.d/schedlab.conf".text = file "journald.conf";
  };

  users = {
    # The bootstrap makes the users of experiments.
    mutableUsers = true;
    users = {
      root.shell = "/bin/bash";
      sshd = {
        isSystemUser = true;
        group = "sshd";
        description = "SSH privilege separation user";
      };
      prometheus = {
        isSystemUser = true;
        group = "prometheus";
      };
    };
    groups = {
      sshd = { };
      prometheus = { };
    };
  };

  # The store keeps neither owners nor write permission, so that modes are set at boot.
  systemd.tmpfiles.rules = [
    "d /root 0700 root root -"
    "d /tmp 1777 root root -"
    "d /var/tmp 1777 root root -"
    "d /var/log 0755 root root -"
    "z /etc/shadow 0600 root root -"
    "z /etc/gshadow 0600 root root -"
  ];

  system.stateVersion = "26.05";
}
