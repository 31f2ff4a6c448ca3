/** Writes one scenario, element by element: it knows which numbers and branches the messages before had. */
import type { Element, ScenarioSettings } from "./scenario.ts";
import { parts, sdp, sendElement } from "./scenario-message.ts";

/** What counts as a message in `[branch-N]`. */
const counted = ["send", "recv", "pause", "nop"];

interface Sent {
  readonly index: number;
  readonly cseq: number;
  readonly uri: string;
}

export class Writer {
  readonly #settings: ScenarioSettings;
  readonly #tag: string;
  readonly #session: string;
  readonly #variables: string[] = [];
  #index = 0;
  #cseq = 0;
  #version = 0;
  #called = false;
  #invite: Sent = { index: 0, cseq: 0, uri: "" };

  constructor(settings: ScenarioSettings) {
    this.#settings = settings;
    this.#tag = `t${settings.user}x[pid]x[call_number]`;
    this.#session = `7310${settings.user}`;
  }

  write(element: Element): string {
    const { name, attributes } = element;
    switch (name) {
      case "request":
        return attributes.has("to") ? this.#opening(element) : this.#inside(element);
      case "ack":
        return this.#count(this.#ack(element));
      case "cancel":
        return this.#count(this.#cancel());
      case "called":
        return this.#count(this.#calledBy(element));
      case "answer":
      case "reply":
        return this.#count(this.#response(element));
      case "recv":
        return this.#count(this.#recv(element));
    }
    if (counted.includes(name)) this.#index += 1;
    return element.text;
  }

  /** SIPp takes a variable that is assigned and not used for a mistake. */
  unused(): readonly string[] {
    return this.#variables.length === 0 ? [] : [`<Reference variables="${this.#variables.join(",")}"/>`];
  }

  #count(text: string): string {
    this.#index += 1;
    return text;
  }

  #opening(element: Element): string {
    const method = element.attributes.get("method") ?? "";
    const first = this.#request(element, method, []);
    if (!this.#settings.challenged.includes(method)) return first;
    const steps = [first];
    if (method === "INVITE") steps.push(this.#count('<recv response="100" optional="true"/>'));
    steps.push(this.#count('<recv response="407" auth="true"/>'));
    if (method === "INVITE") steps.push(this.#count(this.#ackOfFailure()));
    steps.push(this.#request(element, method, ["[authentication]"]));
    return steps.join("\n");
  }

  #inside(element: Element): string {
    return this.#request(element, element.attributes.get("method") ?? "", []);
  }

  #request({ attributes, content }: Element, method: string, more: readonly string[]): string {
    this.#cseq += 1;
    const to = attributes.get("to");
    const uri = to === undefined ? "[next_url]" : this.#uri(to, method);
    if (method === "INVITE") this.#invite = { index: this.#index, cseq: this.#cseq, uri };
    const text = content.replaceAll("[invite_cseq]", String(this.#invite.cseq));
    const lines = [
      ...this.#head(method, uri, this.#cseq, "[branch]"),
      ...(to === undefined ? this.#dialog() : this.#parties(to)),
      ...this.#contact(attributes),
      ...more,
    ];
    return this.#count(this.#send(lines, text, attributes.get("sdp"), true));
  }

  #send(lines: readonly string[], content: string, direction: string | undefined, retransmitted: boolean): string {
    const { headers, body } = parts(content);
    const all = [...lines, ...headers];
    if (direction === undefined) return sendElement({ lines: all, body }, retransmitted);
    this.#version += 1;
    const session = sdp(direction, this.#session, this.#version);
    return sendElement({ lines: [...all, "Content-Type: application/sdp"], body: session }, retransmitted);
  }

  #head(method: string, uri: string, cseq: number, branch: string): readonly string[] {
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${this.#settings.transport} [local_ip]:[local_port];branch=${branch};rport`,
      "Max-Forwards: 70",
      `CSeq: ${cseq} ${method}`,
      "Call-ID: [call_id]",
    ];
  }

  #uri(to: string, method: string): string {
    const { domain } = this.#settings;
    if (to.includes(":")) return to;
    return method === "REGISTER" ? `sip:${domain}` : `sip:${to}@${domain}`;
  }

  #parties(to: string): readonly string[] {
    const { user, domain } = this.#settings;
    const target = to.includes(":") ? to : `sip:${to}@${domain}`;
    return [`From: <sip:${user}@${domain}>;tag=${this.#tag}`, `To: <${target}>`];
  }

  /** A caller names its peer by the To of the response that it took the route from, who was called by the From of what came. */
  #dialog(): readonly string[] {
    const { user, domain } = this.#settings;
    if (this.#called) return [`From:[$to];tag=${this.#tag}`, "To:[$from]", "[routes]"];
    return [`From: <sip:${user}@${domain}>;tag=${this.#tag}`, "To:[$peer]", "[routes]"];
  }

  #contact(attributes: ReadonlyMap<string, string>): readonly string[] {
    const { user, transport } = this.#settings;
    if (attributes.get("contact") === "none") return [];
    return [`Contact: <sip:${user}@[local_ip]:[local_port];transport=${transport.toLowerCase()}>`];
  }

  #ack({ attributes, content }: Element): string {
    if (attributes.get("of") === "failure") return this.#ackOfFailure();
    const lines = [...this.#head("ACK", "[next_url]", this.#invite.cseq, "[branch]"), ...this.#dialog()];
    return this.#send(lines, content, attributes.get("sdp"), false);
  }

  /** RFC 3261 §17.1.1.3: the INVITE's own branch and Request-URI. */
  #ackOfFailure(): string {
    const { index, cseq, uri } = this.#invite;
    const { user, domain } = this.#settings;
    const target = this.#called || uri === "[next_url]" ? this.#dialog() : undefined;
    const parties = target ?? [`From: <sip:${user}@${domain}>;tag=${this.#tag}`, "[last_To:]"];
    const lines = [...this.#head("ACK", uri, cseq, `[branch-${this.#index - index}]`), ...parties];
    return sendElement({ lines }, false);
  }

  #cancel(): string {
    const { index, cseq, uri } = this.#invite;
    const to = uri.slice("sip:".length).split("@")[0] ?? "";
    const lines = [...this.#head("CANCEL", uri, cseq, `[branch-${this.#index - index}]`), ...this.#parties(to)];
    return sendElement({ lines }, true);
  }

  /** `again`: a request inside the dialog that is answered later. */
  #calledBy({ attributes }: Element): string {
    this.#called = true;
    const names = attributes.get("again") === "true" ? ["via", "cseq"] : ["via", "from", "to", "cseq"];
    const kept = names.map((name) => this.#keep(name, `${name}:`, ".*"));
    const more = this.#actions(attributes);
    return `<recv request="${attributes.get("method")}" rrs="true"><action>${[...kept, ...more].join("")}</action></recv>`;
  }

  #response({ name, attributes, content }: Element): string {
    const status = attributes.get("status") ?? "200 OK";
    const opening = [`Via:[$via]`, "From:[$from]", `To:[$to];tag=${this.#tag}`, "CSeq:[$cseq]", "[last_Record-Route:]"];
    const last = ["[last_Via:]", "[last_From:]", "[last_To:]", "[last_CSeq:]", "[last_Record-Route:]"];
    const lines = [
      `SIP/2.0 ${status}`,
      ...(name === "answer" ? opening : last),
      "[last_Call-ID:]",
      ...this.#contact(attributes),
    ];
    return this.#send(lines, content, attributes.get("sdp"), attributes.get("repeated") === "true");
  }

  /** SIPp's own element, with our attributes turned into actions. */
  #recv({ attributes, content, text }: Element): string {
    const dialog = attributes.has("response") && attributes.get("rrs") === "true" && !this.#called;
    const actions = [...(dialog ? [this.#keep("peer", "To:", ".*")] : []), ...this.#actions(attributes)];
    if (actions.length === 0) return text;
    const own = [...attributes].filter(([key]) => !["expects", "lacks", "keep"].includes(key));
    const shown = own.map(([key, value]) => ` ${key}="${value}"`).join("");
    return `<recv${shown}><action>${actions.join("")}</action>${content}</recv>`;
  }

  #actions(attributes: ReadonlyMap<string, string>): readonly string[] {
    const [expects, lacks, keep] = ["expects", "lacks", "keep"].map((name) => attributes.get(name));
    const actions: string[] = [];
    for (const one of expects?.split(" && ") ?? []) actions.push(this.#look(one, 'check_it="true"'));
    for (const one of lacks?.split(" && ") ?? []) actions.push(this.#look(one, 'check_it_inverse="true"'));
    const [name = "", header = ""] = keep?.split("=") ?? [];
    if (keep !== undefined) actions.push(this.#look(header, 'check_it="true"', name));
    return actions;
  }

  #look(what: string, check: string, name = `seen${this.#variables.length}`): string {
    const colon = what.indexOf(":");
    return this.#keep(name, what.slice(0, colon + 1), what.slice(colon + 1).trim(), check);
  }

  #keep(name: string, header: string, regexp: string, check = 'check_it="true"'): string {
    if (!this.#variables.includes(name)) this.#variables.push(name);
    const place = header === "body:" ? 'search_in="body"' : `search_in="hdr" header="${header}" case_indep="true"`;
    return `<ereg regexp="${regexp}" ${place} ${check} assign_to="${name}"/>`;
  }
}
