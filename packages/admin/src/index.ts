export { type Admin, type AdminOptions, createAdmin, type Door, type Place } from "./admin.ts";
export type { Account } from "./api/accounts.ts";
export type { Alert, AuditEntry } from "./api/alerts.ts";
export type { Call, Curves, Ladder } from "./api/calls.ts";
export type { ConfigProblem, Generation, ReloadReport } from "./api/config.ts";
export type { Ban, Decision, Explained } from "./api/defence.ts";
export { type HardeningReport, hardeningReport } from "./api/hardening.ts";
export {
  type History,
  type LiveEvents,
  type LiveLine,
  type Overview,
  type SeriesName,
  seriesNames,
} from "./api/overview.ts";
export type { Registration, Trunk } from "./api/peers.ts";
export type { CallRecord } from "./api/records.ts";
export { type Role, roles } from "./api/role.ts";
export type { Route } from "./api/route.ts";
export { type RouteName, type Routes, routes } from "./api/routes.ts";
export type { ApiKey, User } from "./api/users.ts";
export type { DoorSettings } from "./door/admission.ts";
export type { Act, Audited, Handler, Handlers, Live, Send, Who } from "./door/handlers.ts";
export { openApi } from "./door/openapi.ts";
export { ApiError } from "./door/problems.ts";
export { type ConsoleFiles, readConsoleFiles } from "./io/console-files.ts";
export type { Invitation } from "./people/people.ts";
export { readUserFile, type UserStore } from "./people/user-file.ts";
export type { SignInNote } from "./sign-in/sign-in.ts";
