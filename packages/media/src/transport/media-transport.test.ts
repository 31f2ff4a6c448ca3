import { describe, expect, test } from "vitest";
import {
  browserTerms,
  fingerprintOf,
  ourIdentity,
  TransportTable,
  theirAddress,
  theirIdentity,
} from "../../../../test/support/browser-end.ts";
import { readAnswer } from "../../../../test/support/stun-check.ts";
import { createDtlsIdentity } from "../dtls/identity.ts";
import { HandshakeBudget } from "./handshake-budget.ts";
import { createTransportDesk } from "./transport-desk.ts";

const attacker = { address: "198.51.100.66", port: 6_666 };
const other = createDtlsIdentity();
const signalled = {
  ...browserTerms(),
  ice: undefined,
  signalled: { rtp: theirAddress, rtcp: { ...theirAddress, port: theirAddress.port + 1 } },
};

function agreed(terms = browserTerms()): TransportTable {
  const table = new TransportTable();
  table.agree(terms);
  return table;
}

describe.skipIf(ourIdentity === undefined)("a browser's leg", () => {
  test("its check is answered and selects it, its handshake makes keys, and nothing else is asked for", () => {
    const table = agreed();
    table.check({ useCandidate: true });
    expect(readAnswer(table.answers[0] ?? new Uint8Array())).toMatchObject({ type: 0x0101 });
    expect(table.selected).toEqual([theirAddress]);
    table.dtls();
    expect(table.keyed).toMatchObject([{ inbound: { suite: "AES_CM_128_HMAC_SHA1_80" } }]);
    expect(table.failed).toEqual([]);
  });

  test("that is passive is sent our first flight as soon as a check came, and not before", () => {
    const table = agreed(browserTerms({ role: "active" }));
    table.advance(5_000);
    expect(table.outputs).toEqual([]);
    table.dtls("passive");
    table.check({ useCandidate: true });
    expect(table.keyed).toHaveLength(1);
  });

  test("the same terms again, as in a hold and its end, change nothing", () => {
    const table = agreed();
    table.check();
    table.dtls();
    const before = table.outputs.length;
    table.agree(browserTerms());
    table.check();
    table.hangUp();
    expect(table.outputs.slice(before).filter(({ kind }) => kind === "keyed")).toEqual([]);
    expect(table.failed).toEqual(["dtls-closed"]);
  });

  test("RFC 8842 §5.1: another certificate is a new handshake, and new keys", () => {
    const table = new TransportTable(other);
    table.agree(browserTerms({ fingerprints: [fingerprintOf(theirIdentity)] }));
    table.check();
    table.agree(browserTerms({ fingerprints: [fingerprintOf(other)] }));
    table.dtls();
    expect(table.keyed).toHaveLength(1);
  });

  test("RFC 8445 §9: with new credentials the old ones are nobody's, and who was selected stays until a check", () => {
    const table = agreed();
    table.check();
    const local = { ufrag: "next", pwd: "another-password-of-ringfence" };
    table.agree({ ...browserTerms(), ice: { local, remote: { ufrag: "them", pwd: "x" } } });
    table.check();
    expect(table.answers).toHaveLength(1);
    expect(table.selected).toEqual([theirAddress]);
    table.check({ username: "next:them", password: local.pwd }, { ...theirAddress, port: 50_002 });
    expect(table.selected).toEqual([theirAddress, { ...theirAddress, port: 50_002 }]);
  });

  test("that never makes a check is given up after 30 s", () => {
    const table = agreed();
    table.advance(29_999);
    expect(table.failed).toEqual([]);
    table.advance(1);
    expect(table.failed).toEqual(["ice-timeout"]);
    expect(table.transport.deadline).toBeUndefined();
  });

  test("RFC 7675 §5.1: whose checks stop for 30 s is not sent to any more, and the call is told", () => {
    const table = agreed();
    table.check();
    table.dtls();
    for (let n = 0; n < 10; n++) {
      table.advance(25_000);
      table.check();
    }
    expect(table.failed).toEqual([]);
    table.advance(30_000);
    expect(table.selected).toEqual([theirAddress, "nowhere"]);
    expect(table.failed).toEqual(["consent-lost"]);
    table.check();
    expect(table.answers).toHaveLength(11);
  });

  test("that never begins its handshake is given up after 20 s", () => {
    const table = agreed();
    table.check();
    table.advance(10_000);
    table.check();
    table.advance(10_000);
    expect(table.failed).toEqual(["dtls-timeout"]);
  });

  test("that hangs up by close_notify has failed; ours is sent when the call ends", () => {
    const table = agreed();
    table.check();
    table.dtls();
    const before = table.outputs.length;
    table.close();
    expect(table.outputs.slice(before)).toMatchObject([
      { kind: "command", command: { kind: "send", to: theirAddress } },
    ]);
    const hungUp = agreed();
    hungUp.check();
    hungUp.dtls();
    hungUp.hangUp();
    expect(hungUp.failed).toEqual(["dtls-closed"]);
  });
});

describe.skipIf(ourIdentity === undefined)("threat L3", () => {
  test("a ClientHello from anybody but who ICE selected begins nothing and gets no ServerHello", () => {
    const table = agreed();
    const hello = other?.open({
      role: "active",
      fingerprints: [fingerprintOf(ourIdentity)],
      suites: ["AEAD_AES_128_GCM"],
    });
    const [packet] = hello?.begin().datagrams ?? [];
    table.control("dtls", packet ?? new Uint8Array(), attacker);
    table.check();
    const before = table.outputs.length;
    table.control("dtls", packet ?? new Uint8Array(), attacker);
    for (let n = 0; n < 1_000; n++) table.control("dtls", Buffer.alloc(60, n), attacker);
    expect(table.outputs).toHaveLength(before);
    table.dtls();
    expect(table.keyed).toHaveLength(1);
  });

  test("a certificate that was not signalled fails closed, with a reason and without keys", () => {
    const table = new TransportTable(other);
    table.agree(browserTerms());
    table.check();
    table.dtls();
    expect([table.failed, table.keyed]).toEqual([["dtls-fingerprint"], []]);
  });

  test("garbage of the peer's own address begins no handshake", () => {
    const table = agreed();
    table.check();
    const before = table.outputs.length;
    for (let n = 0; n < 1_000; n++)
      table.control("dtls", Buffer.concat([Buffer.from([22, 254, 253]), Buffer.alloc(60, n)]));
    expect(table.outputs).toHaveLength(before);
    table.dtls();
    expect(table.keyed).toHaveLength(1);
  });

  test("when handshakes are used up for the moment, the peer's next flight, or our own timer, finds new ones", () => {
    const budget = new HandshakeBudget();
    while (budget.take(0));
    const table = new TransportTable(theirIdentity, budget);
    table.agree(browserTerms({ role: "active" }));
    table.dtls("passive");
    table.check();
    expect(table.keyed).toEqual([]);
    table.advance(250);
    expect(table.keyed).toHaveLength(1);
  });
});

describe("without DTLS", () => {
  test("threat L11: a check that seems to come from elsewhere than the signalling has nothing sent there", () => {
    const table = agreed({ ...browserTerms(), dtls: undefined, checksFrom: theirAddress.address });
    table.check({ useCandidate: true }, attacker);
    expect(table.outputs).toEqual([]);
    const moved = { ...theirAddress, port: 50_009 };
    table.check({ useCandidate: true }, moved);
    expect([table.selected, table.answers]).toEqual([[moved], [expect.anything()]]);
  });
});

describe.skipIf(ourIdentity === undefined)("without ICE", () => {
  test("the passive side answers who begins, where it came from", () => {
    const table = new TransportTable();
    table.peer = { ...theirAddress, port: 61_000 };
    table.agree({ ...signalled, signalled: undefined });
    table.dtls();
    expect(table.keyed).toHaveLength(1);
    expect(table.selected).toEqual([]);
  });

  test("the active side begins at the signalled address, at once", () => {
    const table = new TransportTable();
    table.dtls("passive");
    table.agree({ ...signalled, dtls: { ...browserTerms().dtls, role: "active" } as typeof signalled.dtls });
    expect(table.keyed).toHaveLength(1);
  });

  test("threat L3: somebody at the peer's address with another certificate is refused, and the peer then served", () => {
    const table = new TransportTable(theirIdentity);
    table.agree({ ...browserTerms({ fingerprints: [fingerprintOf(other)] }), ice: undefined });
    table.dtls();
    expect([table.keyed, table.failed]).toEqual([[], []]);
    const honest = new TransportTable(other);
    honest.agree({ ...browserTerms({ fingerprints: [fingerprintOf(other)] }), ice: undefined });
    honest.dtls();
    expect(honest.keyed).toHaveLength(1);
    table.advance(20_000);
    expect(table.failed).toEqual(["dtls-fingerprint"]);
  });

  test("a handshake that nobody begins ends after 20 s", () => {
    const table = agreed(signalled);
    table.advance(20_000);
    expect(table.failed).toEqual(["dtls-timeout"]);
  });
});

test("where DTLS cannot be had the desk has no fingerprint, and a transport that is given such terms fails", () => {
  const desk = createTransportDesk((bytes) => new Uint8Array(bytes), undefined);
  expect(desk.fingerprint).toBeUndefined();
  expect(desk.open(7).agree(browserTerms(), 0)).toEqual([{ kind: "failed", reason: "dtls-handshake" }]);
});

test("RFC 8445 §5.3: credentials are ice-chars, long enough, and new each time", () => {
  let fill = 0;
  const desk = createTransportDesk((bytes) => Uint8Array.from({ length: bytes }, () => fill++ % 256), undefined);
  const [one, two] = [desk.credentials(), desk.credentials()];
  for (const { ufrag, pwd } of [one, two]) {
    expect([ufrag.length, pwd.length]).toEqual([8, 32]);
    expect(`${ufrag}${pwd}`).toMatch(/^[A-Za-z0-9+/]+$/);
  }
  expect(one).not.toEqual(two);
});
