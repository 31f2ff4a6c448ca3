/** What threat L12 claims, and where it was found not to hold. */

const sentences = {
  capacity: "the signalling thread had no time left when it was measured what is carried",
  offered: "four times of what is carried was offered",
  "calls lost": "0 established calls lost",
  voice: "voice of all calls unchanged: none lost, jitter as before",
  goodput: "goodput at least 95 % of plain capacity",
  legitimate: "at least 99 % of what registered phones ask is done",
  memory: "resident memory bounded",
  recovery: "back to normal within 5 s",
} as const;

export class Claims {
  readonly #faults = new Map<keyof typeof sentences, string[]>();

  check(claim: keyof typeof sentences, holds: boolean, where: string): boolean {
    if (!holds) this.#faults.set(claim, [...(this.#faults.get(claim) ?? []), where]);
    return holds;
  }

  get allHold(): boolean {
    return this.#faults.size === 0;
  }

  /** A line for each with yes or NO, and where not. */
  lines(): readonly string[] {
    return Object.entries(sentences).map(([claim, sentence]) => {
      const found = this.#faults.get(claim as keyof typeof sentences) ?? [];
      return `${found.length === 0 ? "yes" : "NO "}  ${sentence}${found.map((one) => `\n       ${one}`).join("")}`;
    });
  }
}
