/** What the PBX and the carriers of a scripted day answer without being told to. */
import type { Request } from "@ringfence/sip";
import { wrongResponse } from "./day.ts";
import { replyLines } from "./sip-script.ts";
import type { Manners } from "./stage.ts";

/** Registrations for longer than a slow machine needs, and none with a wrong password. Calls are the script's. */
export const dayManners: Manners = (request: Request) => {
  if (request.method === "INVITE" || request.method === "ACK") return undefined;
  if (request.method !== "REGISTER") return replyLines(request, "200 OK");
  const isWrong = request.headers.get("Authorization")?.includes(wrongResponse) ?? false;
  return isWrong ? replyLines(request, "403 Forbidden") : replyLines(request, "200 OK", ["Expires: 3600"]);
};
