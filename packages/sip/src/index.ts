export { Bug } from "./bug.ts";
export type { CheckFailure, RequestFacts } from "./check/request.ts";
export { checkRequest, requestCheckNames } from "./check/request.ts";
export type { DroppedResponse } from "./check/response.ts";
export { checkResponse, responseCheckNames } from "./check/response.ts";
export type { SessionPart } from "./check/session-part.ts";
export { sessionPart, withSession } from "./check/session-part.ts";
export { requestInDialog } from "./dialog/request.ts";
export type { Refresher, SessionBounds, SessionFields, SessionGrant } from "./dialog/session-timer.ts";
export {
  afterGlare,
  afterTooSmall,
  endAfter,
  grantSession,
  LEAST_SESSION,
  readSession,
  refreshAfter,
  sessionGranted,
} from "./dialog/session-timer.ts";
export type { Dialog } from "./dialog/state.ts";
export {
  acceptInDialog,
  asRequestUri,
  confirmDialog,
  dialogKey,
  retarget,
  uacDialog,
  uasDialog,
} from "./dialog/state.ts";
export { digestAnswer, nextSequence } from "./digest/answer.ts";
export type { Challenge, Credentials, DigestAlgorithm, Qop } from "./digest/challenge.ts";
export { formatChallenge, formatCredentials, parseChallenge, parseCredentials } from "./digest/challenge.ts";
export type { NonceContext, NonceVerdict } from "./digest/nonce.ts";
export { checkNonce, issueNonce } from "./digest/nonce.ts";
export type { DigestInput, Secret } from "./digest/response.ts";
export { digestHa1, digestResponse, verifyDigest } from "./digest/response.ts";
export type { OutRequest, OutResponse, ResponseOptions } from "./message/build.ts";
export { noBody, responseTo, responseToEcho } from "./message/build.ts";
export type { HeaderField } from "./message/headers.ts";
export { HeaderList } from "./message/headers.ts";
export type { CSeq, Message, Request, Response } from "./message/message.ts";
export { standardMethods } from "./message/methods.ts";
export { canonicalName } from "./message/names.ts";
export type { HeaderForm } from "./message/serialize.ts";
export { serializeRequest, serializeResponse } from "./message/serialize.ts";
export { reasonPhrase } from "./message/status.ts";
export type { Millis, Random } from "./outside.ts";
export { unescapeUser } from "./parse/escape.ts";
export type { FailureCode, FailureVerdict, ParseFailure, ResponseEcho } from "./parse/failure.ts";
export { failureAnswer, failureCodes, failureText } from "./parse/failure.ts";
export { formatHost, isIpv4, isIpv6 } from "./parse/host.ts";
export type { Limits } from "./parse/limits.ts";
export { limits } from "./parse/limits.ts";
export { type Framing, parseMessage } from "./parse/message.ts";
export type { Multipart, Part } from "./parse/multipart.ts";
export { readMultipart } from "./parse/multipart.ts";
export type { NameAddr } from "./parse/name-addr.ts";
export { formatNameAddr, parseContacts, parseNameAddr, parseNameAddrList } from "./parse/name-addr.ts";
export { decimal, isToken } from "./parse/octets.ts";
export type { Param } from "./parse/params.ts";
export { formatParams, paramText, paramValue, parseParams } from "./parse/params.ts";
export { quote, splitList, unquote } from "./parse/quoted.ts";
export type { Framed } from "./parse/stream-framer.ts";
export { StreamFramer } from "./parse/stream-framer.ts";
export type { OtherUri, SipUri, SipUriParts, TelUri, Uri } from "./parse/uri.ts";
export { formatUri, parseUri, sipUri } from "./parse/uri.ts";
export type { Via } from "./parse/via.ts";
export { branchCookie, formatVia, parseVia, viaWithSource } from "./parse/via.ts";
export type { Hop, Resolution } from "./resolve/next-hop.ts";
export { resolveTarget } from "./resolve/next-hop.ts";
export { drawOrder } from "./resolve/order.ts";
export type { Answer, Question, Target } from "./resolve/records.ts";
export { questionKey } from "./resolve/records.ts";
export {
  transportAttributes,
  withAttribute,
  withConnection,
  withCrypto,
  withDirection,
  withFormats,
  withOrigin,
  withoutAttribute,
  withoutLines,
  withPort,
  withProto,
  withRtcp,
} from "./sdp/anchor.ts";
export type { CryptoAttribute } from "./sdp/crypto-attr.ts";
export { formatCrypto, parseCrypto } from "./sdp/crypto-attr.ts";
export type { SdpFailure, SdpFailureCode } from "./sdp/failure.ts";
export { sdpFailureCodes, sdpLimits } from "./sdp/failure.ts";
export { parseSdp } from "./sdp/parse.ts";
export { serializeSdp } from "./sdp/serialize.ts";
export type {
  ConnectionAddress,
  Direction,
  Family,
  Sdp,
  SdpIdentity,
  SdpLine,
  SdpMedia,
  SdpOrigin,
} from "./sdp/session.ts";
export { attribute, attributes, connectionAddress, direction, origin, rtcpAddress } from "./sdp/session.ts";
export type { Deadline } from "./transaction/deadlines.ts";
export { Deadlines } from "./transaction/deadlines.ts";
export type { FlowRef, TxOutput } from "./transaction/flow.ts";
export type { ExtraHeaders, ViaParts } from "./transaction/outbound.ts";
export type { TimerHeap, TxTimer } from "./transaction/records.ts";
export type { RespondMode } from "./transaction/server.ts";
export type { Started, TransactionTableOptions } from "./transaction/table.ts";
export { TransactionTable } from "./transaction/table.ts";
export type { TimerName, TimerValues } from "./transaction/timers.ts";
export { defaultTimerValues } from "./transaction/timers.ts";
