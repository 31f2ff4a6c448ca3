/** An ordinary office, thirty days of it: how often somebody is taken for a thief who is none. */
import { type AnomalyKind, AnomalyWatch, type NewCall } from "@ringfence/policy";
import { expect, test } from "vitest";
import { seededRandom } from "../support/seeded-random.ts";
import { DAY, HOUR, localAt, MINUTE, monday, rules } from "../support/watched-account.ts";

const countries = ["FR", "GB", "US", "PL", "IT", "ES"];

/**
 * Desks with their own hours and appetite: one in five is busy (a call each four minutes), the others call each half hour; one in five
 * sells abroad, to three countries. A seventh of the calls meets a voicemail; customers have extensions that lie near each other; now and
 * then somebody stays late, and one in ten comes on Saturdays; customers from abroad ring once, and are called back.
 */
class Office {
  readonly found = new Map<AnomalyKind, number>();
  calls = 0;
  readonly #watch = new AnomalyWatch();
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  day(day: number, desks: number): void {
    const random = this.#random;
    for (let desk = 0; desk < desks; desk++) {
      const away = random() < 0.08 || day % 7 === 6 || (day % 7 === 5 && desk % 10 !== 0);
      if (away) continue;
      const begins = (7.5 + (desk % 4) * 0.5 + random() * 0.5) * HOUR;
      const late = random() < 0.03 ? random() * 3 * HOUR : 0;
      this.#at(desk, monday + day * DAY + begins, (day % 7 === 5 ? 4 : 9) * HOUR, late);
    }
  }

  #at(desk: number, begins: number, lasts: number, late: number): void {
    const pause = desk % 5 === 0 ? 4 * MINUTE : 30 * MINUTE;
    for (let at = begins; at < begins + lasts + late; ) {
      // Towards the evening it is quiet.
      at += -Math.log(1 - this.#random()) * pause * (at > begins + lasts ? 6 : 1);
      at = this.#call(`${1000 + desk}`, desk, at);
    }
  }

  #call(account: string, desk: number, wall: number): number {
    const random = this.#random;
    const { e164, abroad } = this.#customer(desk);
    if (abroad !== undefined && random() < 0.2) {
      this.#watch.rangOnce(account, e164, wall - MINUTE, localAt(wall - MINUTE), rules);
    }
    const id = `${++this.calls}`;
    const call: NewCall = { id, wall, e164, abroad, risky: false, network: "192.0" };
    this.#note(account, this.#watch.begin(account, call, localAt(wall), rules));
    const lasts = random() < 0.15 ? 3_000 + random() * 9_000 : 15_000 + random() * random() * 900_000;
    this.#note(account, this.#watch.end(account, id, wall + lasts, random() < 0.8 ? lasts : undefined, rules));
    return wall + lasts;
  }

  #customer(desk: number): { readonly e164: string; readonly abroad: string | undefined } {
    const random = this.#random;
    const company = 30_000_000 + Math.floor(random() * 200) * 1_000;
    const index = (desk + Math.floor(random() * 3)) % countries.length;
    if (desk % 5 === 1 && random() < 0.3) return { e164: `${33 + index}${company}`, abroad: countries[index] };
    return { e164: `49${company + Math.floor(random() * 40)}`, abroad: undefined };
  }

  #note(account: string, kind: AnomalyKind | undefined): void {
    if (kind === undefined) return;
    this.found.set(kind, (this.found.get(kind) ?? 0) + 1);
    this.#watch.settle(account, "said");
  }
}

test("four offices of 25 desks, 30 days, 50,000 calls: nobody is suspected", () => {
  let calls = 0;
  for (const seed of [1, 2, 3, 4]) {
    const office = new Office(seed);
    for (let day = 0; day < 30; day++) office.day(day, 25);
    expect([seed, Object.fromEntries(office.found)]).toEqual([seed, {}]);
    calls += office.calls;
  }
  expect(calls).toBeGreaterThan(50_000);
});
