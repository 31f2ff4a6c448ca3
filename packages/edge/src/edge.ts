/** The edge with its sockets: started once, reconfigured by reload, stopped at the end. */
import { randomBytes } from "node:crypto";
import type { Policy } from "@ringfence/policy";
import { buildSettings, type EdgeSettings } from "./build-settings.ts";
import { CarrierFinder } from "./carrier-finder.ts";
import { EdgeCore } from "./core.ts";
import { CrowdLog } from "./crowd-log.ts";
import type { DecisionDesk } from "./decisions/decision-desk.ts";
import { type BanKeeper, type KeptBan, keptBan } from "./defence/bans.ts";
import { outcasts } from "./defence/outcasts.ts";
import { Driver } from "./driver.ts";
import { type EdgeStatus, edgeStatus } from "./edge-status.ts";
import type { EdgeCount, EdgeEvent } from "./events.ts";
import { sayGoodbye } from "./goodbye.ts";
import { machineAddresses } from "./io/addresses.ts";
import { type ConnectionDeadlines, connectionDeadlines } from "./io/close-reason.ts";
import { createCredentialFetch } from "./io/credential-fetch.ts";
import { createAsk } from "./io/dns.ts";
import { createFraudClient } from "./io/fraud-client.ts";
import type { Receiver } from "./io/listener.ts";
import { startLoadMeter } from "./io/load-meter.ts";
import type { Look } from "./look/look.ts";
import type { MediaEvent, MediaPort } from "./media-port.ts";
import { Turns } from "./overload/turns.ts";
import { pooledRandom } from "./random-pool.ts";
import { Reception } from "./reception.ts";
import { type BindingKeeper, keptBinding } from "./registrar/kept-binding.ts";
import type { Judgement } from "./reload/judgement.ts";
import type { CoreSettings } from "./settings.ts";
import { Sockets } from "./sockets.ts";
import { isFetchable } from "./stir/fetch-address.ts";
import type { Tap } from "./tap.ts";
import { handOver, type UseKeeper } from "./use/keeping.ts";

/** How often connections are held against their deadlines, and sockets that a reload removed against their last call. */
const HOUSEKEEPING_EVERY = 500;

/** How often carriers are looked for again. Within the TTLs of DNS it costs nothing, the answers are at hand. */
const LOCATE_EVERY = 5_000;

/** How often what is derived from the calls is held against them. */
const AUDIT_EVERY = 60_000;

export interface EdgeOptions {
  readonly settings: EdgeSettings;
  readonly policy: Policy;
  readonly media: MediaPort;
  /** Without it a restart forgets every registration. */
  readonly keeper?: BindingKeeper | undefined;
  /** Without it a restart forgets every ban. */
  readonly banKeeper?: BanKeeper | undefined;
  /** Without it a restart forgets what was used of a day. */
  readonly use?: UseKeeper | undefined;
  /** How full the fullest table outside the edge is, 0 to 1: media ports. */
  readonly fill?: () => number;
  readonly onEvent: (event: EdgeEvent) => void;
  readonly onCount: (count: EdgeCount) => void;
  /** Tests shorten them. */
  readonly deadlines?: ConnectionDeadlines;
}

export interface EdgeHandle {
  /** All or nothing: throws a RingfenceError and leaves everything as it was when a socket or name cannot be had. */
  apply(settings: EdgeSettings, policy: Policy): Promise<void>;
  /** Once everybody took the new settings over: what they forbid of what stands. */
  judgeStanding(): Judgement;
  mediaEvent(event: MediaEvent): void;
  /** No new calls from now on; a reload does not change that. */
  drain(): void;
  /** Who is banned, suspect or locked now. */
  bans(): readonly KeptBan[];
  /** Those of them that may hold before a packet is read; none in shadow. */
  outcasts(): readonly KeptBan[];
  /** @param source an address, or a network as `bans` names it */
  ban(source: string, forMs: number): void;
  /** @param label as `bans` names it, or an address within */
  unban(label: string): void;
  /** The account's calls end. @param forMs undefined: until it is resumed */
  suspend(account: string, forMs: number | undefined): void;
  resume(account: string): void;
  /** `use` hears at once what it would hear within a second. */
  keep(): void;
  readonly decisions: DecisionDesk;
  readonly look: Look;
  /** From now on `tap` is told of every message; undefined: nobody is, which costs nothing. */
  observe(tap: Tap | undefined): void;
  status(): EdgeStatus;
  stop(): Promise<void>;
}

export async function startEdge(options: EdgeOptions): Promise<EdgeHandle> {
  const now = (): number => performance.now();
  const ask = createAsk();
  const finder = new CarrierFinder(ask, now, (trunk, detail) =>
    options.onEvent({ event: "trunk", level: "warn", trunk, reason: "dns-refused", detail }),
  );
  let settings = await buildSettings(options.settings, options.policy, finder);
  const { keeper } = options;
  const core = new EdgeCore(settings, pooledRandom(), keeper?.secret);
  const wallOffset = Date.now() - now();
  core.wallClock(wallOffset);
  for (const token of core.restore(now(), keeper?.restored ?? [], wallOffset)) keeper?.keep(token, undefined);
  const sight = { now, keeps: core.keepsFlow, onCount: options.onCount };
  const reception = new Reception(settings, randomBytes(4).readUInt32LE(), sight);
  for (const { address } of keeper?.restored ?? []) reception.trusts(address, "registered");
  if (options.use !== undefined) core.restoreUse(now(), options.use);
  const crowd = new CrowdLog();
  const turns = new Turns(now, {
    keeps: core.keepsFlow,
    policy: () => settings.policy,
    feed: (input) => driver.feed(input),
    sources: () => sockets,
  });
  const receiver: Receiver = {
    admit: (endpoint, remote, flowId) => reception.admit(endpoint, remote, flowId),
    own: () => meter,
    gate: (endpoint, remote, bytes) => reception.gate(endpoint, remote, bytes),
    judged: (endpoint, remote, bytes, verdict) => reception.judged(endpoint, remote, bytes, verdict),
    nativeGate: (endpoint) => reception.nativeGate(endpoint),
    message: (flow, bytes, lent) => turns.message(flow, bytes, lent),
    brokenStream: (flow, bytes) => turns.broken(flow, bytes),
    flowLost: (flowId) => turns.lost(flowId),
    allowance: (endpoint, address) => reception.allowance(endpoint, address),
    strangers: () => reception.strangers,
    kept: (flowId) => core.keepsFlow(flowId),
    closed(reason) {
      options.onCount({ name: "connections_closed", reason });
      const line = crowd.note(reason, now());
      if (line !== undefined) options.onEvent(line);
    },
    trouble: (endpoint, level, detail) =>
      options.onEvent({ event: "connection", level, transport: endpoint.transport, detail }),
  };
  const sockets = new Sockets(receiver);
  const fraud = createFraudClient(() => settings.fraudPlace, Date.now);
  const meter = startLoadMeter({
    now,
    random: randomBytes,
    endpoints: () => sockets.endpoints(),
    fill: options.fill ?? (() => 0),
    onSample: (sample) => turns.sample(sample),
  });
  const driver = new Driver({
    core,
    wire: {
      send: (flow, bytes) => sockets.send(flow, bytes),
      closeFlow: (flowId) => sockets.closeFlow(flowId),
      trusts: (address, trust) => reception.trusts(address, trust),
      press: (pressure) => reception.press(pressure),
    },
    media: options.media,
    fetchCredential: createCredentialFetch({
      ask,
      authorities: (ca) => settings.stir?.authorities.get(ca),
      mayConnect: (address) => isFetchable(address, settings, machineAddresses()),
    }),
    askFraudService: (question) => fraud.ask(question),
    now,
    onBan({ ban, enforced, restored }) {
      if (enforced && ban.kind === "source") reception.ban(ban.label, ban.until - now());
      if (enforced && !restored) options.banKeeper?.keep(keptBan(ban, wallOffset));
    },
    onBanLifted(ban) {
      if (ban.kind === "source") reception.unban(ban.label);
      options.banKeeper?.lifted(ban);
    },
    onBinding: (token, binding) => keeper?.keep(token, binding && keptBinding(binding, wallOffset)),
    onEvent: options.onEvent,
    onCount: options.onCount,
  });
  await sockets.openMissing(settings.endpoints, options.settings.tls);
  const keepUse = (): void => handOver(core, now(), options.use);
  const housekeeping = setInterval(() => {
    core.wallClock(Date.now() - now());
    keepUse();
    sockets.sweep(options.deadlines ?? connectionDeadlines, core.flowKeeper());
    const keep = new Set([...settings.endpoints.map((e) => e.id), ...core.endpointsInUse()]);
    void sockets.closeUnused(keep);
    reception.forget(core);
  }, HOUSEKEEPING_EVERY);
  const audit = setInterval(() => driver.feed({ kind: "audit" }), AUDIT_EVERY);
  const relocate = setInterval(() => void lookAgain(), LOCATE_EVERY);

  const use = (next: CoreSettings): void => {
    reception.apply(next);
    core.reconfigure(next);
    reception.leave(core.leftPeers());
    settings = next;
    driver.feed({ kind: "time" });
  };
  let looking = false;
  const lookAgain = async (): Promise<void> => {
    // A slow DNS is not asked faster than it answers.
    if (looking) return;
    looking = true;
    const before = settings;
    const trunks = await finder.again(before).finally(() => {
      looking = false;
    });
    // A reload that came in between has looked for itself.
    if (trunks !== undefined && settings === before) use({ ...settings, trunks });
  };
  const goodbye = (next: CoreSettings | undefined): Promise<void> => sayGoodbye(core, driver, now, next);
  core.watchPbx(now());
  driver.feed({ kind: "bans", kept: options.banKeeper?.restored ?? [] });
  // Arms the timers of that and of what was restored, and begins what carriers are owed.
  driver.feed({ kind: "time" });

  return {
    async apply(next, policy) {
      const laidOut = await buildSettings(next, policy, finder);
      const built = { ...laidOut, trunks: finder.settled(laidOut.trunks, settings.trunks) };
      await sockets.openMissing(built.endpoints, next.tls);
      await goodbye(built);
      // Nothing below can fail: from here on the new settings are the ones in force.
      sockets.refresh(built.endpoints, next.tls);
      use(built);
    },
    judgeStanding() {
      const judgement = core.judgeStanding(now());
      sockets.judge((flow) => reception.takes(flow));
      driver.feed({ kind: "time" });
      return judgement;
    },
    drain: () => core.drain(),
    bans: () => core.bans(now()),
    outcasts: () => outcasts(core, reception, now()),
    ban: (label, forMs) => driver.feed({ kind: "ban", label, forMs }),
    unban: (label) => driver.feed({ kind: "unban", label }),
    suspend: (account, forMs) => driver.feed({ kind: "suspend", account, forMs }),
    resume: (account) => driver.feed({ kind: "resume", account }),
    keep: keepUse,
    mediaEvent: (event) => driver.feed({ kind: "media-event", event }),
    decisions: core.decisionDesk(now),
    look: core.look(now),
    observe: (tap) => driver.observe(tap),
    status: () => edgeStatus({ core, sockets, reception, turns, config: settings.config }, now()),
    async stop() {
      clearInterval(housekeeping);
      clearInterval(relocate);
      clearInterval(audit);
      meter.stop();
      await goodbye(undefined);
      driver.stop();
      fraud.close();
      keepUse();
      await sockets.closeAll();
    },
  };
}
