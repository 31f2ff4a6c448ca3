/** What only the site can do, at miniSipServer, at the router and at the phones. Each item is ticked or stays on the list. */
import { type Answers, isGiven, none } from "./question.ts";

export interface ChecklistItem {
  readonly key: string;
  applies?(answers: Answers): boolean;
  what(answers: Answers, inside: string): string;
}

export const checklist: readonly ChecklistItem[] = [
  {
    key: "white-list",
    what: (answers, inside) => {
      const both = [answers.get("phones_from") ?? inside, answers.get("trunks_from") ?? none];
      const addresses = both.filter((one) => one !== none).join(" and ");
      return `PBX, IP address black & white list: ${addresses}, action Accept. Or one wrong password bans all phones.`;
    },
  },
  {
    key: "trunk",
    applies: (answers) => isGiven(answers, "trunks_from"),
    what: (answers) => `PBX, a SIP trunk for the carriers: server ${answers.get("trunks_from")}, port 5080.`,
  },
  {
    key: "passwords",
    what: () => "PBX, extensions 100, 101 and 102: their password is their number. Change or remove them.",
  },
  { key: "limits", what: () => "PBX, call levels and limits of concurrent calls for each extension and trunk." },
  {
    key: "router",
    what: () =>
      "Router: no forwarding to the PBX any more (SIP 5060, 8080, 5062, 3478, audio), and UPnP off in the PBX.",
  },
  { key: "phones", what: () => "Phones: Ringfence is their outbound proxy; TLS and SRTP (SDES) on; the domain stays." },
  { key: "relay", what: () => "PBX, media relay: as it is; Ringfence anchors every stream anyway." },
];
