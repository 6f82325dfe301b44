/*
 * GPIO chips and lines by libgpiod: found, requested, and handed on as a bare descriptor. The descriptor is a duplicate, so
 * that everything of libgpiod's can be given back at once and nothing of it is left to keep alive.
 */

#include "drivers/gpio.h"
#include "rig/base/descriptor.h"
#include "rig/base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHIPS_MAX 64

/* ---- Chips ------------------------------------------------------------------------------------------------------ */

static bool look_at_chip(const char *path, struct gpio_chip *found)
{
	struct gpiod_chip *chip = gpiod_chip_open(path);
	struct gpiod_chip_info *info = chip ? gpiod_chip_get_info(chip) : NULL;

	if (info) {
		text_copy(found->path, sizeof found->path, path);
		text_copy(found->label, sizeof found->label, gpiod_chip_info_get_label(info));
		found->line_count = (uint32_t)gpiod_chip_info_get_num_lines(info);
		gpiod_chip_info_free(info);
	}
	if (chip)
		gpiod_chip_close(chip);
	return info;
}

/* A gap in the numbers is a chip that was taken away, so the search goes on behind it. */
size_t gpio_chips(struct gpio_chip *chips, size_t size)
{
	char path[sizeof chips->path];
	struct gpio_chip found;
	struct text text;
	size_t count = 0;
	int number;

	for (number = 0; number < CHIPS_MAX && count < size; number++) {
		text_init(&text, path, sizeof path);
		text_format(&text, "/dev/gpiochip%d", number);
		if (gpiod_is_gpiochip_device(path) && look_at_chip(path, &found))
			chips[count++] = found;
	}
	return count;
}

static bool no_such_chip(const char *chip, const struct gpio_chip *chips, size_t count, struct error *error)
{
	char list[320];
	struct text text;
	size_t i;

	text_init(&text, list, sizeof list);
	for (i = 0; i < count; i++)
		text_format(&text, "%s%s (%s)", i ? ", " : "", chips[i].label, chips[i].path);
	if (count == 0)
		return error_set(error, FAULT_CONFIGURATION, "there is no GPIO chip '%s', and none at all that may be opened; "
		                 "is this user in the group gpio?", chip);
	return error_set(error, FAULT_CONFIGURATION, "there is no GPIO chip '%s'; there are %s", chip, list);
}

/* A path or a name is taken as it is, everything else as a label. */
static bool find_chip(char path[32], const char *chip, struct error *error)
{
	struct gpio_chip chips[CHIPS_MAX];
	size_t count = gpio_chips(chips, CHIPS_MAX), i;
	const struct gpio_chip *found = NULL;

	for (i = 0; i < count; i++) {
		if (strcmp(chip, chips[i].path) == 0 || strcmp(chip, chips[i].path + strlen("/dev/")) == 0) {
			found = &chips[i];
			break;
		}
		if (strcmp(chip, chips[i].label) != 0)
			continue;
		if (found)
			return error_set(error, FAULT_CONFIGURATION, "two GPIO chips are called '%s': %s and %s; name one by its path",
			                 chip, found->path, chips[i].path);
		found = &chips[i];
	}
	if (found)
		text_copy(path, 32, found->path);
	/* A path that is a link of udev's is no name of the kernel's, but opens. */
	else if (chip[0] == '/' && strlen(chip) < 32 && gpiod_is_gpiochip_device(chip))
		text_copy(path, 32, chip);
	else
		return no_such_chip(chip, chips, count, error);
	return true;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

static size_t line_count(struct gpiod_chip *chip)
{
	struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
	size_t count = info ? gpiod_chip_info_get_num_lines(info) : 0;

	if (info)
		gpiod_chip_info_free(info);
	return count;
}

static bool line_is_called(struct gpiod_chip *chip, unsigned offset, const char *name, struct text *names)
{
	struct gpiod_line_info *info = gpiod_chip_get_line_info(chip, offset);
	const char *its = info ? gpiod_line_info_get_name(info) : NULL;
	bool is = its && strcmp(its, name) == 0;

	if (its && *its && !names->full)
		text_format(names, "%s%s", names->used ? ", " : "", its);
	if (info)
		gpiod_line_info_free(info);
	return is;
}

static bool find_line_by_name(struct gpiod_chip *chip, const char *name, unsigned *offset, struct error *error)
{
	unsigned count = (unsigned)line_count(chip), i;
	bool found = false;
	char names[240];
	struct text text;

	text_init(&text, names, sizeof names);
	for (i = 0; i < count; i++) {
		if (!line_is_called(chip, i, name, &text))
			continue;
		if (found)
			return error_set(error, FAULT_CONFIGURATION, "two lines are called '%s': offsets %u and %u; name one by its offset",
			                 name, *offset, i);
		found = true;
		*offset = i;
	}
	if (!found && text.used == 0)
		return error_set(error, FAULT_CONFIGURATION, "no line is called '%s', and none has a name; use an offset, 0 to %u",
		                 name, count - 1);
	if (!found)
		return error_set(error, FAULT_CONFIGURATION, "no line is called '%s'; there are %s%s", name, names,
		                 text.full ? ", ..." : "");
	return true;
}

static bool find_line(struct gpiod_chip *chip, const char *line, unsigned *offset, struct error *error)
{
	size_t count = line_count(chip);
	char *end;
	unsigned long number;

	if (*line == '\0' || strspn(line, "0123456789") != strlen(line))
		return find_line_by_name(chip, line, offset, error);
	number = strtoul(line, &end, 10);
	if (number >= count)
		return error_set(error, FAULT_CONFIGURATION, "there is no line %s; there are 0 to %zu", line, count - 1);
	*offset = (unsigned)number;
	return true;
}

static bool find_lines(struct gpiod_chip *chip, const struct gpio_wanted *wanted, size_t count,
                       struct gpio_request *request, struct error *error)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		if (!find_line(chip, wanted[i].line->line, &request->offset[i], error))
			return false;
		for (j = 0; j < i; j++)
			if (request->offset[j] == request->offset[i])
				return error_set(error, FAULT_CONFIGURATION, "line %s is asked for twice", wanted[i].line->line);
	}
	return true;
}

/* ---- Requests --------------------------------------------------------------------------------------------------- */

/* What libgpiod needs for one request; all of it is given back at the end. */
struct assembly {
	struct gpiod_request_config *config;
	struct gpiod_line_config *lines;
	struct gpiod_line_settings *settings;
};

static const enum gpiod_line_bias biases[] = {
	[LINE_BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
	[LINE_BIAS_DISABLED] = GPIOD_LINE_BIAS_DISABLED,
	[LINE_BIAS_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
	[LINE_BIAS_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
};

static const enum gpiod_line_drive drives[] = {
	[LINE_DRIVE_PUSH_PULL] = GPIOD_LINE_DRIVE_PUSH_PULL,
	[LINE_DRIVE_OPEN_DRAIN] = GPIOD_LINE_DRIVE_OPEN_DRAIN,
	[LINE_DRIVE_OPEN_SOURCE] = GPIOD_LINE_DRIVE_OPEN_SOURCE,
};

static bool settings_of_output(struct gpiod_line_settings *settings, const struct gpio_wanted *wanted)
{
	return gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT) == 0 &&
	       gpiod_line_settings_set_drive(settings, drives[wanted->line->drive]) == 0 &&
	       gpiod_line_settings_set_output_value(settings, wanted->level ? GPIOD_LINE_VALUE_ACTIVE :
	                                            GPIOD_LINE_VALUE_INACTIVE) == 0;
}

static bool settings_of_input(struct gpiod_line_settings *settings, const struct gpio_wanted *wanted)
{
	return gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT) == 0 &&
	       (!wanted->edges || (gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH) == 0 &&
	                           gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC) == 0));
}

static bool assemble_line(struct assembly *assembly, const struct gpio_wanted *wanted, unsigned offset)
{
	struct gpiod_line_settings *settings = assembly->settings;

	gpiod_line_settings_reset(settings);
	gpiod_line_settings_set_active_low(settings, wanted->line->active_low);
	return (wanted->direction == GPIO_OUTPUT ? settings_of_output : settings_of_input)(settings, wanted) &&
	       gpiod_line_settings_set_bias(settings, biases[wanted->line->bias]) == 0 &&
	       gpiod_line_config_add_line_settings(assembly->lines, &offset, 1, settings) == 0;
}

static bool assemble(struct assembly *assembly, const struct gpio_wanted *wanted, const struct gpio_request *request,
                     const char *consumer)
{
	size_t i;

	if (!assembly->config || !assembly->lines || !assembly->settings)
		return false;
	gpiod_request_config_set_consumer(assembly->config, consumer);
	gpiod_request_config_set_event_buffer_size(assembly->config, GPIO_EDGES_MAX);
	for (i = 0; i < request->count; i++)
		if (!assemble_line(assembly, &wanted[i], request->offset[i]))
			return false;
	return true;
}

/* Which of the lines it was, and who has it: the kernel only says "busy" of all of them. */
static bool say_who_is_busy(struct gpiod_chip *chip, const struct gpio_wanted *wanted, const struct gpio_request *request,
                            struct error *error)
{
	struct gpiod_line_info *info;
	const char *consumer;
	size_t i;

	for (i = 0; i < request->count; i++) {
		info = gpiod_chip_get_line_info(chip, request->offset[i]);
		if (info && gpiod_line_info_is_used(info)) {
			consumer = gpiod_line_info_get_consumer(info);
			error_set(error, FAULT_BUSY, "line %s is held by '%s'", wanted[i].line->line, consumer ? consumer : "somebody");
			gpiod_line_info_free(info);
			return false;
		}
		if (info)
			gpiod_line_info_free(info);
	}
	return error_set(error, FAULT_BUSY, "a line is held by another program");
}

static bool say_why_not(struct gpiod_chip *chip, const struct gpio_wanted *wanted, const struct gpio_request *request,
                        int number, struct error *error)
{
	size_t i;

	if (number == EBUSY)
		return say_who_is_busy(chip, wanted, request, error);
	for (i = 0; number == EOPNOTSUPP && i < request->count; i++)
		if (wanted[i].line->bias != LINE_BIAS_AS_IS || wanted[i].line->drive != LINE_DRIVE_PUSH_PULL)
			return error_set(error, FAULT_CONFIGURATION, "line %s: this chip cannot set a bias or drive", wanted[i].line->line);
	return error_set_errno(error, FAULT_RIG, number, "line %s%s cannot be requested", wanted[0].line->line,
	                       request->count > 1 ? " and those with it" : "");
}

static bool take_descriptor(struct gpiod_line_request *lines, struct gpio_request *request, struct error *error)
{
	int fd = fcntl(gpiod_line_request_get_fd(lines), F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return error_set_errno(error, FAULT_RIG, errno, "no descriptor for a GPIO request");
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		descriptor_close(fd);
		return error_set_errno(error, FAULT_RIG, errno, "a GPIO request cannot be made non-blocking");
	}
	request->fd = fd;
	return true;
}

static bool request_lines(struct gpiod_chip *chip, const struct gpio_wanted *wanted, struct gpio_request *request,
                          const char *consumer, struct error *error)
{
	struct assembly assembly = {gpiod_request_config_new(), gpiod_line_config_new(), gpiod_line_settings_new()};
	struct gpiod_line_request *lines = NULL;
	bool done = false;

	if (!assemble(&assembly, wanted, request, consumer))
		error_set_errno(error, FAULT_RIG, errno, "libgpiod refuses the settings of line %s", wanted[0].line->line);
	else if (!(lines = gpiod_chip_request_lines(chip, assembly.config, assembly.lines)))
		say_why_not(chip, wanted, request, errno, error);
	else
		done = take_descriptor(lines, request, error);
	if (lines)
		gpiod_line_request_release(lines);
	gpiod_line_settings_free(assembly.settings);
	gpiod_line_config_free(assembly.lines);
	gpiod_request_config_free(assembly.config);
	return done;
}

bool gpio_open(struct gpio_request *request, const char *chip_wanted, const struct gpio_wanted *wanted, size_t count,
               const char *consumer, struct error *error)
{
	struct gpiod_chip *chip;
	char path[32];
	bool done;

	assert(count >= 1 && count <= GPIO_LINES_MAX);
	*request = (struct gpio_request){.fd = -1, .count = (uint32_t)count};
	if (!find_chip(path, chip_wanted, error))
		return false;
	chip = gpiod_chip_open(path);
	if (!chip)
		return error_set_errno(error, FAULT_RIG, errno, "GPIO chip %s cannot be opened", path);
	done = find_lines(chip, wanted, count, request, error) && request_lines(chip, wanted, request, consumer, error);
	if (!done)
		error_prefix(error, "%s", chip_wanted);
	gpiod_chip_close(chip);
	return done;
}
