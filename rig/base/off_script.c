/* Building, checking and walking an off script. */

#include "rig/base/off_script.h"

#include "rig/base/crc16.h"
#include "rig/base/instant.h"

#include <string.h>

bool off_script_add_line(struct off_script *script, const struct off_line *line, struct error *error)
{
	if (script->line_count == OFF_LINES_MAX)
		return error_set(error, FAULT_CONFIGURATION, "%s: more than %d output lines", line->name, OFF_LINES_MAX);
	script->lines[script->line_count++] = *line;
	return true;
}

bool off_script_add_exchange(struct off_script *script, const struct off_exchange *exchange, struct error *error)
{
	if (script->exchange_count == OFF_EXCHANGES_MAX)
		return error_set(error, FAULT_CONFIGURATION, "%s: more than %d frames are needed to switch the bench off",
				 exchange->name, OFF_EXCHANGES_MAX);
	script->exchanges[script->exchange_count++] = *exchange;
	return true;
}

bool off_script_add_bus(struct off_script *script, const struct off_bus *bus, uint8_t *index, struct error *error)
{
	if (script->bus_count == OFF_BUSES_MAX)
		return error_set(error, FAULT_CONFIGURATION, "%s: more than %d buses", bus->name, OFF_BUSES_MAX);
	*index = (uint8_t)script->bus_count;
	script->buses[script->bus_count++] = *bus;
	return true;
}

bool off_exchange_holds(const struct off_exchange *exchange, const uint8_t *bytes, size_t size)
{
	size_t i;

	if (size != exchange->answer_size || !crc16_modbus_holds(bytes, size))
		return false;
	for (i = 0; i < size; i++)
		if ((bytes[i] ^ exchange->answer[i]) & exchange->mask[i])
			return false;
	return true;
}

int off_script_next(const struct off_script *script, int bus, enum off_cause cause, int at)
{
	for (at++; at < script->exchange_count; at++)
		if (script->exchanges[at].bus == bus && script->exchanges[at].causes & cause)
			return at;
	return -1;
}

int off_script_closing(const struct off_script *script, int at, enum off_cause cause)
{
	while (at >= 0 && script->exchanges[at].kind != OFF_CHECK)
		at = off_script_next(script, script->exchanges[at].bus, cause, at);
	return at;
}

static bool ends(const char name[OFF_NAME_SIZE])
{
	return memchr(name, '\0', OFF_NAME_SIZE) != NULL;
}

static bool causes_known(unsigned causes)
{
	return causes != 0 && (causes & ~(unsigned)(OFF_CAUSE_RIG | OFF_CAUSE_PERSON)) == 0;
}

static bool duration_sane(int64_t duration_ns)
{
	return duration_ns >= 0 && duration_ns <= NS_PER_MIN;
}

static bool bus_sane(const struct off_bus *bus)
{
	return ends(bus->name) && duration_sane(bus->gap_ns) && duration_sane(bus->answer_ns) && duration_sane(bus->quiet_ns) &&
	       duration_sane(bus->drain_ns) && duration_sane(bus->quiet_max_ns) && bus->tries >= 1 && bus->tries <= OFF_TRIES_MAX;
}

static bool exchange_sane(const struct off_exchange *exchange, int bus_count)
{
	return ends(exchange->name) && causes_known(exchange->causes) && exchange->kind <= OFF_CHECK && exchange->bus < bus_count &&
	       exchange->request_size >= 4 && exchange->request_size <= OFF_FRAME_MAX && exchange->answer_size >= 4 &&
	       exchange->answer_size <= OFF_FRAME_MAX;
}

static bool is_checked(const struct off_script *script, int at)
{
	const struct off_exchange *write = &script->exchanges[at];
	unsigned missing = write->causes;

	for (; at < script->exchange_count; at++)
		if (script->exchanges[at].bus == write->bus && script->exchanges[at].kind == OFF_CHECK)
			missing &= ~(unsigned)script->exchanges[at].causes;
	return missing == 0;
}

bool off_script_check(const struct off_script *script, struct error *error)
{
	int i;

	if (script->line_count < 0 || script->line_count > OFF_LINES_MAX || script->bus_count < 0 ||
	    script->bus_count > OFF_BUSES_MAX || script->exchange_count < 0 || script->exchange_count > OFF_EXCHANGES_MAX)
		return error_set(error, FAULT_RIG, "off script: %d lines, %d buses, %d frames", script->line_count,
				 script->bus_count, script->exchange_count);
	for (i = 0; i < script->line_count; i++)
		if (!ends(script->lines[i].name) || !causes_known(script->lines[i].causes) || script->lines[i].level > 1 ||
		    script->lines[i].line > 63)
			return error_set(error, FAULT_RIG, "off script: line %d makes no sense", i);
	for (i = 0; i < script->bus_count; i++)
		if (!bus_sane(&script->buses[i]))
			return error_set(error, FAULT_RIG, "off script: bus %d makes no sense", i);
	for (i = 0; i < script->exchange_count; i++) {
		if (!exchange_sane(&script->exchanges[i], script->bus_count))
			return error_set(error, FAULT_RIG, "off script: frame %d makes no sense", i);
		if (script->exchanges[i].kind == OFF_WRITE && !is_checked(script, i))
			return error_set(error, FAULT_RIG, "off script: %s is written and never read back",
					 script->exchanges[i].name);
	}
	return true;
}
