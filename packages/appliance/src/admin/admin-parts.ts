/** What the console and the API ask of a running Ringfence. */
import type { Admin, Handlers, Who } from "@ringfence/admin";
import type { OwnAudit } from "../audit/own-audit.ts";
import type { CallCurves } from "../call-curves.ts";
import type { Composition } from "../compose.ts";
import type { Audit } from "../control/audited.ts";
import type { ControlDesk } from "../control/protocol.ts";
import type { Loaded } from "../loading.ts";
import type { Log } from "../logs/logger.ts";
import type { Mask } from "../logs/mask.ts";
import type { RecordBook } from "../records/record-book.ts";
import type { Reloader } from "../reload.ts";
import type { Status } from "../status.ts";
import type { Ladder } from "../trace/ladder.ts";
import type { History } from "./history.ts";
import type { Tally } from "./tally.ts";

export interface AdminParts {
  readonly composition: Pick<Composition, "edge" | "media">;
  /** Not the audited one: the API has its own line about each act. */
  readonly desk: ControlDesk;
  readonly status: () => Status;
  readonly health: { readonly problems: () => readonly string[]; readonly notReady: () => readonly string[] };
  readonly inForce: () => Loaded;
  readonly load: (text: string) => Promise<Loaded>;
  readonly preview: Reloader["preview"];
  readonly records: Pick<RecordBook, "search" | "byId">;
  readonly stateDir: string;
  readonly openAlerts: () => number;
  readonly hardening: Pick<OwnAudit, "last" | "run">;
  readonly ladder: (call: string) => Ladder | undefined;
  readonly log: Log;
  readonly audit: Audit;
  readonly tally: Tally;
}

/** With what lives as long as the console does. */
export interface Console extends AdminParts, Pick<Admin, "people" | "keys"> {
  readonly history: History;
  readonly curves: CallCurves;
  /** What of it somebody may not see. */
  readonly maskFor: (who: Pick<Who, "role">) => Mask;
}

/** The part of the handlers that one file knows. */
export type HandlersOf<N extends keyof Handlers> = Pick<Handlers, N>;
