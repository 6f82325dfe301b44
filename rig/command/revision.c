/* The only file that is compiled anew for every revision. */

#include "rig/command/revision.h"

const char *command_revision(void)
{
	return HILRIG_REVISION;
}
