/* A pattern of a bench file. */

#include "rig/bench/reader.h"

#include <stdio.h>

void read_pattern(struct yaml_node node, const char *key, char to[PATTERN_SIZE], struct pattern *compiled)
{
	struct pattern scratch;
	struct error error;
	char what[64];

	(void)snprintf(what, sizeof what, "'%s'", key);
	if (yaml_text(node, what, to, PATTERN_SIZE) && !pattern_compile(compiled ? compiled : &scratch, to, &error))
		(void)yaml_problem(node, "%s: %s", what, error.text);
}
