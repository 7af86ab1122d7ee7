import https from "node:https";
import {
  ApiException,
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

type RequestContext = Parameters<KubeConfig["applySecurityAuthentication"]>[0];

/**
 * The client makes an agent, and with it a TLS connection, for every call; here the calls of one user
 * share their connections, and each has a deadline.
 */
class SharedConnections extends KubeConfig {
  readonly #agent: https.Agent;

  constructor(text: string, server: string, impersonate: string | null) {
    super();
    this.loadFromString(text);
    this.clusters = this.clusters.map((cluster) => ({ ...cluster, server }));
    if (impersonate !== null) {
      this.users = this.users.map((user) => ({ ...user, impersonateUser: impersonate }));
    }
    const user = this.getCurrentUser();
    this.#agent = new https.Agent({
      keepAlive: true,
      maxFreeSockets: CONNECTIONS,
      ca: decoded(this.getCurrentCluster()?.caData),
      cert: decoded(user?.certData),
      key: decoded(user?.keyData),
    });
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    context.setAgent(this.#agent);
    context.setSignal(AbortSignal.timeout(CALL_MS));
  }

  close(): void {
    this.#agent.destroy();
  }
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
  readonly #text: string;
  readonly #server: string;
  readonly #clients: ApiClients[] = [];
  readonly admin: ApiClients;

  private constructor(text: string, server: string) {
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
    return new Connection(stdout, `https://${controller.address}:${apiServerPort}`);
  }

  /** Clients that act as this user, null for the administrator. */
  as(user: string | null): ApiClients {
    const config = new SharedConnections(this.#text, this.#server, user);
    const clients = {
      config,
      core: config.makeApiClient(CoreV1Api),
      custom: config.makeApiClient(CustomObjectsApi),
      rights: config.makeApiClient(RbacAuthorizationV1Api),
      version: config.makeApiClient(VersionApi),
      close: () => config.close(),
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
  if (error instanceof ApiException) {
    const said = messageIn(error.body);
    return { status: error.code, message: said ?? `HTTP status ${error.code}` };
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  const message = messageOf(error);
  return { status: typeof status === "number" ? status : null, message };
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
