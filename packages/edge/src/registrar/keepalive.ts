/**
 * UDP phones behind a NAT: their pinhole is kept open by us, and a phone that no longer answers there is gone
 * (RFC 5626 §4.4 leaves UDP to STUN, which desk phones do not speak; all of them ignore an empty datagram and answer
 * OPTIONS). A phone that is where its Contact says has no NAT to keep open and is left in peace.
 */
import { type Deadline, HeaderList, parseUri } from "@ringfence/sip";
import { tagged } from "../call/headers.ts";
import { type EdgeState, newCallId, newCSeq, newTag } from "../state.ts";
import { ownUri, sendRequest } from "../trunk/pbx.ts";
import type { Binding } from "./binding.ts";

/** Every so many keep-alives one is an OPTIONS, which shows whether the phone is still there. */
const PROBE_EVERY = 4;
/** Unanswered OPTIONS in a row of a phone that did answer before. A time-out is 32 s, so one lost burst is not enough. */
const MAX_MISSED = 2;

const crlf = new Uint8Array([0x0d, 0x0a, 0x0d, 0x0a]);

export interface KeepaliveTimer {
  readonly owner: "keepalive";
  readonly token: string;
}

interface Watched {
  timer: Deadline;
  rounds: number;
  /** Some phones answer no OPTIONS at all: their silence means nothing. */
  answers: boolean;
  missed: number;
}

/** By binding token, so no larger than the table of bindings. */
export class Keepalives {
  readonly #watched = new Map<string, Watched>();
  /** Client transactions of our OPTIONS. */
  readonly #probes = new Map<number, string>();

  get(token: string): Watched | undefined {
    return this.#watched.get(token);
  }

  set(token: string, watched: Watched): void {
    this.#watched.set(token, watched);
  }

  delete(token: string): Watched | undefined {
    const watched = this.#watched.get(token);
    this.#watched.delete(token);
    return watched;
  }

  probe(transaction: number, token: string): void {
    this.#probes.set(transaction, token);
  }

  /** The binding whose OPTIONS this is, if it is one; asked once. */
  takeProbe(transaction: number): string | undefined {
    const token = this.#probes.get(transaction);
    this.#probes.delete(transaction);
    return token;
  }
}

/** A binding was made or renewed. What is known of the phone stays. */
export function watchBinding(state: EdgeState, now: number, binding: Binding): void {
  const interval = state.settings.config.phones.keepaliveMs;
  const known = state.keepalives.get(binding.token);
  if (interval === undefined || !needsKeepalive(binding)) {
    if (known !== undefined) unwatchBinding(state, binding.token);
    return;
  }
  if (known !== undefined) return;
  const at = now + state.registrar.nats.interval(now, binding.flow.packetSource.address, interval);
  const timer = state.deadlines.arm(at, { owner: "keepalive", token: binding.token });
  state.keepalives.set(binding.token, { timer, rounds: 0, answers: false, missed: 0 });
}

export function unwatchBinding(state: EdgeState, token: string): void {
  const watched = state.keepalives.delete(token);
  if (watched !== undefined) state.deadlines.disarm(watched.timer);
}

export function onKeepaliveTimer(state: EdgeState, now: number, token: string): void {
  const binding = state.bindings.get(token);
  const watched = state.keepalives.get(token);
  const interval = state.settings.config.phones.keepaliveMs;
  if (binding === undefined || watched === undefined || interval === undefined) {
    state.keepalives.delete(token);
    return;
  }
  const { nats } = state.registrar;
  const { address } = binding.flow.packetSource;
  const at = now + nats.interval(now, address, interval);
  watched.timer = state.deadlines.arm(at, { owner: "keepalive", token });
  watched.rounds++;
  if (watched.rounds % PROBE_EVERY === 1 || nats.answersOnly(now, address)) probe(state, now, binding);
  else state.out.push({ kind: "send", flow: binding.flow, bytes: crlf });
}

/** Any answer will do: the phone is there. True when the transaction was a probe of ours. */
export function onProbeAnswered(state: EdgeState, id: number): boolean {
  const token = state.keepalives.takeProbe(id);
  if (token === undefined) return false;
  const watched = state.keepalives.get(token);
  if (watched !== undefined) {
    watched.answers = true;
    watched.missed = 0;
  }
  return true;
}

/** @returns undefined when it was no probe; else the token of a binding that is lost, or "" while it may live. */
export function onProbeFailed(state: EdgeState, id: number): string | undefined {
  const token = state.keepalives.takeProbe(id);
  if (token === undefined) return undefined;
  const watched = state.keepalives.get(token);
  if (watched === undefined || !watched.answers) return "";
  watched.missed++;
  return watched.missed >= MAX_MISSED ? token : "";
}

function needsKeepalive({ flow, contactUri }: Binding): boolean {
  if (flow.transport !== "udp") return false;
  const uri = parseUri(contactUri);
  if (uri?.kind !== "sip") return true;
  const { address, port } = flow.packetSource;
  return uri.host !== address || (uri.port ?? 5060) !== port;
}

function probe(state: EdgeState, now: number, binding: Binding): void {
  const us = ownUri(binding.flow.endpoint, undefined).raw;
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", tagged(us, newTag(state))],
    ["To", `<${binding.contactUri}>`],
    ["Call-ID", newCallId(state)],
    ["CSeq", `${newCSeq(state)} OPTIONS`],
    ["Contact", `<${us}>`],
  );
  const request = { method: "OPTIONS", uri: binding.contactUri, headers, body: new Uint8Array(0) };
  const id = sendRequest(state, now, request, binding.flow);
  if (id !== undefined) state.keepalives.probe(id, binding.token);
}
