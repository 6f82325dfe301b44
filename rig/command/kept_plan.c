/* From a scenario's plan, or an evidence folder's, to what the screens show of it. */

#include "rig/command/kept_plan.h"

#include "rig/base/text.h"
#include "rig/command/night.h"

void planned_from(struct planned *planned, const struct plan *plan)
{
	int i;

	planned->count = 0;
	if (plan->scenario->manual) /* a list, of which a person takes what comes next */
		return;
	for (i = 0; plan->count <= PLANNED_MAX && i < plan->count; i++) {
		const struct plan_step *from = &plan->steps[i];
		struct planned_step *step = &planned->steps[planned->count++];

		*step = (struct planned_step){.soon_from_ns = from->earliest_begin_ns, .soon_to_ns = from->earliest_end_ns,
					      .late_from_ns = from->latest_begin_ns, .late_to_ns = from->latest_end_ns};
		text_copy(step->verb, sizeof step->verb, verb_name(from->verb));
	}
}

void planned_from_folder(struct planned *planned, const char *folder)
{
	static struct night night; /* large */
	struct problems problems;
	struct error error;

	planned->count = 0;
	problems_init(&problems);
	/* An image that is no longer there changes nothing of the plan. */
	(void)!night_load_kept(&night, folder, &problems, &error);
	if (night.has_plan)
		planned_from(planned, &night.plan);
	problems_done(&problems);
	night_done(&night);
}
