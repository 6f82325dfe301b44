/* The socket's first line. The writer runs in the journal thread of a run; the reader in a viewer. */

#include "rig/evidence/hello.h"

#include "rig/base/json.h"

#include <string.h>

static void put_member(struct text *text, const char *key, const char *value)
{
	text_format(text, ",\"%s\":", key);
	text_put_json(text, value);
}

void hello_put(struct text *text, const struct hello *hello)
{
	text_format(text, "{\"protocol\":%d", HELLO_PROTOCOL);
	if (hello->refused[0]) {
		put_member(text, "refused", hello->refused);
	} else {
		put_member(text, "run", hello->run);
		put_member(text, "bench", hello->bench);
		put_member(text, "folder", hello->folder);
		put_member(text, "revision", hello->revision);
		text_put(text, ",\"next_seq\":");
		text_put_int(text, (int64_t)hello->next_seq);
		text_put(text, ",\"offset\":");
		text_put_int(text, (int64_t)hello->offset);
	}
	text_put(text, "}\n");
}

static bool get_text(const struct json *document, const char *key, char *to, size_t size, struct error *error)
{
	const char *value = json_value_text(json_value_member(document, key));

	if (!value || !text_copy(to, size, value))
		return error_set(error, FAULT_RIG, "%s is missing or no text of less than %zu bytes", key, size);
	return true;
}

static bool get_count(const struct json *document, const char *key, uint64_t *count, struct error *error)
{
	int64_t number;

	if (!json_value_integer(json_value_member(document, key), &number) || number < 0)
		return error_set(error, FAULT_RIG, "%s is missing or no count", key);
	*count = (uint64_t)number;
	return true;
}

static bool get_members(struct hello *hello, const struct json *document, struct error *error)
{
	int64_t protocol;

	if (!json_value_integer(json_value_member(document, "protocol"), &protocol))
		return error_set(error, FAULT_RIG, "protocol is missing or no number");
	if (protocol != HELLO_PROTOCOL)
		return error_set(error, FAULT_RIG, "the run speaks protocol %lld and this program %d; follow with the program that runs it",
				 (long long)protocol, HELLO_PROTOCOL);
	if (json_value_member(document, "refused")) {
		if (!get_text(document, "refused", hello->refused, sizeof hello->refused, error))
			return false;
		return hello->refused[0] != '\0' || error_set(error, FAULT_RIG, "refused without a word");
	}
	if (!get_text(document, "run", hello->run, sizeof hello->run, error) ||
	    !get_text(document, "bench", hello->bench, sizeof hello->bench, error) ||
	    !get_text(document, "folder", hello->folder, sizeof hello->folder, error) ||
	    !get_text(document, "revision", hello->revision, sizeof hello->revision, error) ||
	    !get_count(document, "next_seq", &hello->next_seq, error) || !get_count(document, "offset", &hello->offset, error))
		return false;
	return hello->folder[0] == '/' || error_set(error, FAULT_RIG, "folder is no absolute path");
}

bool hello_get(struct hello *hello, const char *bytes, size_t size, struct error *error)
{
	struct json *document;
	bool done;

	memset(hello, 0, sizeof *hello);
	if (!json_document_parse(&document, bytes, size, "hello", NULL))
		return error_set(error, FAULT_RIG, "what answers there is no run of hilrig");
	done = get_members(hello, document, error);
	json_document_free(document);
	return done || error_prefix(error, "the run's first line");
}
