/** What baresip reads at its start: one account, one tone as its microphone, everything it hears into a file. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeToneWav } from "../../support/tone.ts";
import { addresses, addresses6 } from "./laboratory.ts";

export interface PhoneSettings {
  readonly party: "phone" | "phone2" | "phone3";
  readonly user: string;
  readonly password: string;
  readonly transport: "udp" | "tcp" | "tls";
  /** `plain`: RTP/AVP. `srtp`: SDES, and no call without it. `dtls`: DTLS-SRTP; RTCP needs rtcp-mux then. */
  readonly media: "plain" | "srtp" | "dtls";
  /** It makes connectivity checks, as a full agent (RFC 8445). */
  readonly ice?: boolean;
  /** What its microphone picks up. */
  readonly hertz: number;
  readonly answers: "at-once" | "when-told";
  /** Extensions whose presence it subscribes to; with it come its own waiting messages. */
  readonly watches?: readonly string[];
  /** The domain of its account, with Ringfence as outbound proxy; without it Ringfence's address is the domain. */
  readonly domain?: string;
  /** On IPv6 alone; the laboratory must have been opened with it. */
  readonly ipv6?: boolean;
}

export const controlPort = 4444;
const toneSeconds = 120;
const calledPort = 5070;

export function writePhoneSettings(folder: string, settings: PhoneSettings): void {
  const recordings = join(folder, "recordings");
  const tone = join(folder, "tone.wav");
  mkdirSync(recordings, { recursive: true });
  writeToneWav(tone, settings.hertz, toneSeconds);
  const watches = settings.watches ?? [];
  const contact = (user: string): string =>
    `"${user}" <sip:${user}@${settings.domain ?? hostOf(settings, "ringfenceOutside")}>;presence=p2p\n`;
  writeFileSync(join(folder, "contacts"), watches.map(contact).join(""));
  writeFileSync(join(folder, "accounts"), `${account(settings)}\n`);
  const lines: readonly (readonly [string, string])[] = [
    ["poll_method", "epoll"],
    ["sip_listen", `${hostOf(settings, settings.party)}:${calledPort}`],
    ["call_local_timeout", "120"],
    ["call_max_calls", "4"],
    ["audio_player", "aubridge,nil"],
    ["audio_source", `aufile,${tone}`],
    ["audio_alert", "aubridge,nil"],
    ["ausrc_srate", "8000"],
    ["auplay_srate", "8000"],
    ["ausrc_channels", "1"],
    ["auplay_channels", "1"],
    ["audio_buffer", "20-160"],
    ["rtp_ports", "30000-30100"],
    ["rtp_stats", "yes"],
    ["net_interface", "eth0"],
    ["module_path", "/usr/lib/baresip/modules"],
    ...["g711.so", "aufile.so", "aubridge.so", "sndfile.so", "srtp.so"].map((name) => ["module", name] as const),
    ...(settings.media === "dtls"
      ? ([
          ["module", "dtls_srtp.so"],
          ["rtcp_mux", "yes"],
        ] as const)
      : []),
    ...(settings.ice ? [["module", "ice.so"] as const] : []),
    ["module_tmp", "uuid.so"],
    ["module_tmp", "account.so"],
    ["module_app", "menu.so"],
    ["module_app", "ctrl_tcp.so"],
    ...(watches.length === 0 ? [] : ["contact.so", "presence.so", "mwi.so"]).map(
      (name) => ["module_app", name] as const,
    ),
    ["ctrl_tcp_listen", `127.0.0.1:${controlPort}`],
    ["snd_path", recordings],
  ];
  writeFileSync(join(folder, "config"), `${lines.map((line) => line.join("\t")).join("\n")}\n`);
}

/** As it stands in a URI: IPv6 in brackets. */
const hostOf = ({ ipv6 }: PhoneSettings, who: PhoneSettings["party"] | "ringfenceOutside"): string =>
  ipv6 ? `[${addresses6[who]}]` : addresses[who];

function account(settings: PhoneSettings): string {
  const { user, password, transport, media, ice, answers, domain } = settings;
  const host = hostOf(settings, "ringfenceOutside");
  const place = transport === "tls" ? `${host}:5061` : host;
  return [
    `<sip:${user}@${domain ?? place};transport=${transport}>`,
    ...(domain === undefined ? [] : [`outbound="sip:${place};transport=${transport}"`]),
    `auth_user=${user}`,
    `auth_pass=${password}`,
    "regint=60",
    `answermode=${answers === "at-once" ? "auto" : "manual"}`,
    ...(media === "plain" ? [] : [`mediaenc=${media === "srtp" ? "srtp-mand" : "dtls_srtp"}`]),
    ...(ice ? ["medianat=ice"] : []),
    "audio_codecs=PCMU/8000/1",
  ].join(";");
}
