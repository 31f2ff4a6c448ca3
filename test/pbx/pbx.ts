import { isIP } from "node:net";
import { BanList } from "./ban-list.ts";
import type { Call, CallState } from "./call.ts";
import { ClientTransactions } from "./client-transaction.ts";
import type { Core } from "./core.ts";
import { type Decoys, startDecoys } from "./decoy.ts";
import { NonceStore } from "./digest.ts";
import { ExternalLine } from "./external-line.ts";
import { onMessage } from "./ingress.ts";
import { defaultKnobs, type Knobs, setKnob } from "./knobs.ts";
import { type Mailbox, Mailboxes } from "./mailbox.ts";
import { tellUnasked } from "./mailbox-notice.ts";
import { PortPool, type PortRange } from "./media-port.ts";
import type { StreamCounts } from "./media-stream.ts";
import { MediaTicker } from "./media-ticker.ts";
import { type PbxData, readPbxData } from "./pbx-data.ts";
import { PublishedPresence } from "./publish.ts";
import { Registrar, type Registration } from "./registrar.ts";
import { ServerTransactions } from "./server-transaction.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Timers } from "./timers.ts";
import { selfSigned } from "./tls-identity.ts";
import { type Flow, type Listen, type Traffic, Transport } from "./transport.ts";

export interface PbxOptions {
  /** Port 0 takes a free one; see `Pbx.listening`. */
  readonly listen: readonly Listen[];
  /** The accounts file's value: `{ realm?, accounts, trunks?, lines?, routes?, accept?, reject? }`. */
  readonly data: unknown;
  readonly rtp: PortRange;
  readonly knobs?: Partial<Knobs>;
  /** PEM; without it a self-signed one is made when there is a TLS listener. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Written into SIP when the listener is bound to a wildcard address. */
  readonly advertise?: string;
  /** Messages kept in `traffic`, 2000 when not given. */
  readonly keep?: number;
}

export interface CallView {
  readonly id: number;
  readonly caller: string;
  readonly called: string;
  readonly state: CallState;
  readonly callIds: readonly string[];
  readonly digits: string;
  readonly media: { readonly a: readonly StreamCounts[]; readonly b: readonly StreamCounts[] };
}

/** What is held now; all zero when nothing is left behind. `serverTransactions` linger for 64*T1. */
export interface PbxCounts {
  readonly calls: number;
  readonly legs: number;
  readonly ports: number;
  readonly serverTransactions: number;
  readonly clientTransactions: number;
  readonly connections: number;
  readonly subscriptions: number;
  readonly malformed: number;
  readonly strays: number;
}

export interface Pbx {
  readonly listening: readonly Listen[];
  readonly decoyPorts: readonly number[];
  readonly knobs: Knobs;
  registrations(): readonly Registration[];
  calls(): readonly CallView[];
  lines(): readonly { readonly name: string; readonly registered: boolean; readonly lastStatus: number }[];
  counts(): PbxCounts;
  /** Messages that crossed the wire, oldest first, capped. */
  traffic(): readonly Traffic[];
  banned(): readonly string[];
  decoyHits(): number;
  /** Undefined when it was set, else what is wrong. */
  set(name: string, value: string): string | undefined;
  /** Messages that wait for an extension; its watchers are told. */
  setMailbox(user: string, box: Mailbox): void;
  /** As a crash and a new start: connections reset; registrations, nonces and calls forgotten. Bans too. */
  restart(): void;
  /** BYE on every call, from the PBX. */
  hangUpAll(): void;
  stop(): Promise<void>;
}

const usualKeep = 2000;

/** Starts a stand-in; rejects when a port is taken or the data is wrong. */
export async function startPbx(options: PbxOptions): Promise<Pbx> {
  const data = readPbxData(options.data);
  const knobs = { ...defaultKnobs(), ...options.knobs };
  const core = build(options, data, knobs);
  try {
    for (const spec of options.listen) await core.transport.listen(spec);
    const decoys = knobs.decoys ? await startDecoys(addressOf(options), decoyPorts(knobs)) : undefined;
    const lines = data.lines.map((line) => new ExternalLine(core, line));
    for (const line of lines) line.register();
    return facade(core, lines, decoys);
  } catch (error) {
    await core.transport.stop();
    throw error;
  }
}

const wildcard = (address: string): boolean => address === "0.0.0.0" || address === "::";
const decoyPorts = (knobs: Knobs): number[] => knobs.decoyPorts.split(",").map(Number);
const addressOf = (options: PbxOptions): string => options.listen[0]?.address ?? "127.0.0.1";

function build(options: PbxOptions, data: PbxData, knobs: Knobs): Core {
  const timers = new Timers();
  const bans = new BanList(knobs, data.accept, data.reject);
  const secure = options.listen.some((l) => l.transport === "tls");
  const addresses = options.listen.map((l) => l.address).filter((a) => isIP(a) === 4);
  const addressFor = (flow: Flow) =>
    options.advertise ?? (wildcard(flow.local.address) ? options.rtp.address : flow.local.address);
  const transport: Transport = new Transport({
    tls: options.tls ?? (secure ? selfSigned(addresses) : undefined),
    keep: options.keep ?? usualKeep,
    admits: (address) => !knobs.silence && bans.admits(address, Date.now()),
    onMessage: (flow, message) => onMessage(core, flow, message),
  });
  const core: Core = {
    data,
    knobs,
    timers,
    transport,
    bans,
    server: new ServerTransactions(knobs, timers, transport),
    client: new ClientTransactions(knobs, timers, addressFor),
    registrar: new Registrar(),
    nonces: new NonceStore(),
    legs: new Map(),
    calls: new Set(),
    mailboxes: new Mailboxes(),
    published: new PublishedPresence(),
    subscriptions: new Subscriptions(timers),
    ports: new PortPool(options.rtp),
    ticker: new MediaTicker(),
    addressFor,
  };
  return core;
}

function facade(core: Core, lines: readonly ExternalLine[], decoys: Decoys | undefined): Pbx {
  const forget = () => {
    for (const call of [...core.calls]) call.drop();
    core.timers.clear();
    core.server.clear();
    core.client.clear();
    core.legs.clear();
    core.subscriptions.forget();
    core.published.forget();
    core.registrar.forget();
    core.nonces.forget();
    core.bans.forget();
  };
  return {
    listening: core.transport.listening,
    decoyPorts: decoys?.ports ?? [],
    knobs: core.knobs,
    registrations: () => core.registrar.all(),
    calls: () => [...core.calls].map(viewOf),
    lines: () => lines.map(({ line, registered, lastStatus }) => ({ name: line.name, registered, lastStatus })),
    counts: () => countsOf(core),
    traffic: () => core.transport.traffic,
    banned: () => core.bans.banned(Date.now()),
    decoyHits: () => decoys?.hits ?? 0,
    set: (name, value) => setKnob(core.knobs, name, value),
    setMailbox: (user, box) => {
      core.mailboxes.set(user, box);
      tellUnasked(core, user);
      core.subscriptions.changed();
    },
    restart: () => {
      core.transport.resetConnections();
      forget();
      for (const line of lines) line.register();
    },
    hangUpAll: () => {
      for (const call of [...core.calls]) call.hangUp("pbx");
    },
    stop: async () => {
      forget();
      core.timers.stop();
      core.ticker.stop();
      core.ports.closeAll();
      await Promise.all([core.transport.stop(), decoys?.stop()]);
    },
  };
}

const viewOf = (call: Call): CallView => ({
  id: call.id,
  caller: call.caller.number,
  called: call.called,
  state: call.state,
  callIds: [call.a.callId, ...(call.b ? [call.b.callId] : [])],
  digits: call.digits,
  media: { a: call.media.counts("a"), b: call.media.counts("b") },
});

const countsOf = (core: Core): PbxCounts => ({
  calls: core.calls.size,
  legs: core.legs.size,
  ports: core.ports.inUse,
  serverTransactions: core.server.size,
  clientTransactions: core.client.size,
  connections: core.transport.connections,
  subscriptions: core.subscriptions.size,
  malformed: core.transport.malformed,
  strays: core.client.strays,
});
