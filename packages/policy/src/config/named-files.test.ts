import { expect, test } from "vitest";
import { mapNamed } from "./named-files.ts";
import { configJsonSchema } from "./schema.ts";

const text = `
pbx: { address: 10.0.0.5, tls: { ca: pbx-ca.pem } }
phones: { domains: [pbx.example.com], accounts: { file: accounts.yaml } }
trunks:
  - name: a
    hosts: [{ uri: "sip:a.example" }]
    credentials:
      user: u
      password: { file: secrets/a, previous: { env: OLD_A, until: 2026-12-01 } }
certificates: { edge: { cert: /etc/ssl/edge.pem, key: { env: EDGE_KEY } } }
alerts: { ops: { webhook: { url: "https://example.com/x", secret: { file: secrets/hook } } } }
state: { dir: state }
`;

test("every file and variable that is named is found, and a path can be changed where it stands", () => {
  const paths: string[] = [];
  const variables: string[] = [];
  const changed = mapNamed(text, {
    path(path) {
      paths.push(path);
      return `/elsewhere/${path}`;
    },
    variable: (name) => void variables.push(name),
  });
  const named = ["pbx-ca.pem", "accounts.yaml", "secrets/a", "/etc/ssl/edge.pem", "secrets/hook", "state"];
  expect(paths).toEqual(named);
  expect(variables).toEqual(["OLD_A", "EDGE_KEY"]);
  expect(changed).toMatchObject({
    pbx: { address: "10.0.0.5", tls: { ca: "/elsewhere/pbx-ca.pem" } },
    trunks: [{ credentials: { password: { file: "/elsewhere/secrets/a", previous: { env: "OLD_A" } } } }],
    certificates: { edge: { cert: "/elsewhere//etc/ssl/edge.pem", key: { env: "EDGE_KEY" } } },
  });
});

test("what is no configuration names nothing", () => {
  const keys = { path: (path: string) => path, variable: () => undefined };
  expect(mapNamed("[1, 2", keys)).toEqual({});
  expect(mapNamed("just text", keys)).toEqual({});
});

test("in the schema no path is hidden where it would not be looked for", () => {
  const hidden: string[] = [];
  const look = (node: unknown, place: string, within: boolean): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [name, inner] of Object.entries(node)) {
      const inUnion = within || name === "anyOf" || name === "oneOf" || name === "allOf";
      if (name === "kind" && inner === "path" && inUnion) hidden.push(place);
      look(inner, `${place}.${name}`, inUnion);
    }
  };
  look(configJsonSchema(), "", false);
  expect(hidden).toEqual([]);
});
