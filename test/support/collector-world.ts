/** A syslog sender with a spool on disk, and a collector on a clock of its own that comes, goes and acknowledges when told to. */
import type { LineEvents } from "../../packages/appliance/src/collectors/line.ts";
import { frame, readFrames } from "../../packages/appliance/src/logs/syslog/frames.ts";
import { SyslogSender } from "../../packages/appliance/src/logs/syslog/sender.ts";
import { Spool } from "../../packages/appliance/src/logs/syslog/spool.ts";

const place = { host: "192.0.2.9", port: 514, ca: undefined, pair: undefined } as const;

export class CollectorWorld {
  now = 0;
  readonly received: string[] = [];
  readonly said: string[] = [];
  lost = 0;
  opened = 0;
  /** Undefined: what is on the wire, as a kernel says it. */
  unacknowledged: number | "unknown" | undefined;
  /** Of a connection that is up: what was written and is lost when it goes. */
  #wire: string[] = [];
  #events: LineEvents | undefined;
  #due: { at: number; work: () => void }[] = [];
  readonly spool: Spool;
  readonly sender: SyslogSender;

  constructor(dir: string, most = 10_000_000, transport: "tcp" | "udp" = "tcp") {
    const later = (ms: number, work: () => void) => {
      const entry = { at: this.now + ms, work };
      this.#due.push(entry);
      return () => {
        this.#due = this.#due.filter((other) => other !== entry);
      };
    };
    this.spool = new Spool(dir, most, {
      later,
      onTrouble: (why) => this.said.push(why),
      onRecovered: () => this.said.push("recovered"),
      onLost: (messages) => {
        this.lost += messages;
      },
    });
    this.sender = new SyslogSender({ ...place, transport }, this.spool, {
      now: () => this.now,
      later,
      open: (_place, events) => {
        this.opened++;
        this.#events = events;
        return {
          write: (octets) => {
            this.#wire.push(...(transport === "tcp" ? readFrames(octets).messages : [octets]).map(String));
            return true;
          },
          waiting: () => 0,
          unacknowledged: async () => this.#queued(),
          close: () => {
            if (this.#events !== events) return;
            this.#events = undefined;
            this.#wire = [];
          },
        };
      },
      onLost: (why) => this.said.push(`lost: ${why}`),
      onBack: () => this.said.push("back"),
    });
  }

  async up(): Promise<void> {
    await this.settled();
    this.#events?.onUp();
    await this.settled();
  }

  /** What is on the wire arrives. */
  arrive(): void {
    this.received.push(...this.#wire);
    this.#wire = [];
  }

  /** The connection goes, and takes with it what is on the wire. */
  async down(): Promise<void> {
    this.#wire = [];
    this.#events?.onDown("gone");
    await this.settled();
  }

  take(...texts: readonly string[]): void {
    for (const text of texts) this.sender.take(Buffer.from(frame(text)), 1);
  }

  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= until);
      if (next === undefined) break;
      this.now = Math.max(this.now, next.at);
      this.#due = this.#due.filter((entry) => entry !== next);
      next.work();
      await this.settled();
    }
    this.now = until;
  }

  #queued(): number | undefined {
    if (this.unacknowledged === "unknown") return undefined;
    return this.unacknowledged ?? this.#wire.reduce((sum, text) => sum + Buffer.byteLength(frame(text)), 0);
  }

  /** The disk has done what it was asked for. */
  async settled(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      await this.spool.ready;
      await new Promise(setImmediate);
    }
  }
}
