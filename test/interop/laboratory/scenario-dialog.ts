/** How one dialog of a scenario is named in its messages. A scenario may have several: `dialog="second"`. */

interface Invite {
  readonly index: number;
  readonly cseq: number;
  readonly uri: string;
  readonly to: string;
}

export class ScenarioDialog {
  readonly callId: string;
  readonly tag: string;
  /** Opened by the other side. */
  called = false;
  invite: Invite = { index: 0, cseq: 0, uri: "", to: "" };
  cseq = 0;
  readonly #name: string;
  readonly #own: string;

  /** @param own address-of-record @param user part of the tag, which must not be seen on the other side */
  constructor(name: string, own: string, user: string) {
    this.#name = name;
    this.#own = own;
    // SIPp finds its call by what stands after the slashes.
    this.callId = name === "" ? "[call_id]" : `${name}///[call_id]`;
    this.tag = `t${user}${name}x[pid]x[call_number]`;
  }

  /** A variable of this dialog. */
  variable(name: string): string {
    return `${name}${this.#name}`;
  }

  /** Where its requests go: the Contact of the other side. */
  get target(): string {
    return `[$${this.variable("target")}]`;
  }

  /** The first request has no tag of the other side. */
  opening(to: string): readonly string[] {
    return [`From: <${this.#own}>;tag=${this.tag}`, `To: <${to}>`];
  }

  /** From and To of later requests: of the response that made the dialog, or of the request. */
  get inside(): readonly string[] {
    const value = (name: string): string => `[$${this.variable(name)}]`;
    if (this.called) return [`From:${value("to")};tag=${this.tag}`, `To:${value("from")}`];
    return [`From: <${this.#own}>;tag=${this.tag}`, `To:${value("peer")}`];
  }

  /** What a response to the request that opened it has to repeat. */
  get answering(): readonly string[] {
    const value = (name: string): string => `[$${this.variable(name)}]`;
    return [
      `Via:${value("via")}`,
      `From:${value("from")}`,
      `To:${value("to")};tag=${this.tag}`,
      `CSeq:${value("cseq")}`,
    ];
  }
}
