/** What the command line and the running process say to each other: one JSON object a line, one request a connection. */
import type { ReloadReport } from "./reload.ts";
import type { Status } from "./status.ts";

export type ControlRequest = "status" | "reload" | "drain";

export type ControlAnswer =
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "reload"; readonly report: ReloadReport }
  /** Calls that are waited for. */
  | { readonly kind: "drain"; readonly calls: number }
  | { readonly kind: "error"; readonly message: string };

/** Requests are one word; an answer holds at most a page of status. */
export const longestRequest = 256;
export const longestAnswer = 1_048_576;

/** Hostile input is a value: anything but a known request is undefined. */
export function readRequest(line: string): ControlRequest | undefined {
  try {
    const request = (JSON.parse(line) as { readonly command?: unknown } | null)?.command;
    return request === "status" || request === "reload" || request === "drain" ? request : undefined;
  } catch {
    return undefined;
  }
}
