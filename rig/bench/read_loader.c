/* Loaders of a bench file: by what protocol an image goes to a device, and what is said to its console around it. */

#include "rig/base/pattern.h"
#include "rig/bench/reader.h"

#include <stdio.h>
#include <string.h>

#define GECKO_STEPS 2                    /* of the menu, behind those of the file */
#define GECKO_VERIFY_NS (30 * NS_PER_S)  /* it has checked the image while it came */

static void read_exchange_keys(struct yaml_map *keys, struct bench_exchange *to, struct pattern *expect)
{
	to->within_ns = EXCHANGE_WITHIN_NS;
	(void)yaml_get_text(keys, "send", YAML_OPTIONAL, to->send, sizeof to->send);
	read_pattern(yaml_get(keys, "expect", YAML_OPTIONAL), "expect", to->expect, expect);
	read_pattern(yaml_get(keys, "refuse", YAML_OPTIONAL), "refuse", to->refuse, NULL);
	(void)yaml_get_decimal(keys, "within_s", YAML_OPTIONAL, NS_PER_S, "s", NS_PER_MS, NS_PER_H, &to->within_ns);
}

static bool is_there(struct yaml_map *keys, const char *key)
{
	return yaml_is_there(yaml_get(keys, key, YAML_OPTIONAL));
}

/* One exchange, as a script of one step. */
static bool read_exchange(struct yaml_map *map, const char *key, enum yaml_need need, struct bench_script *to, struct pattern *expect)
{
	struct yaml_node node = yaml_get_map(map, key, need);
	struct yaml_map keys;

	if (!yaml_is_there(node) || !yaml_map_begin(&keys, node, key))
		return false;
	to->count = 1;
	read_exchange_keys(&keys, &to->steps[0].exchange, expect);
	if (!is_there(&keys, "send") && !is_there(&keys, "expect"))
		(void)yaml_problem(node, "'%s' neither sends nor expects anything", key);
	yaml_map_end(&keys);
	return true;
}

/* What a port of this kind has not, no step may want of it. */
static void refuse_line(const struct yaml_map *map, const struct bench_instrument *of, const struct bench_script *script)
{
	bool socket = strncmp(of->port.path, "tcp:", 4) == 0;
	int i;

	for (i = 0; i < script->count; i++) {
		const struct bench_step *step = &script->steps[i];

		if (socket && (step->baud != 0 || step->dtr != PORT_LINE_LEAVE || step->rts != PORT_LINE_LEAVE || step->break_ns != 0))
			(void)yaml_problem(map->node, "the port is a socket, which has no baud, dtr, rts and break; a step wants one of them");
		else if (of->settings.flow == PORT_FLOW_RTS_CTS && step->rts != PORT_LINE_LEAVE)
			(void)yaml_problem(map->node, "a step sets rts, which is the port's own with 'flow: rts-cts'");
		else
			continue;
		return;
	}
}

static void read_step(struct yaml_node node, struct bench_step *to, struct pattern *expect)
{
	static const char *const lines[] = {"leave", "off", "on", NULL};
	int dtr = 0, rts = 0;
	struct yaml_map keys;

	if (!yaml_map_begin(&keys, node, "a step"))
		return;
	read_exchange_keys(&keys, &to->exchange, expect);
	(void)yaml_get_number(&keys, "baud", YAML_OPTIONAL, 300, 4000000, &to->baud);
	(void)yaml_get_word(&keys, "dtr", YAML_OPTIONAL, lines, &dtr);
	(void)yaml_get_word(&keys, "rts", YAML_OPTIONAL, lines, &rts);
	(void)yaml_get_decimal(&keys, "break_ms", YAML_OPTIONAL, NS_PER_MS, "ms", NS_PER_MS, 10 * NS_PER_S, &to->break_ns);
	(void)yaml_get_decimal(&keys, "wait_ms", YAML_OPTIONAL, NS_PER_MS, "ms", NS_PER_MS, NS_PER_H, &to->wait_ns);
	to->dtr = (enum port_line)dtr;
	to->rts = (enum port_line)rts;
	if (!is_there(&keys, "send") && !is_there(&keys, "expect") && !is_there(&keys, "refuse") && !is_there(&keys, "baud") &&
	    dtr + rts == 0 && !is_there(&keys, "break_ms") && !is_there(&keys, "wait_ms"))
		(void)yaml_problem(node, "a step that does nothing; remove it");
	yaml_map_end(&keys);
}

/* A list of steps. `expect`: the last one's pattern. */
static bool read_script(struct yaml_map *map, const char *key, enum yaml_need need, struct bench_script *to, struct pattern *expect)
{
	struct yaml_node node = yaml_get_list(map, key, need);
	int i, count = yaml_count(node);

	if (!yaml_is_there(node))
		return false;
	if (count < 1 || count > SCRIPT_STEPS_MAX)
		return yaml_problem(node, "'%s' has %d steps; a script has 1 to %d", key, count, SCRIPT_STEPS_MAX);
	to->count = count;
	for (i = 0; i < count; i++)
		read_step(yaml_item(node, i), &to->steps[i], i + 1 == count ? expect : NULL);
	return true;
}

static bool sends(const struct bench_script *script)
{
	int i;

	for (i = 0; i < script->count; i++)
		if (script->steps[i].exchange.send[0])
			return true;
	return false;
}

/* What is said on the console: exchanges, or with a script lists of steps. */
static void read_dialogs(struct yaml_map *map, struct bench_loader *loader)
{
	bool script = loader->protocol == LOADER_SCRIPT;
	bool (*read)(struct yaml_map *, const char *, enum yaml_need, struct bench_script *, struct pattern *) = script ? read_script : read_exchange;
	struct pattern version = {.captures = 0};
	struct yaml_node version_node;

	(void)read(map, "enter", YAML_OPTIONAL, &loader->enter, NULL);
	(void)read(map, "verify", YAML_OPTIONAL, &loader->verify, NULL);
	if (read(map, "activate", YAML_REQUIRED, &loader->activate, NULL) && !sends(&loader->activate))
		(void)yaml_problem(yaml_get(map, "activate", YAML_REQUIRED), "'activate' sends nothing; add 'send'");
	version_node = yaml_get(map, "version", YAML_REQUIRED);
	if (read(map, "version", YAML_REQUIRED, &loader->version, &version) && !pattern_has(&version, CAPTURE_GROUP))
		(void)yaml_problem(version_node, "'version' needs an 'expect' with the version in parentheses%s, such as \"firmware ([0-9A-F]+)\"",
				   script ? " in its last step" : "");
}

/* What is not said on the console: SMP has its own words for all of it but entering. */
static void read_smp(struct yaml_map *map, struct bench_loader *loader)
{
	static const char *const own[] = {"verify", "activate", "version"};
	static const char *const marks[] = {"confirm", "test", NULL};
	struct yaml_node node;
	size_t i;
	int mark = 0;

	(void)read_exchange(map, "enter", YAML_OPTIONAL, &loader->enter, NULL);
	for (i = 0; i < sizeof own / sizeof *own; i++)
		if (yaml_is_there(node = yaml_get(map, own[i], YAML_OPTIONAL)))
			(void)yaml_problem(node, "SMP does '%s' by itself; remove it", own[i]);
	(void)yaml_get_word(map, "mark", YAML_OPTIONAL, marks, &mark);
	loader->mark = (enum loader_mark)mark;
}

static void add_step(struct bench_script *script, const char *send, const char *expect, const char *refuse, int64_t within_ns)
{
	struct bench_step *step = &script->steps[script->count++];

	*step = (struct bench_step){.exchange = {.within_ns = within_ns}};
	(void)snprintf(step->exchange.send, sizeof step->exchange.send, "%s", send);
	(void)snprintf(step->exchange.expect, sizeof step->exchange.expect, "%s", expect);
	(void)snprintf(step->exchange.refuse, sizeof step->exchange.refuse, "%s", refuse);
}

/*
 * The menu of Silicon Labs' Gecko boot loader (facts/ota.md 5.3): "1" takes an image by XMODEM in blocks of 128, "2" runs what is
 * there. The file says how the device comes into its boot loader, if it is not there, and how its firmware tells its version.
 * A line's end makes the menu appear, whether its first appearance was heard or not.
 */
static void read_gecko(struct yaml_map *map, struct bench_loader *loader)
{
	static const char *const own[] = {"verify", "activate"};
	struct pattern version = {.captures = 0};
	struct yaml_node node;
	size_t i;

	if (read_script(map, "enter", YAML_OPTIONAL, &loader->enter, NULL) && loader->enter.count > SCRIPT_STEPS_MAX - GECKO_STEPS) {
		(void)yaml_problem(yaml_get(map, "enter", YAML_OPTIONAL), "'enter' has %d steps; before the boot loader's menu there is room for %d",
				   loader->enter.count, SCRIPT_STEPS_MAX - GECKO_STEPS);
		loader->enter.count = SCRIPT_STEPS_MAX - GECKO_STEPS;
	}
	add_step(&loader->enter, "\r", "BL >", "", EXCHANGE_WITHIN_NS);
	add_step(&loader->enter, "1", "begin upload", "", EXCHANGE_WITHIN_NS);
	add_step(&loader->verify, "", "Serial upload complete", "[Aa]borted", GECKO_VERIFY_NS);
	add_step(&loader->activate, "2", "", "", EXCHANGE_WITHIN_NS);
	for (i = 0; i < sizeof own / sizeof *own; i++)
		if (yaml_is_there(node = yaml_get(map, own[i], YAML_OPTIONAL)))
			(void)yaml_problem(node, "the boot loader's menu does '%s'; remove it", own[i]);
	node = yaml_get(map, "version", YAML_REQUIRED);
	if (read_script(map, "version", YAML_REQUIRED, &loader->version, &version) && !pattern_has(&version, CAPTURE_GROUP))
		(void)yaml_problem(node, "'version' needs an 'expect' with the version in parentheses in its last step, such as \"firmware ([0-9A-F]+)\"");
}

static enum loader_protocol push_of(const struct bench_loader *loader, int pushes)
{
	switch (loader->protocol) {
	case LOADER_SCRIPT:
		return (enum loader_protocol)pushes;
	case LOADER_GECKO:
		return LOADER_XMODEM_128;
	case LOADER_XMODEM_1K:
	case LOADER_XMODEM_128:
	case LOADER_YMODEM:
	case LOADER_SMP:
	case LOADER_TOOL:
		break;
	}
	return loader->protocol;
}

void read_loader(struct yaml_map *map, struct bench_instrument *to)
{
	static const char *const protocols[] = {"xmodem-1k", "xmodem-128", "ymodem", "smp", "script", "gecko", "tool", NULL};
	static const char *const pushes[] = {"xmodem-1k", "xmodem-128", "ymodem", "smp", NULL};
	struct bench_loader *loader = reader_grow(NULL, 0, sizeof *loader);
	int protocol = 0, push = 0;

	to->loader = loader;
	(void)yaml_get_word(map, "protocol", YAML_REQUIRED, protocols, &protocol);
	loader->protocol = (enum loader_protocol)protocol;
	if (loader->protocol == LOADER_TOOL) {
		read_tool(map, to);
		return;
	}
	read_port(map, YAML_REQUIRED, &to->port);
	read_settings(map, &to->settings);
	if (loader->protocol == LOADER_SCRIPT)
		(void)yaml_get_word(map, "push", YAML_REQUIRED, pushes, &push);
	loader->push = push_of(loader, push);
	if (loader->protocol == LOADER_SMP)
		read_smp(map, loader);
	else if (loader->protocol == LOADER_GECKO)
		read_gecko(map, loader);
	else
		read_dialogs(map, loader);
	refuse_line(map, to, &loader->enter);
	refuse_line(map, to, &loader->verify);
	refuse_line(map, to, &loader->activate);
	refuse_line(map, to, &loader->version);
	loader->start_within_ns = 60 * NS_PER_S;
	(void)yaml_get_decimal(map, "start_within_s", YAML_OPTIONAL, NS_PER_S, "s", NS_PER_S, NS_PER_H, &loader->start_within_ns);
}
