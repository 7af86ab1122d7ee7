# What jobs run under any scheduler: MPI, and the benchmarks that measure a cluster.
{ pkgs, ... }:
{
  environment.systemPackages = [
    pkgs.hpcg
    pkgs.hpl
    pkgs.openmpi
    pkgs.schedlab.hpcc
  ];
}
