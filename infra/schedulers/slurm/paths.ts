/** Where Debian's packages and this configuration have things; the logs are read by the experiment. */
export const slurmConfPath = "/etc/slurm/slurm.conf";
export const gresConfPath = "/etc/slurm/gres.conf";
export const cgroupConfPath = "/etc/slurm/cgroup.conf";
export const jobSubmitPath = "/etc/slurm/job_submit.lua";
export const topologyConfPath = "/etc/slurm/topology.conf";
export const slurmdbdConfPath = "/etc/slurm/slurmdbd.conf";
export const slurmctldLog = "/var/log/slurm/slurmctld.log";
export const slurmdLog = "/var/log/slurm/slurmd.log";
export const slurmdbdLog = "/var/log/slurm/slurmdbd.log";
export const stateDir = "/var/lib/slurm/slurmctld";
export const completionLog = "/var/log/slurm/jobcomp.log";

/** The programs of Slurm's power saving. */
export const powerDirectory = "/usr/local/lib/schedlab";

/** Start of the names of the files that stand for simulated accelerators. */
export const acceleratorPath = "/var/lib/schedlab/gpu";

export const slurmctldPort = 6817;
/** Of the slurmd of a domain's first emulated node; the next has the next. Below the kernel's own choice. */
export const firstEmulatedPort = 17_001;

/** Slurm's name of the cluster; one cluster has one controller, so it need not tell stacks apart. */
export const clusterName = "schedlab";
