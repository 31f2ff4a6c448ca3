import { parseIp } from "../../address.ts";
import { parseCidr } from "../../cidr.ts";
import { PrefixSet } from "../../prefix-map.ts";
import type { Config } from "../config.ts";
import type { Finding, PathStep } from "../yaml-document.ts";

/** Networks that no stranger is in: RFC 1918, RFC 6598, RFC 4193, loopback and link-local. */
const closed = new PrefixSet(
  [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1",
  ].flatMap((text) => {
    const cidr = parseCidr(text);
    return typeof cidr === "string" ? [] : [cidr];
  }),
);

/** Instances obey whoever can send them a datagram, and are less strict with media than our own engines. */
export function checkRtpengine({ media, trunks = [] }: Partial<Config>): readonly Finding[] {
  if (media === undefined) return [];
  if (typeof media.engine === "string") return media.interfaces === undefined ? [] : [unusedInterfaces];
  const instances = media.engine.rtpengine;
  const found: Finding[] = [weaker, ...elsewhere(trunks)];
  for (const [index, { address, port }] of instances.entries()) {
    const path = ["media", "engine", "rtpengine", index];
    if (!closed.has(address)) found.push(exposed(path, address));
    if (instances.findIndex((other) => other.port === port && sameAddress(other.address, address)) < index) {
      const message = `${address} port ${port} stands above`;
      found.push({ code: "duplicate-name", severity: "error", path, message, remedy: "give it a weight instead" });
    }
  }
  return found;
}

function sameAddress(a: string, b: string): boolean {
  return JSON.stringify(parseIp(a)) === JSON.stringify(parseIp(b));
}

const weaker: Finding = {
  code: "rtpengine-weaker",
  severity: "warning",
  path: ["media", "engine"],
  message:
    "while rtpengine learns the port of a phone behind NAT, the first three seconds after an answer, it relays what anybody sends there (CVE-2025-53399)",
  remedy: "keep `auto` unless one machine is not enough; docs/rtpengine.md says what else differs",
};

/** Its signalling stays on its interface; where instances are, their own addresses decide for sound. */
function elsewhere(trunks: Config["trunks"]): readonly Finding[] {
  return trunks.flatMap(({ name, interface: bound }, index): readonly Finding[] => {
    if (bound === undefined) return [];
    return [
      {
        code: "rtpengine-weaker",
        severity: "warning",
        path: ["trunks", index, "interface"],
        message: `the sound of \`${name}\` goes where the instances of rtpengine are, and not over ${bound}`,
        remedy: "keep `media.engine` at auto, or let the instances reach the carrier over that network alone",
      },
    ];
  });
}

function exposed(path: readonly PathStep[], address: string): Finding {
  return {
    code: "rtpengine-exposed",
    severity: "warning",
    path,
    message: `${address} is no private address, and rtpengine obeys whoever can send a datagram to its control port`,
    remedy: "reach it over a network of your own or a tunnel, and let no other machine send to that port",
  };
}

const unusedInterfaces: Finding = {
  code: "interfaces-unused",
  severity: "warning",
  path: ["media", "interfaces"],
  message: "only instances of rtpengine have named interfaces",
  remedy: "set `media.engine` to { rtpengine: [...] } or remove them",
};
