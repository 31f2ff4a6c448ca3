/**
 * What scanning programs call themselves in User-Agent, lower case; a name that contains one of these is theirs. Whoever wants to
 * hide writes another name: this list costs an attacker nothing to evade, and most do not.
 */
export const scannerAgents: readonly string[] = [
  "friendly-scanner",
  "friendly-request",
  "sipvicious",
  "sip-scan",
  "sipscan",
  "sundayddr",
  "siparmyknife",
  "iwar",
  "sipcli",
  "vaxsipuseragent",
  "vaxipuseragent",
  "pplsip",
  "smap ",
  "sivus",
];
