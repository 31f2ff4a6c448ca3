/** The product as an operator runs it, with everything that it can tell switched on, among parties that follow a script. All of it on loopback. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createWebServer, type Server as WebServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role } from "@ringfence/admin";
import { dayConfig, dayTrunks } from "./day.ts";
import { dayManners } from "./day-manners.ts";
import { phoneDomain } from "./edge-site.ts";
import { freePort } from "./free-port.ts";
import { type DecodedHep, decodeHepStream } from "./hep-decoder.ts";
import { type LoopbackPorts, LoopbackStage, loopback, loopbackPorts } from "./loopback-stage.ts";
import { launch, type RunningProcess } from "./ringfence-process.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export class OperatedSite {
  readonly stage: LoopbackStage;
  readonly ports: LoopbackPorts;
  readonly address: string;
  readonly metrics: string;
  readonly #folder: string;
  readonly #ringfence: RunningProcess;
  readonly #collectors: Collectors;
  readonly #keys = new Map<Role, string>();

  private constructor(
    folder: string,
    stage: LoopbackStage,
    ports: LoopbackPorts,
    ringfence: RunningProcess,
    collectors: Collectors,
    metricsPort: number,
    said: string,
  ) {
    [this.#folder, this.#ringfence, this.#collectors] = [folder, ringfence, collectors];
    [this.stage, this.ports] = [stage, ports];
    this.address = `http://localhost:${/"event":"admin".*http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]}/`;
    this.metrics = `http://127.0.0.1:${metricsPort}/metrics`;
  }

  static async open(): Promise<OperatedSite> {
    const folder = mkdtempSync(join(tmpdir(), "ringfence-operated-"));
    const ports = await loopbackPorts();
    const [stage, collectors] = [await LoopbackStage.open(ports, dayManners), await Collectors.open()];
    const metricsPort = await freePort();
    writeFileSync(join(folder, "sbc.yaml"), config(ports, stage, collectors, metricsPort));
    const ringfence = launch(folder, "start", "--config", "sbc.yaml");
    const said = await ringfence.says('"event":"ready"');
    return new OperatedSite(folder, stage, ports, ringfence, collectors, metricsPort, said);
  }

  run(...args: readonly string[]) {
    return launch(this.#folder, ...args).finished;
  }

  /** What the command line prints for the first user. */
  async enrolmentCode(): Promise<string> {
    const { out } = await this.run("admin", "enrol", "--config", "sbc.yaml");
    return (
      out
        .split("\n")
        .find((line) => line.startsWith("  "))
        ?.trim() ?? ""
    );
  }

  /** What the API answers a program with a key of that role. */
  async ask(role: Role, path: string, method = "GET", body?: object): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${await this.#key(role)}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const answer = await fetch(`${this.address}api/v1${path}`, {
      ...{ method, headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // A stream has no end of its own.
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (isStream) await answer.body?.cancel();
    return { status: answer.status, text: isStream ? "" : await answer.text() };
  }

  /** Standard output, resolved when it holds the text. */
  says(text: string): Promise<string> {
    return this.#ringfence.says(text);
  }

  /** The files of the log, the oldest first. */
  logFiles(): string {
    const dir = join(this.#folder, "logs");
    return readdirSync(dir)
      .sort()
      .map((name) => readFileSync(join(dir, name), "utf8"))
      .join("");
  }

  /** What the collector of syslog was sent. */
  get syslog(): string {
    return this.#collectors.syslog.octets.toString("utf8");
  }

  /** Bodies of what was posted about alerts. */
  get webhooks(): readonly string[] {
    return this.#collectors.webhooks;
  }

  /** What the collector of captures was sent, as far as it is whole. */
  get hep(): readonly DecodedHep[] {
    const { octets } = this.#collectors.hep;
    const next = (at: number): number =>
      at + 6 > octets.length ? Number.POSITIVE_INFINITY : at + octets.readUInt16BE(at + 4);
    let end = 0;
    while (next(end) <= octets.length) end = next(end);
    return decodeHepStream(octets.subarray(0, end));
  }

  async close(): Promise<void> {
    this.#ringfence.child.kill("SIGTERM");
    await this.#ringfence.finished;
    this.stage.close();
    this.#collectors.close();
    rmSync(this.#folder, { recursive: true });
  }

  async #key(role: Role): Promise<string> {
    const known = this.#keys.get(role);
    if (known !== undefined) return known;
    const { out } = await this.run("admin", "key", role, "--role", role, "--for", "1h", "--config", "sbc.yaml");
    const key = /rf_\S+/.exec(out)?.[0] ?? "";
    this.#keys.set(role, key);
    return key;
  }
}

/** Who takes what is sent away. */
class Collectors {
  readonly syslog: Gatherer;
  readonly hep: Gatherer;
  readonly webhooks: string[] = [];
  readonly webhookPort: number;
  readonly #web: WebServer;

  private constructor(syslog: Gatherer, hep: Gatherer, web: WebServer) {
    [this.syslog, this.hep, this.#web] = [syslog, hep, web];
    this.webhookPort = portOf(web);
    web.on("request", async (request, response) => {
      this.webhooks.push(Buffer.concat(await request.toArray()).toString("utf8"));
      response.end();
    });
  }

  static async open(): Promise<Collectors> {
    const web = createWebServer().listen(0, "127.0.0.1");
    await once(web, "listening");
    return new Collectors(await Gatherer.open(), await Gatherer.open(), web);
  }

  close(): void {
    this.#web.close();
    this.#web.closeAllConnections();
    this.syslog.close();
    this.hep.close();
  }
}

/** Takes connections, and whatever is said on them. */
class Gatherer {
  readonly port: number;
  readonly #server: Server;
  readonly #pieces: Buffer[] = [];
  readonly #open: Socket[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.port = portOf(server);
    server.on("connection", (connection) => {
      this.#open.push(connection);
      connection.on("error", () => undefined).on("data", (octets) => this.#pieces.push(octets));
    });
  }

  static async open(): Promise<Gatherer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Gatherer(server);
  }

  get octets(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#open) connection.destroy();
  }
}

function portOf(server: Server): number {
  const bound = server.address();
  return bound !== null && typeof bound === "object" ? bound.port : 0;
}

function config(
  ports: LoopbackPorts,
  stage: LoopbackStage,
  { syslog, hep, webhookPort }: Collectors,
  metricsPort: number,
): string {
  const hosts = loopback.carriers.map((address, i) => `${address}:${stage.carrierPorts[i]}`);
  const listen = (transport: string): string =>
    `{ transport: ${transport}, address: ${loopback.access}, port: ${ports.access} }`;
  return `pbx: { address: "${loopback.pbx}:${stage.pbxPort}" }
phones:
  domains: [${phoneDomain}]
  listen: [${listen("udp")}, ${listen("tcp")}]
  media: { srtp: optional }
  # Nobody refreshes while somebody looks around, however slow the machine.
  registration: { phone_expires: 1h }
core:
  phones_from: "${loopback.corePhones}:${ports.corePhones}"
  trunks_from: "${loopback.coreTrunks}:${ports.coreTrunks}"
trunks:${dayTrunks(hosts, loopback.carriers)}
media: { ports: 34000-34999, inactivity: 1h }
defence: { source: { new_transactions_per_second: 1000000 } }
${dayConfig}
logs: { mask: off, files: { path: logs }, syslog: { url: "tcp://127.0.0.1:${syslog.port}" } }
capture: { hep: "tcp://127.0.0.1:${hep.port}" }
alerts: { ops: { webhook: { url: "http://127.0.0.1:${webhookPort}/" } } }
metrics: { listen: "127.0.0.1:${metricsPort}" }
admin: { listen: "127.0.0.1:0" }
state: { dir: state }
`;
}
