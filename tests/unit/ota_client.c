/*
 * The simulated OTA client against the OTA server that ships, frame by frame in virtual time: whole transfers, what gets lost, and the
 * oddities of real devices (facts/ota.md 3.7), each of which must show on the air.
 */

#include "drivers/sim/face/ota_client.h"
#include "drivers/zigbee/ota_server.h"
#include "rig/base/aes_mmo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define IMAGE_SIZE 2000
#define S NS_PER_S
#define MS NS_PER_MS
#define OLD 0x0002012F
#define NEW 0x00020130
#define ENDPOINT 6

static uint8_t image[IMAGE_SIZE], memory[4096];
static const struct ota_offer offer = {image, IMAGE_SIZE, 0xAB01, 0x010A, NEW, false, 0, 0};
static struct ota_server server;
static struct ota_client client;
static struct ota_client_settings settings;
static struct ota_answer answer;
static struct ota_told told;
static int64_t now_ns;
/* What the client told its owner. */
static int began, firsts, whole, good, stopped, activations, moves;
/* What it asked. */
static int questions, blocks, ends, complaints, repeats_most, queries;
static uint8_t end_status;
static uint32_t last_offset, first_offset;
static struct ota_message last;
static uint8_t last_bytes[ZCL_FRAME_MAX];
static size_t last_size;
/* What gets lost: every so many, either way; 0: nothing. */
static int lose_every, sent;
static int64_t air_ns;

static void put32(size_t at, uint32_t value)
{
	size_t i;

	for (i = 0; i < 4; i++)
		image[at + i] = (uint8_t)(value >> 8 * i);
}

/* A header, one element with the upgrade, one with the integrity code. */
static void make_image(void)
{
	size_t i, last_element = IMAGE_SIZE - 6 - AES_MMO_SIZE;

	for (i = 0; i < IMAGE_SIZE; i++)
		image[i] = (uint8_t)(i * 11 + i / 256);
	put32(0, 0x0BEEF11E);
	put32(4, 0x00380100); /* version 0x0100, 56 bytes */
	put32(8, 0xAB010000); /* no options, manufacturer */
	put32(12, 0x0130010A); /* type, version ... */
	put32(16, 0x00020002);
	put32(52, IMAGE_SIZE);
	put32(56, 0x00000000);
	put32(58, (uint32_t)(last_element - 56 - 6));
	put32(last_element, 0x00000003);
	put32(last_element + 2, AES_MMO_SIZE);
	aes_mmo(image, last_element, image + last_element + 6);
}

static void hear(void *self, int64_t t_ns, enum ota_client_event event, uint32_t version, bool is_good)
{
	(void)self;
	assert_true(t_ns <= now_ns); /* nobody can be told of what is still to come */
	began += event == OTA_CLIENT_BEGAN;
	firsts += event == OTA_CLIENT_FIRST_BLOCK;
	whole += event == OTA_CLIENT_WHOLE;
	good += event == OTA_CLIENT_WHOLE && is_good;
	stopped += event == OTA_CLIENT_STOPPED;
	activations += event == OTA_CLIENT_ACTIVATES;
	moves += event == OTA_CLIENT_NEW_ADDRESS;
	if (event == OTA_CLIENT_WHOLE || event == OTA_CLIENT_ACTIVATES)
		assert_int_equal(version, NEW);
}

static int begin(void **state)
{
	(void)state;
	make_image();
	memset(memory, 0, sizeof memory);
	ota_server_init(&server, 2);
	assert_int_equal(ota_server_add(&server, 0xA0, OTA_BLOCK_MOST), 0);
	ota_server_offer(&server, 0, &offer, false);
	settings = (struct ota_client_settings){.manufacturer = 0xAB01, .type = 0x010A, .turnaround_ns = 5 * MS, .verify_ns = 28 * S};
	firsts = began = whole = good = stopped = activations = moves = questions = blocks = ends = complaints = repeats_most = queries = 0;
	lose_every = sent = 0;
	air_ns = 10 * MS;
	now_ns = 0;
	last_offset = first_offset = UINT32_MAX;
	last_size = 0;
	return 0;
}

static void boot(void)
{
	ota_client_init(&client, &settings, OLD, memory, sizeof memory, 7);
	client.tell = hear;
	ota_client_boot(&client, now_ns, OLD);
}

static bool is_lost(void)
{
	return lose_every > 0 && ++sent % lose_every == 0;
}

static void note(const uint8_t *bytes, size_t size)
{
	struct octets_in in = octets_in(bytes, size);
	static int repeats;
	struct zcl_header header;

	questions++;
	assert_true(zcl_get_header(&header, &in));
	assert_false(header.from_server);
	if (header.type == ZCL_GENERAL) {
		complaints++;
		return;
	}
	assert_true(ota_get(&last, header.command, &in));
	memcpy(last_bytes, bytes, size);
	last_size = size;
	queries += last.command == OTA_QUERY_NEXT_REQUEST;
	ends += last.command == OTA_END_REQUEST;
	if (last.command == OTA_END_REQUEST)
		end_status = last.status;
	if (last.command != OTA_BLOCK_REQUEST)
		return;
	blocks++;
	if (first_offset == UINT32_MAX)
		first_offset = last.offset;
	repeats = last.offset == last_offset ? repeats + 1 : 0;
	repeats_most = repeats > repeats_most ? repeats : repeats_most;
	last_offset = last.offset;
}

static void give_answers(bool has_answer)
{
	if (has_answer && answer.size > 0 && !is_lost())
		ota_client_take(&client, now_ns += air_ns, answer.bytes, answer.size, false);
	while (ota_server_deadline(&server) <= now_ns && ota_server_due(&server, now_ns, &answer, &told))
		if (!is_lost())
			ota_client_take(&client, now_ns, answer.bytes, answer.size, false);
}

/* Until the client has nothing more to do before `until_ns`. */
static void run_until(int64_t until_ns)
{
	uint8_t bytes[ZCL_FRAME_MAX];
	int64_t next_ns;
	size_t size;

	for (;;) {
		next_ns = ota_client_next(&client);
		if (ota_server_deadline(&server) < next_ns)
			next_ns = ota_server_deadline(&server);
		if (next_ns > until_ns)
			break;
		if (next_ns > now_ns)
			now_ns = next_ns;
		size = ota_client_due(&client, now_ns, bytes);
		if (size > 0)
			note(bytes, size);
		if (size > 0 && !is_lost()) {
			ota_server_take(&server, now_ns += air_ns, 0, ENDPOINT, bytes, size, &answer, &told);
			give_answers(true);
		} else {
			give_answers(false);
		}
	}
	if (now_ns < until_ns)
		now_ns = until_ns;
}

static void has_it_all(void)
{
	assert_int_equal(whole, 1);
	assert_int_equal(good, 1);
	assert_memory_equal(memory, image, IMAGE_SIZE);
}

static void release(uint32_t in_s)
{
	assert_true(ota_server_release(&server, 0, server.devices[0].endpoint, in_s, &answer));
	ota_client_take(&client, now_ns, answer.bytes, answer.size, false);
}

static void a_device_fetches_verifies_holds_and_activates_when_released(void **state)
{
	(void)state;
	boot();
	run_until(20 * S);
	has_it_all();
	assert_int_equal(client.state, OTA_CLIENT_VERIFIES);
	assert_int_equal(blocks, (IMAGE_SIZE + 62) / 63);
	assert_int_equal(firsts, 1);
	run_until(60 * S);
	assert_int_equal(client.state, OTA_CLIENT_HOLDS);
	assert_int_equal(ends, 1);
	run_until(2 * 3600 * S + 120 * S);
	assert_int_equal(ends, 3); /* it asks again once an hour */
	assert_int_equal(activations, 0);
	release(10);
	run_until(now_ns + 9 * S);
	assert_int_equal(activations, 0);
	run_until(now_ns + 1 * S);
	assert_int_equal(activations, 1);
	ota_client_boot(&client, now_ns, NEW);
	queries = 0;
	run_until(now_ns + 3600 * S);
	assert_int_equal(queries, 1); /* it runs it, and is told that there is nothing newer */
	assert_int_equal(client.state, OTA_CLIENT_IDLE);
	assert_int_equal(blocks, (IMAGE_SIZE + 62) / 63);
}

static void activation_takes_three_seconds_at_least(void **state)
{
	(void)state;
	boot();
	run_until(60 * S);
	release(0);
	run_until(now_ns + 3 * S - 1);
	assert_int_equal(activations, 0);
	run_until(now_ns + 1);
	assert_int_equal(activations, 1);
}

static void what_is_lost_is_asked_for_again(void **state)
{
	(void)state;
	lose_every = 7;
	boot();
	run_until(3600 * S);
	has_it_all();
	assert_int_equal(client.state, OTA_CLIENT_HOLDS);
	assert_true(blocks > (IMAGE_SIZE + 62) / 63);
	assert_int_equal(stopped, 0);
}

static void after_ten_losses_running_it_aborts(void **state)
{
	(void)state;
	boot();
	run_until(200 * MS);
	assert_true(blocks > 0);
	lose_every = 1;
	run_until(200 * MS + 9 * 5 * S);
	assert_int_equal(stopped, 0);
	run_until(3600 * S);
	assert_int_equal(stopped, 1);
	assert_int_equal(ends, 1);
	assert_int_equal(end_status, ZCL_ABORT);
	assert_int_equal(client.state, OTA_CLIENT_IDLE);
	assert_int_equal(repeats_most, 9);
}

static void an_hour_is_the_longest_that_it_waits_for_data(void **state)
{
	static const struct ota_message wait = {.command = OTA_BLOCK_RESPONSE, .status = ZCL_WAIT_FOR_DATA, .now = 1000, .then = 1000 + 7200};
	uint8_t bytes[ZCL_FRAME_MAX];
	size_t size;

	(void)state;
	ota_client_init(&client, &settings, OLD, memory, sizeof memory, 7);
	ota_client_keep(&client, NEW, IMAGE_SIZE, 63);
	ota_client_boot(&client, 0, OLD);
	assert_true(ota_client_due(&client, 0, bytes) > 0);
	size = ota_put_frame(&wait, client.sequence, bytes);
	ota_client_take(&client, 1 * S, bytes, size, false);
	assert_int_equal(ota_client_next(&client), 3601 * S);
}

static void a_server_that_is_full_is_obeyed(void **state)
{
	(void)state;
	ota_server_init(&server, 0);
	assert_int_equal(ota_server_add(&server, 0xA0, OTA_BLOCK_MOST), 0);
	ota_server_offer(&server, 0, &offer, false);
	boot();
	run_until(100 * S);
	assert_int_equal(whole, 0);
	assert_int_equal(stopped, 0);
	assert_in_range(blocks, 18, 22); /* one each OTA_WAIT_S */
	server.at_once = 1;
	run_until(3600 * S);
	has_it_all();
}

static void withdrawn_it_stops_without_a_word(void **state)
{
	(void)state;
	boot();
	run_until(200 * MS);
	ota_server_withdraw(&server, 0);
	run_until(3600 * S);
	assert_int_equal(stopped, 1);
	assert_int_equal(ends, 0);
	assert_int_equal(whole, 0);
}

static void a_part_outlives_a_reboot(void **state)
{
	uint32_t had;

	(void)state;
	boot();
	run_until(300 * MS);
	had = client.offset;
	assert_in_range(had, 63, IMAGE_SIZE - 63);
	ota_client_off(&client);
	run_until(1 * S);
	queries = 0;
	first_offset = UINT32_MAX;
	ota_client_boot(&client, now_ns, OLD);
	run_until(100 * S);
	assert_int_equal(first_offset, had);
	assert_int_equal(queries, 0);
	has_it_all();
}

static void a_notice_makes_it_ask(void **state)
{
	(void)state;
	ota_server_offer(&server, 0, NULL, false);
	boot();
	run_until(1000 * S);
	assert_int_equal(queries, 1);
	assert_int_equal(client.state, OTA_CLIENT_IDLE);
	ota_server_offer(&server, 0, &offer, false);
	ota_server_notify(&server, 0, ENDPOINT, &answer);
	ota_client_take(&client, now_ns, answer.bytes, answer.size, false);
	run_until(now_ns + 100 * S);
	has_it_all();
}

static void a_notice_comes_before_the_query_of_the_boot(void **state)
{
	(void)state;
	settings.boot_query_ns = (struct draw_range){255 * S, 255 * S};
	boot();
	run_until(10 * S);
	assert_int_equal(queries, 0);
	ota_server_notify(&server, 0, ENDPOINT, &answer);
	ota_client_take(&client, now_ns, answer.bytes, answer.size, false);
	run_until(now_ns + 1 * S);
	assert_int_equal(queries, 1);
	assert_true(blocks > 0);
}

static void a_broadcast_notice_is_for_those_whom_the_draw_hits(void **state)
{
	static const struct ota_message notify = {.command = OTA_IMAGE_NOTIFY, .jitter = 30};
	uint8_t bytes[ZCL_FRAME_MAX];
	size_t size = ota_put_frame(&notify, 1, bytes);
	int asked = 0, i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		ota_client_init(&client, &settings, OLD, memory, sizeof memory, (uint64_t)i);
		client.state = OTA_CLIENT_IDLE;
		ota_client_take(&client, 0, bytes, size, true);
		asked += client.state == OTA_CLIENT_QUERIES;
	}
	assert_in_range(asked, 250, 350);
}

static void it_asks_every_so_often(void **state)
{
	(void)state;
	settings.query_every_ns = 600 * S;
	ota_server_offer(&server, 0, NULL, false);
	boot();
	run_until(3550 * S);
	assert_int_equal(queries, 6);
}

static void pages_bring_it_too(void **state)
{
	(void)state;
	settings.page_size = 512;
	settings.spacing_ms = 20;
	boot();
	run_until(100 * S);
	has_it_all();
	assert_int_equal(blocks, 0);
	assert_in_range(questions, 5, 7); /* a query, four pages, the end */
}

static void a_page_with_a_hole_is_asked_for_again(void **state)
{
	(void)state;
	settings.page_size = 512;
	settings.spacing_ms = 20;
	lose_every = 13;
	boot();
	run_until(3600 * S);
	has_it_all();
}

static void an_image_that_was_damaged_is_not_held(void **state)
{
	(void)state;
	image[1000] ^= 1; /* behind its integrity code's back */
	boot();
	run_until(3600 * S);
	assert_int_equal(whole, 1);
	assert_int_equal(good, 0);
	assert_int_equal(ends, 1);
	assert_int_equal(end_status, ZCL_INVALID_IMAGE);
	assert_int_equal(client.state, OTA_CLIENT_IDLE);
}

static void its_owner_may_say_when_it_has_verified(void **state)
{
	(void)state;
	settings.verify_ns = INSTANT_NEVER;
	boot();
	run_until(1000 * S);
	assert_int_equal(client.state, OTA_CLIENT_VERIFIES);
	ota_client_verified(&client, now_ns, true);
	run_until(now_ns + 10 * S);
	assert_int_equal(client.state, OTA_CLIENT_HOLDS);
}

/* ---- Oddities ---- */

static void odd(unsigned oddities)
{
	settings.oddities = oddities;
	boot();
	run_until(3600 * S);
}

static void options_without_bytes_are_announced(void **state)
{
	(void)state;
	odd(OTA_CLIENT_EMPTY_OPTIONS);
	has_it_all(); /* the server passes over them */
	settings.oddities = OTA_CLIENT_EMPTY_OPTIONS;
	ota_client_init(&client, &settings, OLD, memory, sizeof memory, 7);
	ota_client_keep(&client, NEW, IMAGE_SIZE, 63);
	ota_client_boot(&client, now_ns, OLD);
	last_size = ota_client_due(&client, now_ns, last_bytes);
	assert_int_equal(last_size, 3 + 14);
	assert_int_equal(last_bytes[3], 3);
}

static void an_end_without_a_block(void **state)
{
	(void)state;
	odd(OTA_CLIENT_NO_BLOCKS);
	assert_int_equal(blocks, 0);
	assert_int_equal(ends, 1);
	assert_int_equal(activations, 0);
	assert_int_equal(stopped, 1); /* the server refused it */
}

static void a_question_past_the_end(void **state)
{
	(void)state;
	odd(OTA_CLIENT_PAST_END);
	assert_int_equal(last_offset, IMAGE_SIZE);
	has_it_all();
	assert_int_equal(client.state, OTA_CLIENT_HOLDS);
}

static void another_image_is_not_given(void **state)
{
	(void)state;
	odd(OTA_CLIENT_OTHER_IMAGE);
	assert_int_equal(whole, 0);
	assert_int_equal(stopped, 1);
}

static void a_block_for_ever_is_aborted(void **state)
{
	(void)state;
	odd(OTA_CLIENT_REPEATS);
	assert_int_equal(whole, 0);
	assert_int_equal(stopped, 1);
	assert_int_equal(repeats_most, OTA_REPEATS_MOST);
}

static void everything_twice_brings_it_once(void **state)
{
	(void)state;
	odd(OTA_CLIENT_TWICE);
	has_it_all();
	assert_int_equal(blocks, 2 * ((IMAGE_SIZE + 62) / 63));
	assert_int_equal(ends, 2);
	assert_int_equal(client.state, OTA_CLIENT_HOLDS);
}

static void complaints_do_not_end_it(void **state)
{
	(void)state;
	odd(OTA_CLIENT_COMPLAINS);
	has_it_all();
	assert_in_range(complaints, 4, 5);
}

static void it_moves_once(void **state)
{
	(void)state;
	odd(OTA_CLIENT_MOVES);
	has_it_all();
	assert_int_equal(moves, 1);
}

static void a_short_end_names_no_image(void **state)
{
	(void)state;
	image[1000] ^= 1;
	odd(OTA_CLIENT_SHORT_END);
	assert_int_equal(end_status, ZCL_INVALID_IMAGE);
	assert_int_equal(last_size, 3 + 1);
}

static void it_goes_on_without_a_query(void **state)
{
	(void)state;
	settings.oddities = OTA_CLIENT_NO_QUERY;
	ota_server_offer(&server, 0, NULL, false);
	boot();
	run_until(10 * S);
	assert_int_equal(client.state, OTA_CLIENT_IDLE);
	memcpy(memory, image, 126);
	ota_client_keep(&client, NEW, IMAGE_SIZE, 126);
	ota_server_offer(&server, 0, &offer, true);
	ota_server_notify(&server, 0, ENDPOINT, &answer);
	queries = 0;
	ota_client_take(&client, now_ns, answer.bytes, answer.size, false);
	run_until(3600 * S);
	assert_int_equal(queries, 0);
	assert_int_equal(first_offset, 126);
	has_it_all();
}

static void unanswered_some_upgrade_anyway(void **state)
{
	(void)state;
	settings.oddities = OTA_CLIENT_UPGRADES_UNASKED;
	boot();
	run_until(20 * S);
	has_it_all();
	lose_every = 1;
	run_until(3600 * S);
	assert_int_equal(ends, OTA_CLIENT_UNANSWERED_MOST);
	assert_int_equal(activations, 1);
}

static void unanswered_the_others_ask_once_an_hour(void **state)
{
	(void)state;
	boot();
	run_until(20 * S);
	lose_every = 1;
	run_until(3 * 3600 * S);
	assert_int_equal(ends, OTA_CLIENT_UNANSWERED_MOST + 2);
	assert_int_equal(activations, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_device_fetches_verifies_holds_and_activates_when_released, begin),
		cmocka_unit_test_setup(activation_takes_three_seconds_at_least, begin),
		cmocka_unit_test_setup(what_is_lost_is_asked_for_again, begin),
		cmocka_unit_test_setup(after_ten_losses_running_it_aborts, begin),
		cmocka_unit_test_setup(an_hour_is_the_longest_that_it_waits_for_data, begin),
		cmocka_unit_test_setup(a_server_that_is_full_is_obeyed, begin),
		cmocka_unit_test_setup(withdrawn_it_stops_without_a_word, begin),
		cmocka_unit_test_setup(a_part_outlives_a_reboot, begin),
		cmocka_unit_test_setup(a_notice_makes_it_ask, begin),
		cmocka_unit_test_setup(a_notice_comes_before_the_query_of_the_boot, begin),
		cmocka_unit_test_setup(a_broadcast_notice_is_for_those_whom_the_draw_hits, begin),
		cmocka_unit_test_setup(it_asks_every_so_often, begin),
		cmocka_unit_test_setup(pages_bring_it_too, begin),
		cmocka_unit_test_setup(a_page_with_a_hole_is_asked_for_again, begin),
		cmocka_unit_test_setup(an_image_that_was_damaged_is_not_held, begin),
		cmocka_unit_test_setup(its_owner_may_say_when_it_has_verified, begin),
		cmocka_unit_test_setup(options_without_bytes_are_announced, begin),
		cmocka_unit_test_setup(an_end_without_a_block, begin),
		cmocka_unit_test_setup(a_question_past_the_end, begin),
		cmocka_unit_test_setup(another_image_is_not_given, begin),
		cmocka_unit_test_setup(a_block_for_ever_is_aborted, begin),
		cmocka_unit_test_setup(everything_twice_brings_it_once, begin),
		cmocka_unit_test_setup(complaints_do_not_end_it, begin),
		cmocka_unit_test_setup(it_moves_once, begin),
		cmocka_unit_test_setup(a_short_end_names_no_image, begin),
		cmocka_unit_test_setup(it_goes_on_without_a_query, begin),
		cmocka_unit_test_setup(unanswered_some_upgrade_anyway, begin),
		cmocka_unit_test_setup(unanswered_the_others_ask_once_an_hour, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
