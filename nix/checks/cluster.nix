# A controller and two nodes of one role, the steps that `pulumi up` would run on them, and a job.
{
  lib,
  pkgs,
  name,
  role,
  # File with the seeds of the nodes, the secrets and the steps, as tests/nix/bootstrap.ts prints it.
  plan,
  # Python that runs a job from the machine `controller` and looks at what came of it.
  job,
}:
let
  names = [
    "controller"
    "node01"
    "node02"
  ];

  machine = host: {
    imports = [ role ];
    virtualisation = {
      memorySize = 2048;
      cores = 2;
      # The driver of tests speaks over a serial line: eth0 is the cluster's.
      qemu.networkingOptions = lib.mkForce [ ];
      vlans = lib.mkForce [ ];
      interfaces.eth0.vlan = 1;
    };
    networking.usePredictableInterfaceNames = false;
    # In place of the disk with the seed, which no test machine has.
    environment.etc."schedlab/seed".source = pkgs.runCommand "seed-${host}" {
      nativeBuildInputs = [ pkgs.jq ];
    } "jq --join-output '.seeds.${host}' ${plan} >\"$out\"";
  };
in
pkgs.testers.runNixOSTest {
  name = "schedlab-${name}";
  nodes = lib.genAttrs names machine;
  testScript = ''
    import json
    from base64 import b64encode

    with open("${plan}") as file:
        plan = json.load(file)
    hosts = {machine.name: machine for machine in machines}

    start_all()
    for machine in machines:
        machine.wait_for_unit("ssh.service")
        machine.succeed("systemctl is-active schedlab-seed.service")

    # Each step comes after those that it needs; its input is a secret or what another one printed.
    printed = {}
    for step in plan["steps"]:
        text = printed[step["secretFrom"]] if "secretFrom" in step else step.get("input", "")
        script = b64encode(step["create"].encode()).decode()
        given = b64encode(text.encode()).decode()
        with subtest(step["name"]):
            printed[step["name"]] = hosts[step["host"]].succeed(
                f"echo {script} | base64 -d >/run/step && echo {given} | base64 -d | bash /run/step",
                timeout=900,
            )
    for step in plan["steps"]:
        script = b64encode(step["check"].encode()).decode()
        hosts[step["host"]].succeed(f"echo {script} | base64 -d | bash -s")

    ${job}
  '';
}
