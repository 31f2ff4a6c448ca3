/** rtpengine, in userspace (`--table=-1`: a kernel module is nothing that a benchmark may ask for). */
import { audioAt } from "../load/carrier-calls.ts";
import { here, type Placed } from "../load/generator.ts";
import { NgCalls } from "../load/ng-calls.ts";
import type { Ports, RelayOrder } from "../load/relay.ts";
import { System } from "../system.ts";

interface Where {
  /** Address and port of its `ng` socket. */
  readonly control: string;
  readonly interfaces?: readonly string[];
  readonly ports?: { readonly first: number; readonly last: number };
  readonly placed?: Placed;
}

export function startRtpengine(system: System, where: Where): void {
  const { control, interfaces = ["127.0.0.1"], ports = { first: 35_000, last: 39_999 }, placed = here } = where;
  const args = [
    // Debian's configuration file would open the ports of a second rtpengine of this machine.
    ...["--config-file=none", "--foreground", "--table=-1", `--listen-ng=${control}`],
    ...interfaces.map((one) => `--interface=${one}`),
    ...[`--port-min=${ports.first}`, `--port-max=${ports.last}`, "--log-level=3", "--log-stderr"],
    `--pidfile=${system.path("rtpengine.pid")}`,
  ];
  system.start(...placed("rtpengine", args));
}

const control = { address: "127.0.0.1", port: 12_224 };

export function rtpengine(): System {
  const system = new System("rtpengine, userspace", control);
  startRtpengine(system, { control: `${control.address}:${control.port}` });
  return system;
}

let laid = 0;

/** Lays out every stream as a call of its own: an offer of the phone, an answer of the PBX. */
export async function layOut(order: RelayOrder): Promise<readonly Ports[]> {
  const calls = new NgCalls(control);
  const key = order.key && Buffer.from(order.key);
  const ports: Ports[] = [];
  for (let stream = 0; stream < order.streams; stream++) {
    const { phone, pbx } = await calls.exchange(laid++, audioAt(order.phone, key), audioAt(order.pbx));
    ports.push({ phone: phone.port, pbx: pbx.port });
  }
  calls.close();
  return ports;
}
