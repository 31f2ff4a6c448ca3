/** Writes one scenario, element by element: it knows which numbers and branches the messages before had. */
import type { Element, ScenarioSettings } from "./scenario.ts";
import { ScenarioDialog } from "./scenario-dialog.ts";
import { Looks } from "./scenario-looks.ts";
import { parts, sdp, sendElement } from "./scenario-message.ts";

/** What counts as a message in `[branch-N]`. */
const counted = ["send", "recv", "pause", "nop"];

/** As phones write them; without, a REGISTER would be too short for its answer (threat L11). */
const phoneLines = (user: string): readonly string[] => [
  "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY, MESSAGE",
  `User-Agent: the phone of ${user} in the interoperability tests`,
];

type Attributes = Element["attributes"];

export class Writer {
  readonly #settings: ScenarioSettings;
  readonly #dialogs = new Map<string, ScenarioDialog>();
  readonly #looks = new Looks();
  /** Request-URI of the first request that opens something. */
  target: string | undefined;
  #index = 0;
  #version = 0;

  constructor(settings: ScenarioSettings) {
    this.#settings = settings;
  }

  write(element: Element): string {
    const { name, attributes } = element;
    switch (name) {
      case "request":
        return attributes.has("to") ? this.#opening(element) : this.#inside(element);
      case "ack":
        return this.#count(this.#ack(element));
      case "cancel":
        return this.#count(this.#cancel(this.#dialog(attributes)));
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
    const { variables } = this.#looks;
    return variables.length === 0 ? [] : [`<Reference variables="${variables.join(",")}"/>`];
  }

  #count(text: string): string {
    this.#index += 1;
    return text;
  }

  #dialog(attributes: Attributes): ScenarioDialog {
    const name = attributes.get("dialog") ?? "";
    const { user, domain } = this.#settings;
    const dialog = this.#dialogs.get(name) ?? new ScenarioDialog(name, `sip:${user}@${domain}`, user);
    this.#dialogs.set(name, dialog);
    return dialog;
  }

  #opening(element: Element): string {
    const method = element.attributes.get("method") ?? "";
    const first = this.#request(element, method, []);
    if (!this.#settings.challenged.includes(method) || element.attributes.get("challenged") === "no") return first;
    const steps = [first];
    if (method === "INVITE") steps.push(this.#count('<recv response="100" optional="true"/>'));
    steps.push(this.#count('<recv response="407" auth="true"/>'));
    if (method === "INVITE") steps.push(this.#count(this.#ackOfFailure(this.#dialog(element.attributes))));
    steps.push(this.#request(element, method, ["[authentication]"]));
    return steps.join("\n");
  }

  #inside(element: Element): string {
    return this.#request(element, element.attributes.get("method") ?? "", []);
  }

  #request({ attributes, content }: Element, method: string, more: readonly string[]): string {
    const dialog = this.#dialog(attributes);
    dialog.cseq += 1;
    const to = attributes.get("to");
    const aor = to === undefined || to.includes(":") ? (to ?? "") : `sip:${to}@${this.#settings.domain}`;
    const opened = method === "REGISTER" ? `sip:${this.#settings.domain}` : aor;
    const uri = to === undefined ? dialog.target : (attributes.get("uri") ?? opened);
    this.target ??= uri;
    if (method === "INVITE") dialog.invite = { index: this.#index, cseq: dialog.cseq, uri, to: aor };
    const text = content.replaceAll("[invite_cseq]", String(dialog.invite.cseq));
    const lines = [
      ...this.#head(dialog, method, uri, dialog.cseq, "[branch]"),
      ...(to === undefined ? dialog.inside : [...dialog.opening(aor), ...phoneLines(this.#settings.user)]),
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
    const { user, transport } = this.#settings;
    const session = sdp(direction, `7310${user}`, this.#version, transport);
    return sendElement({ lines: [...all, "Content-Type: application/sdp"], body: session }, retransmitted);
  }

  #head(dialog: ScenarioDialog, method: string, uri: string, cseq: number, branch: string): readonly string[] {
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${this.#settings.transport} [local_ip]:[local_port];branch=${branch};rport`,
      "Max-Forwards: 70",
      `CSeq: ${cseq} ${method}`,
      `Call-ID: ${dialog.callId}`,
    ];
  }

  #contact(attributes: Attributes): readonly string[] {
    const { user, transport } = this.#settings;
    if (attributes.get("contact") === "none") return [];
    return [`Contact: <sip:${user}@[local_ip]:[local_port];transport=${transport.toLowerCase()}>`];
  }

  #ack({ attributes, content }: Element): string {
    const dialog = this.#dialog(attributes);
    if (attributes.get("of") === "failure") return this.#ackOfFailure(dialog);
    const lines = [...this.#head(dialog, "ACK", dialog.target, dialog.invite.cseq, "[branch]"), ...dialog.inside];
    return this.#send(lines, content, attributes.get("sdp"), false);
  }

  /** RFC 3261 §17.1.1.3: the INVITE's own branch and Request-URI. */
  #ackOfFailure(dialog: ScenarioDialog): string {
    const { index, cseq, uri, to } = dialog.invite;
    const parties = to === "" ? dialog.inside : [dialog.opening(to)[0] ?? "", "[last_To:]"];
    const lines = [...this.#head(dialog, "ACK", uri, cseq, `[branch-${this.#index - index}]`), ...parties];
    return sendElement({ lines }, false);
  }

  #cancel(dialog: ScenarioDialog): string {
    const { index, cseq, uri, to } = dialog.invite;
    const head = this.#head(dialog, "CANCEL", uri, cseq, `[branch-${this.#index - index}]`);
    return sendElement({ lines: [...head, ...dialog.opening(to)] }, true);
  }

  /** `again`: a request inside the dialog that is answered later. */
  #calledBy({ attributes, content }: Element): string {
    const dialog = this.#dialog(attributes);
    dialog.called = true;
    const names = attributes.get("again") === "true" ? ["via", "cseq"] : ["via", "from", "to", "cseq"];
    const kept = names.map((name) => this.#looks.keep(dialog.variable(name), `${name}:`, ".*"));
    if (attributes.get("method") === "INVITE") kept.push(this.#target(dialog));
    const more = this.#looks.actions(attributes);
    const next = attributes.has("next") ? ` optional="true" next="${attributes.get("next")}"` : "";
    return `<recv request="${attributes.get("method")}"${next}><action>${[...kept, ...more].join("")}${content}</action></recv>`;
  }

  #target(dialog: ScenarioDialog): string {
    return this.#looks.keep(dialog.variable("target"), "Contact:", "sip:[^>]*");
  }

  #response({ name, attributes, content }: Element): string {
    const status = attributes.get("status") ?? "200 OK";
    const last = ["[last_Via:]", "[last_From:]", "[last_To:]", "[last_CSeq:]"];
    const lines = [
      `SIP/2.0 ${status}`,
      ...(name === "answer" ? this.#dialog(attributes).answering : last),
      "[last_Call-ID:]",
      ...this.#contact(attributes),
    ];
    return this.#send(lines, content, attributes.get("sdp"), attributes.get("repeated") === "true");
  }

  /** SIPp's own element, with our attributes turned into actions. `rrs` as in SIPp: this response makes the dialog. */
  #recv({ attributes, content, text }: Element): string {
    const dialog = this.#dialog(attributes);
    const makes = attributes.has("response") && attributes.get("rrs") === "true" && !dialog.called;
    const kept = makes ? [this.#looks.keep(dialog.variable("peer"), "To:", ".*"), this.#target(dialog)] : [];
    const actions = [...kept, ...this.#looks.actions(attributes)];
    if (actions.length === 0) return text;
    const own = [...attributes].filter(([key]) => !Looks.own.includes(key));
    const shown = own.map(([key, value]) => ` ${key}="${value}"`).join("");
    return `<recv${shown}><action>${actions.join("")}</action>${content}</recv>`;
  }
}
