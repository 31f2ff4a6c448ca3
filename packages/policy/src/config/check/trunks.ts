import { type Cidr, cidrsOverlap, parseCidr } from "../../cidr.ts";
import type { Config, TrunkConfig } from "../config.ts";
import type { Finding, PathStep } from "../yaml-document.ts";

interface Source {
  readonly block: Cidr;
  readonly trunk: TrunkConfig;
  readonly path: readonly PathStep[];
}

/** Blocks wider than these hold millions of strangers, each of whom would be trusted as the carrier. */
const widest = { 4: 16, 6: 32 } as const;

function sourcesOf(trunks: readonly TrunkConfig[]): readonly Source[] {
  return trunks.flatMap((trunk, index) =>
    trunk.from.map((block, at) => ({ block, trunk, path: ["trunks", index, "from", at] })),
  );
}

function hostBlock(host: string | undefined): Cidr | undefined {
  const block = host === undefined ? "address" : parseCidr(host);
  return typeof block === "string" ? undefined : block;
}

export function checkTrunkSources({ trunks = [], pbx }: Partial<Config>): readonly Finding[] {
  const found: Finding[] = [];
  const sources = sourcesOf(trunks);
  const pbxBlocks = (pbx?.nodes ?? []).flatMap(({ host }) => hostBlock(host) ?? []);
  for (const [index, source] of sources.entries()) {
    const { block, trunk, path } = source;
    const add = (code: Finding["code"], severity: Finding["severity"], message: string, remedy: string): void => {
      found.push({ code, severity, path, message, remedy });
    };
    if (block.prefix < widest[block.family]) {
      const severity = block.prefix === 0 ? "error" : "warning";
      const message = `\`${trunk.name}\` trusts everybody in ${block.text} as the carrier`;
      add("trunk-source-too-wide", severity, message, "list the addresses the carrier names");
    }
    if (pbxBlocks.some((pbxBlock) => cidrsOverlap(block, pbxBlock))) {
      // No more than a warning: the socket tells the PBX from a carrier, and a laboratory has everything on 127.0.0.1.
      add("trunk-source-is-pbx", "warning", `${block.text} contains the PBX`, "list the carrier's addresses only");
    }
    const other = sources
      .slice(0, index)
      .find((earlier) => earlier.trunk !== trunk && cidrsOverlap(earlier.block, block));
    if (other !== undefined) {
      const message = `${block.text} of \`${trunk.name}\` overlaps ${other.block.text} of \`${other.trunk.name}\``;
      add("trunk-source-overlap", "error", message, "a call from there could belong to both: list each address once");
    }
  }
  return found;
}

export function checkTrunkNames({ trunks = [] }: Partial<Config>): readonly Finding[] {
  const found: Finding[] = [];
  for (const [index, trunk] of trunks.entries()) {
    if (trunks.findIndex((other) => other.name === trunk.name) !== index) {
      found.push({
        code: "duplicate-name",
        severity: "error",
        path: ["trunks", index, "name"],
        message: `a trunk \`${trunk.name}\` stands above`,
        remedy: "give each trunk a name of its own",
      });
    }
    if (trunk.listen.length === 0 && trunk.interface === undefined) {
      found.push({
        code: "trunk-socket-shared",
        severity: "warning",
        path: ["trunks", index],
        message: `\`${trunk.name}\` is told from phones by its address alone, which over UDP can be forged`,
        remedy: "add `listen: [{ transport: udp, address: ADDRESS, port: 5080 }]`, and let the carrier call there",
      });
    }
    if (trunk.mode !== "peer" && trunk.credentials === undefined) {
      found.push({
        code: "trunk-without-credentials",
        severity: "error",
        path: ["trunks", index, "mode"],
        message: `\`${trunk.name}\` is to register with the carrier, but has no \`credentials\``,
        remedy: "add `credentials: { user: ..., password: { file: PATH } }`",
      });
    }
    if (trunk.numbers.format !== "as-is" && trunk.numbers.countryCode === "") {
      found.push({
        code: "trunk-without-country",
        severity: "error",
        path: ["trunks", index, "numbers", "format"],
        message: `\`${trunk.name}\` is to rewrite numbers, but does not say from which country they are dialled`,
        remedy: 'add `country_code`, as "49" or "1"',
      });
    }
    // A carrier that we register with calls from where we registered.
    if (trunk.from.length === 0 && trunk.mode === "peer") {
      found.push({
        code: "trunk-without-source",
        severity: "warning",
        path: ["trunks", index],
        message: `\`${trunk.name}\` lists no address, so the carrier cannot call in`,
        remedy: "add the carrier's addresses as `from`",
      });
    }
  }
  return found;
}

/** Denied means silence for everybody there, emergency calls included: never meant for our own peers. */
export function checkDenied({ defence, pbx, trunks = [] }: Partial<Config>): readonly Finding[] {
  const found: Finding[] = [];
  const pbxBlocks = (pbx?.nodes ?? []).flatMap(({ host }) => hostBlock(host) ?? []);
  const peers = sourcesOf(trunks).map(({ block, trunk }) => ({ block, what: `trunk \`${trunk.name}\`` }));
  peers.unshift(...pbxBlocks.map((block) => ({ block, what: "the PBX" })));
  for (const [index, block] of (defence?.deny ?? []).entries()) {
    const peer = peers.find((candidate) => cidrsOverlap(candidate.block, block));
    if (peer === undefined) continue;
    found.push({
      code: "denied-peer",
      severity: "error",
      path: ["defence", "deny", index],
      message: `${block.text} covers ${peer.what} (${peer.block.text})`,
      remedy: "deny a smaller block, or remove one of the two",
    });
  }
  return found;
}
