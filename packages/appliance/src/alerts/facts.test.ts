import { expect, test } from "vitest";
import { conditionsOf, type Facts } from "./facts.ts";

const fine: Facts = {
  status: {
    pbx: { address: "10.0.0.5:5060", reachable: true, silence: null, nodes: [{ address: "10.0.0.5:5060", up: true }] },
    trunks: [{ name: "telnyx", calls: 0, registration: undefined, hosts: [{ place: "h1", state: "up", changes: [] }] }],
    inShadow: [],
    kernel: { state: "proven", why: "", trouble: null, bans: 0, provenAt: null, dropped: null },
    defence: { load: { level: 0, lagMs: 0, busy: 0 } },
    media: { engine: "native", why: "", instances: [] },
  },
  wantedEngine: "auto",
  certificates: [{ name: "edge", daysLeft: 80 }],
  oldSecrets: [],
  backup: { ageMs: 3_600_000, everyMs: 86_400_000 },
  disks: [{ folder: "state", free: 0.5 }],
};
const status = (part: Partial<Facts["status"]>): Partial<Facts> => ({ status: { ...fine.status, ...part } });
const trunk = (part: Partial<Facts["status"]["trunks"][number]>): Partial<Facts> =>
  status({ trunks: fine.status.trunks.map((one) => ({ ...one, ...part })) });
const pbx = (part: Partial<Facts["status"]["pbx"]>): Partial<Facts> => status({ pbx: { ...fine.status.pbx, ...part } });

test("when all is well nobody is told", () => {
  expect(conditionsOf(fine)).toEqual([]);
});

test.each<readonly [string, Partial<Facts>, string]>([
  ["the PBX is silent", pbx({ reachable: false, silence: "down" }), "pbx-down 10.0.0.5:5060"],
  ["the PBX has banned us", pbx({ reachable: false, silence: "banned" }), "pbx-banned-us 10.0.0.5:5060"],
  ["one node of two", pbx({ nodes: [{ address: "n2", up: false }] }), "pbx-down n2 warning"],
  ["all hosts of a carrier", trunk({ hosts: [{ place: "h1", state: "down", changes: [] }] }), "trunk-down telnyx"],
  ["a registration", trunk({ registration: { state: "failed", reason: "403" } }), "trunk-down telnyx"],
  ["a name that DNS lost", trunk({ hosts: [] }), "trunk-down telnyx"],
  ["a certificate, soon", { certificates: [{ name: "edge", daysLeft: 29.9 }] }, "certificate-expiry edge warning"],
  ["a certificate, very soon", { certificates: [{ name: "edge", daysLeft: 6 }] }, "certificate-expiry edge critical"],
  ["a certificate, over", { certificates: [{ name: "edge", daysLeft: -1 }] }, "certificate-expiry edge critical"],
  ["backups that do not come", { backup: { ageMs: 177_000_000, everyMs: 86_400_000 } }, "backup-old "],
  [
    "a password",
    { oldSecrets: ["trunks.a.credentials.password is the same"] },
    "secret-expiry trunks.a.credentials.password",
  ],
  ["passwords of phones", { oldSecrets: ["passwords of accounts are the same"] }, "secret-expiry phones.accounts"],
  ["a disk", { disks: [{ folder: "state", free: 0.09 }] }, "disk-low state warning"],
  ["a disk that is full", { disks: [{ folder: "state", free: 0.02 }] }, "disk-low state critical"],
  ["a shadow", status({ inShadow: ["defence.mode"] }), "in-shadow defence.mode"],
  ["bans", status({ kernel: { ...fine.status.kernel, state: "failed", why: "gone" } }), "ban-path-broken "],
  ["no compiler", status({ media: { engine: "js", why: "no compiler", instances: [] } }), "media-engine js"],
  ["load", status({ defence: { load: { level: 1, lagMs: 90, busy: 1 } } }), "overload  warning"],
  ["much load", status({ defence: { load: { level: 3, lagMs: 900, busy: 1 } } }), "overload  critical"],
])("%s", (_what, part, expected) => {
  const found = conditionsOf({ ...fine, ...part }).map(({ kind, object, severity }) =>
    severity === undefined ? `${kind} ${object}` : `${kind} ${object} ${severity}`,
  );
  expect(found).toEqual([expected]);
});

test("an instance of rtpengine that gets no calls is one less; who asked for the portable engine has it", () => {
  const instance = { place: "10.0.0.7:2223", weight: 1, calls: 0, sessions: 0 } as const;
  const away = status({ media: { engine: "rtpengine", why: "", instances: [{ ...instance, state: "silent" }] } });
  expect(conditionsOf({ ...fine, ...away })).toMatchObject([{ kind: "media-engine", object: "10.0.0.7:2223" }]);
  const js = status({ media: { engine: "js", why: "", instances: [] } });
  expect(conditionsOf({ ...fine, ...js, wantedEngine: "js" })).toEqual([]);
});
