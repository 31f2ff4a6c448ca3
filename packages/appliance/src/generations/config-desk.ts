/** What the command line may ask about configurations: the part of the desk that `reload`, `diff`, `rollback` and `history` reach. */
import type { ControlDesk } from "../control/protocol.ts";
import type { Loaded } from "../loading.ts";
import type { Reloader } from "../reload.ts";
import type { ConfigHistory } from "./history.ts";

export function configDesk(
  reloader: Reloader,
  history: ConfigHistory,
  load: (name: string) => Promise<Loaded>,
): Pick<ControlDesk, "reload" | "confirm" | "rollback" | "diff" | "history"> {
  return {
    reload: async ({ by, confirmMs }) => ({ report: await reloader.reload({ why: "reload", by, confirmMs }) }),
    confirm: async () => ({ generation: await reloader.confirm() }),
    rollback: async ({ by, to }) => ({ report: await reloader.rollback(by, to) }),
    diff: async ({ file }) => {
      const { changes, warnings } = await reloader.preview(file === undefined ? undefined : () => load(file));
      return { changes, warnings, generation: reloader.generation };
    },
    history: ({ number }) => ({
      generations: history.generations,
      inForce: reloader.generation,
      text: number === undefined ? null : (history.textOf(number) ?? null),
    }),
  };
}
