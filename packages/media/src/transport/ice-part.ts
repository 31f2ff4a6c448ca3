/** ICE of one transport: an agent for each component, and what becomes of it when the peer restarts or falls silent. Pure. */
import type { Component, Endpoint } from "../engine/engine.ts";
import { IceAgent } from "../ice-lite/agent.ts";
import type { IceCredentials, TransportFailure } from "./transport.ts";

interface Credentials {
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
}

export interface IceOutput {
  readonly response: Uint8Array | undefined;
  /** Where the component's peer is from now on; "nowhere" when consent ended. */
  readonly select: Endpoint | "nowhere" | undefined;
  readonly failed: TransportFailure | undefined;
}

const nothing: IceOutput = { response: undefined, select: undefined, failed: undefined };

export class IcePart {
  readonly #credentials: Credentials;
  readonly #mux: boolean;
  readonly #agents: Partial<Record<Component, IceAgent>>;

  constructor(credentials: Credentials, mux: boolean, now: number) {
    const { local, remote } = credentials;
    this.#credentials = credentials;
    this.#mux = mux;
    const agent = (): IceAgent => new IceAgent(local, remote, now);
    this.#agents = mux ? { rtp: agent() } : { rtp: agent(), rtcp: agent() };
  }

  /** RFC 8445 §9: other credentials on either side are a restart. */
  isFor({ local, remote }: Credentials, mux: boolean): boolean {
    const { local: ours, remote: theirs } = this.#credentials;
    const same = ours.ufrag === local.ufrag && ours.pwd === local.pwd;
    return same && theirs.ufrag === remote.ufrag && theirs.pwd === remote.pwd && mux === this.#mux;
  }

  selected(component: Component): Endpoint | undefined {
    return this.#agents[component]?.selected;
  }

  get deadline(): number {
    return Math.min(...Object.values(this.#agents).map(({ deadline }) => deadline));
  }

  onPacket(component: Component, packet: Uint8Array, source: Endpoint, now: number): IceOutput {
    const result = this.#agents[component]?.onPacket(packet, source, now);
    return result === undefined ? nothing : { ...result, failed: undefined };
  }

  /** The call lives by its RTP: RTCP whose consent ended, or that never came, is only not sent to any more. */
  onDeadline(component: Component, now: number): IceOutput {
    const agent = this.#agents[component];
    if (agent === undefined || now < agent.deadline) return nothing;
    delete this.#agents[component];
    const wasSelected = agent.selected !== undefined;
    const failed = wasSelected ? "consent-lost" : "ice-timeout";
    return { response: undefined, select: "nowhere", failed: component === "rtp" ? failed : undefined };
  }
}
