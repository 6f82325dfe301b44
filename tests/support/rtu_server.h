#ifndef HILRIG_TESTS_SUPPORT_RTU_SERVER_H
#define HILRIG_TESTS_SUPPORT_RTU_SERVER_H

/*
 * Units on the far end of a pty or a tty, served by a thread in real time. Requests are served one after the other, as one processor
 * behind a UART does: an answer that is delayed delays those behind it.
 *
 * With a baud rate the line is paced: a request has arrived when its bits have (10 a character), a unit answers after the
 * silence that ends a frame, and the answer is there when its last bit is. Without one, everything is at once.
 */

#include "tests/support/rtu_unit.h"

#include <pthread.h>

#define RTU_SERVER_UNITS 4

struct rtu_server {
	int master;                /* the thread's */
	int line;                  /* the end that the program under test has: raw, non-blocking */
	int stop;
	pthread_t thread;
	pthread_mutex_t lock;      /* of everything below: rtu_server_lock */
	int baud;
	int64_t gap_ns;            /* paced: silence in front of an answer */
	bool one_by_one;           /* answers come byte by byte */
	int unit_count;
	struct rtu_unit units[RTU_SERVER_UNITS];
	int64_t wire_ns;           /* paced: time that frames and gaps have taken on the wire so far */
	int64_t sent_ns;           /* paced: when the program under test says that it sent the last request; 0: it does not say */
	int64_t own_ns;            /* paced: how much later than the wire this thread was, for want of a processor */
};

/* Makes the pty and starts the thread with `count` units numbered from 1. Aborts when the machine refuses. */
void rtu_server_start(struct rtu_server *server, int count, int baud, int64_t gap_ns);

/* The same on a descriptor that is open already, raw, and the server's from now on; `line` is then -1. */
void rtu_server_serve(struct rtu_server *server, int descriptor, int count, int baud, int64_t gap_ns);
void rtu_server_stop(struct rtu_server *server);

/* Hangs up, as an unplugged adapter does; the thread ends. rtu_server_stop is still to be called. */
void rtu_server_hang_up(struct rtu_server *server);

/* Sends bytes that nobody asked for. */
void rtu_server_babble(struct rtu_server *server, const void *bytes, size_t size);

struct rtu_unit *rtu_server_lock(struct rtu_server *server, int unit);
void rtu_server_unlock(struct rtu_server *server);

int64_t rtu_clock_ns(void);

#endif
