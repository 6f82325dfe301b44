/* Puts $name in while a scenario is read, so that a wrong value is found at the step that uses it. */

#include "rig/scenario/step_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The loop around `parent`, itself included, that has this variable; -1: none. */
static int loop_of(const struct scenario *scenario, int parent, const char *name)
{
	for (; parent >= 0; parent = scenario->steps[parent].parent)
		if (strcmp(scenario->steps[parent].variable, name) == 0)
			return parent;
	return -1;
}

static struct scenario_parameter *parameter_of(struct scenario *scenario, const char *name)
{
	int i;

	for (i = 0; i < scenario->parameter_count; i++)
		if (strcmp(scenario->parameters[i].name, name) == 0)
			return &scenario->parameters[i];
	return NULL;
}

static void refuse_name(struct step_reader *reader, int parent, struct yaml_node node, const char *name)
{
	const char *words[SCENARIO_PARAMETERS_MAX + SCENARIO_DEPTH_MAX + 1], *meant;
	struct scenario *scenario = reader->scenario;
	struct scenario_parameter *parameter;
	int i, count = 0;

	for (i = 0; i < scenario->parameter_count; i++)
		words[count++] = scenario->parameters[i].name;
	for (; parent >= 0; parent = scenario->steps[parent].parent)
		if (scenario->steps[parent].variable[0])
			words[count++] = scenario->steps[parent].variable;
	words[count] = NULL;
	meant = word_meant(name, words);
	parameter = meant ? parameter_of(scenario, meant) : NULL;
	if (parameter)
		parameter->used = true; /* it was meant to be */
	if (meant)
		(void)yaml_problem(node, "there is no parameter '$%.40s'; did you mean '$%s'?", name, meant);
	else
		(void)yaml_problem(node, "there is no parameter '$%.40s'; add it below 'parameters'", name);
}

const char *value_text(struct step_reader *reader, int parent, struct yaml_node node, const char *text, int *loop, bool *open)
{
	struct scenario_parameter *parameter;

	*loop = -1;
	*open = false;
	if (text[0] != '$')
		return text;
	*loop = loop_of(reader->scenario, parent, text + 1);
	if (*loop >= 0)
		return "";
	parameter = parameter_of(reader->scenario, text + 1);
	if (!parameter) {
		refuse_name(reader, parent, node, text + 1);
		return NULL;
	}
	parameter->used = true;
	*open = parameter->open;
	return parameter->value;
}

static const char *unit_kind(enum unit unit)
{
	return unit == UNIT_DURATION ? "a duration" : "a voltage";
}

/* The values of a loop where they are used: their kind, and each in range. */
static bool loop_fits(struct step_reader *reader, int loop, struct yaml_node node, const char *what, enum unit unit, int64_t least,
		      int64_t most)
{
	const struct scenario *scenario = reader->scenario;
	const struct scenario_step *step = &scenario->steps[loop];
	enum value_kind wanted = unit == UNIT_DURATION ? VALUE_DURATION : VALUE_VOLTAGE;
	bool fits = step->verb == VERB_FOR_EACH || unit == UNIT_DURATION;
	int i;

	for (i = 0; i < step->value_count && fits; i++) {
		const struct step_value *value = &scenario->values[step->first_value + i];

		fits = value->kind == wanted;
		if (fits && (value->amount < least || value->amount > most))
			return yaml_problem(node, "%s cannot be %.40s, a value of '$%s'", what, value->text, step->variable);
	}
	return fits || yaml_problem(node, "%s must be %s; '$%s' is none", what, unit_kind(unit), step->variable);
}

bool value_quantity(struct step_reader *reader, int parent, struct yaml_node node, const char *what, const char *text,
		    enum unit unit, int64_t least, int64_t most, struct quantity *quantity)
{
	struct error error;
	const char *value;
	bool open;

	*quantity = (struct quantity){.amount = 0, .loop = QUANTITY_PLAIN};
	value = value_text(reader, parent, node, text, &quantity->loop, &open);
	if (!value)
		return false;
	if (quantity->loop >= 0)
		return loop_fits(reader, quantity->loop, node, what, unit, least, most);
	if (open) {
		quantity->loop = QUANTITY_OPEN;
		return true;
	}
	if (strlen(value) > 60)
		return yaml_problem(node, "%s is '%.20s...', which is not %s", what, value, unit_kind(unit));
	if (unit_read(value, unit, least, most, &quantity->amount, &error))
		return true;
	if (value != text)
		return yaml_problem(node, "%s is %s, which is %s", what, text, error.text);
	return yaml_problem(node, "%s is %s", what, error.text);
}

static void value_make(struct step_value *value, const char *text)
{
	(void)text_copy(value->text, sizeof value->text, text);
	value->kind = VALUE_TEXT;
	if (strlen(text) > 60)
		return;
	if (unit_read(text, UNIT_DURATION, 0, SCENARIO_DURATION_MAX_NS, &value->amount, NULL))
		value->kind = VALUE_DURATION;
	else if (unit_read(text, UNIT_VOLTAGE, 0, SCENARIO_VOLTAGE_MAX_MV, &value->amount, NULL))
		value->kind = VALUE_VOLTAGE;
}

static struct step_value *value_add(struct step_reader *reader)
{
	struct scenario *scenario = reader->scenario;

	if (scenario->value_count == reader->value_room) {
		reader->value_room = reader->value_room * 2 + SCENARIO_VALUES_MAX;
		scenario->values = realloc(scenario->values, (size_t)reader->value_room * sizeof *scenario->values);
		if (!scenario->values)
			abort();
	}
	scenario->values[scenario->value_count] = (struct step_value){.kind = VALUE_TEXT};
	return &scenario->values[scenario->value_count++];
}

void value_list(struct step_reader *reader, int parent, struct yaml_node list, int *first, int *count)
{
	int i, loop;
	bool open;

	*first = reader->scenario->value_count;
	*count = 0;
	if (yaml_is_there(list) && (yaml_count(list) == 0 || yaml_count(list) > SCENARIO_VALUES_MAX))
		(void)yaml_problem(list, "%d values; 1 to %d are read", yaml_count(list), SCENARIO_VALUES_MAX);
	for (i = 0; i < yaml_count(list) && i < SCENARIO_VALUES_MAX; i++) {
		struct yaml_node item = yaml_item(list, i);
		struct step_value *value;
		const char *text;

		if (!yaml_is_scalar(item) || yaml_scalar(item)[0] == '\0') {
			(void)yaml_problem(item, "a value of a for-each must be a single value");
			continue;
		}
		text = value_text(reader, parent, item, yaml_scalar(item), &loop, &open);
		if (!text)
			continue;
		if (loop >= 0) {
			(void)yaml_problem(item, "the value of another loop cannot be a value here");
			continue;
		}
		value = value_add(reader);
		value_make(value, text);
		if (*count > 0 && value->kind != reader->scenario->values[*first].kind)
			(void)yaml_problem(item, "'%.40s' is not of the kind of the first value; the values of one for-each are all durations, "
					   "all voltages or all texts", text);
		(*count)++;
	}
}
