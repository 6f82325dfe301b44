/* Twice over the facts of a slot: which sources gave themselves away, and what was hidden by them or not at all. */

#include "rig/simulate/starving.h"

#include "rig/base/instant.h"

#include <string.h>

#define SOURCES_MAX 64

struct starving {
	int64_t from_ns, to_ns;
	bool mains, supplied, held;
	int source;                    /* the number of the last one that hung on the rail */
	bool seen[SOURCES_MAX];        /* it gave itself away */
	int64_t t_alone_ns;            /* held without mains since then; -1: it is not */
	int64_t t_starved_ns;          /* the meter gives nothing since then; -1: it does, or has no mains */
	bool had_mains, boots;         /* at the last look; and gives nothing because its mains has just come */
	bool hidden;                   /* by the last source, at some time since then */
	int64_t longest_ns;
};

static void take(struct starving *starving, const struct truth_fact *fact)
{
	switch ((int)fact->fact) {
	case FACT_MAINS_FELL:
	case FACT_MAINS_ROSE:
		starving->mains = fact->fact == FACT_MAINS_ROSE;
		break;
	case FACT_SUPPLY_FELL:
	case FACT_SUPPLY_ROSE:
		starving->supplied = fact->fact == FACT_SUPPLY_ROSE;
		break;
	case FACT_HELD:
		starving->held = fact->value != 0;
		break;
	case FACT_BACKFED:
		starving->source += fact->value != 0 && starving->source < SOURCES_MAX - 1;
		break;
	default:
		break;
	}
}

static void look_alone(struct starving *starving, int64_t t_ns)
{
	bool alone = starving->held && !starving->mains;

	if (starving->t_alone_ns >= 0 && t_ns - starving->t_alone_ns >= STARVING_DISCHARGE_NS)
		starving->seen[starving->source] = true;
	if (!alone)
		starving->t_alone_ns = -1;
	else if (starving->t_alone_ns < 0)
		starving->t_alone_ns = t_ns;
}

static void look_starved(struct starving *starving, int64_t t_ns)
{
	bool starved = starving->mains && (starving->held || !starving->supplied);

	if (starving->t_starved_ns >= 0 && (!starving->hidden || starving->seen[starving->source]) && starving->t_starved_ns <= starving->to_ns &&
	    t_ns >= starving->from_ns && t_ns - starving->t_starved_ns > starving->longest_ns)
		starving->longest_ns = t_ns - starving->t_starved_ns;
	starving->boots = starved && (starving->boots || !starving->had_mains);
	if (!starved)
		starving->t_starved_ns = -1;
	else if (starving->t_starved_ns < 0 && !starving->boots)
		starving->t_starved_ns = t_ns;
	starving->had_mains = starving->mains;
	starving->hidden = starved && (starving->hidden || starving->held);
}

/* What follows from facts of one instant is looked at when all of them have been told. */
static void walk(struct starving *starving, const struct truth *truth, const char *slot,
		 void (*look)(struct starving *starving, int64_t t_ns))
{
	int64_t t_ns = 0;
	size_t i;

	starving->mains = starving->supplied = starving->held = false;
	starving->source = 0;
	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (strcmp(fact->slot, slot) != 0)
			continue;
		if (fact->t_ns > t_ns)
			look(starving, t_ns);
		t_ns = fact->t_ns;
		take(starving, fact);
	}
	look(starving, t_ns);
	look(starving, truth->t_end_ns);
}

int64_t starving_longest(const struct truth *truth, const char *slot, int64_t from_ns, int64_t to_ns)
{
	struct starving starving = {.from_ns = from_ns, .to_ns = to_ns, .t_alone_ns = -1, .t_starved_ns = -1};

	walk(&starving, truth, slot, look_alone);
	walk(&starving, truth, slot, look_starved);
	return starving.longest_ns;
}
