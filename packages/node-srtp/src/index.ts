export { type BackEnd, backEndOf, type PortableBackEnd } from "./back-end.ts";
export { type SrtpFailure, type SrtpFailureName, srtpFailureName, srtpFailureNames, srtpResult } from "./failure.ts";
export type { SrtpOptions, SrtpSnapshot } from "./key-state.ts";
export { type MasterKey, type MasterKeys, maxMkiLength } from "./master-key.ts";
export {
  keyAndSaltLength,
  maxExpansion,
  type SrtpSuite,
  type SuiteProfile,
  suiteNamed,
  suiteNames,
  suites,
} from "./profile.ts";
export { createProtector, type Protector } from "./protect.ts";
export { rtcpSsrc, rtcpType } from "./rtcp-view.ts";
export { rtpHeaderLength, rtpPaddingLength, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from "./rtp-view.ts";
export type { SourceSnapshot } from "./source-table.ts";
export { createUnprotector, type Unprotector } from "./unprotect.ts";
