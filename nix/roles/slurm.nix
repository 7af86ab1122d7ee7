# Slurm with accounting, MPI and HPL. Which daemons a node runs is for the bootstrap to say.
#
# NixOS's own services.slurm is not used: it writes slurm.conf into the store and wraps the programs so that
# they read that one, which is a run-time parameter inside the image.
{ pkgs, ... }:
let
  daemon =
    {
      name,
      directory ? name,
      description,
      user,
      after,
      service,
    }:
    ''
      [Unit]
      Description=${description}
      After=network.target munge.service ${after}

      [Service]
      Type=notify
      User=${user}
      Group=${user}
      RuntimeDirectory=${directory}
      EnvironmentFile=-/etc/default/${name}
      LimitNOFILE=131072
      ${service}

      [Install]
      WantedBy=multi-user.target
    '';
in
{
  imports = [
    ./base.nix
    ../contract/jobs.nix
    ../contract/mariadb.nix
    ../contract/munge.nix
  ];

  environment.systemPackages = [ pkgs.slurm ];

  users.users.slurm = {
    isSystemUser = true;
    uid = 64030;
    group = "slurm";
  };
  users.groups.slurm.gid = 64030;

  schedlab.units = {
    "slurmctld.service" = daemon {
      name = "slurmctld";
      description = "Slurm controller daemon";
      user = "slurm";
      after = "slurmdbd.service";
      service = ''
        ExecStart=${pkgs.slurm}/bin/slurmctld --systemd $SLURMCTLD_OPTIONS
        ExecReload=/bin/kill -HUP $MAINPID
      '';
    };
    "slurmd.service" = daemon {
      name = "slurmd";
      # Where it shows the configuration that it fetched.
      directory = "slurm";
      description = "Slurm node daemon";
      user = "root";
      after = "";
      service = ''
        ExecStart=${pkgs.slurm}/bin/slurmd --systemd $SLURMD_OPTIONS
        ExecReload=/bin/kill -HUP $MAINPID
        KillMode=process
        Delegate=yes
        LimitMEMLOCK=infinity
        LimitSTACK=infinity
      '';
    };
    "slurmdbd.service" = daemon {
      name = "slurmdbd";
      description = "Slurm database daemon";
      user = "slurm";
      after = "mariadb.service";
      service = ''
        ExecStart=${pkgs.slurm}/bin/slurmdbd --systemd $SLURMDBD_OPTIONS
        ExecReload=/bin/kill -HUP $MAINPID
      '';
    };
  };

  systemd.tmpfiles.rules = [ "d /etc/slurm 0755 root root -" ];
}
