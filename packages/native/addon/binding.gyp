# One addon for all native code: ringfence.node. Every packages/*/native/*.cc goes in; a package adds files, not lines here.
# The runtime brings the headers, of OpenSSL too, and exports what they declare: nothing is linked.
{
  "targets": [
    {
      "target_name": "ringfence",
      "sources": ["module.cc", "<!@(ls ../../*/native/*.cc)"],
      "include_dirs": ["../../node-srtp/native", "../../media/native", "../../dgram-rate-limiter/native"],
      "cflags_cc": [
        "-std=c++20", "-O2", "-Wall", "-Wextra", "-Wconversion", "-fvisibility=hidden", "-fstack-protector-strong",
        "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"
      ],
      "ldflags": ["-Wl,-z,relro,-z,now"],
      "configurations": { "Release": { "cflags!": ["-O3"] } }
    }
  ]
}
