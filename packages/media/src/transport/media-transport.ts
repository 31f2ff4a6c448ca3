/**
 * The transport of one pair: ICE says who the peer is, DTLS makes keys with it, once for both sockets or once for each. The
 * drawing is in transport.ts. Pure.
 */

import type { DtlsIdentity } from "../dtls/identity.ts";
import type { Component, Endpoint, EngineCommand, PairId } from "../engine/engine.ts";
import { DtlsPart, type DtlsStep } from "./dtls-part.ts";
import type { HandshakeBudget } from "./handshake-budget.ts";
import { type IceOutput, IcePart } from "./ice-part.ts";
import type { ControlPacket, DtlsTerms, Transport, TransportOutput, TransportTerms } from "./transport.ts";

/** RTCP first: what RTP comes to may be the end. */
const components = ["rtcp", "rtp"] as const;

export class MediaTransport implements Transport {
  readonly #pair: PairId;
  readonly #identity: DtlsIdentity | undefined;
  readonly #budget: HandshakeBudget;
  #ice: IcePart | undefined;
  /** Without rtcp-mux one for each socket. */
  #dtls: Partial<Record<Component, DtlsPart>> = {};
  #checksFrom: string | undefined;
  #over = false;

  constructor(pair: PairId, identity: DtlsIdentity | undefined, budget: HandshakeBudget) {
    this.#pair = pair;
    this.#identity = identity;
    this.#budget = budget;
  }

  get deadline(): number | undefined {
    const parts = [this.#ice, this.#dtls.rtp, this.#dtls.rtcp];
    const times = parts.map((part) => part?.deadline).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  agree(terms: TransportTerms, now: number): readonly TransportOutput[] {
    if (this.#over) return [];
    const { ice, mux } = terms;
    this.#checksFrom = terms.checksFrom;
    const was = { rtp: this.#ice?.selected("rtp"), rtcp: this.#ice?.selected("rtcp") };
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
    // The engine has asked the same; between its answer and here ICE may have gone elsewhere.
    if (this.#ice !== undefined && !isSame(this.#ice.selected(component), source)) return [];
    return this.#afterDtls(component, this.#dtls[component]?.onPacket(packet, source, now));
  }

  onDeadline(now: number): readonly TransportOutput[] {
    const outputs: TransportOutput[] = [];
    for (const component of components) {
      const output = this.#ice?.onDeadline(component, now);
      if (output !== undefined) outputs.push(...this.#afterIce(component, output, undefined, now));
    }
    for (const component of components)
      outputs.push(...this.#afterDtls(component, this.#dtls[component]?.onDeadline(now)));
    return outputs;
  }

  close(_now: number): readonly TransportOutput[] {
    if (this.#over) return [];
    const outputs = components.flatMap((component) => this.#afterDtls(component, this.#dtls[component]?.close()));
    this.#end();
    return outputs;
  }

  /** @param was whom ICE had selected before these terms: until a check under new credentials came it still holds */
  #agreeDtls(
    { dtls, ice, mux, signalled }: TransportTerms,
    was: Partial<Record<Component, Endpoint | undefined>>,
    now: number,
  ): readonly TransportOutput[] {
    if (dtls === undefined || mux) delete this.#dtls.rtcp;
    if (dtls === undefined) {
      delete this.#dtls.rtp;
      return [];
    }
    const identity = this.#identity;
    if (identity === undefined) return this.#fail("dtls-handshake");
    return (mux ? (["rtp"] as const) : components).flatMap((component) => {
      const standing = this.#dtls[component];
      const isNew = standing === undefined || !sameTerms(standing.terms, dtls);
      const part = isNew ? new DtlsPart(dtls, identity, this.#budget, ice !== undefined) : standing;
      this.#dtls[component] = part;
      const peer = ice === undefined ? signalled?.[component] : (this.#ice?.selected(component) ?? was[component]);
      // With ICE there is nobody to talk to before the first check; without it the peer may begin at any time.
      return ice !== undefined && peer === undefined ? [] : this.#afterDtls(component, part.aim(peer, now));
    });
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
    if (select !== undefined && select !== "nowhere")
      outputs.push(...this.#afterDtls(component, this.#dtls[component]?.aim(select, now)));
    if (failed !== undefined) outputs.push(...this.#fail(failed));
    return outputs;
  }

  #afterDtls(component: Component, step: DtlsStep | undefined): readonly TransportOutput[] {
    if (step === undefined) return [];
    const { to, datagrams, result } = step;
    const sends = to === undefined ? [] : datagrams.map((datagram) => this.#send(component, to, datagram));
    if (result?.kind === "keyed") return [...sends, { ...result, component }];
    if (result === undefined) return sends;
    // The call lives by its RTP: what RTCP is refused, or never asks for, is only not sent.
    return component === "rtp" ? [...sends, ...this.#fail(result.reason)] : sends;
  }

  #fail(reason: Extract<TransportOutput, { kind: "failed" }>["reason"]): readonly TransportOutput[] {
    this.#end();
    return [{ kind: "failed", reason }];
  }

  #end(): void {
    this.#over = true;
    this.#ice = undefined;
    this.#dtls = {};
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
