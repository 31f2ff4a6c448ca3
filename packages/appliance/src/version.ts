/** The version of the whole checkout: package.json of this package carries it. */
import manifest from "../package.json" with { type: "json" };

export const version: string = manifest.version;
