/** What a probe from outside asks, in order. */
import type { Point } from "../check.ts";
import { call } from "./call.ts";
import type { ProbeFacts } from "./observed.ts";
import { secrets } from "./secrets.ts";
import { strangers } from "./strangers.ts";
import { transport } from "./transport.ts";

export const probePoints: readonly Point<ProbeFacts>[] = [transport, strangers, secrets, call];
