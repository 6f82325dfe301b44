/* Scripts: what a dialog wants of the line, when it goes on, and the stream that keeps bytes and changes of the line in order. */

#include "drivers/loader/dialog.h"
#include "drivers/loader/upgrade.h"
#include "drivers/stream.h"
#include "tests/support/session_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS

static struct dialog dialog;
static struct session session;
static struct session_output out;

static void happen(enum session_event_kind kind, int64_t t_ns, const char *text)
{
	struct session_event event = {.kind = kind, .t_ns = t_ns, .bytes = (const uint8_t *)text, .size = strlen(text)};

	session_step(&session, &event, &out);
}

static void wants_sent(const char *text)
{
	assert_int_equal(out.size, strlen(text));
	assert_memory_equal(out.bytes, text, out.size);
}

static void begin(const struct dialog_step *steps, size_t count)
{
	dialog_init(&dialog, steps, count);
	session = dialog_session(&dialog);
	happen(SESSION_START, 0, "");
}

/* ---- Dialogs ---- */

static void a_break_begins_lasts_and_ends_before_anything_is_sent(void **state)
{
	static const struct dialog_step step = {
		.name = "enter", .send = "go\r", .expect = "ok", .refuse = "", .within_ns = 5 * S,
		.line = {.dtr = PORT_LINE_OFF, .rts = PORT_LINE_ON}, .break_ns = 250 * MS, .wait_ns = 500 * MS,
	};

	(void)state;
	begin(&step, 1);
	assert_true(session_wants_line(&out));
	assert_int_equal(out.line.dtr, PORT_LINE_OFF);
	assert_int_equal(out.line.rts, PORT_LINE_ON);
	assert_int_equal(out.line.brk, PORT_LINE_ON);
	assert_int_equal(out.size, 0);
	happen(SESSION_LINE, 1 * S, "");
	assert_false(session_wants_line(&out));
	assert_int_equal(out.deadline_ns, 1 * S + 250 * MS);
	happen(SESSION_DEADLINE, 1 * S + 250 * MS, "");
	assert_int_equal(out.line.brk, PORT_LINE_OFF);
	assert_int_equal(out.line.dtr, PORT_LINE_LEAVE);
	happen(SESSION_LINE, 2 * S, "");
	assert_int_equal(out.deadline_ns, 2 * S + 500 * MS);
	happen(SESSION_BYTES, 2 * S + 1, "ok, from before\r\n");
	assert_int_equal(out.state, SESSION_RUNNING);
	happen(SESSION_DEADLINE, 2 * S + 500 * MS, "");
	wants_sent("go\r");
	assert_int_equal(out.deadline_ns, 7 * S + 500 * MS);
	happen(SESSION_BYTES, 3 * S, "ok\r\n");
	assert_int_equal(out.state, SESSION_DONE);
}

static void another_rate_waits_until_the_steps_before_were_answered(void **state)
{
	static const struct dialog_step steps[] = {
		{.name = "enter", .send = "speed\r", .expect = "set", .refuse = "", .within_ns = 5 * S},
		{.name = "enter", .send = "load\r", .expect = "ready", .refuse = "no", .within_ns = 5 * S, .line = {.baud = 460800}},
	};

	(void)state;
	begin(steps, 2);
	wants_sent("speed\r");
	assert_false(session_wants_line(&out));
	happen(SESSION_BYTES, 1, "set\r\n");
	assert_int_equal(out.line.baud, 460800);
	assert_int_equal(out.size, 0);
	happen(SESSION_LINE, 2, "");
	assert_int_equal(out.deadline_ns, 2);
	happen(SESSION_DEADLINE, 2, "");
	wants_sent("load\r");
	happen(SESSION_BYTES, 3, "no\r\n");
	session_wants_failure(&out, FAULT_DEVICE, "enter, step 2: the device refused: 'no'");
}

static void a_pause_alone_asks_nothing_of_the_line(void **state)
{
	static const struct dialog_step step = {.name = "enter", .send = "a", .expect = "", .refuse = "", .wait_ns = 2 * S};

	(void)state;
	begin(&step, 1);
	assert_false(session_wants_line(&out));
	assert_int_equal(out.size, 0);
	assert_int_equal(out.deadline_ns, 2 * S);
	happen(SESSION_DEADLINE, 2 * S, "");
	wants_sent("a");
	assert_int_equal(out.state, SESSION_DONE);
}

static void a_break_does_not_outlast_its_dialog(void **state)
{
	static const struct dialog_step step = {.name = "enter", .send = "", .expect = "", .refuse = "", .break_ns = 250 * MS};

	(void)state;
	begin(&step, 1);
	happen(SESSION_LINE, 1, "");
	happen(SESSION_CANCEL, 2, "");
	session_wants_failure(&out, FAULT_OPERATOR, "cancelled");
	assert_int_equal(out.line.brk, PORT_LINE_OFF);
	begin(&step, 1);
	happen(SESSION_DEADLINE, DIALOG_LINE_NS - 1, "");
	assert_int_equal(out.state, SESSION_RUNNING);
	happen(SESSION_DEADLINE, DIALOG_LINE_NS, "");
	session_wants_failure(&out, FAULT_RIG, "enter: the line could not be set as wanted");
	assert_int_equal(out.line.brk, PORT_LINE_OFF);
}

/* ---- A Gecko boot loader: its words are facts/ota.md's, 5.3 ---- */

#define MENU "\r\nGecko Bootloader v1.12.00\r\n1. upload gbl\r\n2. run\r\n3. ebl info\r\nBL > "

static struct upgrade upgrade;

static void begin_task(enum upgrade_task task)
{
	struct error error;

	assert_true(upgrade_begin(&upgrade, task, &session, &error));
	happen(SESSION_START, 0, "");
}

/* To the end of the image, which is one block. */
static void upload(const struct bench_loader *loader)
{
	static const uint8_t image[100] = {0xEB, 0x17, 0xA6, 0x03};

	upgrade_init(&upgrade, loader, 115200);
	upgrade_set_image(&upgrade, image, sizeof image);
	begin_task(UPGRADE_TRANSFER);
	wants_sent("boot\r");
	happen(SESSION_BYTES, 1, "boot\r\n" MENU);
	wants_sent("\r");
	happen(SESSION_BYTES, 2, MENU);
	wants_sent("1");
	happen(SESSION_BYTES, 3, "1\r\nbegin upload\r\n");
	assert_int_equal(upgrade.phase, PHASE_TRANSFER);
	happen(SESSION_BYTES, 4, "C");
	assert_int_equal(out.size, 133);
	happen(SESSION_BYTES, 5, "\x06");
	wants_sent("\x04");
	happen(SESSION_BYTES, 6, "\x06");
	assert_int_equal(upgrade.phase, PHASE_VERIFY);
}

static void a_gecko_boot_loader_takes_an_image_and_runs_it(void **state)
{
	struct workspace workspace;
	struct problems problems;
	struct bench bench;
	const struct bench_loader *loader;

	(void)state;
	workspace_init_at(&workspace, ".");
	problems_init(&problems);
	assert_true(bench_load(&bench, "scenarios/benches/one-slot-gecko.yaml", &workspace, &problems));
	loader = bench.instruments[bench.slots[0].upgrade].loader;
	upload(loader);
	happen(SESSION_BYTES, 7, "\r\nSerial upload aborted\r\nfile error 0x12\r\n");
	session_wants_failure(&out, FAULT_DEVICE, "verify: the device refused: 'Serial upload aborted'");
	upload(loader);
	happen(SESSION_BYTES, 7, "\r\nSerial upload complete\r\n" MENU);
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(upgrade.phase, PHASE_HOLD);
	begin_task(UPGRADE_ACTIVATE);
	wants_sent("2");
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(upgrade.activation, ACTIVATION_SENT);
	bench_done(&bench);
	problems_done(&problems);
}

/* ---- The stream ---- */

static char raw[1024], notes[1024];
static struct stream stream;
static int sent_count, failed_count;

static void add(char *to, size_t size, const char *text, size_t length)
{
	size_t used = strlen(to);

	assert_true(used + length < size);
	memcpy(to + used, text, length);
	to[used + length] = '\0';
}

static void take_raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	(void)self, (void)name, (void)t_ns;
	if (direction == '>')
		add(raw, sizeof raw, (const char *)bytes, size);
}

static void take_note(void *self, int slot, const char *text)
{
	(void)self, (void)slot;
	add(notes, sizeof notes, text, strlen(text));
}

static void take_upgrade(void *self, int slot, int64_t t_ns, const struct upgrade_report *report)
{
	(void)self, (void)slot, (void)t_ns;
	sent_count += report->said == SAID_SENT;
	failed_count += report->said == SAID_FAILED;
}

static struct bench_loader settings;

static void begin_stream(void)
{
	static const struct instrument_listener listener = {.raw = take_raw, .note = take_note, .upgrade = take_upgrade};
	static struct bench_instrument instrument;
	static struct bench bench;
	struct driver_start start = {.bench = &bench, .listener = &listener};

	raw[0] = notes[0] = '\0';
	sent_count = failed_count = 0;
	settings = (struct bench_loader){
		.protocol = LOADER_SCRIPT, .push = LOADER_XMODEM_1K,
		.activate = {.count = 2, .steps = {{.exchange = {.send = "one\r"}},
						   {.baud = 115200, .exchange = {.send = "two\r", .expect = "yes", .within_ns = 5 * S}}}},
		.version = {.count = 1, .steps = {{.exchange = {.send = "v\r", .expect = "v=(.*)", .within_ns = 5 * S}}}},
	};
	instrument = (struct bench_instrument){.name = "A.upgrade", .loader = &settings, .settings = {.baud = 9600}};
	bench.instruments = &instrument;
	bench.instrument_count = 1;
	assert_true(stream_init(&stream, &start, 0, NULL));
}

/* Carries out whatever is due at once, as a port without delay does; what the line became stands in `raw` as well. */
static void carry(int64_t now_ns)
{
	const struct session_line *line;
	char text[] = "[9600]";

	while (stream_sendable(&stream) > 0 || stream_line(&stream)) {
		if (stream_sendable(&stream) > 0) {
			stream_sent(&stream, now_ns, 1);
			continue;
		}
		line = stream_line(&stream);
		memcpy(text, line->baud == 115200 ? "[1152]" : line->baud == 9600 ? "[9600]" : "[????]", 6);
		add(raw, sizeof raw, text, 6);
		stream_lined(&stream, now_ns, NULL);
	}
}

static void bytes_and_changes_of_the_line_keep_their_order(void **state)
{
	(void)state;
	begin_stream();
	stream_ask(&stream, ASK_ACTIVATE, true, 0);
	assert_int_equal(stream_sendable(&stream), 4);
	assert_null(stream_line(&stream));
	carry(1);
	assert_int_equal(sent_count, 1);
	stream_tick(&stream, 1);
	carry(2);
	assert_string_equal(raw, "one\r[1152]two\r");
	stream_heard(&stream, 3, (const uint8_t *)"yes\r\n", 5);
	carry(3);
	assert_string_equal(raw, "one\r[1152]two\r[9600]");
	stream_ask(&stream, ASK_VERSION, true, 4);
	carry(4);
	assert_string_equal(raw, "one\r[1152]two\r[9600]v\r");
}

static void a_rate_that_goes_back_stands_before_what_is_asked_next(void **state)
{
	(void)state;
	begin_stream();
	stream_ask(&stream, ASK_ACTIVATE, true, 0);
	carry(1);
	stream_tick(&stream, 1);
	stream_heard(&stream, 3, (const uint8_t *)"yes\r\n", 5);
	stream_ask(&stream, ASK_VERSION, true, 4);
	assert_int_equal(stream_sendable(&stream), 4);
	carry(4);
	assert_string_equal(raw, "one\r[1152]two\r[9600]v\r");
}

static void a_line_that_cannot_be_set_is_noted_and_the_script_fails(void **state)
{
	struct error error = {FAULT_CONFIGURATION, "a socket has no baud"};

	(void)state;
	begin_stream();
	stream_ask(&stream, ASK_ACTIVATE, true, 0);
	stream_sent(&stream, 1, 4);
	assert_non_null(stream_line(&stream));
	stream_lined(&stream, 1, &error);
	assert_string_equal(notes, "a socket has no baud");
	assert_int_equal(failed_count, 0);
	stream_tick(&stream, DIALOG_LINE_NS);
	assert_int_equal(failed_count, 1);
}

static void a_lost_line_forgets_what_was_wanted_of_it(void **state)
{
	(void)state;
	begin_stream();
	stream_ask(&stream, ASK_ACTIVATE, true, 0);
	stream_lost(&stream, 1);
	assert_int_equal(stream_sendable(&stream), 0);
	assert_null(stream_line(&stream));
	assert_int_equal(failed_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_break_begins_lasts_and_ends_before_anything_is_sent),
		cmocka_unit_test(another_rate_waits_until_the_steps_before_were_answered),
		cmocka_unit_test(a_pause_alone_asks_nothing_of_the_line),
		cmocka_unit_test(a_break_does_not_outlast_its_dialog),
		cmocka_unit_test(a_gecko_boot_loader_takes_an_image_and_runs_it),
		cmocka_unit_test(bytes_and_changes_of_the_line_keep_their_order),
		cmocka_unit_test(a_rate_that_goes_back_stands_before_what_is_asked_next),
		cmocka_unit_test(a_line_that_cannot_be_set_is_noted_and_the_script_fails),
		cmocka_unit_test(a_lost_line_forgets_what_was_wanted_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
