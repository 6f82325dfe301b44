/* Steps of a scenario into one flat array: which verb a step has, and its words. */

#include "rig/scenario/step_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verbs[VERB_COUNT + 1] = {"supply", "mains", "cut", "set", "ramp", "hold", "wait", "control", "transfer", "gate",
	"activate", "judge", "confirm", "prompt", "note", "repeat", "for-each", "bisect", NULL};
static const char *const waits[] = {"hub-ready", "recharged", "supply-present", "supply-absent", "mains-present", "mains-absent", "ad1",
	NULL};
static const char *const moments[] = {"here", "start", "first-block", "activate", "control", NULL};
static const char *const cases[CASE_COUNT + 1] = {"outage", "ad1", "restored", "firmware", NULL};

const char *verb_name(enum verb verb)
{
	return verbs[verb];
}

const char *wait_for_name(enum wait_for wait)
{
	return waits[wait];
}

const char *moment_name(enum moment moment)
{
	return moments[moment];
}

/* A step being read; its place in the array may move while its own steps are read, so it goes by index. */
struct reading_step {
	struct step_reader *reader;
	struct yaml_map map;
	int index;
	int parent;
};

static struct scenario_step *step_of(const struct reading_step *reading)
{
	return &reading->reader->scenario->steps[reading->index];
}

static int step_add(struct step_reader *reader)
{
	struct scenario *scenario = reader->scenario;

	if (scenario->step_count == reader->step_room) {
		reader->step_room = reader->step_room * 2 + 16;
		scenario->steps = realloc(scenario->steps, (size_t)reader->step_room * sizeof *scenario->steps);
		if (!scenario->steps)
			abort();
	}
	scenario->steps[scenario->step_count] = (struct scenario_step){.text_loop = -1, .for_ns = {0, -1}, .level_mv = {0, -1},
		.within_ns = {0, -1}, .watch_ns = {0, -1}, .until_ns = {0, -1}};
	return scenario->step_count++;
}

/* ---- Values of a step ---- */

static bool read_duration(struct reading_step *reading, struct yaml_node node, const char *what, int64_t least, struct quantity *to)
{
	if (!yaml_is_there(node))
		return false;
	if (!yaml_is_scalar(node))
		return yaml_problem(node, "%s must be a duration, such as 15min", what);
	return value_quantity(reading->reader, reading->parent, node, what, yaml_scalar(node), UNIT_DURATION, least,
			      SCENARIO_DURATION_MAX_NS, to);
}

/* What a step waits at most. A step that may wait for ever is refused, with an example of a bound. */
static void read_within(struct reading_step *reading, const char *example)
{
	struct yaml_node node = yaml_get(&reading->map, "within", YAML_OPTIONAL);
	struct scenario_step *step = step_of(reading);

	if (!yaml_is_there(node) && example)
		(void)yaml_problem(reading->map.node, "'%s' has no bound; add 'within', such as within: %s", verb_name(step->verb), example);
	(void)read_duration(reading, node, "'within'", NS_PER_MS, &step->within_ns);
}

static void read_default_within(struct reading_step *reading, int64_t within_ns)
{
	step_of(reading)->within_ns = (struct quantity){within_ns, -1};
	read_within(reading, NULL);
}

/* The verb's own value. */
static struct yaml_node own(struct reading_step *reading)
{
	return yaml_get(&reading->map, verb_name(step_of(reading)->verb), YAML_OPTIONAL);
}

static const char *label(struct reading_step *reading, char bytes[32])
{
	(void)snprintf(bytes, 32, "'%s'", verb_name(step_of(reading)->verb));
	return bytes;
}

static bool read_own_word(struct reading_step *reading, const char *const *words, int *index)
{
	char what[32];

	return yaml_word(own(reading), label(reading, what), words, index);
}

static void read_own_duration(struct reading_step *reading, int64_t least)
{
	char what[32];

	(void)read_duration(reading, own(reading), label(reading, what), least, &step_of(reading)->for_ns);
}

/* Text with $name in it only as a whole. */
static void read_own_text(struct reading_step *reading)
{
	struct scenario_step *step = step_of(reading);
	char what[32];
	const char *text;
	bool open;

	if (!yaml_text(own(reading), label(reading, what), step->text, sizeof step->text) || step->text[0] != '$')
		return;
	text = value_text(reading->reader, reading->parent, own(reading), step->text, &step->text_loop, &open);
	if (text && !open && step->text_loop < 0)
		(void)text_copy(step->text, sizeof step->text, text);
}

/* ---- Verbs ---- */

static void read_supply(struct reading_step *reading)
{
	static const char *const words[] = {"off", "on", NULL};
	int index = SWITCHING_ON;

	(void)read_own_word(reading, words, &index);
	step_of(reading)->switching = (enum switching)index;
}

/* "on", "off" or "cut 150s". */
static void read_mains(struct reading_step *reading)
{
	struct scenario_step *step = step_of(reading);
	struct yaml_node node = own(reading);
	const char *text = yaml_scalar(node);

	if (strcmp(text, "on") == 0 || strcmp(text, "off") == 0) {
		step->switching = text[1] == 'n' ? SWITCHING_ON : SWITCHING_OFF;
	} else if (strncmp(text, "cut ", 4) == 0) {
		step->switching = SWITCHING_CUT;
		(void)value_quantity(reading->reader, reading->parent, node, "the cut of 'mains'", text + 4, UNIT_DURATION, NS_PER_MS,
				     SCENARIO_DURATION_MAX_NS, &step->for_ns);
	} else {
		(void)yaml_problem(node, "'mains' is '%.40s'; it must be on, off or a cut such as cut 150s", text);
	}
}

static void read_level(struct reading_step *reading, struct yaml_map *map)
{
	struct yaml_node node = yaml_get(map, "supply", YAML_REQUIRED);

	if (yaml_is_scalar(node))
		(void)value_quantity(reading->reader, reading->parent, node, "'supply'", yaml_scalar(node), UNIT_VOLTAGE, 0,
				     SCENARIO_VOLTAGE_MAX_MV, &step_of(reading)->level_mv);
	else
		(void)yaml_problem(node, "'supply' must be a voltage, such as 9.0V");
}

static void read_set(struct reading_step *reading)
{
	struct yaml_map map;

	if (!yaml_map_begin(&map, own(reading), "'set'"))
		return;
	read_level(reading, &map);
	yaml_map_end(&map);
}

static void read_ramp(struct reading_step *reading)
{
	struct yaml_map map;

	if (!yaml_map_begin(&map, own(reading), "'ramp'"))
		return;
	read_level(reading, &map);
	if (read_duration(reading, yaml_get(&map, "over", YAML_REQUIRED), "'over'", NS_PER_MS, &step_of(reading)->for_ns))
		step_of(reading)->within_ns = step_of(reading)->for_ns;
	yaml_map_end(&map);
}

static void read_wait(struct reading_step *reading)
{
	int index = 0;

	(void)read_own_word(reading, waits, &index);
	step_of(reading)->wait = (enum wait_for)index;
	read_within(reading, "15min");
}

static void read_control(struct reading_step *reading)
{
	static const char *const words[] = {"positive", "negative", NULL};
	struct scenario_step *step = step_of(reading);
	int index = 0;

	(void)read_own_word(reading, words, &index);
	step->polarity = (enum polarity)index;
	step->for_ns.amount = index == POLARITY_POSITIVE ? CONTROL_POSITIVE_NS : CONTROL_NEGATIVE_NS;
	step->watch_ns.amount = CONTROL_WATCH_NS;
	(void)read_duration(reading, yaml_get(&reading->map, "for", YAML_OPTIONAL), "'for'", NS_PER_S, &step->for_ns);
	(void)read_duration(reading, yaml_get(&reading->map, "watch", YAML_OPTIONAL), "'watch'", NS_PER_S, &step->watch_ns);
}

static void read_transfer(struct reading_step *reading)
{
	read_own_text(reading);
	read_within(reading, "4h");
}

static void read_gate(struct reading_step *reading)
{
	static const char *const words[] = {"irreversible", NULL};
	int index;

	(void)read_own_word(reading, words, &index);
	read_default_within(reading, GATE_WITHIN_NS);
}

static void read_activate(struct reading_step *reading)
{
	static const char *const words[] = {"now", NULL};
	int index;

	(void)read_own_word(reading, words, &index);
	read_default_within(reading, ACTIVATE_WITHIN_NS);
}

static unsigned read_case(struct reading_step *reading, struct yaml_node node)
{
	int index;

	if (yaml_word(node, "a case", cases, &index))
		return CASE_BIT(index);
	reading->reader->lost = true;
	return 0;
}

/* "60min after activate" or "60min". */
static void read_until(struct reading_step *reading, struct yaml_node node)
{
	struct scenario_step *step = step_of(reading);
	const char *text = yaml_scalar(node), *after = strstr(text, " after ");
	char amount[FREE_TEXT_SIZE];
	int i;

	if (!yaml_is_scalar(node) || strlen(text) >= sizeof amount) {
		(void)yaml_problem(node, "'until' must be such as 60min after activate, or 60min");
		return;
	}
	(void)snprintf(amount, sizeof amount, "%.*s", (int)(after ? (size_t)(after - text) : strlen(text)), text);
	(void)value_quantity(reading->reader, reading->parent, node, "'until'", amount, UNIT_DURATION, 0, SCENARIO_DURATION_MAX_NS,
			     &step->until_ns);
	if (!after)
		return;
	for (i = 0; moments[i]; i++)
		if (strcmp(moments[i], after + strlen(" after ")) == 0) {
			step->until_moment = (enum moment)i;
			return;
		}
	(void)yaml_problem(node, "'until' is after '%.40s'; it can be after here, start, first-block, activate or control",
			   after + strlen(" after "));
}

static void read_judge(struct reading_step *reading)
{
	struct scenario_step *step = step_of(reading);
	struct yaml_node node = own(reading), until;
	int i, from = MOMENT_HERE;

	if (yaml_is_list(node) && yaml_count(node) == 0)
		(void)yaml_problem(node, "'judge' names no case; outage, ad1, restored and firmware can be judged");
	for (i = 0; i < yaml_count(node) && yaml_is_list(node); i++)
		step->cases |= read_case(reading, yaml_item(node, i));
	if (!yaml_is_list(node))
		step->cases = read_case(reading, node);
	(void)yaml_get_word(&reading->map, "from", YAML_OPTIONAL, moments, &from);
	step->from = (enum moment)from;
	until = yaml_get(&reading->map, "until", YAML_OPTIONAL);
	if (yaml_is_there(until))
		read_until(reading, until);
	else
		(void)yaml_problem(reading->map.node, "'judge' has no bound; add 'until', such as until: 60min after activate");
}

static void read_confirm(struct reading_step *reading)
{
	static const char *const words[] = {"firmware", NULL};
	int index;

	(void)read_own_word(reading, words, &index);
	step_of(reading)->cases = CASE_BIT(CASE_FIRMWARE);
	read_within(reading, "10min");
}

static void read_prompt(struct reading_step *reading)
{
	struct scenario_step *step;

	read_own_text(reading);
	read_within(reading, "30min");
	step = step_of(reading);
	(void)yaml_get_text(&reading->map, "default", YAML_OPTIONAL, step->answer, sizeof step->answer);
}

/* ---- Loops ---- */

static void read_repeat(struct reading_step *reading)
{
	struct yaml_node node = own(reading);
	struct error error;
	const char *text;
	int64_t times = 1;
	bool open;
	int loop;

	if (!yaml_is_scalar(node) || yaml_scalar(node)[0] == '\0') {
		(void)yaml_problem(node, "'repeat' must be a number of times");
		return;
	}
	text = value_text(reading->reader, reading->parent, node, yaml_scalar(node), &loop, &open);
	if (!text || open)
		times = 1;
	else if (loop >= 0)
		(void)yaml_problem(node, "'repeat' must be a number; a loop's value is none");
	else if (strlen(text) > 60 || !number_read(text, 1, SCENARIO_REPEAT_MAX, &times, &error))
		(void)yaml_problem(node, "'repeat' is %s", strlen(text) > 60 ? "no number" : error.text);
	step_of(reading)->repeat = (int)times;
}

static void name_variable(struct reading_step *reading, struct yaml_node node)
{
	const struct scenario *scenario = reading->reader->scenario;
	struct scenario_step *step = step_of(reading);
	char name[WORD_TEXT_SIZE];
	int i;

	if (!yaml_name(node, "a loop's name", name, sizeof name))
		return;
	for (i = 0; i < scenario->parameter_count; i++)
		if (strcmp(scenario->parameters[i].name, name) == 0)
			(void)yaml_problem(node, "'%s' is a parameter already; give the loop's value another name", name);
	for (i = reading->parent; i >= 0; i = scenario->steps[i].parent)
		if (strcmp(scenario->steps[i].variable, name) == 0)
			(void)yaml_problem(node, "'%s' is the value of a loop around this one; give it another name", name);
	memcpy(step->variable, name, sizeof step->variable);
}

static void read_for_each(struct reading_step *reading)
{
	struct yaml_node node = own(reading), list;
	int first, count;

	if (!yaml_is_map(node) || yaml_count(node) != 1) {
		(void)yaml_problem(node, "'for-each' must be one name with its values, such as {length: [20s, 179s]}");
		return;
	}
	name_variable(reading, yaml_entry_key(node, 0));
	list = yaml_entry_value(node, 0);
	if (!yaml_is_list(list)) {
		(void)yaml_problem(list, "the values of a for-each must be a list, such as [20s, 179s]");
		return;
	}
	value_list(reading->reader, reading->parent, list, &first, &count);
	step_of(reading)->first_value = first;
	step_of(reading)->value_count = count;
}

static bool read_end(struct reading_step *reading, struct yaml_map *map, const char *key, int64_t *to)
{
	char what[32];
	struct quantity quantity;

	(void)snprintf(what, sizeof what, "'%s'", key);
	if (!read_duration(reading, yaml_get(map, key, YAML_REQUIRED), what, NS_PER_MS, &quantity))
		return false;
	*to = quantity.amount;
	if (quantity.loop >= 0)
		return yaml_problem(yaml_get(map, key, YAML_REQUIRED), "%s of a bisect cannot be the value of a loop", what);
	if (quantity.loop == QUANTITY_OPEN)
		return yaml_problem(yaml_get(map, key, YAML_REQUIRED), "%s of a bisect cannot be a parameter without a value; give it a default", what);
	return true;
}

static void read_bisect(struct reading_step *reading)
{
	static const char *const seeks[] = {"ad1", NULL};
	struct scenario_step *step = step_of(reading);
	struct yaml_node name;
	bool from, to, by;
	struct yaml_map map;
	int64_t tries;
	int seek;

	(void)snprintf(step->variable, sizeof step->variable, "length");
	step->bisect.seek = CASE_AD1;
	step->bisect.tries = 1;
	if (!yaml_map_begin(&map, own(reading), "'bisect'"))
		return;
	from = read_end(reading, &map, "from", &step->bisect.from_ns);
	to = read_end(reading, &map, "to", &step->bisect.to_ns);
	by = read_end(reading, &map, "step", &step->bisect.step_ns);
	(void)yaml_get_word(&map, "seek", YAML_REQUIRED, seeks, &seek);
	if (yaml_get_number(&map, "tries", YAML_OPTIONAL, 1, SCENARIO_TRIES_MAX, &tries))
		step->bisect.tries = (int)tries;
	name = yaml_get(&map, "as", YAML_OPTIONAL);
	if (yaml_is_there(name))
		name_variable(reading, name);
	if (from && to && step->bisect.from_ns >= step->bisect.to_ns)
		(void)yaml_problem(map.node, "'from' of a bisect must be shorter than 'to'");
	else if (from && to && by && step->bisect.step_ns > step->bisect.to_ns - step->bisect.from_ns)
		(void)yaml_problem(map.node, "'step' of a bisect is longer than the way from 'from' to 'to'");
	yaml_map_end(&map);
}

static bool is_loop(enum verb verb)
{
	return verb == VERB_REPEAT || verb == VERB_FOR_EACH || verb == VERB_BISECT;
}

/* The steps inside a loop follow it in the array. */
static void read_inside(struct reading_step *reading, int depth)
{
	struct yaml_node list = yaml_get_list(&reading->map, "steps", YAML_REQUIRED);

	if (depth + 1 > SCENARIO_DEPTH_MAX)
		(void)yaml_problem(reading->map.node, "loops are nested too deeply; at most %d are read", SCENARIO_DEPTH_MAX);
	else
		read_steps(reading->reader, list, reading->index, depth + 1);
	step_of(reading)->end = reading->reader->scenario->step_count;
}

/* ---- Any step ---- */

static void read_verb(struct reading_step *reading)
{
	switch (step_of(reading)->verb) {
	case VERB_SUPPLY: read_supply(reading); break;
	case VERB_MAINS: read_mains(reading); break;
	case VERB_CUT: read_own_duration(reading, NS_PER_MS); break;
	case VERB_SET: read_set(reading); break;
	case VERB_RAMP: read_ramp(reading); break;
	case VERB_HOLD: read_own_duration(reading, NS_PER_MS); break;
	case VERB_WAIT: read_wait(reading); break;
	case VERB_CONTROL: read_control(reading); break;
	case VERB_TRANSFER: read_transfer(reading); break;
	case VERB_GATE: read_gate(reading); break;
	case VERB_ACTIVATE: read_activate(reading); break;
	case VERB_JUDGE: read_judge(reading); break;
	case VERB_CONFIRM: read_confirm(reading); break;
	case VERB_PROMPT: read_prompt(reading); break;
	case VERB_NOTE: read_own_text(reading); break;
	case VERB_REPEAT: read_repeat(reading); break;
	case VERB_FOR_EACH: read_for_each(reading); break;
	case VERB_BISECT: read_bisect(reading); break;
	case VERB_COUNT: break;
	}
}

static void refuse_verb(struct yaml_node node)
{
	struct yaml_node key = yaml_entry_key(node, 0);
	const char *meant = NULL;
	int i;

	for (i = 0; i < yaml_count(node) && !meant; i++) {
		key = yaml_entry_key(node, i);
		meant = word_meant(yaml_scalar(key), verbs);
	}
	if (meant)
		(void)yaml_problem(key, "there is no verb '%.40s'; did you mean '%s'?", yaml_scalar(key), meant);
	else
		(void)yaml_problem(node, "a step needs a verb: supply, mains, cut, set, ramp, hold, wait, control, transfer, gate, activate, judge, "
				   "confirm, prompt, note, repeat, for-each or bisect");
}

/* The one key of a step that is a verb; VERB_COUNT with a problem if there is none or a second. */
static enum verb verb_of(struct yaml_node node)
{
	enum verb verb, found = VERB_COUNT;
	int i;

	for (i = 0; i < yaml_count(node); i++) {
		for (verb = 0; verb < VERB_COUNT; verb++)
			if (strcmp(verbs[verb], yaml_scalar(yaml_entry_key(node, i))) == 0)
				break;
		if (verb == VERB_COUNT)
			continue;
		if (found != VERB_COUNT) {
			(void)yaml_problem(yaml_entry_key(node, i), "a step has one verb; '%s' and '%s' need a '-' each", verbs[found], verbs[verb]);
			return VERB_COUNT;
		}
		found = verb;
	}
	if (found == VERB_COUNT)
		refuse_verb(node);
	return found;
}

static void read_step(struct step_reader *reader, struct yaml_node node, int parent, int depth)
{
	struct reading_step reading = {.reader = reader, .parent = parent};
	struct scenario_step *step;
	enum verb verb;

	verb = yaml_map_begin(&reading.map, node, "a step") ? verb_of(node) : VERB_COUNT;
	if (verb == VERB_COUNT) {
		reader->lost = true;
		return;
	}
	reading.index = step_add(reader);
	step = step_of(&reading);
	step->verb = verb;
	step->at = reading.map.place;
	step->depth = depth;
	step->parent = parent;
	step->end = reading.index + 1;
	step->finally = reader->finally;
	step->within_ns.amount = step->verb == VERB_CUT ? BACK_WITHIN_NS : SWITCH_WITHIN_NS;
	read_verb(&reading);
	if (is_loop(verb))
		read_inside(&reading, depth);
	yaml_map_end(&reading.map);
}

void read_steps(struct step_reader *reader, struct yaml_node list, int parent, int depth)
{
	int i;

	if (yaml_is_there(list) && yaml_count(list) == 0)
		(void)yaml_problem(list, "there is no step here; a run that does nothing proves nothing");
	for (i = 0; i < yaml_count(list); i++) {
		if (reader->scenario->step_count == SCENARIO_STEPS_MAX) {
			(void)yaml_problem(yaml_item(list, i), "more than %d steps; repeat or for-each make them fewer", SCENARIO_STEPS_MAX);
			return;
		}
		read_step(reader, yaml_item(list, i), parent, depth);
	}
}
