/* Names to numbers. */

#include "rig/run/program.h"

#include <string.h>

int program_find_slot(const struct program *program, const char *name)
{
	int i;

	for (i = 0; i < program->slot_count; i++)
		if (strcmp(program->slots[i].name, name) == 0)
			return i;
	return NO_CHANNEL;
}
