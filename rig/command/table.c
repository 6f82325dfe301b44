/* The list of commands, and finding one by its name. */

#include "rig/command/table.h"

#include <stdio.h>
#include <string.h>

const struct command *const commands[] = {
	&command_demo,
	&command_simulate,
	&command_judge,
	&command_verify,
	&command_check,
	&command_plan,
	&command_run,
	&command_resume,
	&command_off,
	&command_who,
	&command_follow,
	&command_hand,
	&command_dashboard,
	&command_replay,
	&command_slot_open,
	&command_slot_close,
	&command_slot_clear,
	&command_slot_list,
	&command_devices,
	&command_report_make,
	&command_sign,
	&command_key_make,
	&command_key_show,
	&command_key_list,
	&command_driver_list,
	&command_image_show,
	&command_image_check,
	&command_image_make,
	NULL,
};

#define NAME_MAX_SIZE 128

static const struct command *find_exactly(const char *name)
{
	int i;

	for (i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static const struct command *find_nearest(const char *name)
{
	const struct command *nearest = NULL;
	int distance = 3, i;

	for (i = 0; commands[i]; i++) {
		int apart = word_distance(name, commands[i]->name);

		if (apart < distance) {
			distance = apart;
			nearest = commands[i];
		}
	}
	return nearest;
}

/* The first word alone begins a command of two words: "report". */
static bool is_first_word(const char *word)
{
	size_t size = strlen(word);
	int i;

	for (i = 0; commands[i]; i++)
		if (strncmp(commands[i]->name, word, size) == 0 && commands[i]->name[size] == ' ')
			return true;
	return false;
}

const struct command *command_find(int count, const char *const *words, int *taken, struct error *error)
{
	char both[NAME_MAX_SIZE];
	const struct command *found;

	(void)snprintf(both, sizeof both, "%s %s", words[0], count > 1 ? words[1] : "");
	*taken = 2;
	found = count > 1 ? find_exactly(both) : NULL;
	if (found)
		return found;
	*taken = 1;
	found = find_exactly(words[0]);
	if (found)
		return found;
	found = find_nearest(is_first_word(words[0]) && count > 1 ? both : words[0]);
	if (found)
		(void)error_set(error, FAULT_USAGE, "%s is no command; did you mean %s?",
				is_first_word(words[0]) && count > 1 ? both : words[0], found->name);
	else if (is_first_word(words[0]))
		(void)error_set(error, FAULT_USAGE, "%s needs a second word; hilrig --help lists them", words[0]);
	else
		(void)error_set(error, FAULT_USAGE, "%s is no command; hilrig --help lists them", words[0]);
	return NULL;
}
