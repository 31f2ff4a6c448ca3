export { type EndReason, endReasons } from "./call/teardown.ts";
export { EdgeCore } from "./core.ts";
export { type EdgeHandle, type EdgeOptions, type EdgeSettings, type EdgeStatus, startEdge } from "./edge.ts";
export type { EdgeCount, EdgeEvent, Level } from "./events.ts";
export type { Endpoint, Flow, Role } from "./flow.ts";
export type { LegMedia, LegName, MediaEvent, MediaPort, MediaResult } from "./media-port.ts";
export type { Input, Output } from "./ports.ts";
export { type AccountBook, accountBook } from "./registrar/accounts.ts";
export type { CoreSettings } from "./settings.ts";
