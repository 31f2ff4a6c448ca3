/** See load/tls-callers.ts. */
import { type TlsCallers, tlsCallers } from "../../support/tls-callers.ts";
import { answering } from "../load/child.ts";
import type { CallersQuestion } from "../load/tls-callers.ts";

let callers: TlsCallers | undefined;

answering<CallersQuestion>((question) => {
  if (question.kind === "begin") {
    callers = tlsCallers(question.port, question.good, question.revoked, []);
    return undefined;
  }
  return question.kind === "hold" ? callers?.hold(question.connections) : callers?.[question.kind]();
});
