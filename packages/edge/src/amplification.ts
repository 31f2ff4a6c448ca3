/**
 * Threat L11: what goes to sources that may be forged never exceeds what came from such sources. An answer is normally
 * held to the size of its question; a question too short for any answer is answered from what others left over, or from
 * its own repetition: phones repeat, and two questions pay for one answer.
 */

/** Octets that may be saved up: enough for phones that ask briefly, nothing a victim would notice. */
const MAX_CREDIT = 16_384;

export class AmplificationBudget {
  #credit = 0;

  earn(octets: number): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + octets);
  }

  /** True when these octets may leave; they are then spent. */
  spend(octets: number): boolean {
    if (octets > this.#credit) return false;
    this.#credit -= octets;
    return true;
  }
}
