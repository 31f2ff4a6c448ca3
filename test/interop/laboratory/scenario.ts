/**
 * Scenarios of test/interop/sipp, written out as SIPp reads them. Beside SIPp's own elements they have short ones, so that a
 * file shows the flow and not the same eight header lines twenty times:
 *
 *     <request method="INVITE" to="NUMBER" sdp="sendrecv">More: headers</request>   a call or a request of its own
 *     <request … challenged="no"/>                                                  it never reaches a PBX that would challenge it
 *     <request method="BYE"/>                                                       inside the dialog
 *     <ack/>  <ack of="failure"/>  <cancel/>                                        of the last INVITE
 *     <called method="INVITE">actions</called>                                      waits for what opens the dialog
 *     <called method="OPTIONS" next="LABEL"/>                                       or for that
 *     <answer status="180 Ringing"/>                                                to that, also when more came meanwhile
 *     <reply status="200 OK"/>                                                      to the request that came last
 *     <recv … expects="Header: regex" lacks="…" keep="name=Header: regex"/>         `body:` or `message:` in place of a header
 *     <recv … maybe="name=Header: regex"/>                                          for `<nop next="LABEL" test="name"/>`
 *
 * A text behind an empty line is the body. `{name}` is filled in from the settings.
 */
import { Writer } from "./scenario-writer.ts";

export interface ScenarioSettings {
  readonly user: string;
  /** Of every address-of-record. */
  readonly domain: string;
  /** As the server of this phone sees it, in Via and Contact: a relay may stand between. */
  readonly transport: "UDP" | "TCP" | "TLS";
  /** Methods that the far side answers with 407 first, out of a dialog. */
  readonly challenged: readonly string[];
  /** What `{name}` stands for. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly content: string;
  /** As it stands in the file. */
  readonly text: string;
}

export interface WrittenScenario {
  readonly text: string;
  /** Request-URI of what it begins with; undefined: it waits. */
  readonly target: string | undefined;
}

/** @throws Error when a value is missing: a scenario is ours, and a mistake in it is a mistake of the test */
export function writeScenario(source: string, settings: ScenarioSettings): WrittenScenario {
  const filled = source.replace(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = { user: settings.user, domain: settings.domain, ...settings.values }[name];
    if (value === undefined) throw new Error(`the scenario wants a value for ${name}`);
    return value;
  });
  const writer = new Writer(settings);
  const inside = filled.slice(filled.indexOf(">", filled.indexOf("<scenario")) + 1, filled.indexOf("</scenario>"));
  const body = elements(inside).map((element) => writer.write(element));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE scenario SYSTEM "sipp.dtd">',
    filled.slice(filled.indexOf("<scenario"), filled.indexOf(">", filled.indexOf("<scenario")) + 1),
    ...body,
    ...writer.unused(),
    "</scenario>",
    "",
  ];
  return { text: lines.join("\n"), target: writer.target };
}

/** Top-level elements; comments are left out. The files are ours and regular, so this is no parser of XML. */
function elements(text: string): readonly Element[] {
  const bare = text.replace(/<!--[\s\S]*?-->/g, "");
  const pattern = /<([a-zA-Z]+)((?:\s+[a-z_]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/\1>)/g;
  return [...bare.matchAll(pattern)].map(([whole, name = "", attributes = "", content = ""]) => ({
    name,
    attributes: new Map(
      [...attributes.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
    ),
    content,
    text: whole,
  }));
}
