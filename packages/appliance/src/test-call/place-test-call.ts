/** A test call with real sockets and the clock: the way there is opened, and the trial is driven to its end. */
import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { openSipLine, type SipLine } from "../io/sip-line.ts";
import { openSoundSocket, type SoundSocket } from "../io/sound-socket.ts";
import type { CallGuest } from "./guest.ts";
import type { End, TestCallOrder, TestCallReport, TestCallStep } from "./order.ts";
import { talkBounds } from "./order.ts";
import { unreachableTrouble } from "./said.ts";
import { Trial } from "./trial.ts";
import type { TrialInput, TrialOutput } from "./trial-ports.ts";

interface Opened {
  readonly end: End;
  readonly line: SipLine;
  readonly sound: SoundSocket;
}

/** Never rejects, and ends within a minute and the time of the talk, whatever is at the other end. */
export async function placeTestCall(
  order: TestCallOrder,
  signal?: AbortSignal,
  guest?: CallGuest,
): Promise<TestCallReport> {
  const began = performance.now();
  const talk = Math.min(talkBounds.most, Math.max(talkBounds.least, order.talk));
  const drive = new Drive(guest);
  try {
    const unreached = await drive.open(order);
    const reached = reachStep(order, performance.now() - began, unreached);
    if (!reached.ok) return { ok: false, steps: [reached], sent: 0, heard: 0, suite: undefined };
    return await drive.run({ ...order, talk }, reached, signal);
  } catch (error) {
    // What was ordered cannot even be written down, or this machine has no sockets left.
    const said = `the call cannot be made: ${error instanceof Error ? error.message : String(error)}`;
    const took = Math.round(performance.now() - began);
    const step = { step: "reach", ok: false, said, remedy: "Check the names, numbers and addresses.", took } as const;
    return { ok: false, steps: [step], sent: 0, heard: 0, suite: undefined };
  } finally {
    drive.close();
  }
}

function reachStep({ server }: TestCallOrder, took: number, failed: string | undefined): TestCallStep {
  const { address, port, transport } = server;
  const place = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  const common = { step: "reach", took: Math.round(took) } as const;
  if (failed !== undefined) return { ...common, ok: false, ...unreachableTrouble(failed, place, transport) };
  const how = { udp: "packets go to", tcp: "connected to", tls: "connected, with TLS, to" }[transport];
  return { ...common, ok: true, said: `${how} ${place}` };
}

class Drive {
  readonly #guest: CallGuest | undefined;
  readonly #opened: Opened[] = [];
  #trial: Trial | undefined;
  #timer: NodeJS.Timeout | undefined;
  #finished: (report: TestCallReport) => void = () => undefined;
  #broken: (error: unknown) => void = () => undefined;
  #forget: () => void = () => undefined;

  constructor(guest: CallGuest | undefined) {
    this.#guest = guest;
  }

  /** @returns why it cannot be reached */
  async open(order: TestCallOrder): Promise<string | undefined> {
    const ends: readonly End[] = "user" in order.callee ? ["caller", "callee"] : ["caller"];
    for (const end of ends) {
      const line = await openSipLine(order.server, {
        heard: (bytes) => this.#feed({ kind: "bytes", end, bytes }),
        lost: () => this.#feed({ kind: "lost", end }),
      });
      if (line.kind === "unreachable") return line.code;
      const heard = (bytes: Uint8Array, from: string): void => {
        this.#guest?.heard(end, bytes);
        this.#feed({ kind: "sound", end, bytes, from });
      };
      try {
        this.#opened.push({ end, line, sound: await openSoundSocket(line.local.address, heard) });
      } catch (error) {
        line.close();
        throw error;
      }
    }
    return undefined;
  }

  run(order: TestCallOrder, reached: TestCallStep, signal: AbortSignal | undefined): Promise<TestCallReport> {
    const { promise, resolve, reject } = Promise.withResolvers<TestCallReport>();
    this.#finished = resolve;
    this.#broken = reject;
    const ends = this.#opened.map(({ end, line, sound }) => ({ end, line: line.local, sound: sound.local }));
    const now = performance.now();
    this.#trial = new Trial({ order, ends, reached, random: randomBytes }, now);
    this.#carryOut(this.#trial.begin(now));
    const stop = (): void => this.#feed({ kind: "stop" });
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop);
    this.#forget = () => signal?.removeEventListener("abort", stop);
    return promise;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#forget();
    this.#trial = undefined;
    for (const { line, sound } of this.#opened) {
      line.close();
      sound.close();
    }
  }

  #feed(input: TrialInput): void {
    const trial = this.#trial;
    try {
      if (trial !== undefined) this.#carryOut(trial.handle(performance.now(), input));
    } catch (error) {
      this.#broken(error);
    }
  }

  #carryOut(outputs: readonly TrialOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "finished") this.#finished(output.report);
      else {
        const opened = this.#opened.find(({ end }) => end === output.end);
        if (output.kind === "bytes") opened?.line.send(output.bytes);
        else if (output.kind === "agreed") {
          const { end, agreed } = output;
          this.#guest?.agreed(end, agreed, (bytes) => opened?.sound.send(bytes, agreed.to));
        } else opened?.sound.send(output.bytes, output.to);
      }
    }
    this.#wakeInTime();
  }

  #wakeInTime(): void {
    clearTimeout(this.#timer);
    const next = this.#trial?.nextDeadline;
    if (next === undefined) return;
    this.#timer = setTimeout(() => this.#feed({ kind: "wake" }), Math.max(0, next - performance.now()));
  }
}
