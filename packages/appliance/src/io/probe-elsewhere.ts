/** A socket that a service under probe hears of in a Route only: what arrives here was relayed. */
import { createSocket } from "node:dgram";

export interface Elsewhere {
  readonly place: { readonly address: string; readonly port: number };
  /** First lines of what came, and from where. */
  readonly heard: readonly string[];
  close(): void;
}

const mostHeard = 10;

/** On the address that packets to the target leave from. @throws Error when there is no way there */
export async function openElsewhere(target: string): Promise<Elsewhere> {
  const address = await ownAddressTowards(target);
  const family = familyOf(target);
  return new Promise((resolve, reject) => {
    const socket = createSocket(family);
    const heard: string[] = [];
    socket.on("message", (bytes, { address: from }) => {
      const [line = ""] = Buffer.from(bytes).toString("latin1").split("\r\n", 1);
      if (heard.length < mostHeard) heard.push(`${line} came from ${from}`);
    });
    socket.once("error", reject);
    socket.bind(0, address, () => resolve({ place: socket.address(), heard, close: () => socket.close() }));
  });
}

function familyOf(address: string): "udp4" | "udp6" {
  return address.includes(":") ? "udp6" : "udp4";
}

/** From where packets to it leave. @throws Error when there is no way there */
export function ownAddressTowards(target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(familyOf(target));
    socket.once("error", reject);
    // Nothing is sent: connecting a datagram socket only asks for the way (RFC 863's port serves as well as any).
    socket.connect(9, target, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}
