/** The edge with its sockets: started once, reconfigured by reload, stopped at the end. */
import { randomBytes } from "node:crypto";
import type { Accounts, Config, Policy } from "@ringfence/policy";
import { EdgeCore, type PbxStatus } from "./core.ts";
import { Driver } from "./driver.ts";
import type { EdgeCount, EdgeEvent } from "./events.ts";
import type { Receiver } from "./io/listener.ts";
import { layOut } from "./layout.ts";
import type { MediaEvent, MediaPort } from "./media-port.ts";
import { pooledRandom } from "./random-pool.ts";
import { Reception } from "./reception.ts";
import { accountBook } from "./registrar/accounts.ts";
import { type BindingKeeper, keptBinding } from "./registrar/kept-binding.ts";
import type { CoreSettings } from "./settings.ts";
import { type CertificateSource, Sockets } from "./sockets.ts";

/** How often sockets that a reload removed are looked at: they close when their last call has ended. */
const RETIRE_EVERY = 1_000;

export interface EdgeSettings {
  readonly config: Config;
  /** Certificate and key in PEM by configured name; undefined is the self-signed one. */
  readonly tls: CertificateSource;
  /** With `authentication: edge`. */
  readonly accounts?: Accounts | undefined;
}

export interface EdgeOptions {
  readonly settings: EdgeSettings;
  readonly policy: Policy;
  readonly media: MediaPort;
  /** Without it a restart forgets every registration. */
  readonly keeper?: BindingKeeper | undefined;
  readonly onEvent: (event: EdgeEvent) => void;
  readonly onCount: (count: EdgeCount) => void;
}

export interface EdgeStatus {
  readonly registrations: number;
  readonly calls: number;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly timers: number;
  readonly connections: number;
  readonly listeners: readonly {
    readonly role: string;
    readonly transport: string;
    readonly address: string;
    readonly port: number;
  }[];
  readonly pbx: PbxStatus;
}

export interface EdgeHandle {
  /** All or nothing: throws a RingfenceError and leaves everything as it was when a socket or name cannot be had. */
  apply(settings: EdgeSettings, policy: Policy): Promise<void>;
  mediaEvent(event: MediaEvent): void;
  status(): EdgeStatus;
  stop(): Promise<void>;
}

async function build({ config, accounts }: EdgeSettings, policy: Policy): Promise<CoreSettings> {
  return { ...(await layOut(config, policy)), accounts: accountBook(config, accounts) };
}

export async function startEdge(options: EdgeOptions): Promise<EdgeHandle> {
  const now = (): number => performance.now();
  let settings = await build(options.settings, options.policy);
  const { keeper } = options;
  const core = new EdgeCore(settings, pooledRandom(), keeper?.secret);
  const wallOffset = Date.now() - now();
  for (const token of core.restore(now(), keeper?.restored ?? [], wallOffset)) keeper?.keep(token, undefined);
  const reception = new Reception(settings, randomBytes(4).readUInt32LE(), now, options.onCount);
  const receiver: Receiver = {
    admit: (endpoint, remote, flowId) => reception.admit(endpoint, remote, flowId),
    gate: (endpoint, address, size, firstByte) => reception.gate(endpoint, address, size, firstByte),
    message: (flow, bytes) => driver.feed({ kind: "message", flow, bytes }),
    brokenStream: (flow, bytes) => driver.feed({ kind: "broken-stream", flow, bytes }),
    flowLost: (flowId) => driver.feed({ kind: "flow-lost", flowId }),
    trouble: (endpoint, level, detail) =>
      options.onEvent({ event: "connection", level, transport: endpoint.transport, detail }),
  };
  const sockets = new Sockets(receiver);
  const driver = new Driver({
    core,
    wire: {
      send: (flow, bytes) => sockets.send(flow, bytes),
      closeFlow: (flowId) => sockets.closeFlow(flowId),
      proven: (address) => reception.prove(address),
    },
    media: options.media,
    now,
    onBinding: (token, binding) => keeper?.keep(token, binding && keptBinding(binding, wallOffset)),
    onEvent: options.onEvent,
    onCount: options.onCount,
  });
  await sockets.openMissing(settings.endpoints, options.settings.tls);
  core.watchPbx(now());
  // Arms the timers of that and of what was restored.
  driver.feed({ kind: "time" });
  const retire = setInterval(() => {
    const keep = new Set([...settings.endpoints.map((e) => e.id), ...core.endpointsInUse()]);
    void sockets.closeUnused(keep);
  }, RETIRE_EVERY);

  return {
    async apply(next, policy) {
      const built = await build(next, policy);
      await sockets.openMissing(built.endpoints, next.tls);
      // Nothing below can fail: from here on the new settings are the ones in force.
      sockets.refresh(built.endpoints, next.tls);
      reception.apply(built);
      core.reconfigure(built);
      settings = built;
    },
    mediaEvent: (event) => driver.feed({ kind: "media-event", event }),
    status() {
      const { pbxReachable: _, ...counts } = core.counts();
      return {
        ...counts,
        connections: sockets.connections,
        listeners: sockets.endpoints().map(({ role, transport, local }) => ({ role, transport, ...local })),
        pbx: core.pbxStatus(),
      };
    },
    async stop() {
      clearInterval(retire);
      driver.stop();
      await sockets.closeAll();
    },
  };
}
