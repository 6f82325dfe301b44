/* How a bench file says where a port is and how it is set. */

#include "rig/bench/reader.h"

#include <string.h>

static bool is_usb_id(const char *text)
{
	static const char digits[] = "0123456789abcdef";

	return strlen(text) == 9 && text[4] == ':' && strspn(text, digits) == 4 && strspn(text + 5, digits) == 4;
}

static void read_port_keys(struct yaml_map *keys, struct port_address *port)
{
	struct yaml_node usb;
	int64_t number;
	int given = 0;

	given += yaml_get_text(keys, "path", YAML_OPTIONAL, port->path, sizeof port->path);
	usb = yaml_get(keys, "usb", YAML_OPTIONAL);
	if (yaml_text(usb, "'usb'", port->usb, sizeof port->usb)) {
		given++;
		if (!is_usb_id(port->usb))
			(void)yaml_problem(usb, "'usb' is '%s'; write vendor and product in small hexadecimal digits, such as \"10c4:ea60\"",
					   port->usb);
	}
	given += yaml_get_text(keys, "usb_serial", YAML_OPTIONAL, port->usb_serial, sizeof port->usb_serial);
	given += yaml_get_text(keys, "usb_path", YAML_OPTIONAL, port->usb_path, sizeof port->usb_path);
	if (yaml_get_number(keys, "usb_port", YAML_OPTIONAL, 0, 255, &number)) {
		port->usb_port = (int)number;
		given++;
	}
	if (yaml_count(keys->node) == 0 || (given == 1 && port->usb_port >= 0))
		(void)yaml_problem(keys->node, "the port cannot be found by this; give path, usb, usb_serial or usb_path");
}

void read_port(struct yaml_map *map, enum yaml_need need, struct port_address *port)
{
	struct yaml_node node = yaml_get_map(map, "port", need);
	struct yaml_map keys;

	port->usb_port = -1;
	if (!yaml_is_there(node) || !yaml_map_begin(&keys, node, "'port'"))
		return;
	read_port_keys(&keys, port);
	yaml_map_end(&keys);
}

void read_settings(struct yaml_map *map, struct port_settings *settings)
{
	static const char *const parities[] = {"none", "even", "odd", NULL};
	static const char *const flows[] = {"none", "rts-cts", NULL};
	static const char *const lines[] = {"leave", "off", "on", NULL};
	int64_t bits = 8, stops = 1;
	int parity = 0, flow = 0, dtr = 0, rts = 0;

	settings->baud = 9600;
	(void)yaml_get_number(map, "baud", YAML_REQUIRED, 300, 4000000, &settings->baud);
	(void)yaml_get_word(map, "parity", YAML_OPTIONAL, parities, &parity);
	(void)yaml_get_number(map, "data_bits", YAML_OPTIONAL, 7, 8, &bits);
	(void)yaml_get_number(map, "stop_bits", YAML_OPTIONAL, 1, 2, &stops);
	(void)yaml_get_word(map, "flow", YAML_OPTIONAL, flows, &flow);
	(void)yaml_get_word(map, "dtr", YAML_OPTIONAL, lines, &dtr);
	(void)yaml_get_word(map, "rts", YAML_OPTIONAL, lines, &rts);
	settings->parity = (enum port_parity)parity;
	settings->data_bits = (int)bits;
	settings->stop_bits = (int)stops;
	settings->flow = (enum port_flow)flow;
	settings->dtr = (enum port_line)dtr;
	settings->rts = (enum port_line)rts;
}
