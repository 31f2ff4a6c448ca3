/** The product as people start it, with a PBX stand-in behind it, a carrier that is away, and its console. All of it on loopback. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PbxProcess, startPbx } from "../../packages/appliance/src/demo/pbx-process.ts";
import { freePort } from "../support/free-port.ts";
import { launch, type RunningProcess } from "../support/ringfence-process.ts";
import { DeskPhone, type DeskPhoneSettings } from "./desk-phone.ts";

const domain = "pbx.example.com";
const accounts = [
  { user: "1001", password: "Kx7-mauve-31" },
  { user: "1002", password: "Qz4-ochre-58" },
] as const;

export class ConsoleSite {
  readonly #folder: string;
  readonly #pbx: PbxProcess;
  readonly #ringfence: RunningProcess;
  readonly #phones: DeskPhone[] = [];
  /** Under a name, so that passkeys work. */
  readonly address: string;
  readonly #port: number;

  private constructor(folder: string, pbx: PbxProcess, ringfence: RunningProcess, address: string, port: number) {
    this.#folder = folder;
    this.#pbx = pbx;
    this.#ringfence = ringfence;
    this.address = address;
    this.#port = port;
  }

  static async open(): Promise<ConsoleSite> {
    const folder = mkdtempSync(join(tmpdir(), "ringfence-console-"));
    const book = join(folder, "pbx.json");
    writeFileSync(book, JSON.stringify({ accounts, accept: ["127.0.0.1"] }));
    const port = await freePort();
    const rtp = await freePort();
    const pbx = await startPbx({ address: "127.0.0.1", port, rtp: { first: rtp, last: rtp + 40 }, accounts: book });
    const [phones, carrier] = [await freePort(), await freePort()];
    const core = [await freePort(), await freePort("127.0.0.2")] as const;
    writeFileSync(join(folder, "sbc.yaml"), config({ pbx: port, phones, carrier, core }));
    const ringfence = launch(folder, "start", "--config", "sbc.yaml");
    await ringfence.says('"event":"ready"');
    const said = await ringfence.says('"event":"admin"');
    const address = `http://localhost:${/"event":"admin".*http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]}/`;
    return new ConsoleSite(folder, pbx, ringfence, address, phones);
  }

  /** What the command line prints for the first user. */
  async enrolmentCode(): Promise<string> {
    const { out } = await launch(this.#folder, "admin", "enrol", "--config", "sbc.yaml").finished;
    const code = out.split("\n").find((line) => line.startsWith("  "));
    if (code === undefined) throw new Error(`no code: ${out}`);
    return code.trim();
  }

  async phone(
    user: "1001" | "1002",
    says: Pick<DeskPhoneSettings, "userAgent" | "displayName" | "session">,
  ): Promise<DeskPhone> {
    const password = accounts.find((account) => account.user === user)?.password ?? "";
    const phone = await DeskPhone.open({ user, password, domain, port: this.#port, address: "127.0.0.3", ...says });
    this.#phones.push(phone);
    return phone;
  }

  async close(): Promise<void> {
    for (const phone of this.#phones) phone.close();
    this.#ringfence.child.kill("SIGTERM");
    await this.#ringfence.finished;
    await this.#pbx.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

interface Ports {
  readonly pbx: number;
  readonly phones: number;
  readonly carrier: number;
  /** Towards the PBX, for phones and for trunks. */
  readonly core: readonly [number, number];
}

function config({ pbx, phones, carrier, core }: Ports): string {
  return `pbx: { address: "127.0.0.1:${pbx}" }
phones:
  domains: [${domain}]
  listen: [{ transport: udp, address: 127.0.0.1, port: ${phones} }]
  media: { srtp: optional }
  # Nobody refreshes and nobody speaks while somebody looks around, however slow the machine.
  registration: { phone_expires: 1h }
trunks:
  - name: carrier
    hosts: [{ uri: "sip:127.0.0.9:${carrier}" }]
    inbound: { did: ["+1555010????"] }
core: { phones_from: "127.0.0.1:${core[0]}", trunks_from: "127.0.0.2:${core[1]}" }
media: { ports: 33000-33999, inactivity: 1h }
policy:
  country: DE
  limits: { calls: 50 }
  destinations: [{ list: high-risk, action: reject }]
  accounts: { default: { calls: 2, calls_per_hour: 30 } }
metrics: { listen: "127.0.0.1:0" }
admin: { listen: "127.0.0.1:0" }
state: { dir: state }
`;
}
