/*
 * Off scripts made from the shipped profiles, carried out by the supervisor's machine on paced wires in virtual time: when
 * each supply and relay is proved off, and what a unit that is dead, late or welded costs the others.
 */

#include "drivers/modbus/segment.h"
#include "rig/supervisor/off_run.h"
#include "tests/support/rtu_unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MS NS_PER_MS
#define WIRES 2
#define TURN_AROUND (5 * MS)
#define TRIES 3

static struct profile supply_profile, board_profile;
static struct off_script script;
static struct off_run run;
static int64_t now;

/* A wire with two units. What the run sends arrives with its last bit; answers too. */
static struct wire {
	int ours, theirs;
	int baud;
	struct rtu_unit units[2];
	int64_t answer_ns;
	uint8_t answer[RTU_FRAME_MAX];
	size_t size;
	struct segment *segment;
	int psu, relays;
} wires[WIRES];

static int64_t bits_ns(const struct wire *wire, size_t bytes)
{
	return (int64_t)bytes * 10 * NS_PER_S / wire->baud;
}

static void listen_to(struct wire *wire)
{
	uint8_t request[RTU_FRAME_MAX];
	ssize_t size = recv(wire->theirs, request, sizeof request, MSG_DONTWAIT);
	int64_t delay_ns = 0;
	int i;

	if (size <= 0)
		return;
	for (i = 0, wire->size = 0; i < 2 && wire->size == 0; i++)
		wire->size = rtu_unit_answer(&wire->units[i], request, (size_t)size, now, wire->answer, &delay_ns);
	if (wire->size)
		wire->answer_ns = now + bits_ns(wire, (size_t)size) + TURN_AROUND + delay_ns + bits_ns(wire, wire->size);
}

static void speak(struct wire *wire)
{
	if (wire->answer_ns > now)
		return;
	assert_int_equal(write(wire->theirs, wire->answer, wire->size), wire->size);
	wire->answer_ns = INSTANT_NEVER;
}

/* Carries the script out from `now`; gives how long it took. */
static int64_t carry_out(enum off_cause cause)
{
	const int fds[WIRES] = {wires[0].ours, wires[1].ours};
	int64_t began = now;
	int i;

	off_run_begin(&run, &script, cause, fds, now);
	off_run_step(&run, now);
	while (!off_run_over(&run)) {
		int64_t next = off_run_deadline(&run);

		for (i = 0; i < WIRES; i++) {
			listen_to(&wires[i]);
			if (wires[i].answer_ns < next)
				next = wires[i].answer_ns;
		}
		assert_true(next < began + 5 * NS_PER_MIN);
		now = next > now ? next : now + 1;
		for (i = 0; i < WIRES; i++)
			speak(&wires[i]);
		off_run_step(&run, now);
	}
	return now - began;
}

static int proved(void)
{
	int good, bad;

	off_run_result(&run, &good, &bad);
	return good;
}

static int failed(void)
{
	int good, bad;

	off_run_result(&run, &good, &bad);
	return bad;
}

static void make_wire(struct wire *wire, int baud)
{
	const struct bus_settings settings = {.baud = baud};
	struct driver_settings psu = {.name = "psu1", .profile = &supply_profile, .unit = 1};
	struct driver_settings relays = {.name = "relays", .profile = &board_profile, .unit = 2};
	int pair[2];

	memset(wire, 0, sizeof *wire);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	wire->ours = pair[0];
	wire->theirs = pair[1];
	wire->baud = baud;
	wire->answer_ns = INSTANT_NEVER;
	wire->units[0].unit = 1;
	wire->units[0].registers[18] = 1;
	wire->units[1].unit = 2;
	memset(wire->units[1].coils, true, sizeof wire->units[1].coils);
	wire->segment = segment_new(&settings);
	wire->psu = segment_add(wire->segment, &psu, NULL);
	wire->relays = segment_add(wire->segment, &relays, NULL);
}

static void add_to_script(struct wire *wire, bool supply, int board_off)
{
	uint8_t causes[PROFILE_CHANNELS_MAX] = {0}, bus;

	assert_true(segment_off_bus(wire->segment, "wire", TRIES, &script, &bus, NULL));
	causes[profile_channel_find(&supply_profile, "output")] = OFF_CAUSE_RIG | OFF_CAUSE_PERSON;
	if (supply)
		assert_true(driver_off(segment_driver(wire->segment, wire->psu), causes, bus, &script, NULL));
	memset(causes, 0, sizeof causes);
	memset(causes, OFF_CAUSE_RIG | OFF_CAUSE_PERSON, (size_t)board_off);
	if (board_off)
		assert_true(driver_off(segment_driver(wire->segment, wire->relays), causes, bus, &script, NULL));
	assert_true(off_script_check(&script, NULL));
}

static int set_up(void **state)
{
	(void)state;
	memset(&script, 0, sizeof script);
	now = 7 * NS_PER_S;
	make_wire(&wires[0], 9600);
	make_wire(&wires[1], 115200);
	return 0;
}

static int tear_down(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < WIRES; i++) {
		close(wires[i].ours);
		close(wires[i].theirs);
		segment_free(wires[i].segment);
	}
	return 0;
}

static bool supply_is_off(int wire)
{
	return wires[wire].units[0].registers[18] == 0;
}

static int relays_on(int wire)
{
	int count = 0, i;

	for (i = 0; i < 8; i++)
		count += wires[wire].units[1].coils[i];
	return count;
}

static void a_supply_alone_at_9600_is_proved_off_within_100_ms(void **state)
{
	int64_t took;

	(void)state;
	add_to_script(&wires[0], true, 0);
	took = carry_out(OFF_CAUSE_RIG);
	print_message("# a supply alone at 9600 baud: proved off after %.1f ms\n", (double)took / 1e6);
	assert_true(supply_is_off(0));
	assert_true(took <= 100 * MS);
	assert_true(proved() == 1 && failed() == 0);
}

static void a_board_and_a_supply_on_one_bus_have_a_bound(void **state)
{
	int64_t took;

	(void)state;
	add_to_script(&wires[0], true, 8);
	took = carry_out(OFF_CAUSE_PERSON);
	print_message("# a supply and eight relays at 9600 baud: proved off after %.1f ms\n", (double)took / 1e6);
	assert_true(supply_is_off(0) && relays_on(0) == 0);
	assert_true(took <= 200 * MS);
}

static void buses_run_side_by_side(void **state)
{
	int64_t took;

	(void)state;
	add_to_script(&wires[0], true, 8);
	add_to_script(&wires[1], true, 8);
	took = carry_out(OFF_CAUSE_RIG);
	assert_true(supply_is_off(0) && supply_is_off(1) && relays_on(0) + relays_on(1) == 0);
	assert_true(took <= 200 * MS);
	assert_int_equal(proved(), 4);
}

static void an_answer_still_on_its_way_is_waited_for(void **state)
{
	(void)state;
	add_to_script(&wires[0], true, 0);
	/* To the dead rig's last reading, 15 ms later. */
	wires[0].size = 7;
	memcpy(wires[0].answer, "\1\3\2\0\0\xb8\x44", 7);
	wires[0].answer_ns = now + 15 * MS;
	assert_true(carry_out(OFF_CAUSE_RIG) <= 120 * MS);
	assert_true(supply_is_off(0));
	assert_int_equal(wires[0].units[0].requests, 2);
}

static void a_lost_request_is_repeated_after_the_drain(void **state)
{
	int64_t took;

	(void)state;
	add_to_script(&wires[0], true, 0);
	wires[0].units[0].manner = RTU_SILENT;
	wires[0].units[0].manners = 1;
	took = carry_out(OFF_CAUSE_RIG);
	assert_true(supply_is_off(0));
	assert_true(proved() == 1 && failed() == 0);
	assert_true(took >= 2 * supply_profile.response_ns && took <= 3 * supply_profile.response_ns);
}

/* 1.2 s against 1 s: what comes late belongs to nobody. */
static void a_late_answer_proves_nothing_by_itself(void **state)
{
	(void)state;
	add_to_script(&wires[0], true, 0);
	wires[0].units[0].delay_once_ns = 1200 * MS;
	(void)carry_out(OFF_CAUSE_RIG);
	assert_true(supply_is_off(0));
	assert_int_equal(wires[0].units[0].requests, 3); /* write; write and check */
}

static void a_dead_supply_delays_the_board_behind_it_by_one_turn(void **state)
{
	int64_t board_off_ns = 0, began = now;

	(void)state;
	add_to_script(&wires[0], true, 8);
	wires[0].units[0].manner = RTU_SILENT;
	wires[0].units[0].manners = -1;
	{
		const int fds[WIRES] = {wires[0].ours, wires[1].ours};

		off_run_begin(&run, &script, OFF_CAUSE_RIG, fds, now);
		while (!off_run_over(&run)) {
			int64_t next = off_run_deadline(&run);

			off_run_step(&run, now);
			listen_to(&wires[0]);
			next = wires[0].answer_ns < next ? wires[0].answer_ns : next;
			now = next > now ? next : now + 1;
			speak(&wires[0]);
			off_run_step(&run, now);
			if (relays_on(0) == 0 && board_off_ns == 0)
				board_off_ns = now;
		}
	}
	print_message("# behind a dead supply: eight relays off after %.1f ms, all turns over after %.1f s\n",
		      (double)(board_off_ns - began) / 1e6, (double)(now - began) / 1e9);
	assert_true(board_off_ns - began <= 2 * supply_profile.response_ns + 300 * MS);
	assert_true(proved() == 1 && failed() == 1);
	assert_int_equal(wires[0].units[0].requests, TRIES);
}

static void a_welded_relay_is_told_and_the_others_are_off(void **state)
{
	(void)state;
	add_to_script(&wires[0], true, 4);
	wires[0].units[1].stuck[2] = true;
	(void)carry_out(OFF_CAUSE_RIG);
	assert_true(supply_is_off(0));
	assert_int_equal(relays_on(0), 5);
	assert_true(proved() == 1 && failed() == 1);
	assert_int_equal(wires[0].units[1].requests, 2 * TRIES);
}

static void a_bus_that_is_not_there_does_not_hold_up_the_other(void **state)
{
	const int ours = wires[0].ours;

	(void)state;
	add_to_script(&wires[0], true, 0);
	add_to_script(&wires[1], true, 0);
	wires[0].ours = -1;
	assert_true(carry_out(OFF_CAUSE_RIG) <= 100 * MS);
	wires[0].ours = ours;
	assert_true(supply_is_off(1));
	assert_true(proved() == 1 && failed() == 1);
}

static void load(struct profile *profile, const char *path)
{
	struct problems problems;

	problems_init(&problems);
	assert_true(profile_load(profile, path, &problems));
	problems_done(&problems);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_supply_alone_at_9600_is_proved_off_within_100_ms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_board_and_a_supply_on_one_bus_have_a_bound, set_up, tear_down),
		cmocka_unit_test_setup_teardown(buses_run_side_by_side, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_still_on_its_way_is_waited_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_request_is_repeated_after_the_drain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_late_answer_proves_nothing_by_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_dead_supply_delays_the_board_behind_it_by_one_turn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_welded_relay_is_told_and_the_others_are_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_bus_that_is_not_there_does_not_hold_up_the_other, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, load_profiles, free_profiles);
}
