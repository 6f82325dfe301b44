/* hand: what a person does at a run's bench, by the control socket of the run. */

#include "rig/command/control_words.h"
#include "rig/command/table.h"
#include "rig/command/which_run.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

struct talk {
	bool json, menu;
	int told;                        /* of a menu */
	char last[CONTROL_ANSWER_SIZE];    /* what was said last */
};

/* "cut", "300s" and why not, with tabs between them. */
static bool split_menu_line(char *line, char *fields[3])
{
	int i;

	for (i = 0; i < 3; i++) {
		fields[i] = line;
		line = strchr(line, '\t');
		if (!line && i < 2)
			return false;
		if (line && i < 2)
			*line++ = '\0';
	}
	return true;
}

static void put_json(const char *string)
{
	char bytes[CONTROL_ANSWER_SIZE * 6 + 3];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_put_json(&text, string);
	printf("%s", bytes);
}

static void take_menu_line(struct talk *talk, const char *line)
{
	char copy[CONTROL_ANSWER_SIZE], *fields[3];

	text_copy(copy, sizeof copy, line);
	if (!split_menu_line(copy, fields))
		return;
	if (!talk->json) {
		printf("  %-18s %-8s %s%s\n", fields[0], fields[1], fields[2][0] ? "not now: " : "may be done", fields[2]);
		return;
	}
	printf("%s\n  {\"action\": ", talk->told++ ? "," : "");
	put_json(fields[0]);
	printf(", \"most\": ");
	put_json(fields[1]);
	printf(", \"may\": %s, \"why_not\": ", fields[2][0] ? "false" : "true");
	put_json(fields[2]);
	printf("}");
}

static void take_line(void *self, const char *line)
{
	struct talk *talk = self;

	if (talk->menu && strchr(line, '\t'))
		take_menu_line(talk, line);
}

/* What stands around the lines of a menu, or is all there is. */
static void open_answer(const struct talk *talk, const struct control_request *request, const char *bench)
{
	if (talk->menu && talk->json) {
		printf("{\"slot\": ");
		put_json(request->slot);
		printf(", \"actions\": [");
	} else if (talk->menu) {
		printf("%s on bench %s, by hand:\n", request->slot, bench);
	}
}

static void close_answer(const struct talk *talk)
{
	if (talk->menu) {
		printf("%s", talk->json ? "]}\n" : "");
	} else if (talk->json) {
		printf("{\"answer\": ");
		put_json(talk->last);
		printf("}\n");
	} else {
		printf("%s\n", talk->last);
	}
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct control_request request = {.kind = CONTROL_MENU};
	struct talk talk = {.json = arguments_has(arguments, "--json")};
	struct sha256 *sha256 = sha256_new();
	char bench[WORD_TEXT_SIZE];
	bool done;

	(void)exit_code;
	done = control_read(&request, arguments->operands, arguments->operand_count, error) &&
	       control_who(request.who, arguments_value(arguments, "--operator"), error) &&
	       which_run(bench, NULL, arguments_value(arguments, "--bench"), sha256, error);
	talk.menu = request.kind == CONTROL_MENU;
	if (done)
		open_answer(&talk, &request, bench);
	done = done && control_say(bench, &request, take_line, &talk, talk.last, error);
	if (done)
		close_answer(&talk);
	sha256_free(sha256);
	return done;
}

static const struct command_option options[] = {
	{"--bench", "BENCH", "the bench's name as hilrig who lists it, or its file", false},
	{"--operator", "NAME", "who asks for it, for the journal (default: the account that is logged in)", false},
	{"--json", NULL, "the answer as JSON", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"hand S01", "what may be done in S01 now, and what not, and why"},
	{"hand S01 supply on", "S01 is energised, once the bench is armed"},
	{"hand S01 cut 20s", "its hub's supply goes for 20 s"},
	{"hand S01 off", "whatever is under way in S01 ends, and it goes off"},
	{"hand S01 note hub's LED is red", "an observation, with name and time"},
	{"hand S01 answer yes", "to the question that S01 asks"},
	{"hand end", "the run by hand is over: everything off, evidence sealed"},
	{NULL, NULL},
};

const struct command command_hand = {
	.name = "hand",
	.operands = "SLOT [ACTION [AMOUNT]] | [SLOT] note TEXT | SLOT answer TEXT | end",
	.operands_least = 1,
	.operands_most = 64,
	.about = "what is done by hand at a bench: switch, cut, set, transfer, activate, note",
	.text = "Asks the run that goes on. It must be one by hand (hilrig run by-hand --bench FILE): what is switched by hand in a run that judges\n"
		"would spoil what it judges. Notes and answers to questions go to every run. What may be done, and for how long at most, says the\n"
		"scenario; arm, e-stop, door, interlocks, shortest times off and the gate in front of an activation are those of every run. SLOT\n"
		"alone lists all of it, and what is not allowed with the reason. Everything stands in the journal, with name and time.\n"
		"Only from a session at the bench: over SSH it is refused. hilrig off switches everything off, from everywhere, at every moment.\n"
		"\n"
		"Exit codes: 0 done, or begun; 64 no such slot, action or amount, or no run; 75 not now: the message says why.",
	.options = options,
	.examples = examples,
	.run = run,
};
