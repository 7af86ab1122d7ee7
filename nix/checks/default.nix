# Boots the roles in NixOS's own test machines and runs the project's bootstrap in them, then a job over two
# nodes. Flux is checked where a flake packages it.
{
  lib,
  pkgs,
  roles,
}:
let
  root = ../..;
  # Everything that tests/nix/bootstrap.ts loads, so that a change elsewhere makes no check anew.
  sources = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions [
      ../../base
      ../../infra
      ../../package.json
      ../../spec
      ../../tests/nix/bootstrap.ts
      ../../tsconfig.json
      ../../workloads
    ];
  };
  modules = pkgs.importNpmLock.buildNodeModules {
    npmRoot = root;
    nodejs = pkgs.nodejs_22;
  };

  planOf =
    kind:
    pkgs.runCommand "bootstrap-${kind}.json"
      {
        nativeBuildInputs = [
          pkgs.nodejs_22
          pkgs.openssh
        ];
      }
      ''
        cp -r ${sources} source
        chmod u+w source
        ln -s ${modules}/node_modules source/node_modules
        cd source
        node --require tsx/cjs tests/nix/bootstrap.ts ${kind} >"$out"
      '';

  cluster =
    kind: job:
    import ./cluster.nix {
      inherit lib pkgs job;
      name = kind;
      role = roles.${kind};
      plan = planOf kind;
    };
  asUser = "setpriv --reuid user01 --regid user01 --init-groups --reset-env env PATH=/usr/bin";
in
{
  slurm = cluster "slurm" ''
    hosts = controller.succeed("${asUser} srun --nodes 2 --ntasks 2 hostname").split()
    assert sorted(hosts) == ["node01", "node02"], hosts
  '';

  kubernetes = cluster "kubernetes" ''
    kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf"
    controller.copy_from_host("${./gang.yaml}", "/run/gang.yaml")
    controller.succeed(f"{kubectl} apply -f /run/gang.yaml")
    phase = f"{kubectl} get jobs.batch.volcano.sh gang --output jsonpath='{{.status.state.phase}}'"
    controller.wait_until_succeeds(f"[ \"$({phase})\" = Completed ]", timeout=600)
    names = f"{kubectl} get pods --output jsonpath='{{.items[*].spec.nodeName}}'"
    assert sorted(controller.succeed(names).split()) == ["node01", "node02"]
  '';
}
// lib.optionalAttrs (builtins.tryEval pkgs.schedlab.flux.outPath).success {
  flux = cluster "flux" ''
    hosts = controller.succeed("${asUser} HOME=/tmp flux run --nodes 2 hostname </dev/null").split()
    assert sorted(hosts) == ["node01", "node02"], hosts
  '';
}
