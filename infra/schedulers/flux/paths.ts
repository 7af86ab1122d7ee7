/** Where Flux's packages and this configuration have things; the log is read by the experiment. */
export const systemConfigDir = "/etc/flux/system/conf.d";
export const impConfigPath = "/etc/flux/imp/conf.d/imp.toml";
export const certificatePath = "/etc/flux/system/curve.cert";
export const unitPath = "/etc/systemd/system/flux.service";
export const brokerLog = "/var/log/flux/broker.log";
export const stateDir = "/var/lib/flux";
export const signConfigPath = "/etc/flux/security/conf.d/sign.toml";

/** On each node's own address. */
export const brokerPort = 8050;
