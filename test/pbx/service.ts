import type { Call } from "./call.ts";
import { destinationsOf, type Service } from "./dial-plan.ts";
import type { G711 } from "./g711.ts";
import type { MediaStream } from "./media-stream.ts";
import { startEcho, startTone } from "./rtp-source.ts";
import type { MediaLine } from "./sdp.ts";

/** The numbers that the PBX answers itself: echo, tone, auto-attendant. */

const ownFormats = ["0", "8", "101"];
const ownMaps: MediaLine["maps"] = [
  { name: "rtpmap", format: "0", value: "PCMU/8000" },
  { name: "rtpmap", format: "8", value: "PCMA/8000" },
  { name: "rtpmap", format: "101", value: "telephone-event/8000" },
  { name: "fmtp", format: "101", value: "0-16" },
];

const mapOf = (line: MediaLine, format: string): string | undefined =>
  line.maps.find((m) => m.name === "rtpmap" && m.format === format)?.value.toLowerCase();

/** Payload type of telephone-event, as offered (101, 120, ...). */
const eventFormat = (line: MediaLine): string | undefined =>
  line.formats.find((format) => mapOf(line, format) === "telephone-event/8000");

const isEvent = (line: MediaLine, format: string): boolean =>
  mapOf(line, format)?.startsWith("telephone-event/") ?? false;

function g711Of(line: MediaLine, format: string): G711 | undefined {
  const map = mapOf(line, format);
  if (format === "0" || map?.startsWith("pcmu/8000")) return "PCMU";
  return format === "8" || map?.startsWith("pcma/8000") ? "PCMA" : undefined;
}

/** The formats that a service takes of an m-line: its first codec and telephone-event. */
export function formatsFor(service: Service): (line: MediaLine) => string[] {
  return (line) => {
    if (!line.proto.startsWith("RTP/") || (service !== "echo" && line.media !== "audio")) return [];
    const codec = line.formats.find((f) => !isEvent(line, f) && (service === "echo" || g711Of(line, f) !== undefined));
    const event = eventFormat(line);
    return codec === undefined ? [] : event === undefined ? [codec] : [codec, event];
  };
}

/** Answers the call at once and starts the sound. */
export function startService(call: Call, service: Service): void {
  const offer = call.tx.request.body;
  if (offer.length > 0) {
    const outcome = call.media.answerSelf("a", offer, formatsFor(service));
    if (!outcome.ok) {
      call.fail(outcome.status);
      return;
    }
    call.answer(outcome.sdp);
    startSound(call, service);
    return;
  }
  const outcome = call.media.offerSelf("a", ownFormats, ownMaps);
  if (!outcome.ok) {
    call.fail(outcome.status);
    return;
  }
  call.a.onAckBody = (body) => {
    call.media.answerSelf("a", body, formatsFor(service));
    startSound(call, service);
  };
  call.answer(outcome.sdp);
}

/** The sound of a service for the call's leg a, whose SDP is settled. */
export function startSound(call: Call, service: Service): void {
  call.stopService?.();
  const stops: (() => void)[] = [];
  for (let index = 0; index < call.media.mediaLines("a"); index += 1) {
    const stream = call.media.stream("a", index);
    const line = call.media.lineOf("a", index);
    if (stream === undefined || line === undefined || line.port === 0) continue;
    if (service === "echo") stops.push(startEcho(stream, call.core.ticker));
    else if (line.media === "audio") stops.push(startVoice(call, service, stream, line));
  }
  call.stopService = () => {
    for (const stop of stops) stop();
  };
}

function startVoice(call: Call, service: Service, stream: MediaStream, line: MediaLine): () => void {
  const format = line.formats.find((f) => g711Of(line, f) !== undefined) ?? "0";
  const codec = { name: g711Of(line, format) ?? "PCMU", payloadType: Number(format) };
  const event = Number(eventFormat(line) ?? -1);
  let lastEvent = -1;
  const stopTone = startTone(stream, call.core.ticker, codec, (packet) => {
    // RFC 4733: the packets of one key press share a timestamp.
    if (packet.length < 16 || (packet.readUInt8(1) & 0x7f) !== event) return;
    const timestamp = packet.readUInt32BE(4);
    if (timestamp === lastEvent) return;
    lastEvent = timestamp;
    digit(call, "0123456789*#ABCD"[packet.readUInt8(12)] ?? "");
  });
  if (service === "attendant") call.onDigit = (key) => transfer(call, key, line, format);
  return () => {
    stopTone();
    stream.sink = undefined;
  };
}

/** A key pressed by the caller, by telephone-event or INFO. */
export function digit(call: Call, key: string): void {
  call.digits += key;
  call.onDigit?.(key);
}

/** The attendant dials as soon as the digits are a number it knows, on the caller's codec so that nothing needs a re-INVITE. */
function transfer(call: Call, key: string, line: MediaLine, format: string): void {
  if (key === "*" || key === "#") call.digits = "";
  if (call.b !== undefined || call.branches.size > 0 || !call.core.data.accounts.has(call.digits)) return;
  const plan = destinationsOf(call.core, call.caller, call.digits);
  call.digits = "";
  if (plan.kind !== "ring") return;
  const event = eventFormat(line);
  const offer = call.media.translate(
    "a",
    "offer",
    call.tx.request.body,
    event === undefined ? [format] : [format, event],
  );
  if (offer.ok) call.dial(plan.destinations, offer.sdp);
}
