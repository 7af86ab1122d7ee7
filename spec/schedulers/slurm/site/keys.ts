/**
 * Every key of slurm.conf that Slurm 24.11 knows, and what becomes of it here. The names are those that its
 * library knows; a reason is the end of "it is left out, because …" or "ours stands in its place, because …".
 */

/** What the site decides: policy, limits, and what jobs may ask for. In lower case. */
export const keptKeys: ReadonlySet<string> = new Set(
  [
    ...["AccountingStorageEnforce", "AccountingStorageTRES", "CompleteWait", "DefCpuPerGPU"],
    ...["DefMemPerCPU", "DefMemPerGPU", "DefMemPerNode", "DependencyParameters", "DisableRootJobs"],
    ...["EnforcePartLimits", "FairShareDampeningFactor", "FirstJobId", "GresTypes", "JobDefaults"],
    ...["JobRequeue", "JobSubmitPlugins", "KillOnBadExit", "KillWait", "Licenses", "MaxArraySize"],
    ...["MaxBatchRequeue", "MaxJobCount", "MaxJobId", "MaxMemPerCPU", "MaxMemPerNode"],
    ...["MaxStepCount", "MaxTasksPerNode", "MCSParameters", "MCSPlugin", "OverTimeLimit"],
    ...["PreemptExemptTime", "PreemptMode", "PreemptParameters", "PreemptType"],
    ...["PriorityCalcPeriod", "PriorityDecayHalfLife", "PriorityFavorSmall", "PriorityFlags"],
    ...["PriorityMaxAge", "PriorityParameters", "PriorityType", "PriorityUsageResetPeriod"],
    ...["PriorityWeightAge", "PriorityWeightAssoc", "PriorityWeightFairshare"],
    ...["PriorityWeightJobSize", "PriorityWeightPartition", "PriorityWeightQOS"],
    ...["PriorityWeightTRES", "RequeueExit", "RequeueExitHold", "ResvOverRun"],
    ...["SchedulerParameters", "SchedulerTimeSlice", "SchedulerType", "SelectType"],
    ...["SelectTypeParameters", "SlurmctldParameters", "TopologyParam", "TopologyPlugin"],
  ].map((key) => key.toLowerCase()),
);

const paths = "files lie elsewhere here";
const hardware = "emulated nodes have no hardware, tasks or control groups of their own";
const onNodes = "nothing is run around jobs on emulated nodes";
const addresses = "names, addresses and ports are this cluster's";
const accounts = "users and keys are this cluster's";
const power = "all nodes are on all the time";
const accounting = "the database is this cluster's";
const messages = "what messages and daemons may take is a matter of this host";
const harness = "schedlab reads the records of jobs in its own way";
const shown = "logs are this cluster's";
const waits = "an allocation is held without a process, which this would end";
const clients = "jobs are handed in through Slurm's library, not by its commands";

const replaced: readonly (readonly [reason: string, keys: readonly string[]])[] = [
  [
    addresses,
    [
      ...["ClusterName", "SlurmctldHost", "SlurmctldAddr", "SlurmctldPort", "SlurmdPort"],
      ...["SrunPortRange", "CommunicationParameters", "TreeWidth", "MaxNodeCount"],
      ...["SlurmctldPrimaryOffProg", "SlurmctldPrimaryOnProg"],
    ],
  ],
  [
    accounts,
    [
      ...["SlurmUser", "SlurmdUser", "AuthType", "AuthInfo", "AuthAltTypes", "AuthAltParameters"],
      ...["CredType", "CertmgrType", "CertmgrParameters", "TLSType", "TLSParameters", "HashPlugin"],
      ...["GroupUpdateForce", "GroupUpdateTime", "PrivateData", "UsePam"],
    ],
  ],
  [
    paths,
    [
      ...["StateSaveLocation", "SlurmdSpoolDir", "SlurmctldPidFile", "SlurmdPidFile", "PluginDir"],
      ...["PlugStackConfig", "TmpFS"],
    ],
  ],
  [
    hardware,
    [
      ...["ProctrackType", "TaskPlugin", "TaskPluginParam", "JobAcctGatherType"],
      ...["JobAcctGatherFrequency", "JobAcctGatherParams", "AcctGatherEnergyType"],
      ...["AcctGatherFilesystemType", "AcctGatherInterconnectType", "AcctGatherNodeFreq"],
      ...["AcctGatherProfileType", "SwitchType", "SwitchParameters", "MpiDefault", "MpiParams"],
      ...["CpuFreqDef", "CpuFreqGovernors", "GpuFreqDef", "JobContainerType", "VSizeFactor"],
      ...["AllowSpecResourcesUsage", "SlurmdParameters", "BcastExclude", "BcastParameters"],
      ...["PropagatePrioProcess", "PropagateResourceLimits", "PropagateResourceLimitsExcept"],
      ...["LaunchParameters", "NodeFeaturesPlugins", "RebootProgram", "X11Parameters"],
    ],
  ],
  [
    onNodes,
    [
      ...["Prolog", "Epilog", "PrologFlags", "PrologSlurmctld", "EpilogSlurmctld", "EpilogMsgTime"],
      ...["PrologEpilogTimeout", "PrEpParameters", "PrEpPlugins", "ResvProlog", "ResvEpilog"],
      ...["SrunProlog", "SrunEpilog", "TaskProlog", "TaskEpilog", "HealthCheckInterval"],
      ...["HealthCheckNodeState", "HealthCheckProgram", "UnkillableStepProgram"],
      ...["UnkillableStepTimeout", "GetEnvTimeout", "JobFileAppend"],
    ],
  ],
  [
    power,
    [
      ...["ResumeFailProgram", "ResumeProgram", "ResumeRate", "ResumeTimeout", "SuspendExcNodes"],
      ...["SuspendExcParts", "SuspendExcStates", "SuspendProgram", "SuspendRate", "SuspendTime"],
      "SuspendTimeout",
    ],
  ],
  [
    accounting,
    [
      ...["AccountingStorageBackupHost", "AccountingStorageHost", "AccountingStorageExternalHost"],
      ...["AccountingStorageParameters", "AccountingStoragePass", "AccountingStoragePort"],
      ...["AccountingStorageType", "AccountingStorageUser", "AccountingStoreFlags", "MaxDBDMsgs"],
      "TrackWCKey",
    ],
  ],
  [
    messages,
    [
      ...["BatchStartTimeout", "EioTimeout", "MessageTimeout", "ReturnToService"],
      ...["SlurmctldTimeout", "SlurmdTimeout", "TCPTimeout", "ReconfigFlags"],
    ],
  ],
  [
    harness,
    [
      ...["JobCompHost", "JobCompLoc", "JobCompParams", "JobCompPass", "JobCompPort"],
      ...["JobCompType", "JobCompUser", "MailDomain", "MailProg", "MinJobAge"],
    ],
  ],
  [
    shown,
    [
      ...["DebugFlags", "LogTimeFormat", "SlurmSchedLogFile", "SlurmSchedLogLevel"],
      ...["SlurmctldDebug", "SlurmctldLogFile", "SlurmctldSyslogDebug", "SlurmdDebug"],
      ...["SlurmdLogFile", "SlurmdSyslogDebug", "DataParserParameters"],
    ],
  ],
  [waits, ["InactiveLimit", "WaitTime"]],
  [clients, ["CliFilterPlugins", "InteractiveStepOptions", "ScronParameters"]],
  [
    "this version of Slurm no longer has it",
    [
      ...["BackupAddr", "BackupController", "CacheGroups", "CheckpointType", "ControlAddr"],
      ...["ControlMachine", "CoreSpecPlugin", "CryptoType", "DefaultStorageHost", "FastSchedule"],
      ...["DefaultStoragePass", "DefaultStorageType", "DefaultStorageUser", "JobCheckpointDir"],
      ...[
        "JobCredentialPrivateKey",
        "JobCredentialPublicCertificate",
        "KeepAliveTime",
        "LaunchType",
      ],
      ...[
        "MemLimitEnforce",
        "MsgAggregationParams",
        "PowerParameters",
        "PowerPlugin",
        "RoutePlugin",
      ],
      ...[
        "SallocDefaultCommand",
        "SchedulerPort",
        "SchedulerRootFilter",
        "SlurmEventHandlerLogfile",
      ],
      ...["ExtSensorsFreq", "ExtSensorsType", "AccountingStorageLoc", "SlurmctldPlugstack"],
      "AccountingStoreJobComment",
    ],
  ],
];

/** Why the site's own value does not count, by the key in lower case. */
export const replacedKeys: ReadonlyMap<string, string> = new Map(
  replaced.flatMap(([reason, keys]) => keys.map((key) => [key.toLowerCase(), reason] as const)),
);

/** Whether the value of a key may not be kept: it is none of ours, and may be a credential. */
export function isLeftOut(key: string): boolean {
  return replacedKeys.has(key.toLowerCase()) || /pass$/i.test(key);
}

interface Refusal {
  /** Values with which the setting does no harm, in lower case; it is left out then. */
  readonly harmless: readonly string[];
  readonly message: string;
}

/** Settings that decide who runs when and that this cluster has no means for, by the key in lower case. */
export const refusedKeys: ReadonlyMap<string, Refusal> = new Map([
  [
    "burstbuffertype",
    {
      harmless: ["", "burst_buffer/none", "(null)"],
      message:
        "this cluster has no burst buffer to stage data in and out of, so that jobs would wait for it for ever; leave it out",
    },
  ],
  [
    "federationparameters",
    {
      harmless: ["", "(null)"],
      message:
        "one cluster is emulated, and the others of a federation are not there; leave it out",
    },
  ],
  [
    "prioritysitefactorplugin",
    {
      harmless: ["", "none", "site_factor/none", "(null)"],
      message:
        "the plugin that gives jobs a part of their priority is not in the image; leave it out, or build an image with it",
    },
  ],
  [
    "prioritysitefactorparameters",
    { harmless: [""], message: "it belongs to PrioritySiteFactorPlugin, which cannot work here" },
  ],
]);
