/* The one place that knows jansson. */

#include "rig/base/json.h"

#include <jansson.h>
#include <string.h>

static const json_t *inner(const struct json *value)
{
	return (const json_t *)(const void *)value;
}

bool json_document_parse(struct json **document, const char *bytes, size_t size, const char *name, struct error *error)
{
	json_error_t wrong;
	json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &wrong);

	if (!root)
		return error_set(error, FAULT_CONFIGURATION, "%s:%d:%d: %s", name, wrong.line, wrong.column, wrong.text);
	*document = (struct json *)(void *)root;
	return true;
}

void json_document_free(struct json *document)
{
	json_decref((json_t *)(void *)document);
}

const struct json *json_value_member(const struct json *value, const char *key)
{
	return (const struct json *)(const void *)json_object_get(inner(value), key);
}

size_t json_value_count(const struct json *value)
{
	return json_is_object(inner(value)) ? json_object_size(inner(value)) : json_array_size(inner(value));
}

const struct json *json_value_at(const struct json *value, size_t index)
{
	return (const struct json *)(const void *)json_array_get(inner(value), index);
}

const char *json_value_text(const struct json *value)
{
	const char *text = json_string_value(inner(value));

	return text && strlen(text) == json_string_length(inner(value)) ? text : NULL;
}

bool json_value_integer(const struct json *value, int64_t *number)
{
	if (!json_is_integer(inner(value)))
		return false;
	*number = json_integer_value(inner(value));
	return true;
}

bool json_value_flag(const struct json *value, bool *flag)
{
	if (!json_is_boolean(inner(value)))
		return false;
	*flag = json_is_true(inner(value));
	return true;
}
