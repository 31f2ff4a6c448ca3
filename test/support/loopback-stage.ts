/** A stage around a Ringfence that runs: everybody has an address of 127/8 and a socket. */
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "./free-port.ts";
import { SocketActor, StrangerActor, silent } from "./socket-actor.ts";
import type { Actor, Manners, Stage } from "./stage.ts";
import { UdpHost } from "./udp-host.ts";

/** Addresses, each for one purpose. Ports are nobody else's. */
export const loopback = {
  access: "127.0.0.1",
  corePhones: "127.0.0.2",
  coreTrunks: "127.0.0.3",
  pbx: "127.0.0.5",
  carriers: ["127.0.100.1", "127.0.100.2"],
  /** Begin so. */
  phones: "127.0.10.",
  strangers: "127.0.50.",
} as const;

export interface LoopbackPorts {
  readonly access: number;
  readonly corePhones: number;
  readonly coreTrunks: number;
}

export async function loopbackPorts(): Promise<LoopbackPorts> {
  return {
    access: await freePort(loopback.access),
    corePhones: await freePort(loopback.corePhones),
    coreTrunks: await freePort(loopback.coreTrunks),
  };
}

const phones = 5;

export class LoopbackStage implements Stage {
  readonly places: Stage["places"];
  readonly pbxPort: number;
  readonly carrierPorts: readonly number[];
  readonly #ports: LoopbackPorts;
  readonly #hosts: readonly UdpHost[];
  readonly #actors: ReadonlyMap<string, SocketActor>;
  readonly #strangers: StrangerActor[] = [];

  private constructor(ports: LoopbackPorts, hosts: readonly UdpHost[], actors: ReadonlyMap<string, SocketActor>) {
    this.#ports = ports;
    this.#hosts = hosts;
    this.#actors = actors;
    this.places = {
      access: `${loopback.access}:${ports.access}`,
      trunks: `${loopback.coreTrunks}:${ports.coreTrunks}`,
    };
    this.pbxPort = this.pbx("phones").flow.packetSource.port;
    this.carrierPorts = ([1, 2] as const).map((n) => this.carrier(n).flow.packetSource.port);
  }

  static async open(ports: LoopbackPorts, manners: Manners): Promise<LoopbackStage> {
    const access = { address: loopback.access, port: ports.access };
    const actors = new Map<string, SocketActor>();
    const hosts: UdpHost[] = [];
    const host = async (address: string): Promise<UdpHost> => {
      const opened = await UdpHost.open(address);
      hosts.push(opened);
      return opened;
    };
    for (let n = 1; n <= phones; n++) {
      const at = await host(`${loopback.phones}${n}`);
      actors.set(`phone ${n}`, new SocketActor(at, access, silent));
    }
    for (const [i, address] of loopback.carriers.entries())
      actors.set(`carrier ${i + 1}`, new SocketActor(await host(address), access, manners));
    const pbx = await host(loopback.pbx);
    const core = { phones: ["corePhones", ports.corePhones], trunks: ["coreTrunks", ports.coreTrunks] } as const;
    for (const [socket, [name, port]] of Object.entries(core))
      actors.set(`pbx ${socket}`, new SocketActor(pbx, { address: loopback[name], port }, manners));
    for (const one of hosts)
      void listen(
        one,
        [...actors.values()].filter((actor) => actor.host === one),
      );
    return new LoopbackStage(ports, hosts, actors);
  }

  phone(n: number): Actor {
    return this.#actor(`phone ${n}`);
  }

  async stranger(n: number): Promise<Actor> {
    const localAddress = `${loopback.strangers}${n}`;
    const socket = connect({ host: loopback.access, port: this.#ports.access, localAddress });
    await once(socket, "connect");
    const stranger = new StrangerActor(socket);
    this.#strangers.push(stranger);
    return stranger;
  }

  carrier(n: 1 | 2): Actor {
    return this.#actor(`carrier ${n}`);
  }

  pbx(socket: "phones" | "trunks"): Actor {
    return this.#actor(`pbx ${socket}`);
  }

  pass(): void {}

  async shutOut(stranger: Actor): Promise<void> {
    await this.#strangers.find((one) => one === stranger)?.gone;
  }

  close(): void {
    for (const actor of this.#actors.values()) actor.close();
    for (const host of this.#hosts) host.close();
    for (const stranger of this.#strangers) stranger.close();
  }

  #actor(name: string): SocketActor {
    const actor = this.#actors.get(name);
    if (actor === undefined) throw new Error(`there is no ${name}`);
    return actor;
  }
}

/** Until the socket is closed. Each datagram is for the actor that talks with where it came from. */
async function listen(host: UdpHost, actors: readonly SocketActor[]): Promise<void> {
  for (;;) {
    const { bytes, address } = await host.next();
    for (const actor of actors) if (actor.peer.address === address) actor.take(bytes);
  }
}
