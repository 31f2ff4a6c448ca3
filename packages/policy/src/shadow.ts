import type { Config } from "./config/config.ts";

/** Keys of the configuration whose rules are only looked at, as the file spells them: nobody may forget that they do not act. */
export function keysInShadow({ defence }: Config): readonly string[] {
  return defence.mode === "shadow" ? ["defence.mode"] : [];
}
