/* Facts in a list that grows. */

#include "rig/simulate/truth.h"

#include "rig/base/text.h"

#include <stdlib.h>
#include <string.h>

void truth_init(struct truth *truth)
{
	memset(truth, 0, sizeof *truth);
}

void truth_done(struct truth *truth)
{
	free(truth->facts);
	truth_init(truth);
}

void truth_clear(struct truth *truth)
{
	truth->count = 0;
	truth->lost = false;
}

void truth_take(void *self, const char *slot, const struct plant_output *fact)
{
	struct truth *truth = self;
	struct truth_fact *to;

	if (truth->count == truth->size) {
		size_t size = truth->size ? 2 * truth->size : 1024;
		struct truth_fact *more = realloc(truth->facts, size * sizeof *more);

		if (!more) {
			truth->lost = true;
			return;
		}
		truth->facts = more;
		truth->size = size;
	}
	to = &truth->facts[truth->count++];
	*to = (struct truth_fact){.t_ns = fact->t_ns, .true_ns = fact->true_ns ? fact->true_ns : fact->t_ns,
				  .fact = fact->fact, .part = fact->part, .relay = fact->relay,
				  .value = fact->value};
	text_copy(to->slot, sizeof to->slot, slot);
	text_copy(to->text, sizeof to->text, fact->text);
}

static void put_fact(const struct truth_fact *fact, FILE *out)
{
	fprintf(out, "{\"t_ns\":%lld", (long long)fact->t_ns);
	if (fact->slot[0])
		fprintf(out, ",\"slot\":\"%s\"", fact->slot);
	fprintf(out, ",\"fact\":\"%s\"", plant_fact_name(fact->fact));
	if (fact->value)
		fprintf(out, ",\"value\":%lld", (long long)fact->value);
	if (fact->text[0])
		fprintf(out, ",\"text\":\"%s\"", fact->text); /* words and versions of the plant: nothing to escape */
	fputs("}\n", out);
}

void truth_put(const struct truth *truth, FILE *out)
{
	size_t i;

	for (i = 0; i < truth->count; i++)
		put_fact(&truth->facts[i], out);
}
