/** @ringfence/media: anchors the media of calls. SDP in, SDP out; packets never touch the calling thread. */
export { type DropReason, dropReasons } from "./engine/drop-reason.ts";
export { chooseEngine, type EngineChoice } from "./engine/engine-choice.ts";
export type { MediaLogEvent } from "./log-event.ts";
export { createMedia } from "./media.ts";
export type { Media, MediaOptions } from "./media-options.ts";
export type { LegMedia, LegName, Legs, MediaEvent, MediaPort, MediaResult } from "./media-port.ts";
export { MediaSwitch } from "./media-switch.ts";
export { openMedia } from "./open-media.ts";
export type { LegSummary } from "./quality/leg-quality.ts";
export { type CallSummary, type QualityKind, qualityKinds } from "./quality/quality-desk.ts";
export { type MediaRefusal, mediaRefusals } from "./refusal.ts";
export type { FarmSettings, MediaSettings } from "./settings.ts";
export type { MediaStatus } from "./status.ts";
export { type TransportDesk, type TransportFailure, transportFailures } from "./transport/transport.ts";
