/** Sockets that wait for somebody, as /proc/net lists them (proc(5)): read, not asked of another program. */
import type { OpenPort } from "@ringfence/grade";

/** TCP_LISTEN; a UDP socket that is connected to nobody has TCP_CLOSE (net/tcp_states.h). */
const waiting = { tcp: "0A", udp: "07" } as const;

/** @param text of /proc/net/tcp, tcp6, udp or udp6; a line that cannot be read is left out */
export function readOpenPorts(text: string, transport: "udp" | "tcp"): readonly OpenPort[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state] = line
        .trim()
        .split(" ")
        .filter((field) => field !== "");
      if (local === undefined || state !== waiting[transport]) return [];
      if (transport === "udp" && remote?.endsWith(":0000") !== true) return [];
      const colon = local.indexOf(":");
      const address = readAddress(local.slice(0, colon));
      const port = Number.parseInt(local.slice(colon + 1), 16);
      return address === undefined || !(port > 0) ? [] : [{ transport, address, port, program: "" }];
    });
}

/** Words of 32 bits, each in the byte order of the machine: little endian on all that we run on. */
function readAddress(hex: string): string | undefined {
  const octets = [...Buffer.from(hex, "hex")];
  const words = octets.length === 4 ? 1 : octets.length === 16 ? 4 : 0;
  if (words === 0) return undefined;
  const straight = Array.from({ length: words }, (_, at) => octets.slice(at * 4, at * 4 + 4).reverse()).flat();
  if (words === 1) return straight.join(".");
  if (straight.every((octet) => octet === 0)) return "::";
  const mapped = straight.slice(0, 10).every((octet) => octet === 0) && straight[10] === 255 && straight[11] === 255;
  if (mapped) return straight.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((straight[at * 2] ?? 0) << 8) | (straight[at * 2 + 1] ?? 0)).toString(16),
  );
  return groups.join(":") === "0:0:0:0:0:0:0:1" ? "::1" : groups.join(":");
}
