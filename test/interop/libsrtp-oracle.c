/*
 * libsrtp as an oracle: one request a line on stdin, one answer a line on stdout, all octets in hex, "-" for none.
 *
 * open ID SUITE KEY_AND_SALT MKI                                a session each way, any SSRC    -> ok
 * protect|unprotect|protect_rtcp|unprotect_rtcp ID PACKET       -> the packet, or "error NUMBER" of libsrtp
 *
 * IDs are small numbers. A test program: it believes its input.
 */
#include <srtp2/srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { sessions = 64, longest = 4096, room = SRTP_MAX_TRAILER_LEN + SRTP_MAX_MKI_LEN };

static struct session {
  srtp_t out;
  srtp_t in;
  unsigned int uses_mki;
} table[sessions];

static const struct {
  const char *suite;
  void (*rtp)(srtp_crypto_policy_t *);
  void (*rtcp)(srtp_crypto_policy_t *);
} suites[] = {
    {"AES_CM_128_HMAC_SHA1_80", srtp_crypto_policy_set_rtp_default, srtp_crypto_policy_set_rtcp_default},
    {"AES_CM_128_HMAC_SHA1_32", srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32, srtp_crypto_policy_set_rtcp_default},
    {"AES_192_CM_HMAC_SHA1_80", srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80,
     srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80},
    {"AES_192_CM_HMAC_SHA1_32", srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32,
     srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80},
    {"AES_256_CM_HMAC_SHA1_80", srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
     srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
    {"AES_256_CM_HMAC_SHA1_32", srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
     srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
    {"AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth, srtp_crypto_policy_set_aes_gcm_128_16_auth},
    {"AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth, srtp_crypto_policy_set_aes_gcm_256_16_auth},
};

static int from_hex(const char *text, unsigned char *octets) {
  int length = 0;
  unsigned int octet;
  if (strcmp(text, "-") == 0) return 0;
  for (; length < longest && sscanf(text + 2 * length, "%2x", &octet) == 1; length++)
    octets[length] = (unsigned char)octet;
  return length;
}

static srtp_err_status_t open_session(struct session *session, const char *suite, char *key_text, char *mki_text) {
  static unsigned char key[longest], mki[longest];
  srtp_policy_t policy;
  srtp_master_key_t master = {key, mki, 0};
  srtp_master_key_t *masters[] = {&master};
  srtp_err_status_t status;
  size_t row;
  from_hex(key_text, key);
  master.mki_size = (unsigned int)from_hex(mki_text, mki);
  memset(&policy, 0, sizeof(policy));
  for (row = 0; row < sizeof(suites) / sizeof(suites[0]); row++) {
    if (strcmp(suites[row].suite, suite) != 0) continue;
    suites[row].rtp(&policy.rtp);
    suites[row].rtcp(&policy.rtcp);
  }
  session->uses_mki = master.mki_size > 0;
  if (session->uses_mki) {
    policy.keys = masters;
    policy.num_master_keys = 1;
  } else {
    policy.key = key;
  }
  policy.window_size = 128;
  policy.ssrc.type = ssrc_any_outbound;
  status = srtp_create(&session->out, &policy);
  if (status != srtp_err_status_ok) return status;
  policy.ssrc.type = ssrc_any_inbound;
  return srtp_create(&session->in, &policy);
}

static srtp_err_status_t work(struct session *session, const char *verb, unsigned char *packet, int *length) {
  if (strcmp(verb, "protect") == 0) return srtp_protect_mki(session->out, packet, length, session->uses_mki, 0);
  if (strcmp(verb, "unprotect") == 0) return srtp_unprotect_mki(session->in, packet, length, session->uses_mki);
  if (strcmp(verb, "protect_rtcp") == 0)
    return srtp_protect_rtcp_mki(session->out, packet, length, session->uses_mki, 0);
  return srtp_unprotect_rtcp_mki(session->in, packet, length, session->uses_mki);
}

int main(void) {
  static char line[4 * longest];
  static unsigned char packet[longest + room];
  if (srtp_init() != srtp_err_status_ok) return 1;
  while (fgets(line, sizeof(line), stdin) != NULL) {
    char *verb = strtok(line, " \n");
    struct session *session = &table[atoi(strtok(NULL, " \n")) % sessions];
    char *first = strtok(NULL, " \n");
    srtp_err_status_t status;
    int length, at;
    if (strcmp(verb, "open") == 0) {
      char *key = strtok(NULL, " \n");
      status = open_session(session, first, key, strtok(NULL, " \n"));
      if (status == srtp_err_status_ok) printf("ok");
    } else {
      length = from_hex(first, packet);
      status = work(session, verb, packet, &length);
      for (at = 0; status == srtp_err_status_ok && at < length; at++) printf("%02x", packet[at]);
    }
    if (status != srtp_err_status_ok) printf("error %d", (int)status);
    printf("\n");
    fflush(stdout);
  }
  return 0;
}
