/*
 * Two readers of bytes that others make. The first byte chooses:
 *   even: a line whose units answer anything. The rest is a script of commands, answers (as they are, or made plausible and
 *         sealed), silence, noise, time and lost ports. Whatever comes, each accepted command has exactly one report.
 *   odd:  an off script as a supervisor receives it. What off_script_check lets through can be walked.
 */

#include "drivers/modbus/segment.h"
#include "rig/base/crc16.h"

#include <stdlib.h>
#include <string.h>

#define COMMANDS_MAX 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct profile profiles[2];
static bool profiles_loaded;

static struct {
	struct segment *segment;
	int64_t now_ns;
	bool there;
	struct bus_output output;
	struct modbus_transaction open;
	uint32_t number;
	bool is_open;
	unsigned commands;
	unsigned char reported[COMMANDS_MAX + 1];
	unsigned reports;
} line;

static void require(bool truth)
{
	if (!truth)
		abort();
}

static void load(void)
{
	static const char *const paths[] = {"drivers/profiles/riden-rd6006.yaml", "drivers/profiles/waveshare-relay-8.yaml"};
	struct problems problems;
	int i;

	for (i = 0; i < 2; i++) {
		problems_init(&problems);
		require(profile_load(&profiles[i], paths[i], &problems));
		problems_done(&problems);
	}
	profiles_loaded = true;
}

static void carry_out(void)
{
	if (line.output.action == BUS_ABORT)
		line.is_open = false;
	if (line.output.action != BUS_START)
		return;
	require(!line.is_open && line.there);
	line.is_open = true;
	line.number = line.output.number;
	line.open = *line.output.transaction;
}

static void take(void)
{
	struct driver_report report;
	int instrument;

	while (segment_take(line.segment, &instrument, &report)) {
		if (report.kind != REPORT_ANSWER)
			continue;
		require(report.tag >= 1 && report.tag <= line.commands && !line.reported[report.tag]);
		require(report.ok || report.error.text[0]);
		line.reported[report.tag] = 1;
		line.reports++;
	}
}

static void step(struct bus_event *event)
{
	event->t_ns = line.now_ns;
	segment_step(line.segment, event, &line.output);
	carry_out();
	take();
	if (event->kind != BUS_TICK) {
		struct bus_event tick = {.kind = BUS_TICK, .t_ns = line.now_ns};

		segment_step(line.segment, &tick, &line.output);
		carry_out();
		take();
	}
}

static void tell(enum bus_event_kind kind)
{
	struct bus_event event = {.kind = kind};

	step(&event);
}

static void end_with(const uint8_t *bytes, size_t size, bool plausible)
{
	struct bus_event event = {.kind = BUS_ENDED, .number = line.number, .last_ns = line.now_ns};
	uint16_t values[MODBUS_VALUES_MAX];
	uint8_t frame[MODBUS_FRAME_MAX] = {0};

	if (!line.is_open)
		return;
	line.is_open = false;
	memcpy(frame, bytes, size);
	if (plausible) {
		uint16_t given[MODBUS_VALUES_MAX] = {0};

		memcpy(given, bytes, size < sizeof given ? size : sizeof given);
		size = modbus_answer_frame(&line.open, given, frame);
		if (bytes[0] & 1 && size > 5) { /* almost */
			frame[bytes[1] % (size - 2)] ^= bytes[2];
			crc16_modbus_append(frame, size - 2);
		}
	}
	event.values = values;
	event.outcome = modbus_answer_read(&line.open, frame, size, values, &event.exception);
	step(&event);
}

static void command(const uint8_t *bytes)
{
	int instrument = bytes[0] & 1;
	struct driver_command it = {.kind = (enum driver_command_kind)(bytes[0] >> 1 & 3), .milli = (int8_t)bytes[2] * 250};

	if (it.kind > COMMAND_WATCH || line.commands == COMMANDS_MAX)
		return;
	it.channel = bytes[1] % profiles[instrument].channel_count;
	it.deadline_ns = line.now_ns + (int64_t)bytes[3] * 20 * NS_PER_MS;
	it.tag = line.commands + 1;
	if (bytes[0] & 8)
		it.milli = 1;
	if (segment_command(line.segment, instrument, &it, line.now_ns, NULL))
		line.commands++;
	else
		line.reported[it.tag] = 0;
	tell(BUS_TICK);
}

static void play(const uint8_t *data, size_t size)
{
	while (size > 4) {
		unsigned op = data[0] & 7, length;

		switch (op) {
		case 0:
		case 1:
			command(data + 1);
			data += 5, size -= 5;
			continue;
		case 2:
		case 3:
			length = data[1] & 63;
			if (length > size - 2)
				length = (unsigned)size - 2;
			if (op == 2 || length >= 3)
				end_with(data + 2, length, op == 3);
			data += 2 + length, size -= 2 + length;
			continue;
		case 4:
			line.now_ns += (int64_t)data[1] * data[2] * NS_PER_MS / 8;
			tell(BUS_TICK);
			break;
		case 5:
			line.now_ns = line.output.deadline_ns < line.now_ns + NS_PER_MIN && line.output.deadline_ns > line.now_ns
					      ? line.output.deadline_ns
					      : line.now_ns + NS_PER_MS;
			tell(BUS_TICK);
			break;
		case 6:
			tell(BUS_HEARD);
			break;
		default:
			if (data[1] != 0)
				break;
			line.there = !line.there;
			tell(line.there ? BUS_BACK : BUS_GONE);
		}
		data += 3, size -= 3;
	}
}

static void fuzz_line(const uint8_t *data, size_t size)
{
	const struct bus_settings settings = {.baud = 9600};
	struct driver_settings psu = {.name = "psu1", .profile = &profiles[0], .unit = 1};
	struct driver_settings relays = {.name = "relays", .profile = &profiles[1], .unit = 2};

	if (!profiles_loaded)
		load();
	memset(&line, 0, sizeof line);
	relays.dead_man[0] = true;
	psu.limits[psu.limit_count++] = (struct driver_limit){profile_channel_find(&profiles[0], "ovp"), 13000};
	line.now_ns = NS_PER_S;
	line.segment = segment_new(&settings);
	require(segment_add(line.segment, &psu, NULL) == 0 && segment_add(line.segment, &relays, NULL) == 1);
	line.there = true;
	tell(BUS_BACK);
	play(data, size);
	tell(BUS_GONE);
	take();
	require(line.reports == line.commands);
	segment_free(line.segment);
}

static void fuzz_off_script(const uint8_t *data, size_t size)
{
	static struct off_script script;
	int bus, at, steps;

	memset(&script, 0, sizeof script);
	memcpy(&script, data, size < 12 ? size : 12);
	if (size > 12) {
		size_t rest = size - 12, third = rest / 3;

		memcpy(script.lines, data + 12, third < sizeof script.lines ? third : sizeof script.lines);
		memcpy(script.buses, data + 12 + third, third < sizeof script.buses ? third : sizeof script.buses);
		memcpy(script.exchanges, data + 12 + 2 * third, third < sizeof script.exchanges ? third : sizeof script.exchanges);
	}
	if (!off_script_check(&script, NULL))
		return;
	for (bus = 0; bus < script.bus_count; bus++) {
		for (at = off_script_next(&script, bus, OFF_CAUSE_RIG, -1), steps = 0; at >= 0;
		     at = off_script_next(&script, bus, OFF_CAUSE_RIG, at)) {
			require(++steps <= OFF_EXCHANGES_MAX);
			require(off_script_closing(&script, at, OFF_CAUSE_RIG) >= at);
			(void)off_exchange_holds(&script.exchanges[at], data, size < 40 ? size : 40);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (data[0] & 1)
		fuzz_off_script(data + 1, size - 1);
	else
		fuzz_line(data + 1, size - 1);
	return 0;
}
