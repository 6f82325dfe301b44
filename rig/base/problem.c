/* The list of what is wrong with people's files, its order, and the guess at what a misspelt word was meant to be. */

#include "rig/base/problem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 64
#define LIST_STEP 16

void problems_init(struct problems *problems)
{
	*problems = (struct problems){.list = NULL};
}

void problems_done(struct problems *problems)
{
	free(problems->list);
	free(problems->files);
	problems_init(problems);
}

static void *grown(void *memory, int count, size_t size)
{
	void *larger = realloc(memory, (size_t)count * size);

	if (!larger)
		abort();
	return larger;
}

static int file_index(struct problems *problems, const char *file)
{
	int i;

	for (i = 0; i < problems->file_count; i++)
		if (strncmp(problems->files[i], file, PROBLEM_FILE_SIZE - 1) == 0)
			return i;
	if (problems->file_count == FILES_MAX)
		return FILES_MAX - 1;
	problems->files = grown(problems->files, i + 1, sizeof *problems->files);
	(void)text_copy(problems->files[i], PROBLEM_FILE_SIZE, file);
	problems->file_count++;
	return i;
}

static struct problem *one_more(struct problems *problems)
{
	if (problems->count == PROBLEMS_MAX) {
		problems->dropped++;
		return NULL;
	}
	if (problems->count == problems->size) {
		problems->size += LIST_STEP;
		problems->list = grown(problems->list, problems->size, sizeof *problems->list);
	}
	return &problems->list[problems->count++];
}

/* What people wrote is quoted in texts: one line, and nothing in it that a terminal obeys. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			*text = '?';
}

bool problem_add(struct problems *problems, const char *file, struct place place, const char *format, ...)
{
	struct problem *problem = one_more(problems);
	char whole[2 * PROBLEM_TEXT_SIZE];
	va_list arguments;
	int wanted;

	if (!problem)
		return false;
	problem->file = file_index(problems, file);
	problem->place = place;
	va_start(arguments, format);
	wanted = vsnprintf(whole, sizeof whole, format, arguments);
	va_end(arguments);
	make_printable(whole);
	if (!text_copy(problem->text, sizeof problem->text, whole) || wanted >= (int)sizeof whole)
		memcpy(problem->text + strlen(problem->text) - 3, "...", 4);
	return false;
}

static bool comes_before(const struct problem *a, const struct problem *b)
{
	if (a->file != b->file)
		return a->file < b->file;
	if (a->place.line != b->place.line)
		return a->place.line < b->place.line;
	return a->place.column < b->place.column;
}

/* By insertion: the list is short, and two problems of one place keep their order. */
void problems_sort(struct problems *problems)
{
	int i, at;

	for (i = 1; i < problems->count; i++) {
		struct problem moved = problems->list[i];

		for (at = i; at > 0 && comes_before(&moved, &problems->list[at - 1]); at--)
			problems->list[at] = problems->list[at - 1];
		problems->list[at] = moved;
	}
}

static void put_problem(struct text *text, const struct problems *problems, const struct problem *problem)
{
	text_put(text, problems->files[problem->file]);
	if (problem->place.line > 0)
		text_format(text, ":%d:%d", problem->place.line, problem->place.column);
	text_format(text, ": %s", problem->text);
}

void problems_print(struct problems *problems, struct text *text)
{
	int i;

	problems_sort(problems);
	for (i = 0; i < problems->count; i++) {
		put_problem(text, problems, &problems->list[i]);
		text_put_char(text, '\n');
	}
	if (problems->dropped > 0)
		text_format(text, "and %d more\n", problems->dropped);
}

bool problems_none(struct problems *problems, struct error *error)
{
	char bytes[PROBLEM_FILE_SIZE + PROBLEM_TEXT_SIZE + 64];
	struct text text;
	int others = problems->count - 1 + problems->dropped;

	if (problems->count == 0)
		return true;
	problems_sort(problems);
	text_init(&text, bytes, sizeof bytes);
	put_problem(&text, problems, &problems->list[0]);
	if (others > 0)
		text_format(&text, " (and %d more)", others);
	return error_set(error, FAULT_CONFIGURATION, "%s", bytes);
}

#define WORD_MAX 64

/* Letters to change, add, drop or swap with their neighbour; 99 for words too long to be misspelt ones. */
static int distance(const char *a, const char *b)
{
	size_t a_size = strlen(a), b_size = strlen(b), i, j;
	int row[3][WORD_MAX + 1];

	if (a_size > WORD_MAX || b_size > WORD_MAX)
		return 99;
	for (j = 0; j <= b_size; j++)
		row[0][j] = (int)j;
	for (i = 1; i <= a_size; i++) {
		int *here = row[i % 3], *above = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		here[0] = (int)i;
		for (j = 1; j <= b_size; j++) {
			int best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (here[j - 1] + 1 < best)
				best = here[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			here[j] = best;
		}
	}
	return row[a_size % 3][b_size];
}

const char *word_meant(const char *word, const char *const *words)
{
	const char *meant = NULL;
	int least = 3;

	for (; *words; words++) {
		int apart = distance(word, *words);

		if (apart < least && 2 * (size_t)apart < strlen(*words)) {
			least = apart;
			meant = *words;
		}
	}
	return meant;
}
