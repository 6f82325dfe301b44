/* Segment, worker with libmodbus, and line together, on ptys and in real time, against units of the test's own. */

#include "drivers/modbus/modbus_port.h"
#include "tests/support/rtu_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS NS_PER_MS
#define RESPONSE (150 * MS)

/* Counts allocations of the whole program; sanitizers have allocators of their own, so there that case is not built. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 1
static atomic_uint allocations;
void *__libc_malloc(size_t size);
void *malloc(size_t size)
{
	atomic_fetch_add(&allocations, 1);
	return __libc_malloc(size);
}
#else
#define COUNTS_ALLOCATIONS 0
#endif

static struct profile supply_profile, board_profile;

struct bench {
	struct rtu_server server;
	struct modbus_port *port;
	int psu, relays;
	struct driver_report reports[16];
	int report_count;
	unsigned sent, heard, dropped;
	size_t dropped_bytes;
	int64_t last_frame_ns;
};

static struct bench bench;

static void record(void *recorder, const struct modbus_frame *frame)
{
	struct bench *of = recorder;

	assert_true(frame->size > 0 && frame->first_ns <= frame->last_ns);
	assert_true(frame->last_ns >= of->last_frame_ns);
	of->last_frame_ns = frame->last_ns;
	of->sent += frame->kind == MODBUS_FRAME_SENT;
	of->heard += frame->kind == MODBUS_FRAME_HEARD;
	of->dropped += frame->kind == MODBUS_FRAME_DROPPED;
	of->dropped_bytes += frame->kind == MODBUS_FRAME_DROPPED ? frame->size : 0;
}

static void take_reports(struct bench *of)
{
	int instrument;

	while (of->report_count < 16 && modbus_port_take(of->port, &instrument, &of->reports[of->report_count]))
		of->report_count++;
}

/* One turn of a loop that has nothing but this port. */
static void turn(struct bench *of, int64_t until_ns)
{
	int64_t left = (until_ns - rtu_clock_ns()) / MS + 1;
	struct pollfd poll_one = {.fd = modbus_port_descriptor(of->port), .events = POLLIN};

	poll(&poll_one, 1, left < 0 ? 0 : (int)left);
	modbus_port_ready(of->port, rtu_clock_ns());
	take_reports(of);
}

static const struct driver_report *find(struct bench *of, enum driver_report_kind kind, uint32_t tag)
{
	int i;

	for (i = 0; i < of->report_count; i++)
		if (of->reports[i].kind == kind && of->reports[i].tag == tag)
			return &of->reports[i];
	return NULL;
}

static const struct driver_report *wait_for(struct bench *of, enum driver_report_kind kind, uint32_t tag)
{
	int64_t until = rtu_clock_ns() + 10 * NS_PER_S;

	while (!find(of, kind, tag)) {
		assert_true(rtu_clock_ns() < until);
		turn(of, until);
	}
	return find(of, kind, tag);
}

static const struct driver_report *command(struct bench *of, int instrument, enum driver_command_kind kind, const char *channel,
					   int64_t milli)
{
	static uint32_t tag;
	const struct profile *profile = instrument == of->psu ? &supply_profile : &board_profile;
	const struct driver_command it = {.kind = kind, .channel = channel ? profile_channel_find(profile, channel) : -1,
					  .milli = milli, .deadline_ns = rtu_clock_ns() + 5 * NS_PER_S, .tag = ++tag};
	struct error error;

	of->report_count = 0;
	if (!modbus_port_command(of->port, instrument, &it, rtu_clock_ns(), &error)) {
		of->reports[0] = (struct driver_report){.error = error};
		return &of->reports[0];
	}
	take_reports(of);
	return wait_for(of, REPORT_ANSWER, it.tag);
}

static void wait_ready(struct bench *of)
{
	int64_t until = rtu_clock_ns() + 10 * NS_PER_S;

	while (segment_driver(modbus_port_segment(of->port), 0)->state != DRIVER_READY ||
	       segment_driver(modbus_port_segment(of->port), 1)->state != DRIVER_READY) {
		assert_true(rtu_clock_ns() < until);
		turn(of, until);
	}
}

static void load(struct profile *profile, const char *path)
{
	struct problems problems;

	problems_init(&problems);
	assert_true(profile_load(profile, path, &problems));
	problems_done(&problems);
	profile->response_ns = RESPONSE; /* real time: short */
	profile->settle_ns = 20 * MS;
}

static int load_profiles(void **state)
{
	(void)state;
	load(&supply_profile, "drivers/profiles/riden-rd6006.yaml");
	load(&board_profile, "drivers/profiles/waveshare-relay-8.yaml");
	return 0;
}

static int free_profiles(void **state)
{
	(void)state;
	profile_done(&supply_profile);
	profile_done(&board_profile);
	return 0;
}

static void begin(struct bench *of, int baud)
{
	const struct modbus_port_settings settings = {.baud = baud, .record = record, .recorder = of};
	struct driver_settings psu = {.name = "psu1", .profile = &supply_profile, .unit = 1};
	struct driver_settings relays = {.name = "relays", .profile = &board_profile, .unit = 2};

	memset(of, 0, sizeof *of);
	rtu_server_start(&of->server, 2, 0, 0);
	rtu_server_lock(&of->server, 1)->registers[0] = 60062;
	rtu_server_unlock(&of->server);
	of->port = modbus_port_new(&settings, NULL);
	assert_non_null(of->port);
	of->psu = segment_add(modbus_port_segment(of->port), &psu, NULL);
	of->relays = segment_add(modbus_port_segment(of->port), &relays, NULL);
	assert_true(of->psu == 0 && of->relays == 1);
	assert_true(modbus_port_attach(of->port, of->server.line, rtu_clock_ns(), NULL));
}

static void finish(struct bench *of)
{
	modbus_port_free(of->port);
	rtu_server_stop(&of->server);
}

static int set_up(void **state)
{
	(void)state;
	begin(&bench, 115200);
	wait_ready(&bench);
	bench.report_count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	finish(&bench);
	return 0;
}

static uint16_t register_of(struct bench *of, int address)
{
	uint16_t value = rtu_server_lock(&of->server, 1)->registers[address];

	rtu_server_unlock(&of->server);
	return value;
}

static void misbehave(struct bench *of, int unit, enum rtu_manner manner, int times)
{
	struct rtu_unit *it = rtu_server_lock(&of->server, unit);

	it->manner = manner;
	it->manners = times;
	rtu_server_unlock(&of->server);
}

static bool says(const struct driver_report *report, const char *text)
{
	return !report->ok && strstr(report->error.text, text);
}

static void both_profiles_set_and_read_over_a_pty(void **state)
{
	(void)state;
	assert_true(command(&bench, bench.psu, COMMAND_SET, "volts", 12340)->ok);
	assert_int_equal(register_of(&bench, 8), 1234);
	assert_true(command(&bench, bench.psu, COMMAND_SET, "output", 1)->ok);
	assert_true(command(&bench, bench.relays, COMMAND_SET, "3", 1)->ok);
	assert_true(command(&bench, bench.relays, COMMAND_WATCH, NULL, 0)->ok);
	assert_true(command(&bench, bench.psu, COMMAND_WATCH, NULL, 0)->ok);
	assert_int_equal(command(&bench, bench.relays, COMMAND_GET, "3", 0)->milli, 1);
	assert_int_equal(bench.sent, bench.heard);
	assert_int_equal(bench.dropped, 0);
}

static void an_answer_in_single_bytes_is_one_frame(void **state)
{
	unsigned before;

	(void)state;
	rtu_server_lock(&bench.server, 1);
	bench.server.one_by_one = true;
	rtu_server_unlock(&bench.server);
	before = bench.heard;
	assert_true(command(&bench, bench.psu, COMMAND_GET, "volts_in", 0)->ok);
	assert_int_equal(bench.heard, before + 1);
}

static void a_late_answer_is_dropped_and_recorded_and_the_next_reading_is_right(void **state)
{
	const struct driver_report *report;
	int i;

	(void)state;
	rtu_server_lock(&bench.server, 1)->registers[10] = 111;
	bench.server.units[0].registers[11] = 222;
	rtu_server_unlock(&bench.server);
	for (i = 0; i < 3; i++) {
		size_t before = bench.dropped_bytes;

		rtu_server_lock(&bench.server, 1)->delay_once_ns = RESPONSE * 3 / 2;
		rtu_server_unlock(&bench.server);
		report = command(&bench, bench.psu, COMMAND_GET, "volts_out", 0);
		assert_true(report->ok);
		assert_int_equal(report->tries, 2);
		assert_int_equal(report->milli, 1110);
		assert_int_equal(bench.dropped_bytes, before + 7);
		assert_int_equal(command(&bench, bench.psu, COMMAND_GET, "amps_out", 0)->milli, 222);
	}
}

static void bad_manners_cost_a_try_and_never_a_wrong_value(void **state)
{
	static const enum rtu_manner manners[] = {RTU_SILENT, RTU_DEAF, RTU_BAD_CRC, RTU_OTHER_UNIT, RTU_SHORT, RTU_TWICE};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof manners / sizeof *manners; i++) {
		const struct driver_report *report;

		misbehave(&bench, 1, manners[i], 1);
		report = command(&bench, bench.psu, COMMAND_SET, "volts", 1000 + 10 * (int64_t)i);
		assert_true(report->ok);
		assert_int_equal(report->tries, 3);
		assert_int_equal(register_of(&bench, 8), 100 + i);
	}
	misbehave(&bench, 1, RTU_BUSY, 1);
	assert_true(says(command(&bench, bench.psu, COMMAND_GET, "volts_in", 0), "exception 6, device busy"));
}

static void noise_between_transactions_is_dropped_and_waited_out(void **state)
{
	static const uint8_t noise[] = {1, 3, 2, 0xFF, 0xFF, 0, 0};
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		rtu_server_babble(&bench.server, noise, sizeof noise);
		assert_true(command(&bench, bench.psu, COMMAND_GET, "volts_in", 0)->ok);
	}
	assert_int_equal(bench.dropped_bytes, 5 * sizeof noise);
}

/* Noise every millisecond: nobody could answer, but what switches off is sent all the same. */
static void off_is_sent_on_a_line_that_is_never_silent(void **state)
{
	const struct driver_command off = {.kind = COMMAND_SET, .channel = profile_channel_find(&supply_profile, "output"),
					   .deadline_ns = rtu_clock_ns() + 5 * NS_PER_S, .tag = 9};
	int64_t since = rtu_clock_ns();

	(void)state;
	assert_true(command(&bench, bench.psu, COMMAND_SET, "output", 1)->ok);
	rtu_server_babble(&bench.server, "x", 1);
	assert_true(modbus_port_command(bench.port, bench.psu, &off, rtu_clock_ns(), NULL));
	while (register_of(&bench, 18) != 0) {
		assert_true(rtu_clock_ns() < since + 4 * NS_PER_S);
		rtu_server_babble(&bench.server, "x", 1);
		turn(&bench, rtu_clock_ns());
	}
	assert_true(bench.dropped_bytes > 50);
}

static void an_unplugged_port_fails_at_once_and_a_new_one_goes_on(void **state)
{
	struct rtu_server other;
	int64_t since;

	(void)state;
	misbehave(&bench, 1, RTU_SILENT, -1);
	{
		const struct driver_command it = {.kind = COMMAND_GET, .channel = 0, .deadline_ns = rtu_clock_ns() + 5 * NS_PER_S,
						  .tag = 77};

		assert_true(modbus_port_command(bench.port, bench.psu, &it, rtu_clock_ns(), NULL));
	}
	rtu_server_hang_up(&bench.server);
	since = rtu_clock_ns();
	assert_true(says(wait_for(&bench, REPORT_ANSWER, 77), "port lost"));
	assert_true(rtu_clock_ns() - since < 50 * MS);
	assert_true(modbus_port_is_lost(bench.port));
	assert_true(says(command(&bench, bench.psu, COMMAND_SET, "volts", 0), "port lost"));
	modbus_port_detach(bench.port, rtu_clock_ns());
	assert_false(modbus_port_is_lost(bench.port));

	rtu_server_start(&other, 2, 0, 0);
	rtu_server_lock(&other, 1)->registers[0] = 60062;
	rtu_server_unlock(&other);
	assert_true(modbus_port_attach(bench.port, other.line, rtu_clock_ns(), NULL));
	wait_ready(&bench);
	assert_true(command(&bench, bench.psu, COMMAND_SET, "volts", 5000)->ok);
	modbus_port_detach(bench.port, rtu_clock_ns());
	rtu_server_stop(&other);
}

static void closing_does_not_wait_for_an_answer(void **state)
{
	static struct bench own;
	int64_t since;

	(void)state;
	supply_profile.response_ns = board_profile.response_ns = 100 * MS;
	begin(&own, 9600);
	wait_ready(&own);
	misbehave(&own, 1, RTU_SILENT, -1);
	supply_profile.response_ns = 10 * NS_PER_S;
	{
		const struct driver_command it = {.kind = COMMAND_GET, .channel = 0, .deadline_ns = rtu_clock_ns() + 20 * NS_PER_S};
		unsigned before = own.sent;

		assert_true(modbus_port_command(own.port, own.psu, &it, rtu_clock_ns(), NULL));
		while (own.sent == before)
			turn(&own, rtu_clock_ns() + NS_PER_S);
	}
	since = rtu_clock_ns();
	finish(&own);
	assert_true(rtu_clock_ns() - since < 200 * MS);
	supply_profile.response_ns = board_profile.response_ns = RESPONSE;
}

#if COUNTS_ALLOCATIONS
static void transactions_allocate_nothing(void **state)
{
	unsigned before;
	int i;

	(void)state;
	before = atomic_load(&allocations);
	for (i = 0; i < 20; i++) {
		assert_true(command(&bench, bench.psu, COMMAND_SET, "volts", 1000 + 10 * i)->ok);
		assert_true(command(&bench, bench.psu, COMMAND_WATCH, NULL, 0)->ok);
	}
	misbehave(&bench, 1, RTU_BAD_CRC, 1);
	assert_true(command(&bench, bench.psu, COMMAND_GET, "volts_in", 0)->ok);
	assert_int_equal(atomic_load(&allocations), before);
}
#endif

static void several_buses_work_side_by_side(void **state)
{
	static struct bench several[3];
	int i, n;

	(void)state;
	for (i = 0; i < 3; i++)
		begin(&several[i], 115200);
	for (i = 0; i < 3; i++)
		wait_ready(&several[i]);
	for (n = 0; n < 10; n++)
		for (i = 0; i < 3; i++)
			assert_true(command(&several[i], several[i].psu, COMMAND_SET, "volts", 1000 * i + 10 * n)->ok);
	for (i = 0; i < 3; i++) {
		assert_int_equal(register_of(&several[i], 8), 100 * i + 9);
		finish(&several[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_profiles_set_and_read_over_a_pty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_in_single_bytes_is_one_frame, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_late_answer_is_dropped_and_recorded_and_the_next_reading_is_right, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_manners_cost_a_try_and_never_a_wrong_value, set_up, tear_down),
		cmocka_unit_test_setup_teardown(noise_between_transactions_is_dropped_and_waited_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(off_is_sent_on_a_line_that_is_never_silent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unplugged_port_fails_at_once_and_a_new_one_goes_on, set_up, tear_down),
		cmocka_unit_test(closing_does_not_wait_for_an_answer),
#if COUNTS_ALLOCATIONS
		cmocka_unit_test_setup_teardown(transactions_allocate_nothing, set_up, tear_down),
#endif
		cmocka_unit_test(several_buses_work_side_by_side),
	};

	return cmocka_run_group_tests(tests, load_profiles, free_profiles);
}
