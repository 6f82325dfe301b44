/* Instruments driven by the two shipped profiles, on a simulated line in virtual time. */

#include "drivers/modbus/segment.h"
#include "tests/support/rtu_unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define MS NS_PER_MS
#define WITHIN (5 * NS_PER_S)
#define REPORTS_MAX 64

static struct profile supply_profile, board_profile;
static struct segment *segment;
static struct rtu_unit units[3];
static int psu, relays;
static int64_t now;
static struct driver_report reports[REPORTS_MAX];
static int report_count;

/* The line: one answer on its way, and late ones that nobody waits for. */
static struct {
	bool open;
	uint32_t number;
	struct modbus_transaction transaction;
	int64_t limit_ns, answer_ns;
	uint8_t answer[RTU_FRAME_MAX];
	size_t size;
	int64_t late_ns;        /* an answer that comes after the limit: who has the line then takes it for his */
	uint8_t late[RTU_FRAME_MAX];
	size_t late_size;
} line;

static void start(const struct bus_output *output)
{
	uint8_t request[MODBUS_FRAME_MAX];
	size_t size = modbus_request_frame(output->transaction, request), i;
	int64_t delay_ns = 0;

	assert_false(line.open);
	line.open = true;
	line.number = output->number;
	line.transaction = *output->transaction;
	line.limit_ns = output->limit_ns;
	line.size = 0;
	for (i = 0; i < 3 && line.size == 0; i++)
		line.size = rtu_unit_answer(&units[i], request, size, now, line.answer, &delay_ns);
	line.answer_ns = line.size ? now + 2 * MS + delay_ns : INSTANT_NEVER;
}

static void step(const struct bus_event *event)
{
	struct bus_output output;
	struct bus_event tick = {.kind = BUS_TICK, .t_ns = now};
	int instrument;

	segment_step(segment, event, &output);
	do {
		if (output.action == BUS_START)
			start(&output);
		if (output.action == BUS_ABORT)
			line.open = false;
		segment_step(segment, &tick, &output);
	} while (output.action != BUS_NOTHING);
	while (report_count < REPORTS_MAX && segment_take(segment, &instrument, &reports[report_count]))
		report_count++;
}

static void end_open(void)
{
	bool answered = line.answer_ns <= now;
	struct bus_event event = {.kind = BUS_ENDED, .t_ns = now, .number = line.number, .last_ns = now};
	uint16_t values[MODBUS_VALUES_MAX];

	line.open = false;
	event.values = values;
	event.outcome = MODBUS_NO_ANSWER;
	if (answered)
		event.outcome = modbus_answer_read(&line.transaction, line.answer, line.size, values, &event.exception);
	else
		event.last_ns = 0;
	if (!answered && line.answer_ns < INSTANT_NEVER) {
		line.late_ns = line.answer_ns;
		line.late_size = line.size;
		memcpy(line.late, line.answer, line.size);
	}
	step(&event);
}

static int64_t earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Lets virtual time run to `until_ns`. */
static void run(int64_t until_ns)
{
	struct bus_event event = {.kind = BUS_TICK};

	while (now < until_ns) {
		int64_t next = until_ns;
		struct bus_output peek;

		event.kind = BUS_TICK;
		event.t_ns = now;
		segment_step(segment, &event, &peek);
		if (peek.action == BUS_START)
			start(&peek);
		next = earliest(next, peek.deadline_ns > now ? peek.deadline_ns : now + 1);
		if (line.open)
			next = earliest(next, earliest(line.answer_ns, line.limit_ns));
		if (line.late_ns)
			next = earliest(next, line.late_ns);
		now = next;
		event.t_ns = now;
		if (line.late_ns && line.late_ns <= now) {
			line.late_ns = 0;
			event.kind = BUS_HEARD;
			if (line.open) {
				line.answer_ns = now;
				line.size = line.late_size;
				memcpy(line.answer, line.late, line.size);
			}
		}
		if (line.open && (line.answer_ns <= now || line.limit_ns <= now))
			end_open();
		else
			step(&event);
	}
}

static const struct driver_report *find(enum driver_report_kind kind, uint32_t tag)
{
	int i;

	for (i = 0; i < report_count; i++)
		if (reports[i].kind == kind && reports[i].tag == tag)
			return &reports[i];
	return NULL;
}

static void tell(enum bus_event_kind kind)
{
	const struct bus_event event = {.kind = kind, .t_ns = now};

	step(&event);
}

/* Gives a command, lets it end, and gives its report. */
static const struct driver_report *command(int instrument, enum driver_command_kind kind, const char *channel, int64_t milli)
{
	static uint32_t tags = 1000;
	const struct profile *profile = instrument == psu ? &supply_profile : &board_profile;
	struct driver_command it = {.kind = kind, .channel = channel ? profile_channel_find(profile, channel) : -1, .milli = milli,
				    .deadline_ns = now + WITHIN, .tag = ++tags};
	struct error error;

	report_count = 0;
	if (!segment_command(segment, instrument, &it, now, &error)) {
		reports[0] = (struct driver_report){.kind = REPORT_ANSWER, .tag = it.tag, .error = error};
		report_count = 1;
		return &reports[0];
	}
	while (!find(REPORT_ANSWER, it.tag)) {
		assert_true(now < it.deadline_ns + NS_PER_S);
		run(now + 10 * MS);
	}
	return find(REPORT_ANSWER, it.tag);
}

static void load(struct profile *profile, const char *path)
{
	struct problems problems;

	problems_init(&problems);
	assert_true(profile_load(profile, path, &problems));
}

static int load_profiles(void **state)
{
	(void)state;
	load(&supply_profile, "drivers/profiles/riden-rd6006.yaml");
	load(&board_profile, "drivers/profiles/waveshare-relay-8.yaml");
	return 0;
}

static int add(const char *name, const struct profile *profile, uint8_t unit)
{
	struct driver_settings settings = {.profile = profile, .unit = unit};
	int i;

	strcpy(settings.name, name);
	if (profile == &supply_profile) {
		settings.limit_count = 2;
		settings.limits[0] = (struct driver_limit){profile_channel_find(profile, "ovp"), 13500};
		settings.limits[1] = (struct driver_limit){profile_channel_find(profile, "ocp"), 2000};
		settings.high_milli[profile_channel_find(profile, "volts")] = 13000;
	} else {
		settings.dead_man[7] = true;
	}
	i = segment_add(segment, &settings, NULL);
	assert_true(i >= 0);
	return i;
}

/* A supply and a relay board on one line at 9600, identified and ready. */
static int set_up(void **state)
{
	const struct bus_settings settings = {.baud = 9600, .grace_ns = 0};

	(void)state;
	memset(units, 0, sizeof units);
	memset(&line, 0, sizeof line);
	units[0].unit = 1;
	units[0].registers[0] = 60062;
	units[0].registers[68] = 1;
	units[0].frozen = 299;
	units[1].unit = 2;
	units[2].unit = 3;
	now = 1 * NS_PER_S;
	report_count = 0;
	segment = segment_new(&settings);
	psu = add("psu1", &supply_profile, 1);
	relays = add("relays", &board_profile, 2);
	tell(BUS_BACK);
	run(now + 5 * NS_PER_S);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	segment_free(segment);
	return 0;
}

static enum driver_state state_of(int instrument)
{
	return segment_driver(segment, instrument)->state;
}

static bool says(const struct driver_report *report, const char *text)
{
	return !report->ok && strstr(report->error.text, text);
}

static void identity_start_and_limits_come_before_anything_else(void **state)
{
	static const uint16_t order[] = {68, 82, 83};

	(void)state;
	assert_int_equal(state_of(psu), DRIVER_READY);
	assert_int_equal(state_of(relays), DRIVER_READY);
	assert_int_equal(report_count, 2);
	assert_int_equal(reports[0].kind, REPORT_READY);
	assert_int_equal(units[0].writes, 3);
	assert_memory_equal(units[0].written, order, sizeof order);
	assert_int_equal(units[0].registers[82], 1350);
	assert_int_equal(units[0].registers[83], 2000);
}

static void nothing_is_switched_on_while_the_limits_are_on_their_way(void **state)
{
	struct driver_command on = {.kind = COMMAND_SET, .channel = profile_channel_find(&supply_profile, "output"), .milli = 1000};
	struct error error;

	(void)state;
	tell(BUS_GONE);
	tell(BUS_BACK);
	while (state_of(psu) < DRIVER_PREPARING)
		run(now + MS);
	assert_int_equal(state_of(psu), DRIVER_PREPARING);
	do {
		on.deadline_ns = now + WITHIN;
		assert_false(segment_command(segment, psu, &on, now, &error));
		assert_non_null(strstr(error.text, "its limits have not been read back yet"));
		run(now + MS);
	} while (state_of(psu) == DRIVER_PREPARING);
	assert_int_equal(state_of(psu), DRIVER_READY);
	assert_int_equal(units[0].registers[82], 1350); /* over-voltage protection, as the bench has it */
	assert_true(segment_command(segment, psu, &on, now, &error));
}

/* On a board with coils 3 and registers 3 one is not the other. */
static void a_start_of_function_5_writes_a_coil(void **state)
{
	static struct profile with_start;

	tear_down(state);
	with_start = board_profile;
	with_start.start_count = 1;
	with_start.start[0] = (struct profile_start){.function = MODBUS_WRITE_COIL, .address = 3, .value = 0xFF00};
	set_up(state);
	tear_down(state);
	segment = segment_new(&(struct bus_settings){.baud = 9600});
	relays = add("relays", &with_start, 2);
	tell(BUS_BACK);
	run(now + 5 * NS_PER_S);
	assert_int_equal(state_of(relays), DRIVER_READY);
	assert_true(units[1].coils[3]);
	assert_int_equal(units[1].registers[3], 0);
}

static void a_level_is_scaled_written_and_read_back(void **state)
{
	const struct driver_report *report = command(psu, COMMAND_SET, "volts", 12340);

	(void)state;
	assert_true(report->ok);
	assert_int_equal(report->milli, 12340);
	assert_int_equal(report->tries, 2);
	assert_true(report->asked_ns > 0 && report->ended_ns > report->asked_ns);
	assert_int_equal(units[0].registers[8], 1234);
	report = command(psu, COMMAND_SET, "amps", 1005);
	assert_true(report->ok);
	assert_int_equal(units[0].registers[9], 1005);
}

static void a_value_that_cannot_be_is_refused_before_anything_is_sent(void **state)
{
	unsigned before = units[0].requests;
	const struct driver_report *report;

	(void)state;
	report = command(psu, COMMAND_SET, "volts", 12345);
	assert_true(says(report, "psu1: volts: set 12.345 V: 12.345 V cannot be set: the instrument's step is 1/100 V"));
	assert_int_equal(report->error.fault, FAULT_CONFIGURATION);
	report = command(psu, COMMAND_SET, "volts", 13010);
	assert_true(says(report, "13.010 V is above the bench's own limit of 13.000 V"));
	report = command(psu, COMMAND_SET, "amps", 6001);
	assert_true(says(report, "6.001 A is outside 0.000 A to 6.000 A"));
	report = command(psu, COMMAND_SET, "volts", -10);
	assert_true(says(report, "outside"));
	report = command(psu, COMMAND_SET, "volts_out", 10);
	assert_true(says(report, "can only be read"));
	assert_int_equal(units[0].requests, before);
}

static void a_switch_is_set_by_its_words_and_read_back(void **state)
{
	(void)state;
	assert_true(command(relays, COMMAND_SET, "3", 1)->ok);
	assert_true(units[1].coils[2]);
	assert_true(command(psu, COMMAND_SET, "output", 1)->ok);
	assert_int_equal(units[0].registers[18], 1);
	assert_true(command(relays, COMMAND_SET, "3", 0)->ok);
	assert_false(units[1].coils[2]);
}

static void a_reading_is_scaled_and_stamped(void **state)
{
	const struct driver_report *report;
	int64_t milli, t_ns;

	(void)state;
	units[0].registers[10] = 1199;
	units[0].registers[12] = 1;
	units[0].registers[13] = 2;
	report = command(psu, COMMAND_GET, "volts_out", 0);
	assert_true(report->ok);
	assert_int_equal(report->milli, 11990);
	assert_true(driver_reading(segment_driver(segment, psu), report->channel, &milli, &t_ns));
	assert_int_equal(milli, 11990);
	assert_int_equal(t_ns, report->ended_ns);
	assert_int_equal(command(psu, COMMAND_GET, "watts_out", 0)->milli, 655380);
	assert_int_equal(command(psu, COMMAND_GET, "firmware", 0)->milli, 0);
}

static void a_value_that_does_not_read_back_is_the_supplys_fault(void **state)
{
	const struct driver_report *report;

	(void)state;
	units[0].frozen = 8;
	units[0].registers[8] = 500;
	report = command(psu, COMMAND_SET, "volts", 12000);
	assert_true(says(report, "psu1: volts: set 12.000 V: reads back 5.000 V"));
	assert_int_equal(report->error.fault, FAULT_SUPPLY);
	units[1].stuck[0] = true;
	report = command(relays, COMMAND_SET, "1", 1);
	assert_true(says(report, "relays: 1: set on: reads back off"));
	assert_int_equal(report->error.fault, FAULT_RIG);
}

static void a_value_that_settles_late_is_read_once_more(void **state)
{
	const struct driver_report *report;

	(void)state;
	units[0].slow_ns = 300 * MS; /* the profile says 500 */
	report = command(psu, COMMAND_SET, "volts", 7000);
	assert_true(report->ok);
	assert_int_equal(report->tries, 3);
	assert_true(report->ended_ns > report->asked_ns + 500 * MS);
	units[0].slow_ns = 900 * MS;
	assert_true(says(command(psu, COMMAND_SET, "volts", 8000), "reads back 7.000 V"));
}

static void a_write_whose_answer_was_lost_is_proved_by_its_read_back(void **state)
{
	const struct driver_report *report;

	(void)state;
	units[0].manner = RTU_DEAF;
	units[0].manners = 1;
	report = command(psu, COMMAND_SET, "volts", 9000);
	assert_true(report->ok);
	assert_int_equal(report->tries, 3); /* two of the write, one read */
	assert_int_equal(units[0].registers[8], 900);
}

static void a_unit_that_is_silent_fails_after_its_tries(void **state)
{
	const struct driver_report *report;

	(void)state;
	units[0].manner = RTU_SILENT;
	units[0].manners = -1;
	report = command(psu, COMMAND_SET, "volts", 9000);
	assert_true(says(report, "psu1: volts: set 9.000 V: "));
	assert_true(report->tries >= 3);
	assert_true(now <= report->asked_ns + WITHIN + 20 * MS);
	report = command(relays, COMMAND_SET, "1", 1);
	assert_true(report->ok);
}

static void an_exception_is_told_in_words(void **state)
{
	const struct driver_report *report;

	(void)state;
	units[0].manner = RTU_BUSY;
	units[0].manners = 1;
	report = command(psu, COMMAND_SET, "volts", 9000);
	assert_true(says(report, "refused: exception 6, device busy"));
	assert_int_equal(report->tries, 1);
}

/* Answers after 1.2 s against 1 s: each command fails or tells the truth, and later ones are right. */
static void a_late_answer_is_never_taken_for_a_later_one(void **state)
{
	const struct driver_report *report;
	int i;

	(void)state;
	units[0].registers[10] = 111;
	units[0].registers[11] = 222;
	for (i = 0; i < 10; i++) {
		units[0].delay_once_ns = 1200 * MS;
		report = command(psu, COMMAND_GET, "volts_out", 0);
		assert_true(report->ok);
		assert_int_equal(report->milli, 1110);
		assert_int_equal(report->tries, 2);
		report = command(psu, COMMAND_GET, "amps_out", 0);
		assert_true(report->ok);
		assert_int_equal(report->milli, 222);
		assert_int_equal(report->tries, 1);
	}
}

/* The read-back's shape: one more register than the reading before it. */
static void a_read_back_has_another_shape_than_the_reading_before(void **state)
{
	const struct modbus_driver *driver = segment_driver(segment, psu);

	(void)state;
	assert_true(command(psu, COMMAND_GET, "volts_out", 0)->ok);
	assert_int_equal(driver->unit.read_count, 1);
	assert_true(command(psu, COMMAND_SET, "volts", 5000)->ok);
	assert_int_equal(driver->unit.read_count, 2);
	assert_true(command(psu, COMMAND_SET, "volts", 6000)->ok);
	assert_int_equal(driver->unit.read_count, 1);
	assert_true(command(psu, COMMAND_SET, "output", 1)->ok);
	assert_int_equal(driver->unit.read_count, 2);
	assert_true(command(psu, COMMAND_GET, "output", 0)->ok);
	/* Coils of one byte look alike: twice. */
	assert_true(command(relays, COMMAND_GET, "1", 0)->ok);
	assert_int_equal(command(relays, COMMAND_SET, "1", 1)->tries, 3);
}

static void off_overtakes_and_ends_an_older_on(void **state)
{
	const int channel = profile_channel_find(&supply_profile, "output");
	struct driver_command on = {.kind = COMMAND_SET, .channel = channel, .milli = 1, .deadline_ns = now + WITHIN, .tag = 1};
	struct driver_command off = {.kind = COMMAND_SET, .channel = channel, .milli = 0, .deadline_ns = now + WITHIN, .tag = 2};
	struct driver_command volts = {.kind = COMMAND_SET, .channel = 0, .milli = 5000, .deadline_ns = now + WITHIN, .tag = 3};

	(void)state;
	report_count = 0;
	assert_true(segment_command(segment, psu, &volts, now, NULL));
	assert_true(segment_command(segment, psu, &on, now, NULL));
	assert_true(segment_command(segment, psu, &off, now, NULL));
	run(now + NS_PER_S);
	assert_true(says(find(REPORT_ANSWER, 1), "cancelled"));
	assert_true(find(REPORT_ANSWER, 2)->ok);
	assert_true(find(REPORT_ANSWER, 3)->ok);
	assert_true(find(REPORT_ANSWER, 2)->asked_ns < find(REPORT_ANSWER, 3)->asked_ns);
	assert_int_equal(units[0].registers[18], 0);
}

static void a_wrong_model_is_never_written_to(void **state)
{
	unsigned before;

	(void)state;
	tell(BUS_GONE);
	report_count = 0;
	units[0].registers[0] = 60241;
	before = units[0].writes;
	tell(BUS_BACK);
	run(now + 10 * NS_PER_S);
	assert_int_equal(state_of(psu), DRIVER_WRONG);
	assert_true(says(find(REPORT_UNUSABLE, 0), "psu1: identity: register 0 reads 60241, which is no riden-rd6006"));
	assert_true(says(command(psu, COMMAND_SET, "output", 1), "another one than the bench file says"));
	assert_true(says(command(psu, COMMAND_SET, "output", 0), "another one than the bench file says"));
	assert_int_equal(units[0].writes, before);
}

static void nothing_is_switched_on_before_the_limits_read_back(void **state)
{
	(void)state;
	tell(BUS_GONE);
	units[0].frozen = 82;
	units[0].registers[82] = 6200;
	report_count = 0;
	tell(BUS_BACK);
	run(now + 3 * NS_PER_S);
	assert_true(says(find(REPORT_UNUSABLE, 0), "psu1: ovp: set 13.500 V: reads back 62.000 V"));
	assert_int_not_equal(state_of(psu), DRIVER_READY);
	assert_false(command(psu, COMMAND_SET, "output", 1)->ok);
	assert_int_equal(units[0].registers[18], 0);
	assert_true(command(psu, COMMAND_SET, "output", 0)->ok);
	/* It is asked again by and by. */
	units[0].frozen = 299;
	run(now + 10 * NS_PER_S);
	assert_int_equal(state_of(psu), DRIVER_READY);
}

static void a_lost_port_fails_commands_at_once_and_a_new_one_begins_with_the_identity(void **state)
{
	const struct driver_command it = {.kind = COMMAND_SET, .channel = 0, .milli = 5000, .deadline_ns = now + WITHIN, .tag = 5};
	unsigned before;

	(void)state;
	assert_true(segment_command(segment, psu, &it, now, NULL));
	report_count = 0;
	tell(BUS_GONE);
	assert_true(says(find(REPORT_ANSWER, 5), "psu1: volts: set 5.000 V: port lost"));
	assert_non_null(find(REPORT_GONE, 0));
	assert_true(says(command(psu, COMMAND_SET, "volts", 5000), "its port is not there"));
	line.open = false;
	before = units[0].writes;
	tell(BUS_BACK);
	run(now + 5 * NS_PER_S);
	assert_int_equal(state_of(psu), DRIVER_READY);
	assert_int_equal(units[0].written[before % 64], 68);
}

static void a_silent_reset_is_seen_and_nothing_is_switched_on_again(void **state)
{
	const struct driver_report *report;

	(void)state;
	assert_true(command(psu, COMMAND_SET, "volts", 12000)->ok);
	assert_true(command(psu, COMMAND_SET, "output", 1)->ok);
	assert_true(command(psu, COMMAND_WATCH, NULL, 0)->ok);
	units[0].registers[18] = 0;
	units[0].registers[82] = 6000; /* and forgot what the bench allows */
	report = command(psu, COMMAND_WATCH, NULL, 0);
	assert_true(says(report, "psu1: output reads off, was left at on: it has been reset, or set by somebody else"));
	assert_non_null(find(REPORT_RESET, 0));
	assert_int_equal(find(REPORT_RESET, 0)->channel, profile_channel_find(&supply_profile, "output"));
	run(now + 5 * NS_PER_S);
	assert_int_equal(state_of(psu), DRIVER_READY);
	assert_int_equal(units[0].registers[18], 0);
	assert_int_equal(units[0].registers[82], 1350);
	assert_true(command(psu, COMMAND_WATCH, NULL, 0)->ok);
}

static void volts_that_went_to_zero_are_a_reset_too(void **state)
{
	(void)state;
	assert_true(command(psu, COMMAND_SET, "volts", 12000)->ok);
	units[0].registers[8] = 0;
	assert_true(says(command(psu, COMMAND_WATCH, NULL, 0), "volts reads 0.000 V, was left at 12.000 V"));
}

/* What was read before a set is no evidence against it. */
static void a_set_in_the_midst_of_a_watch_is_no_reset(void **state)
{
	const struct driver_command watch = {.kind = COMMAND_WATCH, .channel = -1, .deadline_ns = now + WITHIN, .tag = 1};
	const struct driver_command set = {.kind = COMMAND_SET, .channel = profile_channel_find(&supply_profile, "volts"),
					   .milli = 5000, .deadline_ns = now + WITHIN, .tag = 2};
	unsigned before = units[0].requests;

	(void)state;
	report_count = 0;
	assert_true(segment_command(segment, psu, &watch, now, NULL));
	while (units[0].requests < before + 3) /* 0 to 3 and 8 to 14 are read by then */
		run(now + MS);
	assert_true(segment_command(segment, psu, &set, now, NULL));
	run(now + NS_PER_S);
	assert_true(find(REPORT_ANSWER, 2)->ok);
	assert_true(find(REPORT_ANSWER, 1)->ok);
	assert_null(find(REPORT_RESET, 0));
	assert_true(command(psu, COMMAND_WATCH, NULL, 0)->ok);
}

static void a_protection_that_acted_is_told_apart_from_a_reset(void **state)
{
	(void)state;
	assert_true(command(psu, COMMAND_SET, "output", 1)->ok);
	units[0].registers[18] = 0;
	units[0].registers[16] = 1;
	assert_true(says(command(psu, COMMAND_WATCH, NULL, 0), "its own protection has acted"));
	assert_non_null(find(REPORT_TRIPPED, 0));
	assert_null(find(REPORT_RESET, 0));
}

static void a_dead_man_is_renewed_while_the_host_lives_and_falls_off_without_it(void **state)
{
	int64_t until;

	(void)state;
	assert_true(command(relays, COMMAND_SET, "8", 1)->ok);
	assert_int_equal(units[1].written[(units[1].writes - 1) % 64], 7);
	for (until = now + 120 * NS_PER_S; now < until;) {
		run(now + NS_PER_S);
		rtu_unit_time(&units[1], now);
		assert_true(units[1].coils[7]);
	}
	assert_true(units[1].writes <= 1 + 13);
	assert_true(command(relays, COMMAND_SET, "8", 0)->ok);
	run(now + 60 * NS_PER_S);
	assert_false(units[1].coils[7]);
	assert_true(command(relays, COMMAND_SET, "8", 1)->ok);
	rtu_unit_time(&units[1], now + 31 * NS_PER_S);
	assert_false(units[1].coils[7]);
}

static void a_switch_that_fell_while_the_host_slept_is_not_closed_again(void **state)
{
	unsigned writes;

	(void)state;
	assert_true(command(relays, COMMAND_SET, "8", 1)->ok);
	rtu_unit_time(&units[1], now + 31 * NS_PER_S); /* for the host, whose clock stood still, it is as if nothing had passed */
	assert_false(units[1].coils[7]);
	report_count = 0;
	writes = units[1].writes;
	run(now + 15 * NS_PER_S);
	assert_int_equal(units[1].writes, writes);
	assert_true(says(find(REPORT_RESET, 0), "relays: 8 reads off, was left at on"));
	assert_null(find(REPORT_DEAD_MAN, 0));
}

static void a_dead_man_that_cannot_be_renewed_is_reported(void **state)
{
	(void)state;
	assert_true(command(relays, COMMAND_SET, "8", 1)->ok);
	units[1].manner = RTU_SILENT;
	units[1].manners = -1;
	report_count = 0;
	run(now + 35 * NS_PER_S);
	assert_true(says(find(REPORT_DEAD_MAN, 0), "relays: 8: renewal of its dead-man: no answer"));
	rtu_unit_time(&units[1], now);
	assert_false(units[1].coils[7]);
}

static void a_profile_that_would_write_a_denied_register_is_refused(void **state)
{
	static struct profile wrong;
	static struct modbus_driver driver;
	struct driver_settings settings = {.name = "psu1", .profile = &wrong, .unit = 1};
	struct error error;

	(void)state;
	wrong = supply_profile;
	wrong.deny[0] = (struct profile_span){18, 18};
	assert_false(driver_init(&driver, &settings, NULL, &error));
	assert_string_equal(error.text, "psu1: output writes register 18, which the profile denies");
	wrong = supply_profile;
	wrong.start_count = 1;
	wrong.start[0] = (struct profile_start){.address = 200, .value = 1};
	wrong.deny[0] = (struct profile_span){200, 200};
	assert_false(driver_init(&driver, &settings, NULL, &error));
	assert_string_equal(error.text, "psu1: the start writes register 200, which the profile denies");
	settings.profile = &board_profile;
	settings.unit = 248;
	assert_false(driver_init(&driver, &settings, NULL, &error));
	settings.profile = &supply_profile;
	settings.unit = 1;
	settings.dead_man[2] = true;
	assert_false(driver_init(&driver, &settings, NULL, &error));
	assert_string_equal(error.text, "psu1: output has no dead-man");
	settings.dead_man[2] = false;
	settings.limit_count = 1;
	settings.limits[0] = (struct driver_limit){profile_channel_find(&supply_profile, "ovp"), 13501};
	assert_false(driver_init(&driver, &settings, NULL, &error));
}

/* Carries the script out as a supervisor does, on the simulated units. */
static bool carry_out(const struct off_script *script, enum off_cause cause)
{
	bool all = true;
	int at;

	for (at = off_script_next(script, 0, cause, -1); at >= 0; at = off_script_next(script, 0, cause, at)) {
		const struct off_exchange *exchange = &script->exchanges[at];
		uint8_t answer[RTU_FRAME_MAX];
		int64_t delay_ns;
		size_t size = 0, i;

		for (i = 0; i < 3 && size == 0; i++)
			size = rtu_unit_answer(&units[i], exchange->request, exchange->request_size, now, answer, &delay_ns);
		all &= off_exchange_holds(exchange, answer, size);
	}
	return all;
}

static void the_off_script_switches_off_by_cause_and_proves_it(void **state)
{
	static struct off_script script;
	uint8_t causes[PROFILE_CHANNELS_MAX] = {0}, bus;
	int i;

	(void)state;
	memset(&script, 0, sizeof script);
	assert_true(segment_off_bus(segment, "/dev/ttyUSB0", 3, &script, &bus, NULL));
	causes[profile_channel_find(&supply_profile, "output")] = OFF_CAUSE_RIG | OFF_CAUSE_PERSON;
	causes[profile_channel_find(&supply_profile, "volts")] = OFF_CAUSE_RIG | OFF_CAUSE_PERSON;
	assert_true(driver_off(segment_driver(segment, psu), causes, bus, &script, NULL));
	assert_int_equal(script.exchange_count, 2);
	memset(causes, 0, sizeof causes);
	for (i = 0; i < 8; i++)
		causes[i] = i < 3 ? OFF_CAUSE_PERSON : OFF_CAUSE_RIG | OFF_CAUSE_PERSON;
	assert_true(driver_off(segment_driver(segment, relays), causes, bus, &script, NULL));
	assert_true(off_script_check(&script, NULL));
	assert_string_equal(script.exchanges[0].name, "psu1.output");
	assert_string_equal(script.exchanges[2].name, "relays.4-8");

	units[0].registers[18] = 1;
	memset(units[1].coils, true, sizeof units[1].coils);
	assert_true(carry_out(&script, OFF_CAUSE_RIG));
	assert_int_equal(units[0].registers[18], 0);
	for (i = 0; i < 8; i++)
		assert_int_equal(units[1].coils[i], i < 3);
	assert_true(carry_out(&script, OFF_CAUSE_PERSON));
	for (i = 0; i < 8; i++)
		assert_false(units[1].coils[i]);
	/* A welded one is found out, and one that is held is not asked for. */
	units[1].stuck[5] = units[1].coils[5] = true;
	assert_false(carry_out(&script, OFF_CAUSE_RIG));
	units[1].stuck[5] = false;
	units[1].coils[1] = true;
	assert_true(carry_out(&script, OFF_CAUSE_RIG));
}

static void relays_that_are_not_neighbours_go_off_one_by_one(void **state)
{
	static struct off_script script;
	uint8_t causes[PROFILE_CHANNELS_MAX] = {0}, bus;

	(void)state;
	memset(&script, 0, sizeof script);
	assert_true(segment_off_bus(segment, "bus", 3, &script, &bus, NULL));
	causes[1] = causes[4] = OFF_CAUSE_RIG | OFF_CAUSE_PERSON;
	assert_true(driver_off(segment_driver(segment, relays), causes, bus, &script, NULL));
	assert_true(off_script_check(&script, NULL));
	units[1].coils[1] = units[1].coils[4] = units[1].coils[3] = true;
	assert_true(carry_out(&script, OFF_CAUSE_RIG));
	assert_false(units[1].coils[1] || units[1].coils[4]);
	assert_true(units[1].coils[3]);
}

/* Bad manners at random: every command has one report, and one that is ok is true. */
static void whatever_the_units_do_a_report_that_is_ok_is_true(void **state)
{
	uint64_t random = 0x9E3779B97F4A7C15u;
	int i, good = 0;

	(void)state;
	for (i = 0; i < 400; i++) {
		const struct driver_report *report;
		int64_t milli;

		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		units[0].manner = (enum rtu_manner)(random >> 8 & 7);
		units[0].manners = (int)(random >> 11 & 3);
		if ((random >> 20 & 7) == 0)
			units[0].delay_once_ns = (int64_t)(random >> 24 & 2047) % 1950 * MS; /* later than twice the response time is beyond the drain */
		milli = (int64_t)(random >> 40 & 1023) * 10;
		report = command(psu, COMMAND_SET, "volts", milli);
		if (report->ok) {
			assert_int_equal(units[0].registers[8], milli / 10);
			good++;
		}
		units[0].registers[10] = (uint16_t)(random >> 50);
		report = command(psu, COMMAND_GET, "volts_out", 0);
		if (report->ok)
			assert_int_equal(report->milli, units[0].registers[10] * 10);
		units[0].manners = 0;
		run(now + 3 * NS_PER_S);
	}
	assert_true(good > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(identity_start_and_limits_come_before_anything_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_switched_on_while_the_limits_are_on_their_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_start_of_function_5_writes_a_coil, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_level_is_scaled_written_and_read_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_value_that_cannot_be_is_refused_before_anything_is_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_switch_is_set_by_its_words_and_read_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_reading_is_scaled_and_stamped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_value_that_does_not_read_back_is_the_supplys_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_value_that_settles_late_is_read_once_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_write_whose_answer_was_lost_is_proved_by_its_read_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_unit_that_is_silent_fails_after_its_tries, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_exception_is_told_in_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_late_answer_is_never_taken_for_a_later_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_read_back_has_another_shape_than_the_reading_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(off_overtakes_and_ends_an_older_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_model_is_never_written_to, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_switched_on_before_the_limits_read_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_port_fails_commands_at_once_and_a_new_one_begins_with_the_identity, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_silent_reset_is_seen_and_nothing_is_switched_on_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(volts_that_went_to_zero_are_a_reset_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_set_in_the_midst_of_a_watch_is_no_reset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_protection_that_acted_is_told_apart_from_a_reset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_dead_man_is_renewed_while_the_host_lives_and_falls_off_without_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_switch_that_fell_while_the_host_slept_is_not_closed_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_dead_man_that_cannot_be_renewed_is_reported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_profile_that_would_write_a_denied_register_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_off_script_switches_off_by_cause_and_proves_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(relays_that_are_not_neighbours_go_off_one_by_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(whatever_the_units_do_a_report_that_is_ok_is_true, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, load_profiles, NULL);
}
