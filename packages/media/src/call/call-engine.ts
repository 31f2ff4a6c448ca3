/** What an agreement means to the engine and to the transports of its pairs, and what their handshakes came to. */

import type { Component, EngineCommand, PairId } from "../engine/engine.ts";
import type { LegMedia, Legs } from "../media-port.ts";
import type { AgreedLeg, AgreedStream, Agreement } from "../negotiation/agreement.ts";
import { usableSuites } from "../negotiation/keying.ts";
import { type DtlsPeer, sameAssociation } from "../negotiation/keying-dtls.ts";
import { type AgreedKeys, type HandshakeKeys, type LegStream, pairConfig, silence } from "../negotiation/leg.ts";
import type { Link } from "../negotiation/link.ts";
import type { OpenPair } from "../ports/pair-desk.ts";
import { signallingAddress } from "../sdp/endpoint-rules.ts";
import type { MediaSettings } from "../settings.ts";
import type { TransportTerms } from "../transport/transport.ts";
import type { TransportBoard } from "../transport/transport-board.ts";
import { rootOf } from "./call-pairs.ts";
import { keyPressesOf } from "./key-press.ts";

export interface CallEngineContext {
  readonly learn: () => MediaSettings["learn"];
  readonly submit: (commands: readonly EngineCommand[]) => void;
  readonly transports: TransportBoard;
}

interface Handshake {
  readonly peer: DtlsPeer;
  readonly keys: HandshakeKeys;
}

/** One leg of one agreed stream. */
interface Place {
  readonly here: AgreedLeg;
  readonly there: AgreedLeg;
  readonly leg: LegMedia;
  readonly far: LegMedia;
  readonly rtcp: AgreedStream["rtcp"];
}

export class CallEngine {
  readonly #context: CallEngineContext;
  /** By the pair that has the sockets. */
  readonly #handshakes = new Map<PairId, Handshake>();
  #places: readonly Place[] = [];

  constructor(context: CallEngineContext) {
    this.#context = context;
  }

  /** Configures what is agreed, and silences the other pairs of the call. */
  apply(agreement: Agreement, legs: Legs, pairs: Iterable<OpenPair>): void {
    this.#places = agreement.flatMap((stream): readonly Place[] => {
      if (stream === undefined) return [];
      const { a, b, rtcp } = stream;
      return [
        { here: a, there: b, leg: legs.a, far: legs.b, rtcp },
        { here: b, there: a, leg: legs.b, far: legs.a, rtcp },
      ];
    });
    for (const { here } of this.#places) this.#expect(rootOf(here.pair).id, here.link);
    const carried = new Set(this.#places.flatMap(({ here }) => [here.pair, rootOf(here.pair)]));
    const idle = [...pairs].filter((pair) => !carried.has(pair));
    const silenced = idle.map(({ id }): EngineCommand => ({ kind: "configure", pair: id, config: silence }));
    this.#context.submit([...this.#configure(this.#places), ...silenced]);
    for (const pair of idle) this.forget(pair.id);
    this.#agree();
  }

  onKeyed(pair: PairId, component: Component, keys: AgreedKeys): void {
    const handshake = this.#handshakes.get(pair);
    if (handshake === undefined) return;
    this.#handshakes.set(pair, { ...handshake, keys: { ...handshake.keys, [component]: keys } });
    this.#context.submit(this.#configure(this.#places.filter(({ here }) => rootOf(here.pair).id === pair)));
  }

  /** The suite of a handshake that is over. */
  suiteOf(pair: OpenPair): string | undefined {
    return this.#handshakes.get(rootOf(pair).id)?.keys.rtp?.inbound.suite;
  }

  /** Before its pair is closed, or when it is not used any more. */
  forget(pair: PairId): void {
    this.#handshakes.delete(pair);
    this.#context.transports.close(pair);
  }

  /** Another association has other keys: what is sent until it stands would go under the keys of somebody who may be gone. */
  #expect(pair: PairId, { dtls: peer, ice, mux }: Link): void {
    const known = this.#handshakes.get(pair);
    if (peer === undefined && ice === undefined) this.forget(pair);
    else if (peer === undefined) this.#handshakes.delete(pair);
    else if (!sameAssociation(known?.peer, peer)) this.#handshakes.set(pair, { peer, keys: {} });
    else if (mux) this.#handshakes.set(pair, { peer, keys: { rtp: known?.keys.rtp } });
  }

  #configure(places: readonly Place[]): readonly EngineCommand[] {
    const learn = this.#context.learn();
    const carrying = new Set(places.map(({ here }) => here.pair));
    return places.flatMap((place): readonly EngineCommand[] => {
      const { here } = place;
      const root = rootOf(here.pair);
      const config = pairConfig(streamOf(place, this.#handshakes.get(root.id)?.keys), learn);
      const own: EngineCommand = { kind: "configure", pair: here.pair.id, config };
      if (carrying.has(root)) return [own];
      // Its own stream is off, and it carries this one all the same (RFC 9143 §7.5.2).
      carrying.add(root);
      const bare = { ...config, latch: { ...config.latch, payloadTypes: [] } };
      return [{ kind: "configure", pair: root.id, config: bare }, own];
    });
  }

  #agree(): void {
    const agreed = new Set<PairId>();
    for (const place of this.#places) {
      const { id } = rootOf(place.here.pair);
      const terms = agreed.has(id) ? undefined : termsOf(place);
      if (terms === undefined) continue;
      agreed.add(id);
      this.#context.transports.agree(id, terms);
    }
  }
}

function streamOf({ here, there, leg, far, rtcp }: Place, handshake: HandshakeKeys = {}): LegStream {
  const { peer, link } = here;
  return {
    leg,
    far,
    peer,
    link,
    otherFormats: there.peer.formats,
    handshake,
    rtcp,
    keyPresses: keyPressesOf(here, there),
  };
}

function termsOf(place: Place): TransportTerms | undefined {
  const { dtls, ice, mux } = place.here.link;
  if (dtls === undefined && ice === undefined) return undefined;
  const suites = usableSuites(place.leg.suites);
  const { latch } = pairConfig(streamOf(place, undefined), { windowMs: 0, packets: 1 });
  // Never to an address that nobody proved: without its own first flight it begins with the peer's.
  const signalled = latch.sendAtOnce ? latch.signalled : undefined;
  const checksFrom = dtls === undefined ? signallingAddress(place.leg) : undefined;
  return { ice, dtls: dtls && { ...dtls, suites }, mux, signalled, checksFrom };
}
