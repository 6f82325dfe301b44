#ifndef HILRIG_DRIVERS_SIM_PLANT_RELAY_H
#define HILRIG_DRIVERS_SIM_PLANT_RELAY_H

/*
 * One relay of a board: what it was told, and where its contact is.
 *
 * The coil follows the command at once and is what the board reports. The contact follows after close_ns or open_ns and
 * then bounces: it changes at each of the intervals of `bounce_ns`, of which there is an even number, so that it ends
 * where the coil wants it. A command in the meantime begins anew. A weld keeps a closed contact closed, whatever the coil
 * does, and is not reported by the board.
 *
 * A flash is the board's own timer (bench-hardware.md 2.1): the coil goes to `on` and back after its time, unless it is
 * commanded again before.
 */

#include <stdbool.h>
#include <stdint.h>

#define RELAY_BOUNCES_MAX 8

struct relay_settings {
	int64_t close_ns, open_ns;
	int bounce_count;                       /* even, at most RELAY_BOUNCES_MAX */
	int64_t bounce_ns[RELAY_BOUNCES_MAX];   /* each after the one before */
};

struct relay {
	const struct relay_settings *settings;  /* borrowed; shared by a board */
	bool coil;
	bool closed;                            /* the contact */
	bool welded;
	int moves_left;                         /* of the contact, the next one at move_ns */
	int64_t move_ns;
	int64_t flash_end_ns;                   /* INSTANT_NEVER: no flash */
};

void relay_init(struct relay *relay, const struct relay_settings *settings);
void relay_command(struct relay *relay, int64_t t_ns, bool on);
void relay_flash(struct relay *relay, int64_t t_ns, bool on, int64_t for_ns);

/* A weld sticks a contact when it is next closed, now if it is; taking it away lets the contact follow the coil at once. */
void relay_weld(struct relay *relay, int64_t t_ns, bool welded);

/* The next instant at which something of it moves by itself, and what happens then. */
int64_t relay_next(const struct relay *relay);
void relay_step(struct relay *relay, int64_t t_ns);

#endif
