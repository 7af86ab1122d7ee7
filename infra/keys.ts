import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { shellFile } from "../base/shell-script";

/** An OpenSSH ed25519 key pair, made once per stack and kept only in its encrypted state. */
export interface KeyPair {
  readonly privateKey: pulumi.Output<string>;
  readonly publicKey: pulumi.Output<string>;
}

// The public key is the first line of the output, the private key the rest. A change of this text would
// make a new key, and with it new nodes.
const generate = shellFile(__dirname, "key-pair.sh").trimEnd();

/** Runs a command whose output is a secret: neither logged while it runs nor shown afterwards. */
function secretOutput(
  name: string,
  create: string,
  options: pulumi.CustomResourceOptions = {},
): pulumi.Output<string> {
  const made = new command.local.Command(
    name,
    { create, logging: command.types.enums.local.Logging.None },
    { ...options, additionalSecretOutputs: ["stdout", "stderr"] },
  );
  return pulumi.secret(made.stdout);
}

export function keyPair(name: string, options: pulumi.CustomResourceOptions = {}): KeyPair {
  const output = secretOutput(name, generate, options);
  const publicKey = output.apply((text) => text.slice(0, text.indexOf("\n")).trim());
  return {
    publicKey: pulumi.unsecret(publicKey),
    privateKey: output.apply((text) => `${text.slice(text.indexOf("\n") + 1).trim()}\n`),
  };
}

/** A stack's secrets by name, made once each by the command that prints it. */
export function madeSecrets(
  commands: Readonly<Record<string, string>>,
): Readonly<Record<string, pulumi.Output<string>>> {
  const made = Object.entries(commands).map(([name, create]) => [
    name,
    secretOutput(`${name}-key`, create),
  ]);
  return Object.fromEntries(made);
}
