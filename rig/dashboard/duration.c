/* Durations as a screen has room for them. */

#include "rig/dashboard/duration.h"

#include "rig/base/instant.h"

#include <stdio.h>

void duration_age(char text[DURATION_TEXT_SIZE], int64_t ns)
{
	long long seconds = ns < 0 ? 0 : (long long)(ns / NS_PER_S);

	if (seconds < 60)
		(void)snprintf(text, DURATION_TEXT_SIZE, "%llds", seconds);
	else if (seconds < 600)
		(void)snprintf(text, DURATION_TEXT_SIZE, "%lldm%02lld", seconds / 60, seconds % 60);
	else if (seconds < 3600)
		(void)snprintf(text, DURATION_TEXT_SIZE, "%lldm", seconds / 60);
	else if (seconds < 36000)
		(void)snprintf(text, DURATION_TEXT_SIZE, "%lldh%02lld", seconds / 3600, seconds / 60 % 60);
	else if (seconds < 360000)
		(void)snprintf(text, DURATION_TEXT_SIZE, "%lldh", seconds / 3600);
	else
		(void)snprintf(text, DURATION_TEXT_SIZE, "%lldd", seconds / 86400);
}

void duration_seconds(char text[DURATION_TEXT_SIZE], int64_t ns)
{
	(void)snprintf(text, DURATION_TEXT_SIZE, "%lld.%lld", (long long)(ns / NS_PER_S), (long long)(ns % NS_PER_S / (NS_PER_S / 10)));
}
