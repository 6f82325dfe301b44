/* What the tests of sessions share. */

#include "tests/support/session_test.h"

#include "drivers/loader/xmodem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

void session_wants_failure(const struct session_output *output, enum fault fault, const char *words)
{
	assert_int_equal(output->state, SESSION_FAILED);
	assert_int_equal(output->error.fault, fault);
	if (!strstr(output->error.text, words))
		fail_msg("'%s' does not say '%s'", output->error.text, words);
	assert_int_equal(output->deadline_ns, INSTANT_NEVER);
}

void session_wants_block(const struct session_output *output, uint8_t start, uint8_t number, size_t data)
{
	assert_int_equal(output->state, SESSION_RUNNING);
	assert_int_equal(output->size, data + 5);
	assert_int_equal(output->bytes[0], start);
	assert_int_equal(output->bytes[1], number);
	assert_int_equal(output->bytes[2], 255 - number);
	assert_int_equal(xmodem_crc(0, output->bytes + 3, data + 2), 0);
}

/* ---- A line ---- */

void session_pair_seed(struct session_pair *pair, unsigned seed)
{
	unsigned value = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : seed;

	print_message("seed %u\n", value);
	pair->draw_state = value;
}

unsigned session_pair_draw(struct session_pair *pair, unsigned below)
{
	pair->draw_state = pair->draw_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(pair->draw_state >> 33) % below;
}

static void put_on_line(struct session_pair *pair, struct session_end *to, const struct session_output *output)
{
	size_t i;

	for (i = 0; i < output->size; i++) {
		uint8_t byte = output->bytes[i];
		bool bad = session_pair_draw(pair, 1000000) < pair->bad_per_million;

		if (bad && session_pair_draw(pair, 2))
			continue;
		if (bad)
			byte = (uint8_t)session_pair_draw(pair, 256);
		assert_true(to->inbox_size < sizeof to->inbox);
		to->inbox[to->inbox_size++] = byte;
	}
}

static void step_end(struct session_pair *pair, size_t at, enum session_event_kind kind, int64_t t_ns, size_t size)
{
	struct session_end *end = &pair->ends[at];
	struct session_event event = {.kind = kind, .t_ns = t_ns, .bytes = end->inbox, .size = size};

	session_step(&end->session, &event, &end->output);
	if (end->output.state == SESSION_RUNNING)
		assert_true(end->output.deadline_ns >= t_ns && end->output.deadline_ns < INSTANT_NEVER);
	memmove(end->inbox, end->inbox + size, end->inbox_size - size);
	end->inbox_size -= size;
	put_on_line(pair, &pair->ends[1 - at], &end->output);
}

/* One event of whichever end has bytes, else of the one whose deadline is first. */
static int64_t step_line(struct session_pair *pair, int64_t t_ns)
{
	struct session_end *ends = pair->ends;
	size_t first = session_pair_draw(pair, 2), i, at;

	for (i = 0; i < 2; i++) {
		at = (first + i) % 2;
		if (ends[at].inbox_size == 0)
			continue;
		if (ends[at].output.state != SESSION_RUNNING)
			ends[at].inbox_size = 0;
		else
			step_end(pair, at, SESSION_BYTES, t_ns, 1 + session_pair_draw(pair, (unsigned)ends[at].inbox_size));
		return t_ns + 1000;
	}
	at = ends[0].output.deadline_ns <= ends[1].output.deadline_ns ? 0 : 1;
	t_ns = ends[at].output.deadline_ns;
	step_end(pair, at, SESSION_DEADLINE, t_ns, 0);
	return t_ns;
}

bool session_pair_run(struct session_pair *pair, struct session first, struct session second)
{
	struct session_end *ends = pair->ends;
	int64_t t_ns = 0;

	memset(ends, 0, sizeof pair->ends);
	ends[0].session = first;
	ends[1].session = second;
	step_end(pair, 0, SESSION_START, 0, 0);
	step_end(pair, 1, SESSION_START, 0, 0);
	while (ends[0].output.state == SESSION_RUNNING || ends[1].output.state == SESSION_RUNNING)
		t_ns = step_line(pair, t_ns);
	return ends[0].output.state == SESSION_DONE && ends[1].output.state == SESSION_DONE;
}
