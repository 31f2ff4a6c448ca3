/** Programs that look for telephone systems mostly say what they are. Letters are compared, nothing is interpreted. */
import type { Request } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";

/** A name is not longer; what comes behind is not looked at. */
const MAX_NAME = 128;

export function isScanner(state: EdgeState, request: Request): boolean {
  const { userAgents } = state.settings.config.defence.scanners;
  return request.headers.all("User-Agent").some((agent) => {
    const name = agent.slice(0, MAX_NAME).toLowerCase();
    return userAgents.some((part) => name.includes(part));
  });
}
