import { shellFile } from "../../../base/shell-script";
import { isEmulated } from "../../../spec/emulated";
import { parseCidr } from "../../../spec/network";
import { serviceNetwork } from "../../../spec/schedulers/kubernetes/pod-network";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../plan";
import { hostsFile } from "../hosts";
import {
  awaitAnswer,
  filesCheck,
  type InstalledFile,
  putFile,
  runWith,
  script,
  stepScript,
} from "../shell";
import type { BootstrapStep } from "../step";
import { makeUsers, usersCheck } from "../users";
import { acceleratorRole } from "./accelerators";
import { kubeadmConfig, versionMark } from "./kubeadm";
import {
  adminKubeconfig,
  apiPort,
  controllerManagerKubeconfig,
  joinParametersPath,
  kubeadmConfigPath,
  noLog,
  pkiDir,
} from "./paths";
import { podRoutesFiles, routesFiles, routesUnit } from "./pod-network";
import { type Scale, scaleOf } from "./scale";
import { daemonUnit, unitPath } from "./unit";
import { volcanoDaemons } from "./volcano";

const functions = [shellFile(__dirname, "units.sh"), shellFile(__dirname, "control-plane.sh")]
  .join("")
  .trimEnd();

export const controlPlaneStepName = "control-plane";

/** From its start to its first answer: 4 s natively, minutes on an emulated machine. */
const apiSeconds = 600;

const etcdDir = "/var/lib/etcd";
const etcdUrl = "https://127.0.0.1:2379";

/** What kubectl is told on the controller. */
export const asAdmin = `export KUBECONFIG=${adminKubeconfig}`;

/**
 * etcd, the API server and the controller manager as systemd units, with certificates, kubeconfigs
 * and the uploaded configuration by kubeadm's phases. Its output is what a node needs to join: the
 * bootstrap token and the hash of the authority's key, a line each. Emulated nodes do not join, so there it
 * has none: what no step reads would be shown.
 */
export function controlPlaneStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  controller: NodePlan,
): BootstrapStep {
  const emulated = isEmulated(spec.topology);
  const scale = scaleOf(spec.topology);
  const units = controlPlaneUnits(plan, controller, scale);
  const config = kubeadmConfig(plan, controller);
  const role = acceleratorRole();
  const files = [config, role, ...podRoutesFiles(plan, controller), ...units];
  const run = (name: string) => runWith(name, noLog, [unitPath(name), kubeadmConfigPath]);
  return {
    name: controlPlaneStepName,
    host: controller.name,
    needs: [],
    create: stepScript(
      functions,
      putFile(hostsFile(plan)),
      makeUsers(spec),
      ...files.map(putFile),
      "reload_units",
      `set_version ${kubeadmConfigPath} ${versionMark}`,
      "phase certs all",
      "phase kubeconfig admin",
      "phase kubeconfig super-admin",
      "phase kubeconfig controller-manager",
      `install -d -m 0700 ${etcdDir}`,
      runWith(routesUnit, noLog, routesFiles),
      run("etcd"),
      run("kube-apiserver"),
      asAdmin,
      awaitAnswer("kube-apiserver", noLog, apiSeconds, "answers"),
      run("kube-controller-manager"),
      "phase upload-config all",
      `kubectl apply --server-side --force-conflicts -f ${role.path} >/dev/null`,
      ...(emulated
        ? []
        : [`make_join_parameters ${joinParametersPath}`, `cat ${joinParametersPath}`]),
    ),
    delete: script(
      `systemctl disable -q --now ${units.map((unit) => nameOf(unit)).join(" ")}`,
      `rm -rf /etc/kubernetes ${etcdDir}`,
    ),
    check: script(
      "systemctl is-active -q etcd kube-apiserver kube-controller-manager",
      `kubectl --kubeconfig ${adminKubeconfig} get --raw /readyz >/dev/null`,
      ...(emulated ? [] : [`[ -s ${joinParametersPath} ]`]),
      filesCheck(files),
      usersCheck(spec),
    ),
  };
}

function nameOf({ path }: InstalledFile): string {
  return path.slice(path.lastIndexOf("/") + 1, -".service".length);
}

function controlPlaneUnits(plan: ClusterPlan, controller: NodePlan, scale: Scale): InstalledFile[] {
  const cidr = parseCidr(plan.network.cidr);
  if (cidr === undefined) throw new RangeError(`not a network: ${plan.network.cidr}`);
  const pki = (name: string) => `${pkiDir}/${name}`;
  return [
    daemonUnit({
      name: "etcd",
      description: "Kubernetes' store",
      after: [],
      notifies: true,
      options: [
        ["name", controller.name],
        ["data-dir", etcdDir],
        ["listen-client-urls", etcdUrl],
        ["advertise-client-urls", etcdUrl],
        ["listen-peer-urls", "https://127.0.0.1:2380"],
        ["initial-advertise-peer-urls", "https://127.0.0.1:2380"],
        ["initial-cluster", `${controller.name}=https://127.0.0.1:2380`],
        ["cert-file", pki("etcd/server.crt")],
        ["key-file", pki("etcd/server.key")],
        ["trusted-ca-file", pki("etcd/ca.crt")],
        ["client-cert-auth", true],
        ["peer-cert-file", pki("etcd/peer.crt")],
        ["peer-key-file", pki("etcd/peer.key")],
        ["peer-trusted-ca-file", pki("etcd/ca.crt")],
        ["peer-client-cert-auth", true],
        // A cluster lives for an experiment: it has to outlive its processes, not a power cut.
        ["unsafe-no-fsync", true],
        // A single member elects itself. The default timeout, meant for members that lose each
        // other, costs a second at each start.
        ["election-timeout", 500],
        ["log-level", "error"],
        ...scale.etcd,
      ],
    }),
    daemonUnit({
      name: "kube-apiserver",
      description: "Kubernetes' API server",
      after: ["etcd"],
      // After an outage they would ask for changes again a minute late, and Volcano's controllers miss
      // those of that minute (#5325). Leader election, which is off, would have ended them as well.
      refreshes: ["kube-controller-manager", ...volcanoDaemons],
      notifies: true,
      options: [
        ["advertise-address", controller.address],
        ["secure-port", apiPort],
        ["authorization-mode", "Node,RBAC"],
        ["client-ca-file", pki("ca.crt")],
        ["enable-admission-plugins", "NodeRestriction"],
        ["enable-bootstrap-token-auth", true],
        ["etcd-servers", etcdUrl],
        ["etcd-cafile", pki("etcd/ca.crt")],
        ["etcd-certfile", pki("apiserver-etcd-client.crt")],
        ["etcd-keyfile", pki("apiserver-etcd-client.key")],
        ["kubelet-client-certificate", pki("apiserver-kubelet-client.crt")],
        ["kubelet-client-key", pki("apiserver-kubelet-client.key")],
        ["kubelet-preferred-address-types", "InternalIP"],
        ["proxy-client-cert-file", pki("front-proxy-client.crt")],
        ["proxy-client-key-file", pki("front-proxy-client.key")],
        ["requestheader-allowed-names", "front-proxy-client"],
        ["requestheader-client-ca-file", pki("front-proxy-ca.crt")],
        ["requestheader-extra-headers-prefix", "X-Remote-Extra-"],
        ["requestheader-group-headers", "X-Remote-Group"],
        ["requestheader-username-headers", "X-Remote-User"],
        ["service-account-issuer", "https://kubernetes.default.svc.cluster.local"],
        ["service-account-key-file", pki("sa.pub")],
        ["service-account-signing-key-file", pki("sa.key")],
        ["service-cluster-ip-range", serviceNetwork(cidr)],
        ["tls-cert-file", pki("apiserver.crt")],
        ["tls-private-key-file", pki("apiserver.key")],
        ["endpoint-reconciler-type", "none"],
        ...scale.apiServer,
        ["profiling", false],
      ],
    }),
    daemonUnit({
      name: "kube-controller-manager",
      description: "Kubernetes' controllers",
      after: ["kube-apiserver"],
      notifies: false,
      options: [
        ["kubeconfig", controllerManagerKubeconfig],
        ["authentication-kubeconfig", controllerManagerKubeconfig],
        ["authorization-kubeconfig", controllerManagerKubeconfig],
        ["bind-address", "127.0.0.1"],
        ["client-ca-file", pki("ca.crt")],
        ["cluster-signing-cert-file", pki("ca.crt")],
        ["cluster-signing-key-file", pki("ca.key")],
        ["controllers", scale.controllers],
        ["leader-elect", false],
        ["requestheader-client-ca-file", pki("front-proxy-ca.crt")],
        ["root-ca-file", pki("ca.crt")],
        ["service-account-private-key-file", pki("sa.key")],
        ["use-service-account-credentials", true],
        ...scale.controllerManager,
        ["profiling", false],
      ],
    }),
  ];
}
