/** The first request of a dialog, as phones, the PBX and the carrier of the storm send it. */
import { HeaderList, type OutRequest } from "@ringfence/sip";

export function stormRequest(
  number: number,
  method: string,
  uri: string,
  from: string,
  headers: readonly (readonly [string, string])[],
): OutRequest {
  const to = method === "REGISTER" ? `<sip:${from}@pbx.example.com>` : `<${uri}>`;
  const list = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", `<sip:${from}@pbx.example.com>;tag=${number}`],
    ["To", to],
    ["Call-ID", `storm-${number}`],
    ["CSeq", `1 ${method}`],
    ...headers,
  );
  return { method, uri, headers: list, body: Buffer.alloc(0) };
}
