/* Dialogs with a console, and the chain of an upgrade over one. */

#include "drivers/loader/dialog.h"
#include "drivers/loader/upgrade.h"
#include "drivers/loader/xmodem_receive.h"
#include "tests/support/session_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define SAYS(called, sent, wanted, refused, within) \
	{.name = called, .send = sent, .expect = wanted, .refuse = refused, .within_ns = within}

static struct dialog dialog;
static struct upgrade upgrade;
static struct session session;
static struct session_output out;

static void happen(enum session_event_kind kind, int64_t t_ns)
{
	struct session_event event = {.kind = kind, .t_ns = t_ns};

	session_step(&session, &event, &out);
}

static void hear_bytes(int64_t t_ns, const void *bytes, size_t size)
{
	struct session_event event = {.kind = SESSION_BYTES, .t_ns = t_ns, .bytes = bytes, .size = size};

	session_step(&session, &event, &out);
}

static void hear(int64_t t_ns, const char *text)
{
	hear_bytes(t_ns, text, strlen(text));
}

static void begin_dialog(const struct dialog_step *steps, size_t count)
{
	dialog_init(&dialog, steps, count);
	session = dialog_session(&dialog);
	happen(SESSION_START, 0);
}

static void wants_sent(const char *text)
{
	assert_int_equal(out.size, strlen(text));
	assert_memory_equal(out.bytes, text, out.size);
}

static void steps_follow_each_other_and_the_rest_is_left(void **state)
{
	static const struct dialog_step steps[] = {
		SAYS("wake", "\r", "", "", 1 * S), SAYS("menu", "menu\r", "^BL > $", "", 5 * S), SAYS("upload", "1\r", "begin upload", "", 5 * S),
	};

	(void)state;
	begin_dialog(steps, 3);
	wants_sent("\rmenu\r");
	assert_int_equal(out.deadline_ns, 5 * S);
	hear(1 * S, "menu\r\nhello\r\nBL >");
	assert_int_equal(out.size, 0);
	hear(2 * S, " ");
	wants_sent("1\r");
	assert_int_equal(out.deadline_ns, 7 * S);
	hear(3 * S, "1\r\nbegin upload\r\nCC");
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(dialog.used, strlen("1\r\nbegin upload\r"));
}

static void a_captured_answer_waits_for_the_end_of_its_line(void **state)
{
	static const struct dialog_step step = SAYS("version", "ver\r", "firmware ([0-9A-F]+)", "", 5 * S);

	(void)state;
	begin_dialog(&step, 1);
	hear(1 * S, "ver\r\nfirmware 00");
	assert_int_equal(out.state, SESSION_RUNNING);
	hear(2 * S, "02012F");
	assert_int_equal(out.state, SESSION_RUNNING);
	hear(2 * S, "\r");
	assert_int_equal(out.state, SESSION_DONE);
	assert_string_equal(dialog.answer, "0002012F");
	begin_dialog(&step, 1);
	hear(1 * S, "firmware 00");
	happen(SESSION_DEADLINE, 5 * S);
	assert_int_equal(out.state, SESSION_DONE);
	assert_string_equal(dialog.answer, "00");
}

static void a_refusal_beats_what_was_expected(void **state)
{
	static const struct dialog_step step = SAYS("activate", "go\r", "go", "ERR.*", 5 * S);

	(void)state;
	begin_dialog(&step, 1);
	hear(1 * S, "go: ERR 7\x01 no\n");
	session_wants_failure(&out, FAULT_DEVICE, "activate: the device refused: 'go: ERR 7? no'");
	assert_true(dialog.refused);
}

static void silence_says_what_was_wanted_and_what_came(void **state)
{
	static const struct dialog_step step = SAYS("enter", "boot\r", "BL >", "", 1500 * NS_PER_MS);

	(void)state;
	begin_dialog(&step, 1);
	happen(SESSION_DEADLINE, 1 * S);
	assert_int_equal(out.state, SESSION_RUNNING);
	happen(SESSION_DEADLINE, 1500 * NS_PER_MS);
	session_wants_failure(&out, FAULT_RIG, "enter: nothing came within 1.5 s that fits 'BL >'; nothing came at all");
	begin_dialog(&step, 1);
	hear(1, "unknown command\r\n");
	happen(SESSION_DEADLINE, 2 * S);
	session_wants_failure(&out, FAULT_RIG, "the last line was 'unknown command'");
	begin_dialog(&step, 1);
	happen(SESSION_LOST, 1);
	session_wants_failure(&out, FAULT_RIG, "lost");
	begin_dialog(&step, 1);
	happen(SESSION_CANCEL, 1);
	session_wants_failure(&out, FAULT_OPERATOR, "cancelled");
}

static void only_a_refusal_may_be_listened_for(void **state)
{
	static const struct dialog_step step = SAYS("activate", "go\r", "", "ERR", 2 * S);

	(void)state;
	begin_dialog(&step, 1);
	hear(1 * S, "rebooting\r\n");
	assert_int_equal(out.state, SESSION_RUNNING);
	happen(SESSION_DEADLINE, 2 * S);
	assert_int_equal(out.state, SESSION_DONE);
}

static void a_long_line_is_searched_before_it_is_cut(void **state)
{
	static const struct dialog_step step = SAYS("enter", "", "needle", "", 2 * S);
	char hay[3 * DIALOG_LINE_SIZE];
	size_t at;

	(void)state;
	for (at = 0; at + 6 <= sizeof hay; at += 13) {
		begin_dialog(&step, 1);
		memset(hay, 'x', sizeof hay);
		memcpy(hay + at, "needle", 6);
		hear_bytes(1, hay, sizeof hay);
		assert_int_equal(out.state, SESSION_DONE);
	}
}

/* ---- Upgrades ---- */

static struct bench_loader settings;
static uint8_t image[1500], received[4096];

static int setup_upgrade(void **state)
{
	size_t i;

	(void)state;
	settings = (struct bench_loader){
		.protocol = LOADER_XMODEM_1K,
		.enter = {.steps = {{.exchange = {"update\r", "begin upload", "locked", 5 * S}}}, .count = 1},
		.verify = {.steps = {{.exchange = {"", "image ok", "image bad", 30 * S}}}, .count = 1},
		.activate = {.steps = {{.exchange = {"activate\r", "activating", "ERR", 5 * S}}}, .count = 1},
		.version = {.steps = {{.exchange = {"version\r", "firmware ([0-9A-F]+)", "", 5 * S}}}, .count = 1},
		.start_within_ns = 60 * S,
	};
	for (i = 0; i < sizeof image; i++)
		image[i] = (uint8_t)(i * 31);
	upgrade_init(&upgrade, &settings, 115200);
	upgrade_set_image(&upgrade, image, sizeof image);
	return 0;
}

static void begin_task(enum upgrade_task task)
{
	struct error error;

	assert_true(upgrade_begin(&upgrade, task, &session, &error));
	happen(SESSION_START, 0);
}

static void an_upgrade_goes_through_its_phases_to_hold(void **state)
{
	static uint8_t frame[2048];
	size_t size;
	struct xmodem_receive receive;
	struct session device;
	struct session_event event = {.kind = SESSION_START};
	struct session_output answer;

	(void)state;
	begin_task(UPGRADE_TRANSFER);
	assert_int_equal(upgrade.phase, PHASE_ENTER);
	wants_sent("update\r");
	xmodem_receive_init(&receive, received, sizeof received, 60 * S);
	device = xmodem_receive_session(&receive);
	session_step(&device, &event, &answer);
	hear(1, "update\r\nbegin upload\r\nC");
	assert_int_equal(upgrade.phase, PHASE_TRANSFER);
	assert_int_equal(out.total_bytes, sizeof image);
	while (upgrade.phase == PHASE_TRANSFER) {
		assert_true(out.size > 0);
		event = (struct session_event){.kind = SESSION_BYTES, .t_ns = 2, .bytes = out.bytes, .size = out.size};
		session_step(&device, &event, &answer);
		size = answer.size;
		memcpy(frame, answer.bytes, size);
		/* The device is quick: its verdict comes together with the last ACK. */
		if (answer.state == SESSION_DONE)
			memcpy(frame + size, "\r\nima", 5), size += 5;
		hear_bytes(2, frame, size);
	}
	assert_memory_equal(received, image, sizeof image);
	assert_int_equal(upgrade.phase, PHASE_VERIFY);
	assert_int_equal(out.state, SESSION_RUNNING);
	hear(3, "ge ok\r\n");
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(upgrade.phase, PHASE_HOLD);
	assert_false(upgrade.activation_sent);
}

static void what_enters_nothing_listens_for_the_loader_at_once(void **state)
{
	(void)state;
	memset(&settings.enter, 0, sizeof settings.enter);
	begin_task(UPGRADE_TRANSFER);
	assert_int_equal(upgrade.phase, PHASE_TRANSFER);
	hear(1, "C");
	assert_int_equal(out.size, 1029);
	happen(SESSION_LOST, 2);
	session_wants_failure(&out, FAULT_RIG, "transfer: the line was lost");
	assert_int_equal(upgrade.phase, PHASE_IDLE);
}

static void a_device_that_refuses_ends_it_in_the_phase_s_name(void **state)
{
	(void)state;
	begin_task(UPGRADE_TRANSFER);
	hear(1, "locked\n");
	session_wants_failure(&out, FAULT_DEVICE, "enter: the device refused: 'locked'");
}

static void an_activation_is_sent_once_and_never_again(void **state)
{
	struct error error = {0};

	(void)state;
	begin_task(UPGRADE_ACTIVATE);
	wants_sent("activate\r");
	assert_true(upgrade.activation_sent);
	assert_int_equal(upgrade.activation, ACTIVATION_SENT);
	hear(1, "activating\r\n");
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(upgrade.activation, ACTIVATION_ACCEPTED);
	assert_int_equal(upgrade.phase, PHASE_CONFIRM);
	assert_false(upgrade_begin(&upgrade, UPGRADE_ACTIVATE, &session, &error));
	assert_non_null(strstr(error.text, "never sent twice"));
	begin_task(UPGRADE_VERSION);
	hear(2, "firmware 00020130\r\n");
	assert_int_equal(out.state, SESSION_DONE);
	assert_string_equal(upgrade.version, "00020130");
	assert_int_equal(upgrade.phase, PHASE_IDLE);
}

static void a_meter_that_does_not_answer_may_have_been_activated(void **state)
{
	static const enum session_event_kind ends[] = {SESSION_DEADLINE, SESSION_LOST, SESSION_CANCEL};
	size_t i;

	for (i = 0; i < 3; i++) {
		setup_upgrade(state);
		begin_task(UPGRADE_ACTIVATE);
		happen(ends[i], 5 * S);
		assert_int_equal(out.state, SESSION_DONE);
		assert_int_equal(upgrade.activation, ACTIVATION_UNKNOWN);
		assert_int_equal(upgrade.phase, PHASE_CONFIRM);
		assert_false(upgrade_begin(&upgrade, UPGRADE_ACTIVATE, &session, NULL));
	}
}

static void a_refused_activation_is_a_failure_and_is_not_repeated_either(void **state)
{
	(void)state;
	begin_task(UPGRADE_ACTIVATE);
	hear(1, "ERR signature\r\n");
	session_wants_failure(&out, FAULT_DEVICE, "refused");
	assert_int_equal(upgrade.activation, ACTIVATION_REFUSED);
	assert_int_equal(upgrade.phase, PHASE_HOLD);
	assert_false(upgrade_begin(&upgrade, UPGRADE_ACTIVATE, &session, NULL));
}

static void a_resumed_rig_does_not_activate_again(void **state)
{
	(void)state;
	upgrade_was_activated(&upgrade);
	assert_false(upgrade_begin(&upgrade, UPGRADE_ACTIVATE, &session, NULL));
	assert_int_equal(upgrade.activation, ACTIVATION_UNKNOWN);
}

static void an_activation_without_an_answer_stays_sent(void **state)
{
	(void)state;
	settings.activate.steps[0].exchange.expect[0] = settings.activate.steps[0].exchange.refuse[0] = '\0';
	begin_task(UPGRADE_ACTIVATE);
	wants_sent("activate\r");
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(upgrade.activation, ACTIVATION_SENT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, setup_upgrade)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_follow_each_other_and_the_rest_is_left),
		cmocka_unit_test(a_captured_answer_waits_for_the_end_of_its_line),
		cmocka_unit_test(a_refusal_beats_what_was_expected),
		cmocka_unit_test(silence_says_what_was_wanted_and_what_came),
		cmocka_unit_test(only_a_refusal_may_be_listened_for),
		cmocka_unit_test(a_long_line_is_searched_before_it_is_cut),
		CASE(an_upgrade_goes_through_its_phases_to_hold),
		CASE(what_enters_nothing_listens_for_the_loader_at_once),
		CASE(a_device_that_refuses_ends_it_in_the_phase_s_name),
		CASE(an_activation_is_sent_once_and_never_again),
		CASE(a_meter_that_does_not_answer_may_have_been_activated),
		CASE(a_refused_activation_is_a_failure_and_is_not_repeated_either),
		CASE(a_resumed_rig_does_not_activate_again),
		CASE(an_activation_without_an_answer_stays_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
