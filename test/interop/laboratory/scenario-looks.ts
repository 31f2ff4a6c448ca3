/** What a scenario looks for in a message that came: `expects`, `lacks`, `keep` and `maybe` as actions of SIPp. */

const elsewhere: Readonly<Record<string, string>> = { "body:": 'search_in="body"', "message:": 'search_in="msg"' };

export class Looks {
  /** Attributes that are ours. */
  static readonly own: readonly string[] = ["expects", "lacks", "keep", "maybe", "dialog"];
  readonly variables: string[] = [];

  actions(attributes: ReadonlyMap<string, string>): readonly string[] {
    const several = (name: string): readonly string[] => attributes.get(name)?.split(" && ") ?? [];
    return [
      ...several("expects").map((what) => this.#look(what, 'check_it="true"')),
      ...several("lacks").map((what) => this.#look(what, 'check_it_inverse="true"')),
      ...several("keep").map((what) => this.#assign(what, 'check_it="true"')),
      ...several("maybe").map((what) => this.#assign(what, "")),
    ];
  }

  /** @param names of variables: one for the whole, and one for each part in brackets */
  keep(names: string, header: string, regexp: string, check = 'check_it="true"'): string {
    for (const name of names.split(",")) if (!this.variables.includes(name)) this.variables.push(name);
    const place = elsewhere[header] ?? `search_in="hdr" header="${header}" case_indep="true"`;
    return `<ereg regexp="${regexp}" ${place} ${check} assign_to="${names}"/>`;
  }

  #look(what: string, check: string, name = `seen${this.variables.length}`): string {
    const colon = what.indexOf(":");
    return this.keep(name, what.slice(0, colon + 1), what.slice(colon + 1).trim(), check);
  }

  /** `name=Header: regex`; `whole,part=…` takes what stands in brackets too. */
  #assign(text: string, check: string): string {
    const equals = text.indexOf("=");
    return this.#look(text.slice(equals + 1), check, text.slice(0, equals));
  }
}
