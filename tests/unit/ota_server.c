/*
 * The OTA server, asked as devices ask: everything of facts/ota.md 3.7 that can be asked of a server is a case here, with its number.
 */

#include "drivers/zigbee/ota_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define IMAGE_SIZE 1234
#define S NS_PER_S
#define MS NS_PER_MS
#define ENDPOINT 6

enum { A, B, C };

static uint8_t image[IMAGE_SIZE];
static const struct ota_offer offer = {image, IMAGE_SIZE, 0xAB01, 0x010A, 0x00020130, true, 0x0300, 0x030F};
static struct ota_server server;
static struct ota_answer answer;
static struct ota_told told;
static int64_t now_ns;
static uint8_t sequence;
/* The answer, taken apart. */
static struct zcl_header header;
static struct ota_message said;
static uint8_t default_of, default_status;

static int begin(void **state)
{
	size_t i;
	int device;

	(void)state;
	for (i = 0; i < IMAGE_SIZE; i++)
		image[i] = (uint8_t)(i * 7 + i / 256);
	ota_server_init(&server, 2);
	for (device = A; device <= C; device++) {
		assert_int_equal(ota_server_add(&server, 0xA0 + (unsigned)device, OTA_BLOCK_SAFE), device);
		ota_server_offer(&server, device, &offer, false);
	}
	now_ns = 0;
	sequence = 41;
	return 0;
}

/* The answer has the sequence number of the question (3.7.5), comes from the server, and wants no answer. */
static void read_answer(void)
{
	struct octets_in in = octets_in(answer.bytes, answer.size);

	said = (struct ota_message){.command = OTA_COMMAND_COUNT};
	default_of = default_status = 0xFF;
	assert_true(answer.size > 0);
	assert_true(zcl_get_header(&header, &in));
	assert_true(header.from_server);
	if (header.type == ZCL_GENERAL) {
		assert_int_equal(header.command, ZCL_DEFAULT_RESPONSE);
		default_of = octets_get8(&in);
		default_status = octets_get8(&in);
		assert_false(in.cut);
	} else {
		assert_true(ota_get(&said, header.command, &in));
	}
}

static void give(int device, const uint8_t *bytes, size_t size)
{
	ota_server_take(&server, now_ns, device, ENDPOINT, bytes, size, &answer, &told);
}

static void ask(int device, const struct ota_message *message)
{
	uint8_t bytes[ZCL_FRAME_MAX];
	size_t size = ota_put_frame(message, ++sequence, bytes);

	give(device, bytes, size);
	read_answer();
	assert_int_equal(header.sequence, sequence);
	assert_true(header.no_default_response);
	assert_int_equal(answer.endpoint, ENDPOINT);
	assert_int_equal(answer.device, device);
}

static void query(int device, uint32_t version)
{
	ask(device, &(struct ota_message){.command = OTA_QUERY_NEXT_REQUEST, .manufacturer = 0xAB01, .type = 0x010A, .version = version});
}

static struct ota_message block_request(uint32_t offset, uint8_t most)
{
	return (struct ota_message){.command = OTA_BLOCK_REQUEST, .manufacturer = 0xAB01, .type = 0x010A, .version = 0x00020130, .offset = offset,
				    .most = most};
}

static void block(int device, uint32_t offset, uint8_t most)
{
	const struct ota_message request = block_request(offset, most);

	ask(device, &request);
}

static void is_block(uint32_t offset, uint8_t size)
{
	assert_int_equal(said.command, OTA_BLOCK_RESPONSE);
	assert_int_equal(said.status, ZCL_SUCCESS);
	assert_int_equal(said.offset, offset);
	assert_int_equal(said.data_size, size);
	assert_memory_equal(said.data, image + offset, size);
	assert_int_equal(said.version, 0x00020130);
}

static void end(int device, uint8_t status)
{
	ask(device, &(struct ota_message){.command = OTA_END_REQUEST, .status = status, .manufacturer = 0xAB01, .type = 0x010A,
					  .version = 0x00020130, .has_image = status == ZCL_SUCCESS});
}

static void fetch(int device)
{
	uint32_t at;

	for (at = 0; at < IMAGE_SIZE; at += OTA_BLOCK_SAFE)
		block(device, at, 63);
}

static void a_device_gets_all_of_it_and_holds_it(void **state)
{
	uint8_t got[IMAGE_SIZE];
	uint32_t at = 0;

	(void)state;
	query(A, 0x0002012F);
	assert_int_equal(told.event, OTA_ASKED);
	assert_int_equal(told.version, 0x0002012F);
	assert_int_equal(said.status, ZCL_SUCCESS);
	assert_int_equal(said.size, IMAGE_SIZE);
	assert_int_equal(said.version, 0x00020130);
	while (at < IMAGE_SIZE) {
		block(A, at, 63);
		is_block(at, (uint8_t)(IMAGE_SIZE - at < OTA_BLOCK_SAFE ? IMAGE_SIZE - at : OTA_BLOCK_SAFE));
		memcpy(got + at, said.data, said.data_size);
		assert_int_equal(told.event, OTA_PROGRESS);
		assert_int_equal(told.first, at == 0);
		at += said.data_size;
		assert_int_equal(told.done, at);
		assert_int_equal(told.total, IMAGE_SIZE);
	}
	assert_memory_equal(got, image, IMAGE_SIZE);
	end(A, ZCL_SUCCESS);
	assert_int_equal(told.event, OTA_HOLDS);
	assert_int_equal(said.command, OTA_END_RESPONSE);
	assert_int_equal(said.now, 0);
	assert_int_equal(said.then, OTA_WAIT_FOR_EVER);
}

/* 3.7.1, 3.7.2: whatever came before, a question has its own answer. */
static void early_and_repeated_requests_are_answered_alike(void **state)
{
	uint8_t first[ZCL_FRAME_MAX];
	size_t size;

	(void)state;
	block(A, 0, 50);
	size = answer.size;
	memcpy(first, answer.bytes, size);
	block(A, 50, 50);
	block(A, 0, 50);
	assert_int_equal(told.event, OTA_GOES_BACK);
	is_block(0, 50);
	assert_int_equal(answer.size, size);
	assert_memory_equal(answer.bytes + 2, first + 2, size - 2); /* but for the sequence number */
	block(A, 100, 50);
	is_block(100, 50);
	assert_int_equal(told.done, 150);
}

static void the_first_block_may_be_anywhere(void **state)
{
	(void)state;
	block(A, 600, 50);
	is_block(600, 50);
	assert_true(told.first);
	assert_int_equal(told.done, 650);
}

/* The header is read again, and then it goes on where it was. */
static void a_device_goes_on_behind_the_header_that_it_read_again(void **state)
{
	uint32_t at;

	(void)state;
	block(A, 0, 50);
	for (at = 600; at < IMAGE_SIZE; at += 50)
		block(A, at, 50);
	assert_int_equal(told.done, IMAGE_SIZE);
	end(A, ZCL_SUCCESS);
	assert_int_equal(told.event, OTA_HOLDS);
}

static void a_block_is_as_long_as_the_shortest_says(void **state)
{
	(void)state;
	block(A, 0, 20);
	is_block(0, 20);
	block(A, 20, 255);
	is_block(20, OTA_BLOCK_SAFE);
	block(A, IMAGE_SIZE - 3, 50);
	is_block(IMAGE_SIZE - 3, 3);
	block(A, 0, 0);
	assert_int_equal(default_status, ZCL_MALFORMED_COMMAND);
}

/* 3.7.8 */
static void what_reaches_past_the_end_is_refused(void **state)
{
	(void)state;
	block(A, IMAGE_SIZE, 50);
	assert_int_equal(default_of, OTA_BLOCK_REQUEST);
	assert_int_equal(default_status, ZCL_NO_IMAGE_AVAILABLE);
	block(A, 0xFFFFFFFF, 50);
	assert_int_equal(default_status, ZCL_NO_IMAGE_AVAILABLE);
}

static void another_image_is_refused(void **state)
{
	struct ota_message request = block_request(0, 50);

	(void)state;
	request.version++;
	ask(A, &request);
	assert_int_equal(default_status, ZCL_NO_IMAGE_AVAILABLE);
	request = block_request(0, 50);
	request.type++;
	ask(A, &request);
	assert_int_equal(default_status, ZCL_NO_IMAGE_AVAILABLE);
}

/* 3.7.6: a device that gets no answer asks every three seconds for ever. */
static void every_query_is_answered(void **state)
{
	struct ota_message request = {.command = OTA_QUERY_NEXT_REQUEST, .manufacturer = 0xAB01, .type = 0x010A, .version = 1};

	(void)state;
	query(-1, 1); /* a stranger */
	assert_int_equal(said.status, ZCL_NO_IMAGE_AVAILABLE);
	assert_int_equal(told.event, OTA_NOTHING);
	query(A, 0x00020130); /* 3.7.15: it runs it already */
	assert_int_equal(said.status, ZCL_NO_IMAGE_AVAILABLE);
	assert_int_equal(told.version, 0x00020130);
	request.type = 0x010B;
	ask(A, &request);
	assert_int_equal(said.status, ZCL_NO_IMAGE_AVAILABLE);
	request.type = 0x010A;
	request.has_hardware = true;
	request.hardware = 0x0310;
	ask(A, &request);
	assert_int_equal(said.status, ZCL_NO_IMAGE_AVAILABLE);
	request.hardware = 0x030F;
	ask(A, &request);
	assert_int_equal(said.status, ZCL_SUCCESS);
}

static void nothing_is_offered_before_it_is_and_nothing_after_it_was_withdrawn(void **state)
{
	(void)state;
	ota_server_offer(&server, A, NULL, false);
	query(A, 1);
	assert_int_equal(said.status, ZCL_NO_IMAGE_AVAILABLE);
	block(A, 0, 50);
	assert_int_equal(default_status, ZCL_NO_IMAGE_AVAILABLE);
	ota_server_offer(&server, A, &offer, false);
	block(A, 0, 50);
	is_block(0, 50);
	ota_server_withdraw(&server, A);
	block(A, 50, 50);
	assert_int_equal(said.status, ZCL_ABORT);
	end(A, ZCL_SUCCESS);
	assert_int_equal(default_status, ZCL_ABORT);
	query(A, 1);
	assert_int_equal(said.status, ZCL_NO_IMAGE_AVAILABLE);
}

/* 3.7.7: bits of fields whose bytes are missing. */
static void short_optional_fields_are_none(void **state)
{
	static const uint8_t request[] = {0x01, 0x77, 0x03, 0x03, 0x01, 0xAB, 0x0A, 0x01, 0x30, 0x01, 0x02, 0x00, 0, 0, 0, 0, 50, 1, 2, 3};
	size_t size;

	(void)state;
	for (size = 17; size <= sizeof request; size++) {
		give(A, request, size);
		read_answer();
		assert_int_equal(header.sequence, 0x77);
		is_block(0, 50);
	}
	for (size = 3; size < 17; size++) {
		give(A, request, size);
		read_answer();
		assert_int_equal(default_of, OTA_BLOCK_REQUEST);
		assert_int_equal(default_status, ZCL_MALFORMED_COMMAND);
	}
	give(A, request, 2);
	assert_int_equal(answer.size, 0);
}

/* 3.7.9 */
static void an_end_without_all_blocks_is_no_success(void **state)
{
	(void)state;
	end(A, ZCL_SUCCESS);
	assert_int_equal(default_status, ZCL_ABORT);
	assert_int_equal(told.event, OTA_GAVE_UP);
	block(A, 0, 50);
	block(A, 50, 50);
	block(A, 1200, 50); /* the last one, and nothing between */
	assert_int_equal(told.event, OTA_GOES_BACK);
	end(A, ZCL_SUCCESS);
	assert_int_equal(default_status, ZCL_ABORT);
	assert_false(ota_server_release(&server, A, ENDPOINT, 0, &answer));
}

static void after_a_restart_of_the_host_an_end_is_believed(void **state)
{
	(void)state;
	ota_server_offer(&server, A, &offer, true);
	end(A, ZCL_SUCCESS);
	assert_int_equal(told.event, OTA_HOLDS);
	assert_int_equal(said.then, OTA_WAIT_FOR_EVER);
}

/* It had begun another one before, and gives that up for this one. */
static void the_end_of_another_image_ends_nothing(void **state)
{
	const struct ota_message other = {.command = OTA_END_REQUEST, .status = ZCL_ABORT, .manufacturer = 0xAB01, .type = 0x010A,
					  .version = 0x00020100, .has_image = true};

	(void)state;
	block(A, 0, 50);
	ask(A, &other);
	assert_int_equal(default_status, ZCL_SUCCESS);
	assert_int_equal(told.event, OTA_NOTHING);
	block(A, 50, 50);
	is_block(50, 50);
}

/* It must not throw away what it holds before the resumed run has come to it. */
static void a_resumed_server_lets_a_device_hold_what_it_has(void **state)
{
	(void)state;
	ota_server_offer(&server, A, NULL, false);
	end(A, ZCL_SUCCESS);
	assert_int_equal(default_status, ZCL_ABORT);
	ota_server_expect(&server, &offer);
	end(A, ZCL_SUCCESS);
	assert_int_equal(said.command, OTA_END_RESPONSE);
	assert_int_equal(said.then, OTA_WAIT_FOR_EVER);
	assert_int_equal(told.event, OTA_NOTHING);
	ask(A, &(struct ota_message){.command = OTA_END_REQUEST, .manufacturer = 0xAB01, .type = 0x010A, .version = 0x0002012E, .has_image = true});
	assert_int_equal(default_status, ZCL_ABORT);
}

static void an_end_that_failed_is_acknowledged_however_short(void **state)
{
	static const uint8_t statuses[] = {ZCL_ABORT, ZCL_INVALID_IMAGE, ZCL_REQUIRE_MORE_IMAGE};
	static const uint8_t cut[] = {0x01, 0x09, 0x06, 0x96, 0x01, 0xAB};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof statuses; i++) {
		end(A, statuses[i]);
		assert_int_equal(default_of, OTA_END_REQUEST);
		assert_int_equal(default_status, ZCL_SUCCESS);
		assert_int_equal(told.event, OTA_GAVE_UP);
		assert_int_equal(told.status, statuses[i]);
	}
	give(A, cut, sizeof cut);
	read_answer();
	assert_int_equal(default_status, ZCL_SUCCESS);
	assert_int_equal(told.status, ZCL_INVALID_IMAGE);
}

/* 3.7.4: by an offset, never by a clock. */
static void a_device_is_released_once_and_told_to_wait_ever_after(void **state)
{
	(void)state;
	assert_false(ota_server_release(&server, A, ENDPOINT, 5, &answer));
	fetch(A);
	assert_false(ota_server_release(&server, A, ENDPOINT, 5, &answer));
	end(A, ZCL_SUCCESS);
	end(A, ZCL_SUCCESS);
	assert_int_equal(told.event, OTA_NOTHING); /* it was told before */
	assert_int_equal(said.then, OTA_WAIT_FOR_EVER);
	assert_true(ota_server_release(&server, A, ENDPOINT, 5, &answer));
	read_answer();
	assert_int_equal(said.command, OTA_END_RESPONSE);
	assert_int_equal(said.now, 0);
	assert_int_equal(said.then, 5);
	assert_int_equal(answer.endpoint, ENDPOINT);
	assert_false(ota_server_release(&server, A, ENDPOINT, 5, &answer));
	end(A, ZCL_SUCCESS); /* it may have activated, and gone back */
	assert_int_equal(said.then, OTA_WAIT_FOR_EVER);
}

/* One that did not activate, or went back, begins anew by itself: that would be a second activation, without a gate. */
static void after_its_release_a_device_gets_nothing_more(void **state)
{
	(void)state;
	fetch(A);
	end(A, ZCL_SUCCESS);
	assert_true(ota_server_release(&server, A, ENDPOINT, 0, &answer));
	query(A, 0x0002012F);
	assert_int_equal(said.status, ZCL_NO_IMAGE_AVAILABLE);
	assert_int_equal(told.event, OTA_ASKED); /* which version runs is told all the same */
	block(A, 0, 50);
	assert_int_equal(said.status, ZCL_ABORT);
	assert_int_equal(told.event, OTA_NOTHING);
	ota_server_offer(&server, A, &offer, false); /* an order of somebody's */
	block(A, 0, 50);
	is_block(0, 50);
}

/* 3.7.3 */
static void a_default_response_is_told_and_stops_nothing(void **state)
{
	static const uint8_t complaint[] = {0x00, 0x2A, 0x0B, 0x05, 0x80}, fine[] = {0x00, 0x2A, 0x0B, 0x05, 0x00};

	(void)state;
	block(A, 0, 50);
	give(A, complaint, sizeof complaint);
	assert_int_equal(answer.size, 0);
	assert_int_equal(told.event, OTA_COMPLAINED);
	assert_int_equal(told.status, ZCL_MALFORMED_COMMAND);
	give(A, fine, sizeof fine);
	assert_int_equal(told.event, OTA_NOTHING);
	block(A, 50, 50);
	is_block(50, 50);
}

static void what_is_not_known_is_refused(void **state)
{
	static const uint8_t specific[] = {0x01, 0x05, 0x08, 1, 2, 3}, unknown[] = {0x01, 0x06, 0x0A}, makers[] = {0x05, 0x01, 0xAB, 0x07, 0x03};
	static const uint8_t of_a_server[] = {0x19, 0x08, 0x05, 0x95};

	(void)state;
	give(A, specific, sizeof specific);
	read_answer();
	assert_int_equal(default_status, ZCL_UNSUP_CLUSTER_COMMAND);
	give(A, unknown, sizeof unknown);
	read_answer();
	assert_int_equal(default_status, ZCL_UNSUP_CLUSTER_COMMAND);
	give(A, makers, sizeof makers);
	read_answer();
	assert_int_equal(default_status, ZCL_UNSUP_CLUSTER_COMMAND);
	assert_int_equal(header.manufacturer, 0xAB01);
	give(A, of_a_server, sizeof of_a_server);
	assert_int_equal(answer.size, 0);
}

/* 3.7.13 */
static void no_more_than_so_many_at_once_and_the_first_waits_shortest(void **state)
{
	(void)state;
	block(A, 0, 50);
	block(B, 0, 50);
	is_block(0, 50);
	block(C, 0, 50);
	assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
	assert_int_equal(said.now, 0);
	assert_int_equal(said.then, OTA_WAIT_S);
	assert_true(said.has_period);
	now_ns += 5 * S;
	block(C, 0, 50);
	assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
	fetch(A);
	end(A, ZCL_SUCCESS); /* its place is free ... */
	ota_server_offer(&server, A, &offer, false);
	now_ns += 1 * S;
	block(A, 0, 50); /* ... but it comes behind C now */
	assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
	now_ns += 4 * S;
	block(C, 0, 50);
	is_block(0, 50);
	block(A, 0, 50);
	assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
}

static void who_waits_for_hours_is_no_liar(void **state)
{
	int i;

	(void)state;
	block(A, 0, 50);
	block(B, 0, 50);
	for (i = 0; i < 3 * OTA_REPEATS_MOST; i++) {
		now_ns += OTA_WAIT_S * S;
		block(A, (uint32_t)i % 20 * 50, 50);
		block(B, (uint32_t)i % 20 * 50, 50);
		block(C, 0, 50);
		assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
		assert_int_equal(told.event, OTA_WAITS);
	}
	now_ns += OTA_PLACE_NS; /* the others are gone */
	block(C, 0, 50);
	is_block(0, 50);
}

static void who_is_silent_loses_his_place_and_who_waits_no_more_keeps_none(void **state)
{
	(void)state;
	block(A, 0, 50);
	block(B, 0, 50);
	now_ns += 30 * S;
	block(B, 50, 50);
	now_ns += 31 * S; /* A has been silent for a minute */
	block(C, 0, 50);
	is_block(0, 50);
	block(A, 50, 50); /* it waits, and is heard of no more */
	assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
	now_ns += 59 * S;
	block(C, 50, 50);
	now_ns += 2 * S; /* now B has been silent, and A waits too long ago to count */
	assert_int_equal(ota_server_add(&server, 0xD0, OTA_BLOCK_SAFE), 3);
	ota_server_offer(&server, 3, &offer, false);
	block(3, 0, 50);
	is_block(0, 50);
}

static void whoever_asks_for_one_block_for_ever_is_aborted(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < OTA_REPEATS_MOST; i++) {
		block(A, 0, 50);
		is_block(0, 50);
	}
	block(A, 0, 50);
	assert_int_equal(said.status, ZCL_ABORT);
	assert_int_equal(told.event, OTA_GAVE_UP);
	block(A, 50, 50);
	assert_int_equal(said.status, ZCL_ABORT);
	assert_int_equal(told.event, OTA_NOTHING); /* told once */
	block(B, 0, 50);
	is_block(0, 50);
}

static void whoever_asks_again_as_it_is_told_to_is_no_liar(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2 * OTA_REPEATS_MOST; i++) {
		block(A, (uint32_t)(i % 2) * 50, 50);
		block(B, (uint32_t)(i % 2) * 50, 50);
		block(C, 0, 50);
		assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
		assert_int_equal(told.event, OTA_WAITS);
		now_ns += OTA_WAIT_S * S;
	}
	now_ns += OTA_PLACE_NS;
	block(C, 0, 50);
	is_block(0, 50);
}

static void whoever_asks_for_ever_is_aborted(void **state)
{
	int64_t asked = 0;

	(void)state;
	do {
		block(A, (uint32_t)(asked % 2) * 50, 50);
		asked++;
		assert_true(asked < 100000);
	} while (said.status == ZCL_SUCCESS);
	assert_int_equal(said.status, ZCL_ABORT);
	block(B, 0, 50);
	is_block(0, 50);
}

static void blocks_get_shorter_where_one_does_not_arrive(void **state)
{
	int i, device = ota_server_add(&server, 0xD0, 255);

	(void)state;
	ota_server_offer(&server, device, &offer, false);
	block(device, 0, 63);
	is_block(0, 63);
	for (i = 0; i < 3; i++)
		ota_server_sent(&server, device, 0, false);
	block(device, 0, 63);
	is_block(0, 50);
	ota_server_sent(&server, device, 0, false);
	ota_server_sent(&server, device, 0, false);
	ota_server_sent(&server, device, 50, false); /* another one: counted anew */
	block(device, 50, 63);
	is_block(50, 50);
	ota_server_sent(&server, device, 50, false);
	ota_server_sent(&server, device, 50, true);
	for (i = 0; i < 3; i++)
		ota_server_sent(&server, device, 100, false);
	block(device, 100, 63);
	is_block(100, 48); /* some clients take exactly that: facts/ota.md 3.6 */
	for (i = 0; i < 9; i++)
		ota_server_sent(&server, device, 100, false);
	block(device, 100, 63);
	is_block(100, OTA_BLOCK_LEAST);
}

static void page_request(int device, uint32_t offset, uint16_t size, uint16_t spacing_ms)
{
	const struct ota_message request = {.command = OTA_PAGE_REQUEST, .manufacturer = 0xAB01, .type = 0x010A, .version = 0x00020130,
					    .offset = offset, .most = 40, .page_size = size, .spacing_ms = spacing_ms};
	uint8_t bytes[ZCL_FRAME_MAX];

	give(device, bytes, ota_put_frame(&request, 0x55, bytes));
}

static void a_page_comes_by_itself_block_by_block(void **state)
{
	uint32_t at = 0;

	(void)state;
	page_request(A, 0, 200, 25);
	assert_int_equal(answer.size, 0);
	while (ota_server_deadline(&server) != INSTANT_NEVER) {
		assert_int_equal(ota_server_deadline(&server), (int64_t)at / 40 * 25 * MS);
		now_ns = ota_server_deadline(&server);
		assert_true(ota_server_due(&server, now_ns, &answer, &told));
		read_answer();
		is_block(at, 40);
		assert_int_equal(header.sequence, 0x55);
		assert_false(answer.acknowledged);
		assert_int_equal(told.event, OTA_PROGRESS);
		at += 40;
		assert_false(ota_server_due(&server, now_ns, &answer, &told));
	}
	assert_int_equal(at, 200);
}

static void one_page_at_a_time_within_bounds(void **state)
{
	int blocks = 0;

	(void)state;
	page_request(A, 1000, 0xFFFF, 0);
	page_request(B, 0, 200, 25);
	read_answer();
	assert_int_equal(default_of, OTA_PAGE_REQUEST);
	assert_int_equal(default_status, ZCL_FAILURE);
	page_request(A, 1000, 0xFFFF, 0); /* its own, again */
	assert_int_equal(answer.size, 0);
	while (ota_server_deadline(&server) != INSTANT_NEVER) {
		assert_int_equal(ota_server_deadline(&server), blocks * OTA_SPACING_LEAST_MS * MS);
		now_ns = ota_server_deadline(&server);
		assert_true(ota_server_due(&server, now_ns, &answer, &told));
		blocks++;
	}
	assert_int_equal(blocks, 6); /* 234 bytes are left there */
	page_request(B, 0, 0, 25);
	read_answer();
	assert_int_equal(default_status, ZCL_MALFORMED_COMMAND);
	page_request(B, IMAGE_SIZE, 200, 25);
	read_answer();
	assert_int_equal(default_status, ZCL_NO_IMAGE_AVAILABLE);
}

static void a_notify_makes_a_device_ask_and_wants_an_answer(void **state)
{
	(void)state;
	ota_server_notify(&server, A, ENDPOINT, &answer);
	read_answer();
	assert_int_equal(answer.bytes[0], 0x09); /* facts/ota.md 3.2: unicast */
	assert_int_equal(said.command, OTA_IMAGE_NOTIFY);
	assert_int_equal(said.jitter, 100);
}

static void an_image_for_any_is_for_all(void **state)
{
	static const struct ota_offer any = {image, IMAGE_SIZE, OTA_ANY_MANUFACTURER, OTA_ANY_TYPE, 0x00020130, false, 0, 0};

	(void)state;
	ota_server_offer(&server, A, &any, false);
	query(A, 1);
	assert_int_equal(said.status, ZCL_SUCCESS);
	block(A, 0, 50);
	is_block(0, 50);
}

static void there_is_room_for_so_many_devices(void **state)
{
	int i;

	(void)state;
	for (i = server.device_count; i < OTA_DEVICES_MAX; i++)
		assert_int_equal(ota_server_add(&server, 0x1000 + (unsigned)i, 50), i);
	assert_int_equal(ota_server_add(&server, 1, 50), -1);
	assert_int_equal(ota_server_find(&server, 0xA1), B);
	assert_int_equal(ota_server_find(&server, 0x1005), 5);
	assert_int_equal(ota_server_find(&server, 7), -1);
}

/* WAIT_FOR_DATA, and a block request with both options: facts/ota.md 4.2. */
static void known_bytes_mean_what_they_should(void **state)
{
	static const uint8_t wait[] = {0x19, 0x2A, 0x05, 0x97, 0, 0, 0, 0, 0x3C, 0, 0, 0, 0xF4, 0x01};
	struct octets_in in = octets_in(wait, sizeof wait);
	struct ota_message again = {.command = OTA_BLOCK_REQUEST, .manufacturer = 1, .type = 2, .version = 3, .offset = 4, .most = 5,
				    .has_node = true, .node = 0x1122334455667788, .has_period = true, .period = 500};
	uint8_t bytes[ZCL_FRAME_MAX];
	size_t size;

	(void)state;
	assert_true(zcl_get_header(&header, &in) && ota_get(&said, header.command, &in));
	assert_int_equal(said.status, ZCL_WAIT_FOR_DATA);
	assert_int_equal(said.then, 60);
	assert_int_equal(said.period, 500);
	size = ota_put_frame(&said, 0x2A, bytes);
	assert_int_equal(size, sizeof wait);
	assert_memory_equal(bytes, wait, size);
	size = ota_put_frame(&again, 9, bytes);
	assert_int_equal(size, 3 + 24);
	in = octets_in(bytes, size);
	assert_true(zcl_get_header(&header, &in) && ota_get(&said, header.command, &in));
	assert_true(said.node == again.node);
	assert_int_equal(said.period, 500);
}

#define CASE_OF(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(a_device_gets_all_of_it_and_holds_it),
		CASE_OF(early_and_repeated_requests_are_answered_alike),
		CASE_OF(the_first_block_may_be_anywhere),
		CASE_OF(a_device_goes_on_behind_the_header_that_it_read_again),
		CASE_OF(a_block_is_as_long_as_the_shortest_says),
		CASE_OF(what_reaches_past_the_end_is_refused),
		CASE_OF(another_image_is_refused),
		CASE_OF(every_query_is_answered),
		CASE_OF(nothing_is_offered_before_it_is_and_nothing_after_it_was_withdrawn),
		CASE_OF(short_optional_fields_are_none),
		CASE_OF(an_end_without_all_blocks_is_no_success),
		CASE_OF(after_a_restart_of_the_host_an_end_is_believed),
		CASE_OF(the_end_of_another_image_ends_nothing),
		CASE_OF(a_resumed_server_lets_a_device_hold_what_it_has),
		CASE_OF(an_end_that_failed_is_acknowledged_however_short),
		CASE_OF(a_device_is_released_once_and_told_to_wait_ever_after),
		CASE_OF(after_its_release_a_device_gets_nothing_more),
		CASE_OF(a_default_response_is_told_and_stops_nothing),
		CASE_OF(what_is_not_known_is_refused),
		CASE_OF(no_more_than_so_many_at_once_and_the_first_waits_shortest),
		CASE_OF(who_waits_for_hours_is_no_liar),
		CASE_OF(who_is_silent_loses_his_place_and_who_waits_no_more_keeps_none),
		CASE_OF(whoever_asks_for_one_block_for_ever_is_aborted),
		CASE_OF(whoever_asks_again_as_it_is_told_to_is_no_liar),
		CASE_OF(whoever_asks_for_ever_is_aborted),
		CASE_OF(blocks_get_shorter_where_one_does_not_arrive),
		CASE_OF(a_page_comes_by_itself_block_by_block),
		CASE_OF(one_page_at_a_time_within_bounds),
		CASE_OF(a_notify_makes_a_device_ask_and_wants_an_answer),
		CASE_OF(an_image_for_any_is_for_all),
		CASE_OF(there_is_room_for_so_many_devices),
		CASE_OF(known_bytes_mean_what_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
