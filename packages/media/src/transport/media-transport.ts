/** The transport of one pair: ICE says who the peer is, DTLS makes keys with it. The drawing is in transport.ts. Pure. */

import type { DtlsIdentity } from "../dtls/identity.ts";
import type { Component, Endpoint, EngineCommand, PairId } from "../engine/engine.ts";
import { DtlsPart, type DtlsStep } from "./dtls-part.ts";
import type { HandshakeBudget } from "./handshake-budget.ts";
import { type IceOutput, IcePart } from "./ice-part.ts";
import type { ControlPacket, DtlsTerms, Transport, TransportOutput, TransportTerms } from "./transport.ts";

export class MediaTransport implements Transport {
  readonly #pair: PairId;
  readonly #identity: DtlsIdentity | undefined;
  readonly #budget: HandshakeBudget;
  #ice: IcePart | undefined;
  #dtls: DtlsPart | undefined;
  #checksFrom: string | undefined;
  #over = false;

  constructor(pair: PairId, identity: DtlsIdentity | undefined, budget: HandshakeBudget) {
    this.#pair = pair;
    this.#identity = identity;
    this.#budget = budget;
  }

  get deadline(): number | undefined {
    const times = [this.#ice?.deadline, this.#dtls?.deadline].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  agree(terms: TransportTerms, now: number): readonly TransportOutput[] {
    if (this.#over) return [];
    const { ice, mux } = terms;
    this.#checksFrom = terms.checksFrom;
    const was = this.#ice?.selected;
    if (ice === undefined) this.#ice = undefined;
    else if (this.#ice?.isFor(ice, mux) !== true) this.#ice = new IcePart(ice, mux, now);
    return this.#agreeDtls(terms, was, now);
  }

  onControl(control: ControlPacket, now: number): readonly TransportOutput[] {
    if (this.#over) return [];
    const { component, protocol, source, packet } = control;
    if (protocol === "stun") {
      if (this.#checksFrom !== undefined && source.address !== this.#checksFrom) return [];
      const output = this.#ice?.onPacket(component, packet, source, now);
      return output === undefined ? [] : this.#afterIce(component, output, source, now);
    }
    if (component !== "rtp" || this.#dtls === undefined) return [];
    // The engine has asked the same; between its answer and here ICE may have gone elsewhere.
    if (this.#ice !== undefined && !isSame(this.#ice.selected, source)) return [];
    return this.#afterDtls(this.#dtls.onPacket(packet, source, now));
  }

  onDeadline(now: number): readonly TransportOutput[] {
    const outputs: TransportOutput[] = [];
    for (const component of ["rtcp", "rtp"] as const) {
      const output = this.#ice?.onDeadline(component, now);
      if (output !== undefined) outputs.push(...this.#afterIce(component, output, undefined, now));
    }
    if (this.#dtls !== undefined) outputs.push(...this.#afterDtls(this.#dtls.onDeadline(now)));
    return outputs;
  }

  close(_now: number): readonly TransportOutput[] {
    if (this.#over) return [];
    const outputs = this.#dtls === undefined ? [] : this.#afterDtls(this.#dtls.close());
    this.#end();
    return outputs;
  }

  /** @param was whom ICE had selected before these terms: until a check under new credentials came it still holds */
  #agreeDtls(
    { dtls, ice, signalled }: TransportTerms,
    was: Endpoint | undefined,
    now: number,
  ): readonly TransportOutput[] {
    if (dtls === undefined) {
      this.#dtls = undefined;
      return [];
    }
    if (this.#identity === undefined) return this.#fail("dtls-handshake");
    const isNew = this.#dtls === undefined || !sameTerms(this.#dtls.terms, dtls);
    if (isNew) this.#dtls = new DtlsPart(dtls, this.#identity, this.#budget, ice !== undefined);
    const peer = ice === undefined ? signalled : (this.#ice?.selected ?? was);
    // With ICE there is nobody to talk to before the first check; without it the peer may begin at any time.
    if (this.#dtls === undefined || (ice !== undefined && peer === undefined)) return [];
    return this.#afterDtls(this.#dtls.aim(peer, now));
  }

  #afterIce(
    component: Component,
    { response, select, failed }: IceOutput,
    source: Endpoint | undefined,
    now: number,
  ): readonly TransportOutput[] {
    const outputs: TransportOutput[] = [];
    if (select !== undefined) {
      const selected = select === "nowhere" ? undefined : select;
      outputs.push(this.#command({ kind: "select", pair: this.#pair, component, source: selected }));
    }
    if (response !== undefined && source !== undefined) outputs.push(this.#send(component, source, response));
    if (component === "rtp" && select !== undefined && select !== "nowhere" && this.#dtls !== undefined)
      outputs.push(...this.#afterDtls(this.#dtls.aim(select, now)));
    if (failed !== undefined) outputs.push(...this.#fail(failed));
    return outputs;
  }

  #afterDtls({ to, datagrams, result }: DtlsStep): readonly TransportOutput[] {
    const sends = to === undefined ? [] : datagrams.map((datagram) => this.#send("rtp", to, datagram));
    if (result?.kind === "failed") return [...sends, ...this.#fail(result.reason)];
    return result === undefined ? sends : [...sends, result];
  }

  #fail(reason: Extract<TransportOutput, { kind: "failed" }>["reason"]): readonly TransportOutput[] {
    this.#end();
    return [{ kind: "failed", reason }];
  }

  #end(): void {
    this.#over = true;
    this.#ice = undefined;
    this.#dtls = undefined;
  }

  #send(component: Component, to: Endpoint, packet: Uint8Array): TransportOutput {
    return this.#command({ kind: "send", pair: this.#pair, component, to, packet: Uint8Array.from(packet) });
  }

  #command(command: Extract<EngineCommand, { kind: "send" | "select" }>): TransportOutput {
    return { kind: "command", command };
  }
}

function isSame(one: Endpoint | undefined, other: Endpoint): boolean {
  return one?.address === other.address && one.port === other.port;
}

function sameTerms(one: DtlsTerms, other: DtlsTerms): boolean {
  const text = ({ role, fingerprints }: DtlsTerms): string =>
    [role, ...fingerprints.map(({ hash, value }) => `${hash} ${Buffer.from(value).toString("hex")}`)].join();
  return text(one) === text(other);
}
