/* A phone made of Debian's liblinphone, which linphonec is too: it registers as a configuration file of linphone says, subscribes to an
   event and prints what it is told, until its standard input ends. linphone-watcher CONFIG RESOURCE EVENT TYPE/SUBTYPE */
#include <fcntl.h>
#include <linphone/core.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static bool registered = false;
static bool unregistered = false;

static void on_registration(LinphoneCore *core, LinphoneAccount *account, LinphoneRegistrationState state,
                            const char *message) {
  (void)core;
  (void)account;
  registered = state == LinphoneRegistrationOk;
  unregistered = state == LinphoneRegistrationCleared;
  printf("registration: %s %s\n", linphone_registration_state_to_string(state), message == NULL ? "" : message);
}

static void on_subscription(LinphoneCore *core, LinphoneEvent *event, LinphoneSubscriptionState state) {
  (void)core;
  printf("subscription to %s: %s\n", linphone_event_get_name(event), linphone_subscription_state_to_string(state));
}

static void on_notify(LinphoneCore *core, LinphoneEvent *event, const char *name, const LinphoneContent *body) {
  (void)core;
  (void)event;
  printf("told of %s\n", name);
  if (body == NULL) return;
  const char *text = linphone_content_get_utf8_text(body);
  printf("%s/%s\n%s\n", linphone_content_get_type(body), linphone_content_get_subtype(body), text == NULL ? "" : text);
}

/* False once standard input has ended. */
static bool wanted(void) {
  char octets[64];
  return read(STDIN_FILENO, octets, sizeof octets) != 0;
}

static void turn(LinphoneCore *core) {
  linphone_core_iterate(core);
  usleep(20000);
}

int main(int count, char **words) {
  if (count != 5) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) != 0) return 1;
  linphone_logging_service_set_log_level(linphone_logging_service_get(), LinphoneLogLevelFatal);
  LinphoneFactory *factory = linphone_factory_get();
  LinphoneCore *core = linphone_factory_create_core_3(factory, words[1], NULL, NULL);
  LinphoneCoreCbs *callbacks = linphone_factory_create_core_cbs(factory);
  linphone_core_cbs_set_account_registration_state_changed(callbacks, on_registration);
  linphone_core_cbs_set_subscription_state_changed(callbacks, on_subscription);
  linphone_core_cbs_set_notify_received(callbacks, on_notify);
  linphone_core_add_callbacks(core, callbacks);
  if (linphone_core_start(core) != 0) return 1;
  while (!registered && wanted()) turn(core);

  LinphoneAddress *resource = linphone_factory_create_address(factory, words[2]);
  LinphoneEvent *event = linphone_core_create_subscribe(core, resource, words[3], 120);
  linphone_event_add_custom_header(event, "Accept", words[4]);
  if (linphone_event_send_subscribe(event, NULL) != 0) return 1;
  while (wanted()) turn(core);

  linphone_event_terminate(event);
  linphone_core_clear_accounts(core);
  for (int turns = 0; !unregistered && turns < 250; turns++) turn(core);
  linphone_address_unref(resource);
  linphone_core_cbs_unref(callbacks);
  linphone_core_unref(core);
  return 0;
}
