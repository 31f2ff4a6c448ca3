import type { Config } from "../config.ts";
import { usesTls } from "../listen.ts";
import type { Finding } from "../yaml-document.ts";
import { boundPorts } from "./listeners.ts";

/** RTP and RTCP on either leg. */
const portsOfCall = 4;

export function checkPortRange(config: Partial<Config>): readonly Finding[] {
  const { media, policy } = config;
  // Instances of rtpengine have ranges of their own.
  if (media === undefined || typeof media.engine !== "string") return [];
  const { first, last } = media.ports;
  const path = ["media", "ports"];
  const found: Finding[] = [];
  const room = Math.floor((last - first + 1) / portsOfCall);
  const wanted = policy?.limits.calls ?? 1;
  if (room < wanted) {
    found.push({
      code: "rtp-range-too-small",
      severity: room === 0 ? "error" : "warning",
      path,
      message: `${first}-${last} has room for ${room} calls, and \`policy.limits.calls\` is ${wanted}`,
      remedy: `a call takes ${portsOfCall} ports: widen the range or lower the limit`,
    });
  }
  const inside = boundPorts(config).filter(({ protocol, port }) => protocol === "udp" && port >= first && port <= last);
  for (const { what, port } of inside) {
    found.push({
      code: "rtp-range-conflict",
      severity: "error",
      path,
      message: `${first}-${last} contains port ${port}, which ${what} uses`,
      remedy: "move the range or the port",
    });
  }
  return found;
}

/** SDES carries the key in the SDP (RFC 4568 §8.1: only over a secured channel). */
export function checkKeysProtected({ phones }: Partial<Config>): readonly Finding[] {
  if (phones === undefined || phones.media.srtp === "off") return [];
  if (phones.listen.some((listener) => usesTls(listener.transport))) return [];
  return [
    {
      code: "srtp-without-tls",
      severity: "warning",
      path: ["phones", "listen"],
      message:
        "no listener uses TLS, so SRTP keys travel in clear text and whoever sees the signalling hears the calls",
      remedy: "add a listener with transport: tls",
    },
  ];
}

/** Which processors there are only the machine knows: that is asked when the threads start. */
export function checkPin({ media }: Partial<Config>): readonly Finding[] {
  if (media === undefined || media.pin.length === 0) return [];
  const { engine, threads, pin } = media;
  const about = { code: "pin-unused", severity: "warning", path: ["media", "pin"] } as const;
  if (engine !== "auto" && engine !== "native") {
    const message = "only native threads stay on processors, and `media.engine` asks for others";
    return [{ ...about, message, remedy: "let `media.engine` be auto or native, or remove `pin`" }];
  }
  if (threads === undefined || threads >= pin.length) return [];
  const message = `${pin.length} processors are named, and \`media.threads\` is ${threads}`;
  return [{ ...about, message, remedy: "remove `threads`: there is one for each processor then" }];
}

export function checkDoubles({ media, phones, policy }: Partial<Config>): readonly Finding[] {
  const lists = [
    { path: ["phones", "domains"], entries: phones?.domains ?? [] },
    { path: ["policy", "emergency", "numbers"], entries: policy?.emergency.numbers ?? [] },
    { path: ["media", "pin"], entries: media?.pin.map(String) ?? [] },
  ];
  return lists.flatMap(({ path, entries }) =>
    entries.flatMap((entry, index): readonly Finding[] => {
      if (entries.indexOf(entry) === index) return [];
      const message = `\`${entry}\` stands above`;
      return [
        { code: "duplicate-name", severity: "error", path: [...path, index], message, remedy: "remove one of them" },
      ];
    }),
  );
}
