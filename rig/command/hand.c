/* hand: what a person does at a run's bench, by the control socket of the run. */

#include "rig/command/table.h"
#include "rig/command/which_run.h"

#include "rig/base/text.h"
#include "rig/run/control_request.h"
#include "rig/supervisor/seat.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct talk {
	bool json, menu;
	int told;                        /* of a menu */
	char last[SEAT_LINE_SIZE];       /* what was said last */
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
	char bytes[SEAT_LINE_SIZE * 6 + 3];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_put_json(&text, string);
	printf("%s", bytes);
}

static void take_menu_line(struct talk *talk, const char *line)
{
	char copy[SEAT_LINE_SIZE], *fields[3];

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

	text_copy(talk->last, sizeof talk->last, line);
	if (talk->menu && strchr(line, '\t'))
		take_menu_line(talk, line);
}

/* Whoever is logged in, unless somebody is named. */
static bool name_who(struct control_request *request, const struct arguments *arguments, struct error *error)
{
	const char *name = arguments_value(arguments, "--operator");
	const struct passwd *account = name ? NULL : getpwuid(getuid());

	if (!name)
		name = account ? account->pw_name : NULL;
	return (name && text_copy(request->who, sizeof request->who, name)) ||
	       error_set(error, FAULT_USAGE, "who asks for it? say it with --operator NAME, shorter than %d bytes", WORD_TEXT_SIZE);
}

/* All operands from `from` on, with blanks between them. */
static bool join(char *to, size_t size, const struct arguments *arguments, int from, int end)
{
	struct text text;
	int i;

	text_init(&text, to, size);
	for (i = from; i < end; i++)
		text_format(&text, "%s%s", i > from ? " " : "", arguments->operands[i]);
	return !text.full;
}

static bool take_action(struct control_request *request, const struct arguments *arguments, struct error *error)
{
	int end = arguments->operand_count;
	const char *last = arguments->operands[end - 1];

	request->kind = CONTROL_DO;
	if (end > 2 && last[0] >= '0' && last[0] <= '9') {
		if (!text_copy(request->amount, sizeof request->amount, last))
			return error_set(error, FAULT_USAGE, "%s: too long", last);
		end--;
	}
	return join(request->action, sizeof request->action, arguments, 1, end) ||
	       error_set(error, FAULT_USAGE, "there is no such action; hilrig hand %s lists them", request->slot);
}

static bool take_text(struct control_request *request, const struct arguments *arguments, int from, struct error *error)
{
	if (arguments->operand_count <= from)
		return error_set(error, FAULT_USAGE, "what? write it behind '%s'", arguments->operands[from - 1]);
	return join(request->text, sizeof request->text, arguments, from, arguments->operand_count) ||
	       error_set(error, FAULT_USAGE, "the text is too long: at most %d bytes", CONTROL_TEXT_MAX - 1);
}

static bool take_request(struct control_request *request, const struct arguments *arguments, struct error *error)
{
	const char *first = arguments->operands[0], *second = arguments->operand_count > 1 ? arguments->operands[1] : "";

	if (strcmp(first, "end") == 0 && !second[0]) {
		request->kind = CONTROL_END;
		return true;
	}
	if (strcmp(first, "answer") == 0 || strcmp(first, "note") == 0) {
		request->kind = first[0] == 'a' ? CONTROL_ANSWER : CONTROL_NOTE;
		return take_text(request, arguments, 1, error);
	}
	if (!text_copy(request->slot, sizeof request->slot, first))
		return error_set(error, FAULT_USAGE, "%s: no slot has so long a name", first);
	if (!second[0]) {
		request->kind = CONTROL_MENU;
		return true;
	}
	if (strcmp(second, "note") == 0) {
		request->kind = CONTROL_NOTE;
		return take_text(request, arguments, 2, error);
	}
	if (strcmp(second, "off") == 0 && arguments->operand_count == 2) {
		request->kind = CONTROL_OFF;
		return true;
	}
	return take_action(request, arguments, error);
}

static bool say(struct talk *talk, const char *bench, const struct control_request *request, struct error *error)
{
	char packet[CONTROL_PACKET_MAX];
	size_t size = control_request_put(request, packet);
	int code = EXIT_CODE_RIG;

	if (size == 0)
		return error_set(error, FAULT_USAGE, "a name or text has control characters, or is too long");
	if (!seat_control(bench, packet, size, take_line, talk, &code))
		return error_set(error, FAULT_BUSY, "the run at bench %s does not answer at its control socket: it ends, or its rig is gone (hilrig who)", bench);
	if (code == EXIT_CODE_PASS)
		return true;
	return error_set(error, code == EXIT_CODE_USAGE ? FAULT_USAGE : FAULT_BUSY, "%s%s%s", request->slot, request->slot[0] ? ": " : "", talk->last);
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
	done = take_request(&request, arguments, error) && name_who(&request, arguments, error) &&
	       which_run(bench, NULL, arguments_value(arguments, "--bench"), sha256, error);
	talk.menu = request.kind == CONTROL_MENU;
	if (done)
		open_answer(&talk, &request, bench);
	done = done && say(&talk, bench, &request, error);
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
	{"hand answer yes", "to the question that waits"},
	{"hand end", "the run by hand is over: everything off, evidence sealed"},
	{NULL, NULL},
};

const struct command command_hand = {
	.name = "hand",
	.operands = "SLOT [ACTION [AMOUNT]] | note TEXT | answer TEXT | end",
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
