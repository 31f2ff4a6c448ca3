/** Lines of the log as syslog messages on their way to the collector of the configuration. */
import { type SyslogConfig, syslogFacilities } from "@ringfence/policy";
import type { LinePlace } from "../../collectors/line.ts";
import type { WrittenLine } from "../log-event.ts";
import type { LogOutput } from "../logger.ts";
import { FrameGatherer } from "./frame-gatherer.ts";
import { type MessageOrigin, nextSequence, syslogMessage } from "./message.ts";
import { type SenderWorld, SyslogSender } from "./sender.ts";
import { Spool, type SpoolWorld } from "./spool.ts";

export interface SyslogWorld {
  /** Of the spool. */
  readonly dir: string;
  readonly hostname: string;
  readonly version: string;
  readonly sender: SenderWorld;
  readonly spool: SpoolWorld;
}

/** RFC 5425 §4.3.1: what receivers should take. A datagram is better not in pieces (RFC 5426 §3.2). */
const mostOctets = { tls: 8_192, tcp: 8_192, udp: 1_400 } as const;

export class SyslogOutput implements LogOutput {
  readonly #world: SyslogWorld;
  readonly #spool: Spool;
  readonly #sender: SyslogSender;
  readonly #gatherer: FrameGatherer;
  #settings: SyslogConfig;
  #origin: MessageOrigin;
  #place: LinePlace;
  #sequence = 0;

  constructor(settings: SyslogConfig, place: LinePlace, world: SyslogWorld) {
    this.#world = world;
    this.#settings = settings;
    this.#place = place;
    this.#origin = this.#originOf(settings);
    this.#spool = new Spool(world.dir, settings.spool, world.spool);
    this.#sender = new SyslogSender(place, this.#spool, world.sender);
    this.#gatherer = new FrameGatherer((frames, messages) => this.#sender.take(frames, messages));
  }

  get state(): {
    readonly up: boolean;
    readonly down: string | undefined;
    readonly waiting: number;
    readonly failing: string | undefined;
  } {
    return { up: this.#sender.isUp, down: this.#sender.down, waiting: this.#spool.bytes, failing: this.#spool.failing };
  }

  get settings(): SyslogConfig {
    return this.#settings;
  }

  line(line: WrittenLine): void {
    this.#sequence = nextSequence(this.#sequence);
    this.#gatherer.write(syslogMessage(line, this.#origin, this.#sequence));
    if (line.level === "warn" || line.level === "error" || line.level === "fatal") this.#gatherer.flush();
  }

  apply(settings: SyslogConfig, place: LinePlace): void {
    this.#gatherer.flush();
    this.#settings = settings;
    this.#origin = this.#originOf(settings);
    this.#spool.resize(settings.spool);
    if (JSON.stringify(place) === JSON.stringify(this.#place)) return;
    this.#place = place;
    this.#sender.turnTo(place);
  }

  flush(): void {
    this.#gatherer.flush();
    this.#sender.flush();
  }

  close(): Promise<void> {
    this.#gatherer.flush();
    return this.#sender.close();
  }

  #originOf({ facility, format, url }: SyslogConfig): MessageOrigin {
    const { hostname, version } = this.#world;
    const most = mostOctets[url.transport];
    return { facility: syslogFacilities[facility], hostname, pid: process.pid, version, format, most };
  }
}
