/* A loader that is somebody else's program: what is run for each phase, how long it may take, and what its output tells. */

#include "rig/bench/reader.h"

#include <stdio.h>
#include <string.h>

#define PROGRESS_DEFAULT "progress: *([0-9]{1,3}) ?%"

/* What stands for something in an argument; the same names as in drivers/tool. */
static const char *const placeholders[] = {"image", "port", "device", "slot", "phase"};

static bool is_placeholder(const char *name, size_t size)
{
	size_t i;

	for (i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
		if (strlen(placeholders[i]) == size && memcmp(placeholders[i], name, size) == 0)
			return true;
	return false;
}

/* One with a wrong name would go to the program as it stands, and be found out in the middle of a night. */
static void check_placeholders(struct yaml_node node, const char *argument)
{
	const char *open, *close;

	for (open = strchr(argument, '{'); open; open = strchr(close, '{')) {
		close = strchr(open, '}');
		if (!close || !is_placeholder(open + 1, (size_t)(close - open - 1))) {
			(void)yaml_problem(node, "'%s' has braces around none of image, port, device, slot, phase", argument);
			return;
		}
	}
}

static void read_arguments(struct yaml_node list, const char *key, struct bench_call *to)
{
	int i, count = yaml_count(list);
	size_t used = 0;

	if (count < 1 || count > TOOL_ARGUMENTS_MAX) {
		(void)yaml_problem(list, "'run' of '%s' has %d parts; it has the program and its arguments, at most %d", key, count, TOOL_ARGUMENTS_MAX);
		return;
	}
	for (i = 0; i < count; i++) {
		char argument[TOOL_ARGUMENTS_SIZE];

		if (!yaml_text(yaml_item(list, i), "an argument", argument, sizeof argument))
			return;
		check_placeholders(yaml_item(list, i), argument);
		if (used + strlen(argument) + 1 > sizeof to->arguments) {
			(void)yaml_problem(list, "'run' of '%s' is longer than %d bytes; put what is long into a script", key, TOOL_ARGUMENTS_SIZE - 1);
			return;
		}
		memcpy(to->arguments + used, argument, strlen(argument) + 1);
		used += strlen(argument) + 1;
	}
	to->count = count;
}

static bool names(const struct bench_call *call, const char *placeholder)
{
	const char *at = call->arguments;
	int i;

	for (i = 0; i < call->count; i++, at += strlen(at) + 1)
		if (strstr(at, placeholder))
			return true;
	return false;
}

/* A pattern of the call's output with a group, where `pattern` is not NULL. */
static void read_pattern_of(struct yaml_map *keys, const char *key, enum yaml_need need, const char *otherwise, char to[PATTERN_SIZE])
{
	struct yaml_node node = yaml_get(keys, key, need);
	struct pattern pattern = {.captures = 0};

	(void)snprintf(to, PATTERN_SIZE, "%s", otherwise);
	if (!yaml_is_there(node))
		return;
	read_pattern(node, key, to, &pattern);
	if (!pattern_has(&pattern, CAPTURE_GROUP))
		(void)yaml_problem(node, "'%s' needs parentheses around what it is to find, such as \"firmware ([0-9A-F]+)\"", key);
}

static bool begin_call(struct yaml_map *map, const char *key, enum yaml_need need, struct yaml_map *keys, struct bench_call *to)
{
	struct yaml_node node = yaml_get_map(map, key, need), run;

	if (!yaml_is_there(node) || !yaml_map_begin(keys, node, key))
		return false;
	run = yaml_get_list(keys, "run", YAML_REQUIRED);
	if (yaml_is_there(run))
		read_arguments(run, key, to);
	(void)yaml_get_decimal(keys, "within_s", YAML_REQUIRED, NS_PER_S, "s", NS_PER_MS, 24 * NS_PER_H, &to->within_ns);
	return true;
}

static void read_call(struct yaml_map *map, const char *key, enum yaml_need need, struct bench_call *to)
{
	struct yaml_map keys;

	if (begin_call(map, key, need, &keys, to))
		yaml_map_end(&keys);
}

static void refuse_port(struct yaml_map *map, const struct bench_instrument *of)
{
	const struct bench_tool *tool = &of->loader->tool;
	const struct port_address *port = &of->port;

	if (port->path[0] || port->usb[0] || port->usb_serial[0] || port->usb_path[0])
		return;
	if (names(&tool->transfer, "{port}") || names(&tool->verify, "{port}") || names(&tool->activate, "{port}") || names(&tool->version, "{port}"))
		(void)yaml_problem(map->node, "{port} stands for a port that is not given; add 'port'");
}

void read_tool(struct yaml_map *map, struct bench_instrument *to)
{
	struct bench_tool *tool = &to->loader->tool;
	struct yaml_map keys;

	to->loader->push = LOADER_TOOL;
	read_port(map, YAML_OPTIONAL, &to->port);
	if (begin_call(map, "transfer", YAML_REQUIRED, &keys, &tool->transfer)) {
		if (tool->transfer.count > 0 && !names(&tool->transfer, "{image}"))
			(void)yaml_problem(keys.node, "'transfer' does not say {image}: which firmware would it bring?");
		read_pattern_of(&keys, "progress", YAML_OPTIONAL, PROGRESS_DEFAULT, tool->progress);
		yaml_map_end(&keys);
	}
	read_call(map, "verify", YAML_OPTIONAL, &tool->verify);
	read_call(map, "activate", YAML_REQUIRED, &tool->activate);
	if (begin_call(map, "version", YAML_REQUIRED, &keys, &tool->version)) {
		read_pattern_of(&keys, "expect", YAML_REQUIRED, "", tool->expect);
		yaml_map_end(&keys);
	}
	refuse_port(map, to);
}
