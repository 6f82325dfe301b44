/* Lines kept for being cited, and the links to them. */

#include "rig/report/citation.h"

#include "rig/base/text.h"
#include "rig/journal/line.h"
#include "rig/report/escape.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void citations_add(struct citations *citations, const struct record *record)
{
	if (citations->count == CITABLE_MAX) {
		citations->dropped++;
		return;
	}
	if ((citations->count & (citations->count - 1)) == 0) {
		size_t room = citations->count ? 2 * citations->count : 1;

		citations->records = realloc(citations->records, room * sizeof *citations->records);
		assert(citations->records);
	}
	citations->records[citations->count++] = *record;
}

static struct followed_level *followed(struct citations *citations, const char *channel)
{
	size_t i;

	if (!citations->levels) {
		citations->levels = calloc(CITED_CHANNELS_MAX, sizeof *citations->levels);
		assert(citations->levels);
	}
	for (i = 0; i < citations->level_count; i++)
		if (strcmp(citations->levels[i].channel, channel) == 0)
			return &citations->levels[i];
	if (i == CITED_CHANNELS_MAX)
		return NULL;
	citations->level_count++;
	text_copy(citations->levels[i].channel, sizeof citations->levels[i].channel, channel);
	citations->levels[i].level = -1;
	return &citations->levels[i];
}

/* Whether the channel had another level so far; what cannot be followed counts as new. */
static bool is_new(struct citations *citations, const char *channel, int64_t level)
{
	struct followed_level *before = followed(citations, channel);
	bool new = !before || before->level != level;

	if (before)
		before->level = level;
	return new;
}

void citations_take(struct citations *citations, const struct record *record)
{
	bool keep = true;

	if (record->kind == RECORD_EDGE)
		(void)is_new(citations, record->data.edge.channel, record->data.edge.level);
	else if (record->kind == RECORD_LEVEL)
		keep = is_new(citations, record->data.level.channel, record->data.level.level);
	else if (record->kind == RECORD_READING || record->kind == RECORD_PROGRESS)
		keep = false;
	if (keep)
		citations_add(citations, record);
}

static int compare(const void *a, const void *b)
{
	const struct record *left = a, *right = b;

	if (left->supervisor != right->supervisor)
		return left->supervisor ? 1 : -1;
	return (left->seq > right->seq) - (left->seq < right->seq);
}

void citations_settle(struct citations *citations)
{
	free(citations->levels);
	citations->levels = NULL;
	if (citations->count > 0)
		qsort(citations->records, citations->count, sizeof *citations->records, compare);
	citations->cited = calloc(citations->count + 1, sizeof *citations->cited);
	assert(citations->cited);
}

void citations_done(struct citations *citations)
{
	free(citations->levels);
	free(citations->records);
	free(citations->cited);
	*citations = (struct citations){0};
}

/* The channel or observer that a line speaks of. */
static const char *name_in(const struct record *record)
{
	static const size_t names[RECORD_KIND_COUNT] = {
		[RECORD_EDGE] = offsetof(struct record, data.edge.channel),
		[RECORD_LEVEL] = offsetof(struct record, data.level.channel),
		[RECORD_ALERT] = offsetof(struct record, data.alert.observer),
		[RECORD_OBSERVER] = offsetof(struct record, data.observer.observer),
		[RECORD_TERM] = offsetof(struct record, data.term.term),
	};

	return names[record->kind] ? (const char *)record + names[record->kind] : "";
}

const struct record *citation_find(const struct citations *citations, enum record_kind kind, const char *slot, int64_t t_ns,
				   const char *name)
{
	size_t i;

	for (i = 0; i < citations->count; i++) {
		const struct record *record = &citations->records[i];

		if ((t_ns == CITATION_ANY || record->t_ns == t_ns) && record->kind == kind && (!record->slot[0] || strcmp(record->slot, slot) == 0) &&
		    (!name || strcmp(name_in(record), name) == 0))
			return record;
	}
	return NULL;
}

const struct record *citation_of_input(const struct citations *citations, const char *slot, const char *channel, int64_t t_ns)
{
	const struct record *edge = citation_find(citations, RECORD_EDGE, slot, t_ns, channel);

	return edge ? edge : citation_find(citations, RECORD_LEVEL, slot, t_ns, channel);
}

void put_citation(FILE *out, const struct citations *citations, const struct record *record)
{
	const struct record *kept = NULL;
	const char *file;

	if (record && citations->count > 0)
		kept = bsearch(record, citations->records, citations->count, sizeof *citations->records, compare);
	if (!kept)
		return;
	citations->cited[kept - citations->records] = true;
	file = kept->supervisor ? "S" : "";
	fprintf(out, "<a class=\"cite\" href=\"#line-%s%" PRIu64 "\">%s%" PRIu64 "</a>", file, kept->seq + 1, file, kept->seq + 1);
}

/* As the writer wrote it, without what chains it to its neighbours. */
static void put_line(FILE *out, struct sha256 *sha256, const struct record *record)
{
	char bytes[LINE_SIZE_MAX], *end;
	struct record copy = *record;
	struct chain chain;
	struct text text;

	chain_init(&chain, sha256);
	chain.next_seq = record->seq;
	text_init(&text, bytes, sizeof bytes);
	chain_put(&chain, &copy, &text);
	assert(!text.full);
	end = bytes + text.used - strlen(",\"prev\":\"\",\"hash\":\"\"}\n") - 2 * (DIGEST_TEXT_SIZE - 1);
	assert(memcmp(end, ",\"prev\":\"", 9) == 0);
	*end = '\0';
	put_markup(out, bytes);
}

void put_cited_lines(FILE *out, const struct citations *citations)
{
	struct sha256 *sha256 = sha256_new();
	size_t i;

	for (i = 0; i < citations->count; i++) {
		const struct record *record = &citations->records[i];
		const char *file = record->supervisor ? "S" : "";

		if (!citations->cited[i])
			continue;
		fprintf(out, "<li id=\"line-%s%" PRIu64 "\"><b>%s%" PRIu64 "</b> <code>", file, record->seq + 1, file, record->seq + 1);
		put_line(out, sha256, record);
		fputs("</code></li>\n", out);
	}
	sha256_free(sha256);
}
