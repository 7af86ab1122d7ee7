import type { NodeSSH } from "node-ssh";
import type { ClientChannel } from "ssh2";
import { errorOf } from "../../base/thrown";
import type { Channel, ChannelEnd } from "./executor";
import { LineSplitter } from "./lines";

const STDERR_KEPT = 8_192;

export function openStream(ssh: NodeSSH, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const { connection } = ssh;
    if (connection === null) {
      reject(new Error("connection lost"));
      return;
    }
    connection.exec(command, (error, stream) => {
      if (error) reject(error);
      else resolve(stream);
    });
  });
}

/** A command's stream, its output delivered by lines. */
export class SshChannel implements Channel {
  readonly ended: Promise<ChannelEnd>;
  readonly #stream: ClientChannel;
  #open = true;

  constructor(stream: ClientChannel, onLine: (line: string) => void, onEnd: () => void) {
    this.#stream = stream;
    const lines = new LineSplitter(onLine);
    let stderr = "";
    let code: number | null = null;
    let failed = false;
    this.ended = new Promise((resolve) => {
      stream.on("data", (chunk: Buffer) => {
        if (failed) return;
        try {
          lines.push(chunk);
        } catch (thrown) {
          // Thrown on into ssh2, it would look like a lost connection and end all other channels.
          failed = true;
          const error = errorOf(thrown);
          // Do not wait: sshd confirms the end only when the command is over.
          resolve({ code: null, stderr: stderr.trim(), error });
          this.close();
        }
      });
      stream.stderr.on("data", (chunk: Buffer) => {
        stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT);
      });
      stream.on("error", () => {});
      stream.on("exit", (value: number | null) => {
        code = value;
      });
      stream.on("close", () => {
        this.#open = false;
        onEnd();
        resolve({ code, stderr: stderr.trim() });
      });
    });
  }

  write(text: string): void {
    if (this.#open) this.#stream.write(text);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.end();
    this.#stream.close();
  }
}
