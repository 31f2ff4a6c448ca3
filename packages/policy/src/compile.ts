import { type Cidr, parseCidr } from "./cidr.ts";
import type { Config, TrunkConfig } from "./config/config.ts";
import { identityRule } from "./decide-identity.ts";
import { mediaRule } from "./decide-media.ts";
import { decideSignal } from "./decide-signal.ts";
import { emergencyMatcher } from "./emergency.ts";
import { capacityFilter } from "./filter/capacity.ts";
import { destinationFilter, destinationRule } from "./filter/destination.ts";
import { emergencyFilter } from "./filter/emergency.ts";
import type { Filter } from "./filter/filter.ts";
import { hoursFilter } from "./filter/hours.ts";
import { identityFilter } from "./filter/identity.ts";
import { internationalFilter, internationalRule } from "./filter/international.ts";
import { methodFilter } from "./filter/method.ts";
import { shapeFilter } from "./filter/shape.ts";
import { sourceFilter } from "./filter/source.ts";
import { suspensionFilter } from "./filter/suspension.ts";
import { targetFilter } from "./filter/target.ts";
import { useFilter } from "./filter/use.ts";
import { conventionOf, trunkConvention } from "./number/convention.ts";
import { readDialled } from "./number/dialled.ts";
import type { Origin, Policy } from "./policy.ts";
import { PrefixMap, PrefixSet } from "./prefix-map.ts";
import { trunkRouter } from "./route.ts";
import type { Rates } from "./use/rates.ts";
import { useBook } from "./use/use-book.ts";

export interface CompileFacts {
  /** Addresses of this machine: a Request-URI with one of them as host is for us. */
  readonly localAddresses?: readonly string[];
  /** What `policy.rates` names. */
  readonly rates?: Rates | undefined;
}

/**
 * A configuration to a policy that only evaluates: lists become sorted ranges, rules become functions, notes become objects
 * that are shared. The order of the rules is the policy: denied sources first, even for emergency calls; emergency calls are
 * recognised before any rule they must pass; where a call goes after who makes it; limits last, because they are the only rules that change while nobody looks.
 */
export function compile(config: Config, facts: CompileFacts = {}): Policy {
  const isEmergency = emergencyMatcher(config.policy.emergency);
  const book = useBook(config.policy, config.trunks, facts.rates);
  const ofAccount = internationalRule(book, config.policy.country);
  const filters: readonly Filter[] = [
    sourceFilter(config.defence),
    shapeFilter(isEmergency),
    methodFilter(config.phones.methods),
    emergencyFilter(isEmergency),
    targetFilter(config.phones, facts.localAddresses ?? []),
    identityFilter(config),
    suspensionFilter(),
    destinationFilter(config.policy.destinations, isEmergency),
    internationalFilter(ofAccount, isEmergency),
    hoursFilter(book),
    capacityFilter(config),
    useFilter(book),
  ];
  const exempt = new PrefixSet([
    ...config.defence.allow,
    ...config.trunks.flatMap(({ from }) => from),
    ...pbxBlock(config),
  ]);
  const denied = new PrefixSet(config.defence.deny);
  const trunksFor = trunkRouter(config.trunks);
  return {
    decideSignal: (subject) => decideSignal(filters, subject),
    decideMedia: mediaRule(config),
    decideIdentity: identityRule(config),
    isEmergency,
    readNumber: numberReader(config),
    decideDestination: destinationRule(config.policy.destinations, isEmergency, ofAccount),
    use: book,
    sideOf: originOf(config.trunks),
    trunkFor: (number) => trunksFor(number)[0],
    trunksFor,
    exempt,
    denied,
    isExempt: (packetSource) => exempt.has(packetSource),
    isDenied: (packetSource) => denied.has(packetSource),
  };
}

/** A PBX that is named and not numbered is known to the edge by its socket alone. */
function pbxBlock({ pbx }: Config): readonly Cidr[] {
  return pbx.nodes.flatMap(({ host }) => {
    const block = parseCidr(host);
    return typeof block === "string" ? [] : [block];
  });
}

function numberReader({ policy, trunks }: Config): Policy["readNumber"] {
  const phones = conventionOf(policy.country);
  const carriers = new Map(trunks.map(({ name, numbers }) => [name, trunkConvention(numbers, phones)]));
  return (text, trunk) => readDialled(text, trunk === undefined ? phones : (carriers.get(trunk) ?? phones));
}

function originOf(trunks: readonly TrunkConfig[]): (packetSource: string) => Origin {
  const origins = trunks.map(({ name, from }) => ({ from, origin: { side: "trunk", trunk: name } as const }));
  const trunkAt = new PrefixMap(origins.flatMap(({ from, origin }) => from.map((cidr) => [cidr, origin] as const)));
  const phone = { side: "phone" } as const;
  return (packetSource) => trunkAt.get(packetSource) ?? phone;
}
