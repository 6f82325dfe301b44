/* Fields with tabs between them, there and back. */

#include "rig/run/control_request.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_MAX 5

static const char *const words[CONTROL_KIND_COUNT] = {"menu", "do", "off", "note", "answer", "end"};

struct control_field {
	char *to;
	size_t size;
	bool may_be_empty;
};

/* The fields behind the word of a kind, in their order; returns how many. */
static int fields_of(struct control_request *request, struct control_field fields[FIELDS_MAX])
{
	const struct control_field slot = {request->slot, sizeof request->slot, request->kind == CONTROL_NOTE}, who = {request->who, sizeof request->who, false},
			   action = {request->action, sizeof request->action, false}, amount = {request->amount, sizeof request->amount, true},
			   text = {request->text, sizeof request->text, request->kind == CONTROL_ANSWER};
	int count = 0;

	if (request->kind != CONTROL_END)
		fields[count++] = slot;
	if (request->kind == CONTROL_DO) {
		fields[count++] = action;
		fields[count++] = amount;
	}
	if (request->kind != CONTROL_MENU)
		fields[count++] = who;
	if (request->kind == CONTROL_NOTE || request->kind == CONTROL_ANSWER)
		fields[count++] = text;
	return count;
}

/* Control characters end up in nobody's journal and on nobody's terminal. */
static bool is_plain(const char *bytes, size_t size)
{
	size_t i, length;

	for (i = 0; i < size; i += length) {
		length = text_utf8_length(bytes + i, size - i);
		if (length == 0 || (unsigned char)bytes[i] < 0x20 || (unsigned char)bytes[i] == 0x7F)
			return false;
	}
	return true;
}

static bool take_field(const struct control_field *field, const char *from, size_t size, char why[FREE_TEXT_SIZE])
{
	if ((size == 0 && !field->may_be_empty) || size >= field->size || !is_plain(from, size)) {
		(void)snprintf(why, FREE_TEXT_SIZE, "a field is %s", size == 0 ? "empty" : size >= field->size ? "too long" : "no plain text");
		return false;
	}
	memcpy(field->to, from, size);
	field->to[size] = '\0';
	return true;
}

bool control_request_read(struct control_request *request, const char *bytes, size_t size, char why[FREE_TEXT_SIZE])
{
	struct control_field fields[FIELDS_MAX];
	const char *end = bytes + size, *tab;
	size_t length;
	int i, count;

	memset(request, 0, sizeof *request);
	tab = size > 0 ? memchr(bytes, '\t', size) : NULL;
	length = tab ? (size_t)(tab - bytes) : size;
	for (i = 0; i < CONTROL_KIND_COUNT; i++)
		if (strlen(words[i]) == length && memcmp(words[i], bytes, length) == 0)
			break;
	if (i == CONTROL_KIND_COUNT || !tab) {
		(void)snprintf(why, FREE_TEXT_SIZE, "no request: wanted is menu, do, off, note, answer or end with its fields");
		return false;
	}
	request->kind = (enum control_kind)i;
	count = fields_of(request, fields);
	for (i = 0; i < count; i++) {
		const char *from = tab + 1;

		tab = i + 1 < count ? memchr(from, '\t', (size_t)(end - from)) : end;
		if (!tab) {
			(void)snprintf(why, FREE_TEXT_SIZE, "%s: %d fields are wanted behind it", words[request->kind], count);
			return false;
		}
		if (!take_field(&fields[i], from, (size_t)(tab - from), why))
			return false;
	}
	return true;
}

size_t control_request_put(const struct control_request *request, char bytes[CONTROL_PACKET_MAX])
{
	struct control_request copy = *request;
	struct control_field fields[FIELDS_MAX];
	struct text text;
	int i, count = fields_of(&copy, fields);

	text_init(&text, bytes, CONTROL_PACKET_MAX);
	text_put(&text, words[request->kind]);
	for (i = 0; i < count; i++) {
		size_t size = strlen(fields[i].to);

		if ((size == 0 && !fields[i].may_be_empty) || !is_plain(fields[i].to, size))
			return 0;
		text_format(&text, "\t%s", fields[i].to);
	}
	return text.full ? 0 : text.used;
}
