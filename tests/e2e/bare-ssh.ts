import { connect } from "node:net";
import { execa } from "execa";

/** Runs a command as root with OpenSSH's own client, whoever the node proves to be. */
export function sshTo(keyFile: string, address: string, command: string) {
  const options = {
    StrictHostKeyChecking: "no",
    UserKnownHostsFile: "/dev/null",
    LogLevel: "ERROR",
    ConnectTimeout: "5",
  };
  return execa(
    "ssh",
    [
      ...["-i", keyFile, `root@${address}`],
      ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
      command,
    ],
    { reject: false, stdin: "ignore", timeout: 60_000 },
  );
}

/** Whether port 22 sends an SSH greeting. */
export function greets(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => end(data.toString().startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
    socket.once("close", () => end(false));
  });
}
