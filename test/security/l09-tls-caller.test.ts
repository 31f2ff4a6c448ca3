/** Threat L9, inbound: who calls from a carrier's address shows the carrier's certificate, or is not heard. */
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Made, makeCertificate, makeRevocations } from "../support/certificates.ts";
import { callDoor, type Door, type DoorFiles, openDoor } from "../support/trunk-door.ts";

const until = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 30_000 });

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

let authority: Made;
let another: Made;
let own: Made;
let ownRsa: Made;
let right: Made;
let revoked: Made;
let files: DoorFiles;
beforeAll(async () => {
  authority = await makeCertificate({ authority: true });
  another = await makeCertificate({ authority: true });
  own = await makeCertificate({ names: ["edge.test"], by: authority });
  ownRsa = await makeCertificate({ names: ["edge.test"], rsa: true });
  right = await makeCertificate({ names: ["carrier.test"], by: authority });
  revoked = await makeCertificate({ names: ["carrier.test"], by: authority });
  files = {
    authorities: new Map([
      ["ca.pem", authority.cert],
      ["other.pem", another.cert],
    ]),
    revocations: new Map([
      ["ca.crl", await makeRevocations(authority, [revoked])],
      ["old.crl", await makeRevocations(authority, [], -1)],
      ["other.crl", await makeRevocations(another, [])],
    ]),
    own: new Map([
      ["edge", own],
      ["rsa", ownRsa],
    ]),
  };
});

const mutual = "require_client: true, ca: ca.pem, names: [carrier.test]";

function door(tls = ""): Promise<Door> {
  return openDoor([{ name: "carrier", from: "127.0.0.1", tls: `${mutual}${tls}` }], files, cleanup);
}

async function isHeard(port: number, shown: Made | undefined, more = {}): Promise<void> {
  const caller = callDoor(port, shown, cleanup, more);
  await until(() => expect(caller.heard()).toMatch(/^SIP\/2\.0 200/));
}

async function isCutOff({ port, said }: Door, shown: Made | undefined, reason: RegExp, more = {}): Promise<void> {
  const caller = callDoor(port, shown, cleanup, more);
  await until(() => expect(said()).toMatch(reason));
  await until(() => expect(caller.closed()).toBe(true));
  expect(caller.heard()).toBe("");
}

test("a carrier that shows the right certificate is heard, with a revocation list and without", async () => {
  await isHeard((await door()).port, right);
  await isHeard((await door(", crl: ca.crl")).port, right);
});

type Wrong = [what: string, made: () => Promise<Made | undefined>, reason: RegExp, more?: string];

const wrong: readonly Wrong[] = [
  ["no certificate", async () => undefined, /showed no certificate/],
  [
    "one for another name",
    () => makeCertificate({ names: ["other.test"], by: authority }),
    /none of the trunk's names/,
  ],
  ["an expired one", () => makeCertificate({ names: ["carrier.test"], by: authority, days: -1 }), /EXPIRED/],
  ["one that signs itself", () => makeCertificate({ names: ["carrier.test"] }), /SELF_SIGNED/],
  ["one of another authority", () => makeCertificate({ names: ["carrier.test"], by: another }), /UNABLE_TO/],
  ["a revoked one", async () => revoked, /REVOKED/, ", crl: ca.crl"],
  ["a right one, while the revocation list is too old,", async () => right, /CRL_HAS_EXPIRED/, ", crl: old.crl"],
  ["a right one of an authority without a list", async () => right, /UNABLE_TO_GET_CRL/, ", crl: other.crl"],
];

test.each(wrong)(
  "threat L9: who calls from a carrier's address with %s is not heard",
  async (_w, made, reason, more) => {
    await isCutOff(await door(more), await made(), reason);
  },
);

test("threat L9: who calls from a carrier's address with a key that is not pinned is not heard", async () => {
  const pinned = await makeCertificate({ names: ["carrier.test"], by: authority });
  await isCutOff(await door(`, pin_sha256: ["${pinned.pin}"]`), right, /not pinned/);
});

test("threat L9: on a shared socket what one trunk trusts says nothing for another", async () => {
  const two = [
    { name: "one", from: "127.0.0.1", tls: "require_client: true, ca: ca.pem, names: [one.test], crl: ca.crl" },
    { name: "two", from: "127.0.0.2", tls: "require_client: true, ca: other.pem, names: [two.test]" },
    { name: "open", from: "127.0.0.3", tls: "" },
  ];
  const shared = await openDoor(two, files, cleanup);
  const one = await makeCertificate({ names: ["one.test"], by: authority });
  const two_ = await makeCertificate({ names: ["two.test"], by: another });
  await isHeard(shared.port, one, { from: "127.0.0.1" });
  await isHeard(shared.port, two_, { from: "127.0.0.2" });
  await isHeard(shared.port, undefined, { from: "127.0.0.3" });
  await isCutOff(shared, two_, /127\.0\.0\.1.*UNABLE_TO/, { from: "127.0.0.1" });
  await isCutOff(shared, one, /127\.0\.0\.2.*UNABLE_TO/, { from: "127.0.0.2" });
  // The right name, by the other trunk's authority.
  const mixed = await makeCertificate({ names: ["two.test"], by: authority });
  const before = shared.said().length;
  const caller = callDoor(shared.port, mixed, cleanup, { from: "127.0.0.2" });
  await until(() => expect(shared.said().slice(before)).toMatch(/127\.0\.0\.2.*UNABLE_TO/));
  await until(() => expect(caller.closed()).toBe(true));
  expect(caller.heard()).toBe("");
});

test("threat L9: a carrier's oldest version and its ciphers are its own, on a socket that others share", async () => {
  const shared = await openDoor(
    [
      { name: "old", from: "127.0.0.1", tls: "ciphers: compatible", certificate: "rsa" },
      { name: "new", from: "127.0.0.2", tls: "min_version: TLSv1.3" },
      { name: "plain", from: "127.0.0.3", tls: "" },
    ],
    files,
    cleanup,
  );
  const bandwidth = { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" } as const;
  await isHeard(shared.port, undefined, { from: "127.0.0.1", ...bandwidth });
  await isCutOff(shared, undefined, /127\.0\.0\.2.*(protocol|shared cipher)/i, {
    from: "127.0.0.2",
    maxVersion: "TLSv1.2",
  });
  await isCutOff(shared, undefined, /127\.0\.0\.3.*shared cipher/i, { from: "127.0.0.3", ...bandwidth });
  await isHeard(shared.port, undefined, { from: "127.0.0.3", maxVersion: "TLSv1.2" });
  const rsa = callDoor(shared.port, undefined, cleanup, { from: "127.0.0.1" });
  const ecdsa = callDoor(shared.port, undefined, cleanup, { from: "127.0.0.3" });
  await until(() => expect([rsa.heard(), ecdsa.heard()]).not.toContain(""));
  const kinds = [rsa, ecdsa].map(({ socket }) => socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType);
  expect(kinds).toEqual(["rsa", "ec"]);
});

test("threat L9: a new revocation list counts for the next handshake, and ends no connection", async () => {
  const turncoat = await makeCertificate({ names: ["carrier.test"], by: authority });
  const at = await door(", crl: ca.crl");
  const live = callDoor(at.port, turncoat, cleanup);
  await until(() => expect(live.heard()).toMatch(/^SIP\/2\.0 200/));
  const crl = await makeRevocations(authority, [revoked, turncoat]);
  await at.apply({ ...files, revocations: new Map([["ca.crl", crl]]) });
  await isCutOff(at, turncoat, /REVOKED/);
  await isHeard(at.port, right);
  const before = live.heard().length;
  live.ask();
  await until(() => expect(live.heard().length).toBeGreaterThan(before));
});

test("threat L9: a bad new pair, authority or list is refused whole, and the old ones stay", async () => {
  const at = await door(", crl: ca.crl");
  const bad: readonly (readonly [string, Partial<DoorFiles>])[] = [
    [
      "key of another",
      {
        own: new Map([
          ["edge", { ...own, key: right.key }],
          ["rsa", ownRsa],
        ]),
      },
    ],
    [
      "no certificate",
      {
        own: new Map([
          ["edge", { ...own, cert: "gone" }],
          ["rsa", ownRsa],
        ]),
      },
    ],
    ["no list", { revocations: new Map([["ca.crl", ""]]) }],
    ["a cut list", { revocations: new Map([["ca.crl", "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n"]]) }],
  ];
  for (const [what, part] of bad)
    await expect(at.apply({ ...files, ...part }), what).rejects.toMatchObject({ code: "certificate-bad" });
  await isHeard(at.port, right);
  await isCutOff(at, revoked, /REVOKED/);
  const shown = callDoor(at.port, right, cleanup);
  await until(() => expect(shown.heard()).not.toBe(""));
  expect(shown.socket.getPeerX509Certificate()?.toString().trim()).toBe(own.cert.trim());
});
