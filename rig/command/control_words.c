/* From words to a request, and from a request to what a run says to it. */

#include "rig/command/control_words.h"

#include "rig/base/text.h"
#include "rig/supervisor/seat.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

bool control_who(char who[WORD_TEXT_SIZE], const char *name, struct error *error)
{
	const struct passwd *account = name ? NULL : getpwuid(getuid());

	if (!name)
		name = account ? account->pw_name : NULL;
	return (name && text_copy(who, WORD_TEXT_SIZE, name)) ||
	       error_set(error, FAULT_USAGE, "who asks for it? say it with --operator NAME, shorter than %d bytes", WORD_TEXT_SIZE);
}

/* With blanks between them. */
static bool join(char *to, size_t size, const char *const words[], int count)
{
	struct text text;
	int i;

	text_init(&text, to, size);
	for (i = 0; i < count; i++)
		text_format(&text, "%s%s", i > 0 ? " " : "", words[i]);
	return !text.full;
}

static bool read_text(struct control_request *request, const char *const words[], int count, struct error *error)
{
	if (count == 0)
		return error_set(error, FAULT_USAGE, "what? write it behind '%s'", request->kind == CONTROL_ANSWER ? "answer" : "note");
	return join(request->text, sizeof request->text, words, count) ||
	       error_set(error, FAULT_USAGE, "the text is too long: at most %d bytes", CONTROL_TEXT_MAX - 1);
}

static bool read_action(struct control_request *request, const char *const words[], int count, struct error *error)
{
	const char *last = words[count - 1];

	request->kind = CONTROL_DO;
	if (count > 1 && last[0] >= '0' && last[0] <= '9') {
		if (!text_copy(request->amount, sizeof request->amount, last))
			return error_set(error, FAULT_USAGE, "%s: too long", last);
		count--;
	}
	return join(request->action, sizeof request->action, words, count) ||
	       error_set(error, FAULT_USAGE, "there is no such action; hilrig hand %s lists them", request->slot);
}

bool control_read(struct control_request *request, const char *const words[], int count, struct error *error)
{
	const char *second = count > 1 ? words[1] : "";

	memset(request, 0, sizeof *request);
	if (strcmp(words[0], "end") == 0 && count == 1) {
		request->kind = CONTROL_END;
		return true;
	}
	if (strcmp(words[0], "note") == 0) {
		request->kind = CONTROL_NOTE;
		return read_text(request, words + 1, count - 1, error);
	}
	if (!text_copy(request->slot, sizeof request->slot, words[0]))
		return error_set(error, FAULT_USAGE, "%s: no slot has so long a name", words[0]);
	if (count == 1) {
		request->kind = CONTROL_MENU;
		return true;
	}
	if (strcmp(second, "note") == 0 || strcmp(second, "answer") == 0) {
		request->kind = second[0] == 'a' ? CONTROL_ANSWER : CONTROL_NOTE;
		return read_text(request, words + 2, count - 2, error);
	}
	if (strcmp(second, "off") == 0 && count == 2) {
		request->kind = CONTROL_OFF;
		return true;
	}
	return read_action(request, words + 1, count - 1, error);
}

struct hearing {
	void (*take)(void *self, const char *line);
	void *self;
	char *last;
};

static void hear(void *self, const char *line)
{
	struct hearing *hearing = self;

	(void)text_copy(hearing->last, CONTROL_ANSWER_SIZE, line);
	if (hearing->take)
		hearing->take(hearing->self, line);
}

bool control_say(const char *bench, const struct control_request *request, void (*take)(void *self, const char *line), void *self,
		 char last[CONTROL_ANSWER_SIZE], struct error *error)
{
	struct hearing hearing = {take, self, last};
	char packet[CONTROL_PACKET_MAX];
	size_t size = control_request_put(request, packet);
	int code = EXIT_CODE_RIG;

	last[0] = '\0';
	if (size == 0)
		return error_set(error, FAULT_USAGE, "a name or text has control characters, or is too long");
	if (!seat_control(bench, packet, size, hear, &hearing, &code))
		return error_set(error, FAULT_BUSY, "the run at bench %s does not answer at its control socket: it ends, or its rig is gone (hilrig who)", bench);
	if (code == EXIT_CODE_PASS)
		return true;
	return error_set(error, code == EXIT_CODE_USAGE ? FAULT_USAGE : FAULT_BUSY, "%s%s%s", request->slot, request->slot[0] ? ": " : "", last);
}
