/** What `status` says of the fraud service. */
import type { EdgeStatus } from "@ringfence/edge";

type Service = EdgeStatus["fraudService"];

/** None without `policy.fraud_service`. */
export function fraudRows(service: Service): readonly (readonly [string, string])[] {
  if (service === undefined) return [];
  const { unanswered, asked } = service;
  const words = [
    ...(service.leftAloneUntil === undefined
      ? [service.answers === true ? "answers" : "not heard yet"]
      : [alone(service)]),
    ...(unanswered === 0
      ? []
      : [`${unanswered} ${unanswered === 1 ? "question" : "questions"} in a row without an answer`]),
    ...(asked === 0 ? [] : [`${asked} under way`]),
  ];
  return [["fraud service", `${new URL(service.url).host}: ${words.join(", ")}`]];
}

/** In whole sentences. */
export function fraudWarning(service: Service): readonly string[] {
  if (service?.leftAloneUntil === undefined) return [];
  const without = service.mode === "shadow" || service.withoutAnswer === "allow" ? "go on" : "are refused";
  return [`the fraud service at ${new URL(service.url).host} does not answer: calls outside ${without} unjudged by it`];
}

function alone({ leftAloneUntil = 0 }: NonNullable<Service>): string {
  return `NOT ASKED until ${new Date(leftAloneUntil).toISOString()}, then the next call tries it`;
}
