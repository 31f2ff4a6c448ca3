/** What a siege may not have brought about, as sentences; none: the claim holds. */
import type { FloodOrder, FloodPhase } from "./flood.ts";
import type { RaceOrder, RaceResult } from "./race.ts";
import type { SprayOrder, SprayResult } from "./spray.ts";

export function sprayFaults({ calls }: SprayOrder, result: SprayResult): readonly string[] {
  const { phases, resumed, misdirected, reported } = result;
  const faults = phases.flatMap(({ phase, caught, injected, twoWay = calls }) => [
    ...(caught > 0 ? [`${phase}: ${caught} packets to the strangers`] : []),
    ...(injected > 0 ? [`${phase}: ${injected} of their packets in a far leg`] : []),
    ...(twoWay < calls ? [`${phase}: ${calls - twoWay} calls not heard both ways`] : []),
  ]);
  if (resumed.calls < calls)
    faults.push(`${calls - resumed.calls} phones not heard after their port changed and they said so`);
  if (misdirected.packets > 0) faults.push(`${misdirected.packets} packets to hosts that a phone named and is not`);
  if (misdirected.refused === 0) faults.push("no re-INVITE that names another host was refused");
  if (reported === 0) faults.push("no line rtp.foreign_source");
  return faults;
}

/** Whether what is measured is noise is for the reader to say, who knows the machine; what is counted is not. */
export function floodFaults({ calls }: FloodOrder, phases: readonly FloodPhase[]): readonly string[] {
  return phases.flatMap(({ phase, flooded, dropped, twoWay, injected, repeated, caught, reported }) => [
    ...(caught > 0 ? [`${phase}: ${caught} packets to the stranger`] : []),
    ...(injected + repeated > 0 ? [`${phase}: ${injected + repeated} packets of the flood in a far leg`] : []),
    ...(twoWay < calls ? [`${phase}: ${calls - twoWay} calls not heard both ways`] : []),
    ...(flooded > 0 && dropped === 0 ? [`${phase}: nothing was refused`] : []),
    ...(reported > 2 ? [`${phase}: ${reported} lines in the log`] : []),
  ]);
}

export function raceFaults({ calls }: RaceOrder, result: RaceResult): readonly string[] {
  const faults: string[] = [];
  if (result.connected < calls) faults.push(`${calls - result.connected} calls without keys`);
  if (result.twoWay < calls) faults.push(`${calls - result.twoWay} calls not heard both ways`);
  if (result.caught > 0) faults.push(`${result.caught} packets to the stranger`);
  if (result.failed > 0) faults.push(`${result.failed} calls ended`);
  if (!result.otherCertificate.startsWith("no keys, ") || !result.otherCertificate.includes("dtls-fingerprint")) {
    faults.push(`another certificate: ${result.otherCertificate}`);
  }
  // The gate lets 50 a second up, and 50 at once; a busy machine's second is longer.
  if (result.posed.looked > 250) faults.push(`${result.posed.looked} DTLS packets/s of one port looked at`);
  if (!result.posed.twoWay) faults.push("the call whose source was forged is not heard");
  return faults;
}
