/** Where the package puts the configuration. */
export const usualConfig = "/etc/ringfence/ringfence.yaml";
