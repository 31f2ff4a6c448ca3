/** linphonec as a phone outside: told what to do on its prompt, judged by what it says there and by what it recorded. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import type { Program } from "../../support/program.ts";
import { type Recording, readWav, slices, toneShare, writeToneWav } from "../../support/tone.ts";
import { addresses, type Laboratory } from "./laboratory.ts";
import type { PhoneSettings } from "./phone-settings.ts";

export interface LinphoneSettings extends Omit<PhoneSettings, "answers"> {
  /** Extensions whose presence it subscribes to. */
  readonly friends?: readonly string[];
}

const toneSeconds = 120;

export class Linphone {
  readonly #program: Program;
  readonly #folder: string;
  readonly #name: string;
  #seen = 0;
  #recorded = 0;

  private constructor(name: string, program: Program, folder: string) {
    this.#name = name;
    this.#program = program;
    this.#folder = folder;
  }

  /** Resolves when the PBX has accepted the registration. */
  static async start(laboratory: Laboratory, name: string, settings: LinphoneSettings): Promise<Linphone> {
    const home = linphoneHome(laboratory, name, settings);
    const { folder } = home;
    writeToneWav(join(folder, "tone.wav"), settings.hertz, toneSeconds);
    const program = laboratory.run(settings.party, name, {
      command: "linphonec",
      args: ["-c", home.configuration, "-d", "6", "-l", join(folder, "debug.log")],
      cwd: folder,
      environment: { HOME: folder },
    });
    const phone = new Linphone(name, program, folder);
    // A prompt that is not answered yet means nothing: it answers while it registers, and `states` says how far it is.
    await program.says("linphonec> ", 0, 30_000);
    for (const line of ["soundcard use files", "play tone.wav", "record heard.wav"]) phone.tell(line);
    await phone.#registered();
    return phone;
  }

  async #registered(): Promise<void> {
    await eventually(
      `${this.#name} to register`,
      () => {
        this.tell("states");
        return this.#program.output.includes("LinphoneRegistrationOk");
      },
      20_000,
      300,
    );
  }

  tell(command: string): void {
    this.#program.write(`${command}\n`);
  }

  /** What happened before belongs to another scenario. */
  forget(): void {
    this.#seen = this.#program.output.length;
    this.#recorded = this.#recording().samples.length;
  }

  /** What it printed since the last `forget`. */
  get said(): string {
    return this.#program.output.slice(this.#seen);
  }

  /** @param times how often since the last `forget` */
  says(text: string, times = 1): Promise<string> {
    const look = (): string | false => this.said.split(text).length > times && this.said;
    return eventually(`${this.#name} to say ${text}`, look);
  }

  /** The SIP messages that it sent and received and that begin so, out of the encryption. */
  messages(start: string): readonly string[] {
    const log = readFileSync(join(this.#folder, "debug.log"), "utf8");
    const blocks = log.split(`\n${start}`).slice(1);
    return blocks.map((block) => `${start}${block.slice(0, block.search(/\n\d{4}-\d\d-\d\d /))}`);
  }

  /** Half seconds of this tone since the last `forget`. Its recording is on the disk only when a stream ended: by pause or BYE. */
  heard(hertz: number): number {
    const { rate, samples } = this.#recording();
    const halves = slices({ rate, samples: samples.subarray(this.#recorded) }, 0.5);
    return halves.filter((half) => toneShare(half, hertz) > 0.85).length;
  }

  #recording(): Recording {
    const file = join(this.#folder, "heard.wav");
    return existsSync(file) ? readWav(file) : { rate: 8_000, samples: new Int16Array() };
  }

  async stop(): Promise<void> {
    this.tell("quit");
    await this.#program.stop("SIGINT");
  }
}

/** A home folder with a configuration file in it. */
export function linphoneHome(
  laboratory: Laboratory,
  name: string,
  settings: LinphoneSettings,
): { readonly folder: string; readonly configuration: string } {
  const folder = laboratory.path(name);
  // Without the folder of its database it never gets past its start.
  mkdirSync(join(folder, ".local", "share", "linphone"), { recursive: true });
  const file = join(folder, "linphonerc");
  writeFileSync(file, configuration(settings));
  return { folder, configuration: file };
}

function configuration(settings: LinphoneSettings): string {
  const { party, user, password, transport, media, friends = [] } = settings;
  const port = transport === "tls" ? 5061 : 5060;
  const domain = settings.domain ?? addresses.ringfenceOutside;
  const proxy = `<sip:${addresses.ringfenceOutside}:${port};transport=${transport}>`;
  const sections: Readonly<Record<string, readonly string[]>> = {
    sip: [
      "default_proxy=0",
      "sip_port=5070",
      "sip_tcp_port=5070",
      "sip_tls_port=5071",
      "guess_hostname=0",
      `contact=sip:${user}@${addresses[party]}`,
      `media_encryption=${media === "srtp" ? "srtp" : "none"}`,
      `media_encryption_mandatory=${media === "srtp" ? 1 : 0}`,
      // The laboratory's certificate is self-signed.
      "verify_server_certs=0",
      "verify_server_cn=0",
    ],
    rtp: ["audio_rtp_port=30000-30100"],
    video: ["enabled=0", "capture=0", "display=0"],
    proxy_0: [
      `reg_proxy=${proxy}`,
      `reg_route=${proxy}`,
      `reg_identity=sip:${user}@${domain}`,
      "reg_expires=60",
      "reg_sendregister=1",
      "publish=0",
      "push_notification_allowed=0",
    ],
    auth_info_0: [`username=${user}`, `passwd=${password}`, "realm=myvoipapp.com"],
    ...Object.fromEntries(
      friends.map((friend, i) => [`friend_${i}`, [`url=<sip:${friend}@${domain}>`, "pol=accept", "subscribe=1"]]),
    ),
  };
  return Object.entries(sections)
    .map(([name, lines]) => `[${name}]\n${lines.join("\n")}\n`)
    .join("\n");
}
