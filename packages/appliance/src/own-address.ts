/** The address of this machine that a phone beside it would dial. */
import { networkInterfaces } from "node:os";

/** Bridges of containers and virtual machines have addresses too, but no phone is there. */
const virtualInterfaces = ["docker", "br-", "veth", "virbr", "lxc", "vmnet", "tun", "tap"];

export function ownAddress(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string {
  const candidates = Object.entries(interfaces).flatMap(([name, list]) =>
    (list ?? [])
      .filter((entry) => entry.family === "IPv4" && !entry.internal && !entry.address.startsWith("169.254."))
      .map((entry) => ({ address: entry.address, virtual: virtualInterfaces.some((v) => name.startsWith(v)) })),
  );
  const best = candidates.find((candidate) => !candidate.virtual) ?? candidates[0];
  return best?.address ?? "127.0.0.1";
}
