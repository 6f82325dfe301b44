#ifndef HILRIG_TESTS_SUPPORT_SESSION_TEST_H
#define HILRIG_TESTS_SUPPORT_SESSION_TEST_H

/*
 * What the tests of sessions share: what a failure and a block look like, and a line that joins two sessions and cuts,
 * loses and changes bytes. Everything that does not hold fails the case.
 */

#include "rig/bench/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `output` is of a session that has failed, by this fault, and says `words`. */
void session_wants_failure(const struct session_output *output, enum fault fault, const char *words);

/* `output` is of a session that runs and sends one whole block of XMODEM with its CRC and `data` bytes. */
void session_wants_block(const struct session_output *output, uint8_t start, uint8_t number, size_t data);

struct session_end {
	struct session session;
	struct session_output output;
	uint8_t inbox[16384];
	size_t inbox_size;
};

struct session_pair {
	struct session_end ends[2];
	uint64_t draw_state;
	unsigned bad_per_million; /* bytes of 1,000,000 that are lost or changed */
};

/* Takes the environment's SEED, or `seed` if there is none, and prints it. */
void session_pair_seed(struct session_pair *pair, unsigned seed);

/* A number of 0 .. below - 1. */
unsigned session_pair_draw(struct session_pair *pair, unsigned below);

/* Starts both sessions and goes on until neither runs. True when both say that it worked. */
bool session_pair_run(struct session_pair *pair, struct session first, struct session second);

#endif
