#ifndef HILRIG_RIG_BASE_JSON_H
#define HILRIG_RIG_BASE_JSON_H

/*
 * Reading JSON documents (manifests, calibration records, lists), by jansson. Never journal lines: those have a strict
 * reader of their own that takes no memory.
 *
 * A document is owned by whoever parsed it; everything reached from it lives as long. A value that is not there or of
 * another type is an ordinary answer here (NULL or false): the caller knows what to say about it.
 */

#include "rig/base/error.h"

#include <stdint.h>

struct json; /* one value */

/* FAULT_CONFIGURATION with "NAME:line:column: ..." for anything that is not one JSON value with unique keys. */
MUST_USE bool json_document_parse(struct json **document, const char *bytes, size_t size, const char *name, struct error *error);
void json_document_free(struct json *document);

/* The member of an object; NULL where there is none, or `value` is no object or NULL. */
const struct json *json_value_member(const struct json *value, const char *key);

/* Number of elements of an array and of members of an object, else 0; and the index-th element of an array. */
size_t json_value_count(const struct json *value);
const struct json *json_value_at(const struct json *value, size_t index);

/* The text without a zero inside, or NULL. */
const char *json_value_text(const struct json *value);

/* False where it is no integer of 64 bits, or no boolean. */
bool json_value_integer(const struct json *value, int64_t *number);
bool json_value_flag(const struct json *value, bool *flag);

#endif
