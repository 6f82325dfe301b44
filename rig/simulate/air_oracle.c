/* Counts, and whose fault it may be called. */

#include "rig/simulate/air_oracle.h"

#include <stdio.h>
#include <string.h>

bool air_oracle_once(const struct story *story, char why[ORACLE_TEXT_SIZE])
{
	if (story->sent <= 1 && story->released <= 1)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "it was told to activate %d times over the air, and heard it %d times", story->sent, story->released);
	return false;
}

bool air_oracle_came(const struct story *story, char why[ORACLE_TEXT_SIZE])
{
	if (!story->begun || story->held || story->bothered)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "it asked for its image, nothing was in the way, and it never got it whole");
	return false;
}

/* To the end, where the rig switches it off, there was a meter that could have been asked. */
static bool could_be_asked(const struct story *story)
{
	bool there = story->t_gone_ns == INSTANT_NEVER || story->t_gone_ns < story->t_runs_ns || story->t_gone_ns >= story->t_end_ns - AIR_OFF_NS;

	return !story->locked_up && story->t_runs_ns <= story->t_end_ns - AIR_ASKED_NS && there;
}

bool air_oracle_blame(const struct story *story, const struct oracle_rule *rule, bool sense, bool amiss, bool odd, const struct verdict *firmware,
		      char why[ORACLE_TEXT_SIZE])
{
	bool failed = firmware && firmware->validity == VALIDITY_VALID && firmware->conformity == CONFORMITY_FAIL;
	bool blamed = firmware && firmware->validity != VALIDITY_VALID && firmware->domain == FAULT_DEVICE;
	bool runs = strcmp(story->version, rule->version) == 0;

	if (failed && story->released == 0 && !sense && !story->restarted)
		(void)snprintf(why, ORACLE_TEXT_SIZE, "firmware: it never heard that it was to activate, and is called fail");
	else if (blamed && amiss && !odd && could_be_asked(story) && (runs || story->released == 0))
		(void)snprintf(why, ORACLE_TEXT_SIZE, "firmware: %s, the dongle was out of order, and the meter is blamed",
			       runs ? "it runs" : "it never heard that it was to activate");
	else
		return true;
	return false;
}
