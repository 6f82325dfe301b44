/* Reads a scenario from top to bottom, and owns what it became. */

#include "rig/scenario/scenario.h"

#include "rig/scenario/step_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_parameter(struct scenario *scenario, struct yaml_node key, struct yaml_node value)
{
	struct scenario_parameter *parameter = &scenario->parameters[scenario->parameter_count];

	*parameter = (struct scenario_parameter){.at = yaml_place(key)};
	if (!yaml_name(key, "a parameter's name", parameter->name, sizeof parameter->name))
		return;
	scenario->parameter_count++;
	if (!yaml_text(value, "a parameter's value", parameter->value, sizeof parameter->value))
		return;
	parameter->required = parameter->open = strcmp(parameter->value, "required") == 0;
	if (parameter->open)
		parameter->value[0] = '\0';
	if (parameter->value[0] == '$')
		(void)yaml_problem(value, "a parameter's value cannot be another parameter");
}

static void read_parameters(struct scenario *scenario, struct yaml_map *map)
{
	struct yaml_node node = yaml_get_map(map, "parameters", YAML_OPTIONAL);
	int i, count = yaml_count(node);

	if (count > SCENARIO_PARAMETERS_MAX) {
		(void)yaml_problem(node, "%d parameters; at most %d are read", count, SCENARIO_PARAMETERS_MAX);
		count = SCENARIO_PARAMETERS_MAX;
	}
	scenario->parameters = calloc((size_t)count + 1, sizeof *scenario->parameters);
	if (!scenario->parameters)
		abort();
	for (i = 0; i < count; i++)
		read_parameter(scenario, yaml_entry_key(node, i), yaml_entry_value(node, i));
}

/* ---- Settings of the command line ---- */

static void refuse_setting(const struct scenario *scenario, const char *name, struct problems *problems)
{
	const char *words[SCENARIO_PARAMETERS_MAX + 1], *meant;
	int i;

	for (i = 0; i < scenario->parameter_count; i++)
		words[i] = scenario->parameters[i].name;
	words[i] = NULL;
	meant = word_meant(name, words);
	(void)problem_add(problems, "--set", (struct place){0, 0}, "scenario %s has no parameter '%.40s'%s%s%s", scenario->name, name,
			  meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static void put_in(struct scenario *scenario, const struct scenario_setting *setting, struct problems *problems)
{
	struct scenario_parameter *parameter = NULL;
	int i;

	for (i = 0; i < scenario->parameter_count; i++)
		if (strcmp(scenario->parameters[i].name, setting->name) == 0)
			parameter = &scenario->parameters[i];
	if (!parameter) {
		refuse_setting(scenario, setting->name, problems);
		return;
	}
	parameter->open = false;
	if (!setting->value[0] || setting->value[0] == '$' || !text_copy(parameter->value, sizeof parameter->value, setting->value))
		(void)problem_add(problems, "--set", (struct place){0, 0}, "'%s' has no value that can be used; write --set %s=VALUE",
				  parameter->name, parameter->name);
}

/* ---- All of it ---- */

static void read_expects(struct scenario *scenario, struct yaml_map *map)
{
	static const char *const cases[CASE_COUNT + 1] = {"outage", "ad1", "restored", "firmware", NULL};
	struct yaml_node list = yaml_get_list(map, "expects", YAML_REQUIRED);
	int i, index;

	scenario->expects_at = yaml_place(list);
	for (i = 0; i < yaml_count(list); i++)
		if (yaml_word(yaml_item(list, i), "a case", cases, &index)) {
			if (scenario->expects & CASE_BIT(index))
				(void)yaml_problem(yaml_item(list, i), "case '%s' stands twice", cases[index]);
			scenario->expects |= CASE_BIT(index);
		}
}

static void read_scenario(struct step_reader *reader, const struct scenario_setting *settings, int setting_count,
			  struct problems *problems)
{
	struct scenario *scenario = reader->scenario;
	struct yaml_map map;
	int i;

	if (!yaml_map_begin(&map, yaml_root(reader->yaml), "a scenario"))
		return;
	(void)yaml_get_name(&map, "scenario", YAML_REQUIRED, scenario->name, sizeof scenario->name);
	(void)yaml_get_number(&map, "version", YAML_REQUIRED, 1, 1000000, &scenario->version);
	(void)yaml_get_text(&map, "purpose", YAML_OPTIONAL, scenario->purpose, sizeof scenario->purpose);
	(void)yaml_get_flag(&map, "manual", YAML_OPTIONAL, &scenario->manual);
	read_expects(scenario, &map);
	read_parameters(scenario, &map);
	for (i = 0; i < setting_count; i++)
		put_in(scenario, &settings[i], problems);
	for (i = 0; i < scenario->parameter_count; i++)
		scenario->open_count += scenario->parameters[i].open;
	read_steps(reader, yaml_get_list(&map, "steps", YAML_REQUIRED), -1, 0);
	scenario->finally_first = scenario->step_count;
	reader->finally = true;
	read_steps(reader, yaml_get_list(&map, "finally", YAML_OPTIONAL), -1, 0);
	refuse_scenario(reader);
	yaml_map_end(&map);
}

bool scenario_parse(struct scenario *scenario, const char *file_name, const char *bytes, size_t size,
		    const struct scenario_setting *settings, int setting_count, struct problems *problems)
{
	struct step_reader reader = {.scenario = scenario};
	int before = problems->count + problems->dropped;

	*scenario = (struct scenario){.steps = NULL};
	(void)text_copy(scenario->path, sizeof scenario->path, file_name);
	reader.yaml = yaml_open(file_name, bytes, size, problems);
	if (reader.yaml)
		read_scenario(&reader, settings, setting_count, problems);
	yaml_close(reader.yaml);
	if (problems->count + problems->dropped == before)
		return true;
	scenario_done(scenario);
	return false;
}

bool scenario_load(struct scenario *scenario, const char *path, const struct scenario_setting *settings, int setting_count,
		   struct problems *problems)
{
	struct file file;

	*scenario = (struct scenario){.steps = NULL};
	if (!yaml_file_read(&file, path, problems))
		return false;
	if (!scenario_parse(scenario, path, file.bytes, file.size, settings, setting_count, problems)) {
		file_done(&file);
		return false;
	}
	scenario->file = file;
	return true;
}

void scenario_done(struct scenario *scenario)
{
	free(scenario->parameters);
	free(scenario->steps);
	free(scenario->values);
	file_done(&scenario->file);
	*scenario = (struct scenario){.steps = NULL};
}

bool scenario_is_complete(const struct scenario *scenario, struct problems *problems)
{
	int i;

	if (scenario->manual)
		return true;
	for (i = 0; i < scenario->parameter_count; i++)
		if (scenario->parameters[i].open)
			(void)problem_add(problems, scenario->path, scenario->parameters[i].at, "parameter '%s' is required and has no value; add --set %s=VALUE",
					  scenario->parameters[i].name, scenario->parameters[i].name);
	return scenario->open_count == 0;
}
