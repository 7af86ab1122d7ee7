# The database of fair share, laid out as Debian does: the bootstrap writes a file into its directory of
# configurations, and the daemons find its socket where Debian has it.
#
# NixOS's services.mysql is not used: it calls the unit mysql.service and keeps the configuration in the store.
{ pkgs, ... }:
let
  inherit (pkgs) mariadb;
  configuration = "--defaults-file=/etc/mysql/my.cnf";
in
{
  environment = {
    systemPackages = [ mariadb ];
    etc = {
      # What clients read, whoever built them.
      "my.cnf".text = ''
        [client]
        socket=/run/mysqld/mysqld.sock
      '';
      "mysql/my.cnf".text = ''
        [mariadbd]
        datadir=/var/lib/mysql
        socket=/run/mysqld/mysqld.sock
        pid-file=/run/mysqld/mysqld.pid

        !includedir /etc/mysql/mariadb.conf.d
      '';
    };
  };

  users.users.mysql = {
    isSystemUser = true;
    group = "mysql";
  };
  users.groups.mysql = { };

  schedlab.units = {
    "mariadb.service" = ''
      [Unit]
      Description=MariaDB database server
      After=network.target

      [Service]
      Type=notify
      User=mysql
      Group=mysql
      StateDirectory=mysql
      StateDirectoryMode=0750
      LogsDirectory=mysql
      # The system tables, once; root is known by its user id at the socket.
      ExecStartPre=/bin/sh -c '[ -d /var/lib/mysql/mysql ] || exec ${mariadb}/bin/mariadb-install-db ${configuration} --basedir=${mariadb} --auth-root-authentication-method=socket --auth-root-socket-user=root --skip-test-db'
      ExecStart=${mariadb}/bin/mariadbd ${configuration} --basedir=${mariadb}
      # Making the tables takes an emulated node a while.
      TimeoutStartSec=900
      Restart=on-abort

      [Install]
      WantedBy=multi-user.target
    '';
    "mariadb.service.d/schedlab.conf" = builtins.readFile ../../images/files/slurm/mariadb-service.conf;
  };

  systemd.tmpfiles.rules = [ "d /etc/mysql/mariadb.conf.d 0755 root root -" ];
}
