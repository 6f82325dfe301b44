/* Reads test orders: what was agreed before the run. */

#include "rig/base/yaml.h"
#include "rig/scenario/order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* "none", or a plan with everything that a projection needs. */
static void read_sampling(struct yaml_map *map, struct order *order)
{
	struct yaml_node node = yaml_get(map, "sampling", YAML_REQUIRED);
	struct yaml_map plan;
	bool from, to;

	if (!yaml_is_there(node) || strcmp(yaml_scalar(node), "none") == 0)
		return;
	if (!yaml_is_map(node)) {
		(void)yaml_problem(node, "'sampling' must be none or a plan: {frame, method, from, to, population}");
		return;
	}
	order->sampling.planned = true;
	(void)yaml_map_begin(&plan, node, "'sampling'");
	(void)yaml_get_text(&plan, "frame", YAML_REQUIRED, order->sampling.frame, sizeof order->sampling.frame);
	(void)yaml_get_text(&plan, "method", YAML_REQUIRED, order->sampling.method, sizeof order->sampling.method);
	from = yaml_get_date(&plan, "from", YAML_REQUIRED, order->sampling.from, sizeof order->sampling.from);
	to = yaml_get_date(&plan, "to", YAML_REQUIRED, order->sampling.to, sizeof order->sampling.to);
	if (from && to && strcmp(order->sampling.from, order->sampling.to) > 0)
		(void)yaml_problem(node, "the sampling ends before it begins");
	(void)yaml_get_number(&plan, "population", YAML_OPTIONAL, 1, INT64_C(1000000000), &order->sampling.population);
	yaml_map_end(&plan);
}

static void read_agreed(struct yaml_map *map, struct order *order)
{
	struct yaml_node node = yaml_get_map(map, "agreed", YAML_REQUIRED);
	struct yaml_map agreed;

	if (!yaml_is_there(node) || !yaml_map_begin(&agreed, node, "'agreed'"))
		return;
	(void)yaml_get_date(&agreed, "on", YAML_REQUIRED, order->agreed_on, sizeof order->agreed_on);
	(void)yaml_get_text(&agreed, "by", YAML_REQUIRED, order->agreed_by, sizeof order->agreed_by);
	yaml_map_end(&agreed);
}

static void read_cpl(struct yaml_map *map, struct order *order)
{
	struct yaml_node node = yaml_get_map(map, "cpl", YAML_OPTIONAL), hash;
	struct yaml_map cpl;
	size_t i;

	if (!yaml_is_there(node) || !yaml_map_begin(&cpl, node, "'cpl'"))
		return;
	(void)yaml_get_text(&cpl, "entry", YAML_REQUIRED, order->cpl.entry, sizeof order->cpl.entry);
	hash = yaml_get(&cpl, "hash", YAML_REQUIRED);
	if (yaml_is_there(hash) && (strlen(yaml_scalar(hash)) != DIGEST_TEXT_SIZE - 1 ||
				    strspn(yaml_scalar(hash), "0123456789abcdefABCDEF") != DIGEST_TEXT_SIZE - 1))
		(void)yaml_problem(hash, "'hash' must be the SHA-256 of the manufacturer's image: 64 hexadecimal digits (hilrig image show prints it)");
	else if (yaml_is_there(hash))
		for (i = 0; i < DIGEST_TEXT_SIZE; i++)
			order->cpl.hash[i] = (char)tolower((unsigned char)yaml_scalar(hash)[i]);
	yaml_map_end(&cpl);
}

static bool is_guid(const char *text)
{
	size_t i;

	for (i = 0; i < GUID_SIZE - 1; i++)
		if (i % 3 == 2 ? text[i] != '-' : !text[i] || !strchr("0123456789ABCDEFabcdef", text[i]))
			return false;
	return text[i] == '\0';
}

static void read_agreed_device(struct yaml_node node, struct order *order)
{
	char *guid = order->devices[order->device_count];
	size_t i;
	int k;

	if (!is_guid(yaml_scalar(node))) {
		(void)yaml_problem(node, "'%.30s' is no GUID; write eight pairs of hexadecimal digits, such as 00-DB-12-34-56-78-90-A0",
				   yaml_scalar(node));
		return;
	}
	for (i = 0; i < GUID_SIZE; i++) {
		char byte = yaml_scalar(node)[i];

		guid[i] = byte >= 'a' && byte <= 'f' ? (char)(byte - 'a' + 'A') : byte;
	}
	for (k = 0; k < order->device_count; k++)
		if (strcmp(order->devices[k], guid) == 0)
			(void)yaml_problem(node, "%s stands twice, first on line %d", guid, order->devices_at[k].line);
	order->devices_at[order->device_count++] = yaml_place(node);
}

static void read_devices(struct yaml_map *map, struct order *order)
{
	struct yaml_node list = yaml_get_list(map, "devices", YAML_OPTIONAL);
	int i, count = yaml_count(list);

	if (count > ORDER_DEVICES_MAX)
		count = ORDER_DEVICES_MAX; /* YAML_ENTRIES_MAX refuses more than that */
	order->devices = calloc((size_t)count + 1, sizeof *order->devices);
	order->devices_at = calloc((size_t)count + 1, sizeof *order->devices_at);
	if (!order->devices || !order->devices_at)
		abort();
	for (i = 0; i < count; i++)
		read_agreed_device(yaml_item(list, i), order);
}

static void read_order(struct order *order, struct yaml *yaml)
{
	struct yaml_map map;

	if (!yaml_map_begin(&map, yaml_root(yaml), "a test order"))
		return;
	order->attempts = 1;
	(void)yaml_get_name(&map, "order", YAML_REQUIRED, order->name, sizeof order->name);
	(void)yaml_get_text(&map, "customer", YAML_REQUIRED, order->customer, sizeof order->customer);
	(void)yaml_get_name(&map, "rule", YAML_REQUIRED, order->rule, sizeof order->rule);
	order->rule_at = yaml_place(yaml_get(&map, "rule", YAML_OPTIONAL));
	(void)yaml_get_number(&map, "attempts", YAML_REQUIRED, 1, ORDER_ATTEMPTS_MAX, &order->attempts);
	order->has_void_share = yaml_get_decimal(&map, "void_share_max", YAML_OPTIONAL, 1000000, "", 0, 1000000, &order->void_share_ppm);
	read_sampling(&map, order);
	read_agreed(&map, order);
	read_cpl(&map, order);
	read_devices(&map, order);
	yaml_map_end(&map);
}

bool order_parse(struct order *order, const char *file_name, const char *bytes, size_t size, struct problems *problems)
{
	int before = problems->count + problems->dropped;
	struct yaml *yaml;

	*order = (struct order){.devices = NULL};
	(void)text_copy(order->path, sizeof order->path, file_name);
	yaml = yaml_open(file_name, bytes, size, problems);
	if (yaml)
		read_order(order, yaml);
	yaml_close(yaml);
	if (problems->count + problems->dropped == before)
		return true;
	order_done(order);
	return false;
}

bool order_load(struct order *order, const char *path, struct problems *problems)
{
	struct file file;

	*order = (struct order){.devices = NULL};
	if (!yaml_file_read(&file, path, problems))
		return false;
	if (!order_parse(order, path, file.bytes, file.size, problems)) {
		file_done(&file);
		return false;
	}
	order->file = file;
	return true;
}

void order_done(struct order *order)
{
	free(order->devices);
	free(order->devices_at);
	file_done(&order->file);
	*order = (struct order){.devices = NULL};
}
