/**
 * How a running Ringfence takes the next configuration over. What can refuse it goes first; the attendants only hear of it, and
 * nothing of it can fail any more.
 */
import type { Attendants } from "../attendants.ts";
import type { Composition } from "../compose.ts";
import type { HealthPlace } from "../io/health-place.ts";
import type { ReloadPorts } from "../reload-ports.ts";

interface Running {
  readonly composition: Pick<Composition, "apply">;
  readonly health: Pick<HealthPlace, "move">;
  readonly attendants: Pick<Attendants, "apply">;
}

export function takeOver({ composition, health, attendants }: Running): ReloadPorts["apply"] {
  return async (next, inForce) => {
    const move = await health.move(next.file.config.metrics.listen);
    let standing: readonly string[];
    try {
      standing = await composition.apply(next, inForce);
    } catch (error) {
      await move.giveUp();
      throw error;
    }
    await move.settle();
    attendants.apply(next);
    return standing;
  };
}
