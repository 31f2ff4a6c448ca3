"""libsrtp as an oracle: one request a line on stdin, one answer a line on stdout, all octets in hex.

open ID SUITE KEY_AND_SALT    a session each way, any SSRC    -> ok
protect|unprotect|protect_rtcp|unprotect_rtcp ID PACKET       -> the packet, or "error TEXT"
"""

import sys

from pylibsrtp import Error, Policy, Session

PROFILES = {
    "AES_CM_128_HMAC_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    "AES_CM_128_HMAC_SHA1_32": Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
    "AEAD_AES_128_GCM": Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    "AEAD_AES_256_GCM": Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
}

sessions = {}


def open_session(name, suite, key):
    def policy(ssrc_type):
        return Policy(key=bytes.fromhex(key), ssrc_type=ssrc_type, srtp_profile=PROFILES[suite])

    sessions[name] = {
        "protect": Session(policy(Policy.SSRC_ANY_OUTBOUND)),
        "unprotect": Session(policy(Policy.SSRC_ANY_INBOUND)),
    }
    return "ok"


def answer(verb, name, *rest):
    if verb == "open":
        return open_session(name, *rest)
    session = sessions[name][verb.removesuffix("_rtcp")]
    return getattr(session, verb)(bytes.fromhex(rest[0])).hex()


for line in sys.stdin:
    try:
        print(answer(*line.split()), flush=True)
    except Error as error:
        print("error", error, flush=True)
