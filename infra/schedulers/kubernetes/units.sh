# systemd reads a unit once; those that changed since are read anew.
reload_units() {
  if systemctl show -p NeedDaemonReload --value '*.service' | grep -q yes; then systemctl daemon-reload; fi
}
