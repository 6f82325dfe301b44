/*
 * Holds output lines for as long as it lives: somebody else's hand on a line, and the proof that the lab's chips let go
 * of a line when its holder dies.
 *
 *   hold LABEL NAME=0|1 ...   chip by its label, lines by their names; prints "held" and waits for its end
 */
#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHIPS_MAX 16
#define LINES_MAX 64

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct gpiod_chip *chip_of_label(const char *label)
{
	char path[32];

	for (int number = 0; number < CHIPS_MAX; number++) {
		struct gpiod_chip *chip;
		struct gpiod_chip_info *info;
		int found;

		snprintf(path, sizeof path, "/dev/gpiochip%d", number);
		chip = gpiod_chip_open(path);
		if (!chip)
			continue;
		info = gpiod_chip_get_info(chip);
		found = info && strcmp(gpiod_chip_info_get_label(info), label) == 0;
		gpiod_chip_info_free(info);
		if (found)
			return chip;
		gpiod_chip_close(chip);
	}
	errno = ENODEV;
	give_up(label);
}

/* Adds the line of "NAME=VALUE" to the configuration. */
static void add_line(struct gpiod_chip *chip, struct gpiod_line_config *config, struct gpiod_line_settings *settings,
		     char *word)
{
	char *value = strchr(word, '=');
	unsigned int offset;
	int found;

	errno = EINVAL;
	if (!value)
		give_up(word);
	*value++ = '\0';
	found = gpiod_chip_get_line_offset_from_name(chip, word);
	if (found < 0)
		give_up(word);
	offset = (unsigned int)found;
	gpiod_line_settings_set_output_value(settings,
					     *value == '1' ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
	if (gpiod_line_config_add_line_settings(config, &offset, 1, settings) < 0)
		give_up(word);
}

int main(int argc, char **argv)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *config = gpiod_line_config_new();
	struct gpiod_chip *chip;

	if (argc < 3 || argc > 2 + LINES_MAX) {
		fprintf(stderr, "usage: hold LABEL NAME=0|1 ...\n");
		return 64;
	}
	chip = chip_of_label(argv[1]);
	if (!settings || !config)
		give_up("memory");
	gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
	for (int i = 2; i < argc; i++)
		add_line(chip, config, settings, argv[i]);
	if (!gpiod_chip_request_lines(chip, NULL, config))
		give_up(argv[1]);
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
