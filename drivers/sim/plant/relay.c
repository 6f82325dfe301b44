/* A coil that obeys and a contact that follows. */

#include "drivers/sim/plant/relay.h"

#include "rig/base/instant.h"

void relay_init(struct relay *relay, const struct relay_settings *settings)
{
	*relay = (struct relay){.settings = settings, .move_ns = INSTANT_NEVER, .flash_end_ns = INSTANT_NEVER};
}

static void set_coil(struct relay *relay, int64_t t_ns, bool on)
{
	if (relay->coil == on)
		return;
	relay->coil = on;
	relay->moves_left = 1 + relay->settings->bounce_count;
	relay->move_ns = t_ns + (on ? relay->settings->close_ns : relay->settings->open_ns);
}

void relay_command(struct relay *relay, int64_t t_ns, bool on)
{
	relay->flash_end_ns = INSTANT_NEVER;
	set_coil(relay, t_ns, on);
}

void relay_flash(struct relay *relay, int64_t t_ns, bool on, int64_t for_ns)
{
	set_coil(relay, t_ns, on);
	relay->flash_end_ns = t_ns + for_ns;
}

void relay_weld(struct relay *relay, int64_t t_ns, bool welded)
{
	(void)t_ns;
	relay->welded = welded;
	if (!welded && relay->moves_left == 0)
		relay->closed = relay->coil;
}

int64_t relay_next(const struct relay *relay)
{
	int64_t move_ns = relay->moves_left > 0 ? relay->move_ns : INSTANT_NEVER;

	return relay->flash_end_ns < move_ns ? relay->flash_end_ns : move_ns;
}

static void move_contact(struct relay *relay)
{
	int made = 1 + relay->settings->bounce_count - relay->moves_left; /* moves before this one */
	bool wanted = made % 2 == 0 ? relay->coil : !relay->coil;

	relay->closed = wanted || (relay->closed && relay->welded);
	if (--relay->moves_left > 0)
		relay->move_ns += relay->settings->bounce_ns[made];
}

void relay_step(struct relay *relay, int64_t t_ns)
{
	if (relay->moves_left > 0 && relay->move_ns <= t_ns)
		move_contact(relay);
	if (relay->flash_end_ns <= t_ns) {
		relay->flash_end_ns = INSTANT_NEVER;
		set_coil(relay, t_ns, !relay->coil);
	}
}
