/** baresip as a phone outside: told what to do over its control port, judged by its events, its SIP trace and what it heard. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../../support/eventually.ts";
import { findProgram } from "../../support/outside-program.ts";
import type { Program } from "../../support/program.ts";
import { type Recording, readWav, toneShare } from "../../support/tone.ts";
import type { Laboratory } from "./laboratory.ts";
import { controlPort, type PhoneSettings, writePhoneSettings } from "./phone-settings.ts";

export type PhoneCommand = "dial" | "hangup" | "accept" | "hold" | "resume" | "transfer" | "line" | "sndcode";

/** `CALL_ESTABLISHED`, `CALL_CLOSED`, ... and what baresip says about it. */
export interface PhoneEvent {
  readonly type: string;
  readonly param: string;
}

const relay = fileURLToPath(new URL("stream-relay.ts", import.meta.url));

export class Phone {
  readonly #program: Program;
  readonly #control: Program;
  readonly #recordings: string;
  readonly #name: string;
  #seenEvents = 0;
  #seenRecordings = 0;

  private constructor(name: string, program: Program, control: Program, folder: string) {
    this.#name = name;
    this.#program = program;
    this.#control = control;
    this.#recordings = join(folder, "recordings");
  }

  /** Resolves when the PBX has accepted the registration. */
  static async start(laboratory: Laboratory, name: string, settings: PhoneSettings): Promise<Phone> {
    const folder = laboratory.path(name);
    writePhoneSettings(folder, settings);
    const program = laboratory.run(settings.party, name, {
      command: "stdbuf",
      // -s: the SIP trace, which shows what TLS hides on the wire.
      args: ["-oL", findProgram("baresip") ?? "baresip", "-s", ...(settings.ipv6 ? ["-6"] : []), "-f", folder],
      cwd: folder,
      environment: { HOME: folder },
    });
    await program.says("baresip is ready");
    const control = laboratory.run(settings.party, `${name}-control`, {
      command: process.execPath,
      args: [relay, String(controlPort)],
    });
    const phone = new Phone(name, program, control, folder);
    await control.says("connected");
    await program.says("[1 binding]");
    return phone;
  }

  tell(command: PhoneCommand, params = ""): void {
    const text = JSON.stringify({ command, params, token: "t" });
    this.#control.write(`${text.length}:${text},`);
  }

  /** Since the last `forget`. */
  get events(): readonly PhoneEvent[] {
    return this.#allEvents().slice(this.#seenEvents);
  }

  /** What happened before belongs to another scenario. */
  forget(): void {
    this.#seenEvents = this.#allEvents().length;
    this.#seenRecordings = this.#recordingFiles().length;
  }

  #allEvents(): readonly PhoneEvent[] {
    return readNetstrings(this.#control.output).flatMap((text) => {
      const { event, type, param } = JSON.parse(text) as Record<string, unknown>;
      return event === true ? [{ type: String(type), param: String(param ?? "") }] : [];
    });
  }

  /** @param count how many of this type there are to be */
  sees(type: string, count = 1): Promise<PhoneEvent> {
    const look = (): PhoneEvent | undefined => this.events.filter((event) => event.type === type)[count - 1];
    return eventually(`${this.#name} to see ${type} number ${count}`, look);
  }

  /** Everything it printed, the SIP messages with it. */
  get trace(): string {
    return this.#program.output;
  }

  /** The SIP messages it sent and received, out of the encryption. */
  get messages(): readonly string[] {
    const blocks = this.#program.output.split("\u001b[36;1m#").slice(1);
    return blocks.map((block) => block.slice(0, block.indexOf("\u001b[;m")));
  }

  /** What it decoded since the call began. Grows while the call lasts; undefined before the first packet. */
  heard(): Recording | undefined {
    const last = this.#recordingFiles().slice(this.#seenRecordings).at(-1);
    return last === undefined ? undefined : readWav(join(this.#recordings, last));
  }

  #recordingFiles(): readonly string[] {
    // The names begin with the time they were begun at.
    return readdirSync(this.#recordings)
      .filter((name) => name.endsWith("-dec.wav"))
      .sort();
  }

  /** @param text printed after `from` characters of the trace */
  prints(text: string, from = 0): Promise<string> {
    return eventually(
      `${this.#name} to print ${text}`,
      () => this.trace.includes(text, from) && this.trace.slice(from),
    );
  }

  /** Waits until there is so much of it. */
  hears(seconds: number): Promise<Recording> {
    const look = (): Recording | undefined => {
      const heard = this.heard();
      return heard !== undefined && heard.samples.length >= seconds * heard.rate ? heard : undefined;
    };
    return eventually(`${this.#name} to hear ${seconds} s`, look, (seconds + 15) * 1_000);
  }

  /** Waits until the last second of it is this tone: a call begins with silence (ICE, a handshake, a codec). */
  async hearsTone(hertz: number): Promise<void> {
    const isHeard = (): boolean => {
      const heard = this.heard();
      if (heard === undefined || heard.samples.length < heard.rate) return false;
      return toneShare({ ...heard, samples: heard.samples.subarray(-heard.rate) }, hertz) > 0.8;
    };
    await eventually(`${this.#name} to hear ${hertz} Hz`, isHeard, 45_000, 200);
  }

  /** Unregisters and ends. */
  async stop(): Promise<void> {
    await this.#program.stop("SIGINT");
    await this.#control.stop();
  }
}

/** `5:hello,` one after the other; what is not whole yet is left out. */
function readNetstrings(stream: string): readonly string[] {
  const bytes = Buffer.from(stream);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const colon = bytes.indexOf(":", at);
    const length = Number(bytes.toString("latin1", at, colon));
    if (colon < 0 || colon + 1 + length >= bytes.length) break;
    found.push(bytes.toString("utf8", colon + 1, colon + 1 + length));
    at = colon + 1 + length + 1;
  }
  return found;
}
