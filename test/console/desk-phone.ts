/** A phone on UDP that says what it is told to: registers, calls, hangs up. */
import { parseMessage, type Response } from "@ringfence/sip";
import { challengesOf, credentialsFor } from "../support/edge-accounts.ts";
import { branch } from "../support/sip-script.ts";
import { UdpHost } from "../support/udp-host.ts";

export interface DeskPhoneSettings {
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  /** Where Ringfence listens, on loopback. */
  readonly port: number;
  /** Its own address on loopback. */
  readonly address: string;
  readonly userAgent: string;
  /** Before the address in From, quoted as it must be. */
  readonly displayName: string;
  /** `s=` of its session descriptions. */
  readonly session: string;
}

export class DeskPhone {
  readonly #settings: DeskPhoneSettings;
  readonly #host: UdpHost;
  #cseq = 0;
  #calls = 0;

  private constructor(settings: DeskPhoneSettings, host: UdpHost) {
    this.#settings = settings;
    this.#host = host;
  }

  static async open(settings: DeskPhoneSettings): Promise<DeskPhone> {
    return new DeskPhone(settings, await UdpHost.open(settings.address));
  }

  async register(): Promise<number> {
    const { domain } = this.#settings;
    const id = `register-${this.#host.port}`;
    return (await this.#ask("REGISTER", `sip:${domain}`, this.#settings.user, id, "")).status;
  }

  /** @returns the final answer's status; one below 300 is acknowledged */
  async call(to: string): Promise<number> {
    const id = `call-${this.#host.port}-${++this.#calls}`;
    const uri = `sip:${to}@${this.#settings.domain}`;
    const { status } = await this.#ask("INVITE", uri, to, id, this.#offer());
    return status;
  }

  close(): void {
    this.#host.close();
  }

  async #ask(method: string, uri: string, to: string, id: string, body: string): Promise<Response> {
    const first = await this.#exchange(method, uri, to, id, body, []);
    const [challenge] = challengesOf(first);
    if (challenge === undefined) return first;
    const { user, password } = this.#settings;
    return this.#exchange(method, uri, to, id, body, [credentialsFor(challenge, { user, password, method, uri })]);
  }

  async #exchange(
    method: string,
    uri: string,
    to: string,
    id: string,
    body: string,
    more: readonly string[],
  ): Promise<Response> {
    const cseq = ++this.#cseq;
    await this.#send([...this.#head(method, uri, to, id, cseq), ...more], body);
    const answer = await this.#final(`${cseq} ${method}`);
    if (method !== "INVITE") return answer;
    const toHeader = answer.headers.get("To") ?? "";
    const lines = this.#head("ACK", uri, to, id, cseq).filter((line) => !line.startsWith("To:"));
    await this.#send([...lines, `To: ${toHeader}`], "");
    return answer;
  }

  #head(method: string, uri: string, to: string, id: string, cseq: number): readonly string[] {
    const { user, domain, userAgent, displayName } = this.#settings;
    const { address, port } = this.#host;
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=${branch()};rport`,
      "Max-Forwards: 70",
      `From: "${displayName.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}" <sip:${user}@${domain}>;tag=${id}`,
      `To: <sip:${to}@${domain}>`,
      `Call-ID: ${id}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:${user}@${address}:${port}>`,
      `User-Agent: ${userAgent}`,
    ];
  }

  #offer(): string {
    const { address } = this.#settings;
    const lines = ["v=0", `o=- 1 1 IN IP4 ${address}`, `s=${this.#settings.session}`, `c=IN IP4 ${address}`, "t=0 0"];
    return `${[...lines, "m=audio 4000 RTP/AVP 0"].join("\r\n")}\r\n`;
  }

  #send(lines: readonly string[], body: string): Promise<void> {
    const octets = Buffer.from(body);
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const head = [...lines, ...type, `Content-Length: ${octets.length}`, "", ""].join("\r\n");
    return this.#host.send(Buffer.concat([Buffer.from(head), octets]), this.#settings.port, "127.0.0.1");
  }

  async #final(cseq: string): Promise<Response> {
    for (;;) {
      const parsed = parseMessage((await this.#host.next()).bytes, "datagram");
      if (parsed.kind !== "response" || parsed.status < 200) continue;
      if (parsed.headers.get("CSeq") === cseq) return parsed;
    }
  }
}
