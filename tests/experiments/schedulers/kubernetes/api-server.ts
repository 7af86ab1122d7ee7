import http from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** Of a collection, with whatever else it has. */
export interface Item {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

/** The part of an API server that lists one collection, and watches some. */
export class FakeApiServer {
  readonly server = http.createServer((request, response) => this.#answer(request, response));
  readonly watchedFrom: (string | null)[] = [];
  items: Item[] = [];
  version = 1;
  lists = 0;
  /** Versions below are forgotten. */
  oldest = 0;
  /** With the path of what is watched. */
  #watches = new Map<http.ServerResponse, string>();
  #port = 0;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.server.address() as AddressInfo).port;
  }

  /** As a process that dies: every connection is reset. */
  async die(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    this.#watches.clear();
    await closed;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The administrator's configuration of a client. */
  get config(): KubeConfig {
    const config = new KubeConfig();
    const cluster = { name: "test", server: this.url, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: "test" });
    return config;
  }

  /** Tells the watches of a path, or all. */
  send(type: string, object: unknown, path = ""): void {
    for (const [watch, watched] of this.#watches) {
      if (watched.startsWith(path)) watch.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  endWatches(): void {
    for (const watch of this.#watches.keys()) watch.end();
    this.#watches.clear();
  }

  list() {
    this.lists += 1;
    return { items: this.items, metadata: { resourceVersion: String(this.version) } };
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname, searchParams: query } = new URL(request.url ?? "", this.url);
    if (!query.has("watch")) {
      response.end(JSON.stringify(this.list()));
      return;
    }
    const from = query.get("resourceVersion");
    this.watchedFrom.push(from);
    if (Number(from) < this.oldest) {
      response.writeHead(410).end();
      return;
    }
    response.writeHead(200);
    response.flushHeaders();
    this.#watches.set(response, pathname);
  }
}
