/*
 * Edges as the kernel writes them, from a pipe: decoding, batches and ends. Ioctls need a chip: tests/lab/cases/gpio.sh.
 */

#include "rig/base/gpio_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <string.h>
#include <unistd.h>

static int ends[2];
static struct gpio_request request;

static int setup(void **state)
{
	(void)state;
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0)
		return -1;
	request = (struct gpio_request){.fd = ends[0], .count = 2, .offset = {17, 4}};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpio_request_close(&request);
	if (ends[1] >= 0)
		close(ends[1]);
	return 0;
}

static void write_edges(uint32_t offset, int count)
{
	struct gpio_v2_line_event event = {.offset = offset, .timestamp_ns = 1000000007};
	int i;

	for (i = 0; i < count; i++) {
		event.id = i % 2 ? GPIO_V2_LINE_EVENT_FALLING_EDGE : GPIO_V2_LINE_EVENT_RISING_EDGE;
		event.line_seqno = (uint32_t)i + 1;
		event.seqno = (uint32_t)i + 11;
		assert_int_equal(write(ends[1], &event, sizeof event), sizeof event);
	}
}

static void an_edge_names_the_line_by_its_place_in_the_request(void **state)
{
	struct gpio_edge edges[4];
	size_t count;

	(void)state;
	write_edges(4, 2);
	assert_true(gpio_edges_take(&request, edges, 4, &count, NULL));
	assert_int_equal(count, 2);
	assert_int_equal(edges[0].line, 1);
	assert_int_equal(edges[0].level, 1);
	assert_int_equal(edges[1].level, 0);
	assert_int_equal(edges[1].t_ns, 1000000007);
	assert_int_equal(edges[1].line_seqno, 2);
	assert_int_equal(edges[1].seqno, 12);
}

static void no_edges_are_no_error(void **state)
{
	struct gpio_edge edges[4];
	size_t count = 9;

	(void)state;
	assert_true(gpio_edges_take(&request, edges, 4, &count, NULL));
	assert_int_equal(count, 0);
}

static void a_full_buffer_comes_out_in_pieces_and_in_order(void **state)
{
	struct gpio_edge edges[100];
	size_t count, taken = 0, i;

	(void)state;
	write_edges(17, GPIO_EDGES_MAX);
	do {
		assert_true(gpio_edges_take(&request, edges, 100, &count, NULL));
		for (i = 0; i < count; i++)
			assert_int_equal(edges[i].line_seqno, ++taken);
	} while (count == 100);
	assert_int_equal(taken, GPIO_EDGES_MAX);
}

static void a_line_that_was_not_requested_is_an_error(void **state)
{
	struct gpio_edge edges[4];
	struct error error = {0};
	size_t count;

	(void)state;
	write_edges(5, 1);
	assert_false(gpio_edges_take(&request, edges, 4, &count, &error));
	assert_int_equal(error.fault, FAULT_RIG);
}

static void the_end_of_the_chip_is_an_error(void **state)
{
	struct gpio_edge edges[4];
	struct error error = {0};
	size_t count;

	(void)state;
	close(ends[1]);
	ends[1] = -1;
	assert_false(gpio_edges_take(&request, edges, 4, &count, &error));
	assert_non_null(strstr(error.text, "gone"));
}

static void what_is_no_gpio_request_is_refused(void **state)
{
	struct error error = {0};
	uint64_t levels = 7;

	(void)state;
	assert_false(gpio_levels_get(&request, 1, &levels, &error));
	assert_int_equal(levels, 7);
	assert_int_equal(error.fault, FAULT_RIG);
	assert_false(gpio_levels_set(&request, 1, 1, &error));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(an_edge_names_the_line_by_its_place_in_the_request),
		CASE(no_edges_are_no_error),
		CASE(a_full_buffer_comes_out_in_pieces_and_in_order),
		CASE(a_line_that_was_not_requested_is_an_error),
		CASE(the_end_of_the_chip_is_an_error),
		CASE(what_is_no_gpio_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
