import https from "node:https";
import type {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  RbacAuthorizationV1Api,
  VersionApi,
} from "@kubernetes/client-node";
import { messageOf } from "../../../base/thrown";
import type { HandleNode } from "../../../infra/handle";
import { type Executor, RemoteError, runChecked } from "../../remote/executor";

export const apiServerPort = 6443;
const adminConfig = "/etc/kubernetes/admin.conf";
const CALL_MS = 60_000;
/** Idle connections kept; more calls at once open more. */
const CONNECTIONS = 16;

type Client = typeof import("@kubernetes/client-node");

/**
 * The API server's client. Its 800 modules take a second to load, so they are loaded when they are needed,
 * and not for other schedulers; by `import` because `require` goes through tsx, which takes three times as
 * long.
 */
export function loadClient(): Promise<Client> {
  return import("@kubernetes/client-node");
}

/**
 * The client makes an agent, and with it a TLS connection, for every call; here the calls of one user
 * share their connections, and each has a deadline. `close` ends the connections.
 */
function sharedConnections(
  { KubeConfig }: Client,
  text: string,
  server: string,
  impersonate: string | null,
): { readonly config: KubeConfig; close(): void } {
  const config = new KubeConfig();
  config.loadFromString(text);
  config.clusters = config.clusters.map((cluster) => ({ ...cluster, server }));
  if (impersonate !== null) {
    config.users = config.users.map((user) => ({ ...user, impersonateUser: impersonate }));
  }
  const user = config.getCurrentUser();
  const agent = new https.Agent({
    keepAlive: true,
    maxFreeSockets: CONNECTIONS,
    ca: decoded(config.getCurrentCluster()?.caData),
    cert: decoded(user?.certData),
    key: decoded(user?.keyData),
  });
  const authenticate = config.applySecurityAuthentication.bind(config);
  config.applySecurityAuthentication = async (context) => {
    await authenticate(context);
    context.setAgent(agent);
    context.setSignal(AbortSignal.timeout(CALL_MS));
  };
  return { config, close: () => agent.destroy() };
}

function decoded(base64: string | undefined): Buffer | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64");
}

export interface ApiClients {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly custom: CustomObjectsApi;
  readonly rights: RbacAuthorizationV1Api;
  readonly version: VersionApi;
  close(): void;
}

/** The way to a cluster's API server. Its credentials stay in memory. */
export class Connection {
  readonly #client: Client;
  readonly #text: string;
  readonly #server: string;
  readonly #clients: ApiClients[] = [];
  readonly admin: ApiClients;

  private constructor(client: Client, text: string, server: string) {
    this.#client = client;
    this.#text = text;
    this.#server = server;
    this.admin = this.as(null);
  }

  /** Fetches the administrator's credentials from the controller. @throws RemoteError. */
  static async open(
    executor: Executor,
    controller: Pick<HandleNode, "name" | "address">,
  ): Promise<Connection> {
    const { stdout } = await runChecked(executor, controller.name, `cat ${adminConfig}`, {
      step: "fetch the API server's credentials",
      deadlineMs: CALL_MS,
    });
    const server = `https://${controller.address}:${apiServerPort}`;
    return new Connection(await loadClient(), stdout, server);
  }

  /** Clients that act as this user, null for the administrator. */
  as(user: string | null): ApiClients {
    const { CoreV1Api, CustomObjectsApi, RbacAuthorizationV1Api, VersionApi } = this.#client;
    const { config, close } = sharedConnections(this.#client, this.#text, this.#server, user);
    const clients = {
      config,
      core: config.makeApiClient(CoreV1Api),
      custom: config.makeApiClient(CustomObjectsApi),
      rights: config.makeApiClient(RbacAuthorizationV1Api),
      version: config.makeApiClient(VersionApi),
      close,
    };
    this.#clients.push(clients);
    return clients;
  }

  close(): void {
    for (const clients of this.#clients) clients.close();
  }
}

export interface ApiError {
  /** HTTP status; null when the API server did not answer. */
  readonly status: number | null;
  readonly message: string;
}

/** What went wrong in a call, in the API server's words where it has some. */
export function describeError(error: unknown): ApiError {
  if (isAnswer(error)) {
    const said = messageIn(error.body);
    return { status: error.code, message: said ?? `HTTP status ${error.code}` };
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  const message = messageOf(error);
  return { status: typeof status === "number" ? status : null, message };
}

/** The client's ApiException, told by its fields, so that the client need not be loaded to tell. */
function isAnswer(error: unknown): error is { readonly code: number; readonly body: unknown } {
  if (!(error instanceof Error) || !("code" in error) || !("body" in error)) return false;
  return typeof error.code === "number";
}

function messageIn(body: unknown): string | null {
  if (typeof body === "string") {
    try {
      return messageIn(JSON.parse(body)) ?? body;
    } catch {
      return body === "" ? null : body;
    }
  }
  const message = (body as { message?: unknown } | null)?.message;
  return typeof message === "string" ? message : null;
}

/** Runs a call of the API server. @throws RemoteError naming the step. */
export async function call<T>(host: string, step: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = describeError(error);
    throw new RemoteError(message, { host, step, command: "Kubernetes API", cause: error });
  }
}
