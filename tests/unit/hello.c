/*
 * The first line of a run's socket, there and back, and what a reader says to anything else.
 *
 *   build/tests/unit/hello print     lines as the writer writes them, for tests/command/hello.sh
 *   build/tests/unit/hello read      says of each line of standard input whether it is one
 */

#include "rig/evidence/hello.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct error error;

static const struct hello typical = {
	.run = "0b41f2", .bench = "left-desk", .folder = "/srv/lab/reports/20261123T180000Z-ota-journey-0b41f2",
	.revision = "d633df9a1b2c", .next_seq = 812, .offset = 262020,
};

static const struct hello odd = {
	.run = "r", .bench = "B\xc3\xbc" "ro \"2\"\\\n", .folder = "/a\tb/\xe2\x82\xac", .revision = "", .next_seq = INT64_MAX, .offset = 0,
};

static const struct hello refusal = {.refused = "8 viewers are there already"};

/* All its texts as long as they can be; the folder's bytes need no escape. */
static const struct hello *longest(void)
{
	static struct hello hello;

	memset(hello.run, '"', sizeof hello.run - 1);
	memset(hello.bench, 1, sizeof hello.bench - 1);
	memset(hello.folder, '/', sizeof hello.folder - 1);
	memset(hello.revision, '\\', sizeof hello.revision - 1);
	return &hello;
}

static size_t put(char bytes[HELLO_SIZE_MAX], const struct hello *hello)
{
	struct text text;

	text_init(&text, bytes, HELLO_SIZE_MAX);
	hello_put(&text, hello);
	assert_false(text.full);
	return text.used;
}

static void comes_back(const struct hello *hello)
{
	char bytes[HELLO_SIZE_MAX];
	size_t size = put(bytes, hello);
	struct hello got;

	assert_int_equal(bytes[size - 1], '\n');
	assert_ptr_equal(memchr(bytes, '\n', size), bytes + size - 1);
	if (!hello_get(&got, bytes, size, &error))
		fail_msg("%s", error.text);
	assert_string_equal(got.refused, hello->refused);
	assert_string_equal(got.run, hello->run);
	assert_string_equal(got.bench, hello->bench);
	assert_string_equal(got.folder, hello->folder);
	assert_string_equal(got.revision, hello->revision);
	assert_int_equal(got.next_seq, hello->next_seq);
	assert_int_equal(got.offset, hello->offset);
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	comes_back(&typical);
	comes_back(&odd);
	comes_back(&refusal);
	comes_back(longest());
}

static void the_typical_line_is_the_one_in_the_header(void **state)
{
	static const char wanted[] = "{\"protocol\":1,\"run\":\"0b41f2\",\"bench\":\"left-desk\",\"folder\":\"/srv/lab/reports/"
				     "20261123T180000Z-ota-journey-0b41f2\",\"revision\":\"d633df9a1b2c\",\"next_seq\":812,\"offset\":262020}\n";
	char bytes[HELLO_SIZE_MAX];

	(void)state;
	(void)put(bytes, &typical);
	assert_string_equal(bytes, wanted);
	(void)put(bytes, &refusal);
	assert_string_equal(bytes, "{\"protocol\":1,\"refused\":\"8 viewers are there already\"}\n");
}

static void refused_with(const char *line, const char *words)
{
	struct hello got;

	assert_false(hello_get(&got, line, strlen(line), &error));
	assert_int_equal(error.fault, FAULT_RIG);
	if (!strstr(error.text, words))
		fail_msg("%s\nsays: %s\nwithout: %s", line, error.text, words);
}

static void anything_else_is_refused_with_a_reason(void **state)
{
	(void)state;
	refused_with("", "no run of hilrig");
	refused_with("SSH-2.0-OpenSSH_9.2\r\n", "no run of hilrig");
	refused_with("{\"protocol\":1", "no run of hilrig");
	refused_with("[]", "protocol is missing");
	refused_with("{}", "protocol is missing");
	refused_with("{\"protocol\":\"1\"}", "protocol is missing");
	refused_with("{\"protocol\":2,\"run\":7}", "follow with the program that runs it");
	refused_with("{\"protocol\":1}", "run is missing");
	refused_with("{\"protocol\":1,\"refused\":\"\"}", "without a word");
	refused_with("{\"protocol\":1,\"refused\":1}", "refused is missing");
	refused_with("{\"protocol\":1,\"run\":\"a\",\"bench\":\"b\",\"folder\":\"/c\",\"revision\":\"\",\"next_seq\":-1,\"offset\":0}",
		     "next_seq is missing or no count");
	refused_with("{\"protocol\":1,\"run\":\"a\",\"bench\":\"b\",\"folder\":\"/c\",\"revision\":\"\",\"next_seq\":1.0,\"offset\":0}",
		     "next_seq is missing or no count");
	refused_with("{\"protocol\":1,\"run\":\"a\",\"bench\":\"b\",\"folder\":\"/c\",\"revision\":\"\",\"next_seq\":0}", "offset is missing");
	refused_with("{\"protocol\":1,\"run\":\"a\",\"bench\":\"b\",\"folder\":\"c\",\"revision\":\"\",\"next_seq\":0,\"offset\":0}",
		     "no absolute path");
	refused_with("{\"protocol\":1,\"run\":\"a\",\"bench\":\"b\",\"folder\":\"/\\u0000\",\"revision\":\"\",\"next_seq\":0,\"offset\":0}",
		     "no run of hilrig"); /* a zero inside: jansson takes none */
	refused_with("{\"protocol\":1,\"run\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"bench\":\"b\",\"folder\":\"/c\","
		     "\"revision\":\"\",\"next_seq\":0,\"offset\":0}", "less than 48 bytes");
}

static void a_key_that_this_program_does_not_know_is_no_reason(void **state)
{
	static const char line[] = "{\"protocol\":1,\"run\":\"a\",\"more\":[1],\"bench\":\"b\",\"folder\":\"/c\",\"revision\":\"\",\"next_seq\":0,"
				   "\"offset\":0}";
	struct hello got;

	(void)state;
	assert_true(hello_get(&got, line, sizeof line - 1, &error));
	assert_string_equal(got.bench, "b");
}

static int print(void)
{
	const struct hello *all[] = {&typical, &odd, &refusal, longest()};
	char bytes[HELLO_SIZE_MAX];
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		(void)fwrite(bytes, 1, put(bytes, all[i]), stdout);
	return 0;
}

static int read_lines(void)
{
	static char line[2 * HELLO_SIZE_MAX];
	struct hello hello;

	while (fgets(line, sizeof line, stdin))
		puts(hello_get(&hello, line, strlen(line), &error) ? "yes" : error.text);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(the_typical_line_is_the_one_in_the_header),
		cmocka_unit_test(anything_else_is_refused_with_a_reason),
		cmocka_unit_test(a_key_that_this_program_does_not_know_is_no_reason),
	};

	if (argc > 1 && strcmp(argv[1], "print") == 0)
		return print();
	if (argc > 1 && strcmp(argv[1], "read") == 0)
		return read_lines();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
