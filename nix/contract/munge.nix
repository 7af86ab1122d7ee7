# munge with the account and the paths of the contract; the key comes with the bootstrap.
{ pkgs, ... }:
{
  environment.systemPackages = [ pkgs.munge ];

  users.users.munge = {
    isSystemUser = true;
    uid = 500;
    group = "munge";
  };
  users.groups.munge.gid = 500;

  schedlab.units."munge.service" = ''
    [Unit]
    Description=MUNGE authentication service
    After=network.target time-sync.target

    [Service]
    Type=forking
    User=munge
    Group=munge
    RuntimeDirectory=munge
    RuntimeDirectoryMode=0755
    StateDirectory=munge
    StateDirectoryMode=0711
    LogsDirectory=munge
    LogsDirectoryMode=0700
    PIDFile=/run/munge/munged.pid
    ExecStart=${pkgs.munge}/bin/munged --key-file=/etc/munge/munge.key
    Restart=on-abort

    [Install]
    WantedBy=multi-user.target
  '';

  systemd.tmpfiles.rules = [ "d /etc/munge 0700 munge munge -" ];
}
