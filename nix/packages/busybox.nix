# The static shell of the seed script and of the initrd. Its applets run without an exec, which is dear on
# an emulated node, and both scripts call some without a path.
{ busybox }:
busybox.override {
  enableStatic = true;
  useMusl = true;
  extraConfig = ''
    CONFIG_FEATURE_PREFER_APPLETS y
    CONFIG_FEATURE_SH_STANDALONE y
  '';
}
