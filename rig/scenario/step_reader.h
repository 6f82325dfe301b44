#ifndef HILRIG_RIG_SCENARIO_STEP_READER_H
#define HILRIG_RIG_SCENARIO_STEP_READER_H

/* What the parts of the scenario's reader share. Private to rig/scenario. */

#include "rig/base/yaml.h"
#include "rig/scenario/scenario.h"

struct step_reader {
	struct scenario *scenario;
	struct yaml *yaml;
	int step_room, value_room; /* elements allocated */
	bool finally;              /* reading the steps of finally */
	bool lost;                 /* a step or a case could not be read: what its absence would mean is not said */
};

/* ---- read_value.c: scalars in which $name stands for a parameter or for the value of an enclosing loop ---- */

/*
 * What a scalar says once $name is put in; NULL with a problem if there is no such name. `parent` is the innermost loop
 * around it (-1: none). *loop is the loop whose value it is, else -1; *open is set for a required parameter without a value.
 * With either of these set the text is "".
 */
const char *value_text(struct step_reader *reader, int parent, struct yaml_node node, const char *text, int *loop, bool *open);

/* A duration or voltage. `text` is the part of the node's scalar that holds it. */
bool value_quantity(struct step_reader *reader, int parent, struct yaml_node node, const char *what, const char *text,
		    enum unit unit, int64_t least, int64_t most, struct quantity *quantity);

/* The items of a for-each into scenario.values; all of one kind. */
void value_list(struct step_reader *reader, int parent, struct yaml_node list, int *first, int *count);

/* ---- read_step.c ---- */

void read_steps(struct step_reader *reader, struct yaml_node list, int parent, int depth);

/* ---- refuse_scenario.c ---- */

/* What a scenario is refused for as a whole. */
void refuse_scenario(struct step_reader *reader);

#endif
