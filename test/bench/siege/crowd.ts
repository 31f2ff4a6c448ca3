/** Strangers that do the same from several places. */
import { sleep } from "../bench.ts";
import { type Nuisance, type PortRange, Stranger } from "../load/stranger.ts";
import { hosts, placedIn } from "./network.ts";

export class Crowd {
  readonly #strangers: readonly Stranger[];

  private constructor(strangers: readonly Stranger[]) {
    this.#strangers = strangers;
  }

  /** @param addresses one stranger each, all on that host */
  static async gather(namespace: string, ...addresses: readonly string[]): Promise<Crowd> {
    const coming = addresses.map((own) => Stranger.start(hosts.relayOutside, own, placedIn(namespace)));
    return new Crowd(await Promise.all(coming));
  }

  spray(ports: PortRange, packetsPerSecond: number, ...kinds: readonly Nuisance[]): void {
    for (const stranger of this.#strangers) stranger.spray(ports, packetsPerSecond, ...kinds);
  }

  rest(): void {
    for (const stranger of this.#strangers) stranger.rest();
  }

  async count(): Promise<{ readonly sent: number; readonly received: number }> {
    const counts = await Promise.all(this.#strangers.map((stranger) => stranger.count()));
    const sum = (of: "sent" | "received") => counts.reduce((all, one) => all + one[of], 0);
    return { sent: sum("sent"), received: sum("received") };
  }

  /** Resolves when each of them has sent so many more to every port. */
  async goRound(rounds: number): Promise<void> {
    await Promise.all(
      this.#strangers.map(async (stranger) => {
        const until = (await stranger.count()).rounds + rounds;
        while ((await stranger.count()).rounds < until) await sleep(50);
      }),
    );
  }

  close(): void {
    for (const stranger of this.#strangers) stranger.close();
  }
}
