/* Requests of a control socket: there and back, and what is none. */

#include "rig/run/control_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct control_request requests[] = {
	{CONTROL_MENU, "S01", "", "", "", ""},
	{CONTROL_DO, "S01", "mains cut", "20s", "somebody", ""},
	{CONTROL_DO, "S01", "supply on", "", "somebody", ""},
	{CONTROL_OFF, "S01", "", "", "somebody", ""},
	{CONTROL_NOTE, "S01", "", "", "somebody", "the lamp is r\303\266t"},
	{CONTROL_NOTE, "", "", "", "somebody", "the door was open"},
	{CONTROL_ANSWER, "S01", "", "", "somebody", "yes"},
	{CONTROL_ANSWER, "S01", "", "", "somebody", ""},
	{CONTROL_END, "", "", "", "somebody", ""},
};

static void what_is_written_is_read_again(void **state)
{
	char bytes[CONTROL_PACKET_MAX], why[FREE_TEXT_SIZE];
	struct control_request read;
	size_t i, size;

	(void)state;
	for (i = 0; i < sizeof requests / sizeof *requests; i++) {
		size = control_request_put(&requests[i], bytes);
		assert_true(size > 0);
		assert_true(control_request_read(&read, bytes, size, why));
		assert_int_equal(read.kind, requests[i].kind);
		assert_string_equal(read.slot, requests[i].slot);
		assert_string_equal(read.action, requests[i].action);
		assert_string_equal(read.amount, requests[i].amount);
		assert_string_equal(read.who, requests[i].who);
		assert_string_equal(read.text, requests[i].text);
	}
}

static void what_is_no_request_is_refused_with_its_reason(void **state)
{
	static const char *const wrong[] = {
		"", "\t", "do", "do\t", "do\tS01", "do\tS01\tcut", "do\tS01\tcut\t20s", "do\tS01\t\t20s\tsomebody", "do\tS01\tcut\t20s\t",
		"do\tS01\tcut\t20s\tsome\tbody", "menu", "menu\t", "menu\tS01\tmore", "done\tS01", "Menu\tS01", "end", "end\t", "note\tS01\tsomebody",
		"note\tS01\tsomebody\t", "note\tS01\t\ttext", "answer\tS01\tsomebody", "answer\t\tsomebody\tyes", "menu\tS\03301", "note\t\tsomebody\ta\nb", "note\t\tsomebody\t\377",
		"menu\tA-slot-whose-name-is-longer-than-any", "off\tS01\tsomebody whose name is so long that no journal has any room for it",
	};
	struct control_request read;
	char why[FREE_TEXT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		why[0] = '\0';
		if (control_request_read(&read, wrong[i], strlen(wrong[i]), why))
			fail_msg("read: %s", wrong[i]);
		assert_true(why[0]);
	}
	assert_false(control_request_read(&read, "menu\tA\0B", 8, why));
}

static void what_would_not_be_read_again_is_not_written(void **state)
{
	struct control_request request = requests[4];
	char bytes[CONTROL_PACKET_MAX];

	(void)state;
	strcpy(request.text, "a\tb");
	assert_int_equal(control_request_put(&request, bytes), 0);
	strcpy(request.text, "");
	assert_int_equal(control_request_put(&request, bytes), 0);
	strcpy(request.text, "a\033[2Jb");
	assert_int_equal(control_request_put(&request, bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(what_is_no_request_is_refused_with_its_reason),
		cmocka_unit_test(what_would_not_be_read_again_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
