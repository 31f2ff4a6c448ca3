/** Every route there is: the server serves these and nothing else, the OpenAPI document and the tests are made from them. */
import { accountRoutes } from "./accounts.ts";
import { alertRoutes } from "./alerts.ts";
import { callRoutes } from "./calls.ts";
import { configRoutes } from "./config.ts";
import { defenceRoutes } from "./defence.ts";
import { enrolRoutes } from "./enrol.ts";
import { hardeningRoutes } from "./hardening.ts";
import { overviewRoutes } from "./overview.ts";
import { peerRoutes } from "./peers.ts";
import { recordRoutes } from "./records.ts";
import type { Route } from "./route.ts";
import { sessionRoutes } from "./session.ts";
import { userRoutes } from "./users.ts";

export const routes = {
  ...sessionRoutes,
  ...enrolRoutes,
  ...overviewRoutes,
  ...callRoutes,
  ...peerRoutes,
  ...defenceRoutes,
  ...accountRoutes,
  ...configRoutes,
  ...recordRoutes,
  ...alertRoutes,
  ...hardeningRoutes,
  ...userRoutes,
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
