/* Reports of made-up nights: their words, their escapes, their counts, and that they are the same every time. */

#include "rig/base/instant.h"
#include "rig/report/escape.h"
#include "rig/report/report.h"
#include "tests/support/night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *made;

/* The bytes of one form of a night's report; lives until the next call. */
static const char *make(const struct night *night, void (*put)(FILE *, const struct report *))
{
	static int number;
	char folder[PATH_MAX], name[32];
	struct night copy = *night;
	struct report report;
	struct error error;
	size_t size;
	FILE *out;

	(void)snprintf(name, sizeof name, "night-%d-%d", (int)getpid(), number++);
	copy.run = name;
	night_make(&copy, folder);
	if (!report_load(&report, folder, &error))
		fail_msg("%s", error.text);
	/* A name that is the same in every test. */
	strcpy(report.name, "night");
	free(made);
	out = open_memstream(&made, &size);
	put(out, &report);
	assert_int_equal(fclose(out), 0);
	report_done(&report);
	return made;
}

static void expect(const char *part)
{
	if (!strstr(made, part))
		fail_msg("not there: %s", part);
}

static void expect_none(const char *part)
{
	if (strstr(made, part))
		fail_msg("must not be there: %s", part);
}

/* A slot of each kind that the words can differ for. */
static const struct night every_kind = {
	.clause = "", .polled = true, .slot_count = 8,
	.slots = {
		{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true},
		{.name = "B", .outage_ns = 20 * NS_PER_S},
		{.name = "C", .outage_ns = -1, .ad1 = true},
		{.name = "D", .outage_ns = 179950 * NS_PER_MS, .lost_edge = true},
		{.name = "E", .lone_ad1_ns = 100 * NS_PER_MIN},
		{.name = "F", .not_activated = true, .control_blind = true},
		{.name = "G", .outage_ns = 120 * NS_PER_S, .second_ns = 150 * NS_PER_S, .old_version = true},
		{.name = "H", .outage_ns = INT64_C(180000500000), .ad1 = true},
	},
};

/*
 * Lower case, without the sentence that says what the page is not, and without the cited lines: those are the journal's own
 * words, byte for byte.
 */
static void take_own_words(void)
{
	static const char disclaimer[] = "not a certificate of conformity";
	char *at = strstr(made, "<section class=\"sheet\" id=\"lines\">");

	assert_non_null(at);
	*at = '\0';
	at = strstr(made, disclaimer);
	assert_non_null(at);
	memset(at, ' ', strlen(disclaimer));
	for (at = made; *at; at++)
		*at = (char)tolower((unsigned char)*at);
}

static void without_a_clause_no_word_of_conformity_is_in_the_page(void **state)
{
	static const char *const words[] = {"pass", "fail", "conform", "certif"};
	struct night cut_short = every_kind;
	size_t i;

	(void)state;
	cut_short.cut_short = true;
	for (i = 0; i < 2; i++) {
		make(i ? &cut_short : &every_kind, report_put_html);
		take_own_words();
		expect_none(words[0]);
		expect_none(words[1]);
		expect_none(words[2]);
		expect_none(words[3]);
		expect("classification, no statement against a requirement");
	}
}

static void with_a_clause_the_outage_has_its_word(void **state)
{
	struct night night = every_kind;

	(void)state;
	night.clause = "5.7.4.1";
	make(&night, report_put_html);
	expect("\xe2\x96\xb2 fail</span>");
	expect("\xe2\x97\x8b pass</span>");
	expect("? conditional-fail</span>");
	expect("clause 5.7.4.1");
	expect_none("no statement against a requirement");
}

static void the_headline_counts_meters(void **state)
{
	struct night one = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true}}};
	struct night none = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .not_activated = true}}};

	(void)state;
	make(&every_kind, report_put_html);
	expect("Of 7 meters activated, 2 cut their hub for more than three minutes; 2 did not; 3 could not be decided.");
	expect("3 could not be decided. Both raised AD1 (seen at the hub).</p>");
	expect("1 of 8 slots was not activated: its control did not show what it had to show. No meter was spent there.");
	make(&one, report_put_html);
	expect("Of 1 meter activated, 1 cut its hub for more than three minutes; 0 did not. It raised AD1 (seen at the hub).");
	expect("AD1: of 1 outage that had to raise one, 1 did,");
	make(&none, report_put_html);
	expect("No meter was activated in this run; the hub\xe2\x80\x99s supply was gone for more than three minutes in 0 of 1 judged case.");
}

static void the_headline_tells_what_became_of_the_alerts(void **state)
{
	struct night lost = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S}}};
	struct night mixed = {.clause = "", .slot_count = 3,
			      .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true},
					{.name = "B", .outage_ns = 250 * NS_PER_S},
					{.name = "C", .outage_ns = 240 * NS_PER_S, .control_blind = true}}};
	struct night fine = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 20 * NS_PER_S}}};

	(void)state;
	make(&lost, report_put_html);
	expect("0 did not. Its AD1 was expected and not seen.</p>");
	make(&mixed, report_put_html);
	expect("AD1 was raised by 1 of them (seen at the hub); of 1 it was expected and not seen; of 1 nothing can be said.</p>");
	make(&fine, report_put_html);
	expect("0 cut their hub for more than three minutes; 1 did not.</p>");
}

static void a_stratum_is_one_model_pair_and_hub(void **state)
{
	struct night night = {.clause = "", .slot_count = 4,
			      .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true}, {.name = "B", .outage_ns = 20 * NS_PER_S},
					{.name = "C", .outage_ns = 30 * NS_PER_S, .model = "020C0001"}, {.name = "D", .not_activated = true}}};

	(void)state;
	make(&night, report_put_html);
	/* tested, affected, not shown, undecided, void; the longest */
	expect("AB01 010A030B, 030B</td><td>0002012F\xc2\xa0\xe2\x86\x92 00020130</td><td>0101AB02</td><td class=\"n\">2</td>"
	       "<td class=\"n strong\">1</td><td class=\"n\">1</td><td class=\"n\">0</td><td class=\"n\">0</td><td class=\"n\">240.0000 s<br>");
	expect("1 / 0 / 0</td><td>sample not random: no projection</td>");
	expect("AB01 020C0001, 030B</td><td>0002012F\xc2\xa0\xe2\x86\x92 00020130</td><td>0101AB02</td><td class=\"n\">1</td>"
	       "<td class=\"n\">0</td><td class=\"n\">1</td><td class=\"n\">0</td><td class=\"n\">0</td><td class=\"n\">30.0000 s<br>");
	expect("1 meter without a pair of versions is in no row.");
}

static int count_of(const char *part)
{
	const char *at;
	int count = 0;

	for (at = made; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

static void a_simulated_night_says_so_on_every_sheet(void **state)
{
	struct night night = every_kind;

	(void)state;
	make(&night, report_put_html);
	expect_none("SIMULATED");
	night.simulated = true;
	make(&night, report_put_html);
	assert_int_equal(count_of("<section class=\"sheet"), 1 + 1 + 8 + 2); /* summary, list, devices, bench, lines */
	assert_int_equal(count_of("<p class=\"simulated\">SIMULATED "), count_of("<section class=\"sheet"));
	expect("@top-center{content:\"SIMULATED\"");
}

static void every_citation_leads_to_its_line(void **state)
{
	char id[64];
	const char *at;
	int cited = 0;

	(void)state;
	make(&every_kind, report_put_html);
	for (at = made; (at = strstr(at, "href=\"#line-")) != NULL; at++) {
		(void)snprintf(id, sizeof id, "<li id=\"%.*s\">", (int)strcspn(at + 7, "\""), at + 7);
		if (!strstr(made, id))
			fail_msg("nowhere: %s", id);
		cited++;
	}
	assert_true(cited > 100);
	/* The line that says with which edge the outage of slot A began, as it stands in the journal. */
	expect("&quot;t_ns&quot;:4560000000000,&quot;utc&quot;:&quot;2026-11-23T19:16:00.000000Z&quot;,&quot;kind&quot;:&quot;edge&quot;,"
	       "&quot;slot&quot;:&quot;A&quot;,&quot;data&quot;:{&quot;channel&quot;:&quot;pins.supply0&quot;,&quot;level&quot;:0,&quot;seqno&quot;:3}</code>");
	/* Levels that say nothing new are not cited: the page of a polled night stays short. */
	assert_int_equal(count_of("&quot;kind&quot;:&quot;reading&quot;"), 2);
}

static void a_folders_name_is_one_word_for_a_shell(void **state)
{
	struct night night = {.clause = "", .run = "sh-$(id) 'x' night", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 20 * NS_PER_S}}};
	struct report report;
	struct error error;
	char folder[PATH_MAX];
	size_t size;
	FILE *out;

	(void)state;
	night_make(&night, folder);
	assert_true(report_load(&report, folder, &error));
	free(made);
	out = open_memstream(&made, &size);
	report_put_html(out, &report);
	assert_int_equal(fclose(out), 0);
	report_done(&report);
	expect("hilrig verify &#39;sh-$(id) &#39;\\&#39;&#39;x&#39;\\&#39;&#39; night&#39;\n");
}

static void the_page_asks_nothing_of_a_network(void **state)
{
	const char *at;

	(void)state;
	make(&every_kind, report_put_html);
	expect_none("http:");
	expect_none("https:");
	expect_none(" src=");
	expect_none("@import");
	expect_none("<script");
	expect("default-src 'none'");
	for (at = made; (at = strstr(at, "url(")) != NULL; at++)
		assert_memory_equal(at, "url(#", 5);
	for (at = made; (at = strstr(at, "href=\"")) != NULL; at++)
		assert_true(at[6] == '#' || strncmp(at + 6, "data:,", 6) == 0);
}

static void what_a_device_says_cannot_become_markup(void **state)
{
	struct night night = {.clause = "", .slot_count = 1,
			      .slots = {{.name = "<b>&\"'", .outage_ns = 240 * NS_PER_S, .model = "<script>alert(1)</script>"}}};

	(void)state;
	make(&night, report_put_html);
	expect_none("<script");
	expect_none("<b>&");
	expect("&lt;script&gt;alert(1)&lt;/script&gt;");
	expect("Slot &lt;b&gt;&amp;&quot;&#39;: meter");
	expect("J. Doe &lt;night shift&gt; &amp; &quot;co&quot;");
	make(&night, report_put_junit);
	expect("slot &lt;b&gt;&amp;&quot;&#39;");
	make(&night, report_put_json);
	expect("\"slot\": \"<b>&\\\"'\"");
	make(&night, report_put_csv);
	expect("<script>alert(1)</script>");
}

static void junit_is_green_only_where_all_is_in_order(void **state)
{
	struct night good = {.clause = "", .slot_count = 1, .slots = {{.name = "B", .outage_ns = 20 * NS_PER_S}}};
	struct night dark = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 200 * NS_PER_S, .lab_power = true}}};
	struct night cut = good;

	(void)state;
	make(&every_kind, report_put_junit);
	expect("tests=\"27\" failures=\"4\" errors=\"7\" skipped=\"0\">\n");
	expect("<failure type=\"more\" message=\"more than three minutes\"/>");
	expect("<error type=\"inconclusive (rig)\"");
	expect("<error type=\"not judged\" message=\"expected, and never judged\"/>");
	make(&good, report_put_junit);
	expect("tests=\"6\" failures=\"0\" errors=\"0\" skipped=\"0\">\n");
	make(&dark, report_put_junit);
	expect("<error type=\"void (environment)\"");
	cut.cut_short = true;
	make(&cut, report_put_junit);
	expect("message=\"the journal has no end line\"");
	expect_none("errors=\"0\" skipped=\"0\">\n  <testsuite name=\"run\"");
}

static void every_outage_and_alert_is_drawn(void **state)
{
	struct night night = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true}}};
	const char *at;
	int alerts = 0, gone = 0;

	(void)state;
	make(&night, report_put_html);
	for (at = made; (at = strstr(at, "<path class=\"alert\"")) != NULL; at++)
		alerts++;
	for (at = made; (at = strstr(at, "<rect class=\"gone\"")) != NULL; at++)
		gone++;
	assert_int_equal(alerts, 3 + 1);   /* the night has three, the outage's own picture shows one of them again */
	assert_int_equal(gone, 4 + 3 + 1); /* supply: outage and three controls; mains: the controls; and the picture */
	expect("T = 240.0000 s");
	expect("limit 180 s");
}

/* How far below its name's line a track begins: more than 0 is low. */
static double begin_of_track(const char *name)
{
	double name_y, x, y;
	char end[32];
	const char *at, *line;

	(void)snprintf(end, sizeof end, ">%s</text>", name);
	at = strstr(made, end);
	assert_non_null(at);
	for (line = at; line > made && line[-1] != '\n'; line--)
		;
	assert_int_equal(sscanf(line, "<text class=\"track\" x=\"%lf\" y=\"%lf\"", &x, &name_y), 2);
	at = strstr(at, " d=\"M");
	assert_non_null(at);
	assert_int_equal(sscanf(at, " d=\"M%lf %lf", &x, &y), 2);
	return y - name_y;
}

static void what_is_low_from_the_start_is_drawn_low(void **state)
{
	struct night night = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 20 * NS_PER_S}}};

	(void)state;
	make(&night, report_put_html);
	assert_true(begin_of_track("AC LO") > 0);
	assert_true(begin_of_track("mains") < 0);
	assert_true(begin_of_track("hub supply") < 0);
}

static void the_same_folder_gives_the_same_bytes(void **state)
{
	static void (*const puts[])(FILE *, const struct report *) = {report_put_html, report_put_json, report_put_csv,
								      report_put_junit, report_put_judgement, report_put_table};
	struct report report;
	struct error error;
	char folder[PATH_MAX], *bytes[2];
	struct night night = every_kind;
	size_t sizes[2], i, round;

	(void)state;
	night.run = "same-bytes";
	night_make(&night, folder);
	for (i = 0; i < sizeof puts / sizeof *puts; i++) {
		for (round = 0; round < 2; round++) {
			FILE *out = open_memstream(&bytes[round], &sizes[round]);

			assert_true(report_load(&report, folder, &error));
			puts[i](out, &report);
			assert_int_equal(fclose(out), 0);
			report_done(&report);
		}
		assert_int_equal(sizes[0], sizes[1]);
		assert_memory_equal(bytes[0], bytes[1], sizes[0]);
		free(bytes[0]);
		free(bytes[1]);
	}
}

/* Escapes */

static const char *escaped(void (*put)(FILE *, const char *), const char *text)
{
	static char *bytes;
	size_t size;
	FILE *out;

	free(bytes);
	out = open_memstream(&bytes, &size);
	put(out, text);
	(void)fclose(out);
	return bytes;
}

static void markup_is_escaped_and_what_xml_forbids_is_replaced(void **state)
{
	(void)state;
	assert_string_equal(escaped(put_markup, "a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
	assert_string_equal(escaped(put_markup, "\x01\x1f\x7f\tb\n"), "???\tb\n");
	assert_string_equal(escaped(put_markup, "\xc3\xa9 \xff \xe2\x82 \xed\xa0\x80"), "\xc3\xa9 ? ?? ???");
	assert_string_equal(escaped(put_markup, "\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"), "??\xef\xbf\xbd");
}

static void csv_fields_are_quoted_and_are_no_formulas(void **state)
{
	(void)state;
	assert_string_equal(escaped(put_csv, "plain text"), "plain text");
	assert_string_equal(escaped(put_csv, "a,b"), "\"a,b\"");
	assert_string_equal(escaped(put_csv, "say \"x\""), "\"say \"\"x\"\"\"");
	assert_string_equal(escaped(put_csv, "=cmd|x"), "\"'=cmd|x\"");
	assert_string_equal(escaped(put_csv, "\xff"), "?");
}

static void json_of_any_length_keeps_its_characters(void **state)
{
	char text[4096], wanted[4096 + 3];
	size_t size;

	(void)state;
	/* A character of three bytes across every border between pieces. */
	for (size = 500; size < 530; size++) {
		memset(text, 'a', size);
		memcpy(text + size, "\xe2\x82\xac", 4);
		(void)snprintf(wanted, sizeof wanted, "\"%s\"", text);
		assert_string_equal(escaped(put_json, text), wanted);
	}
	assert_string_equal(escaped(put_json, "\"\\\n\x01\xff"), "\"\\\"\\\\\\n\\u0001?\"");
}

static const char *seconds(void (*put)(FILE *, int64_t, int), int64_t ns, int decimals)
{
	static char bytes[64];
	FILE *out = fmemopen(bytes, sizeof bytes, "w");

	put(out, ns, decimals);
	(void)fclose(out);
	return bytes;
}

static void printed_bounds_hold_the_measured_ones(void **state)
{
	(void)state;
	assert_string_equal(seconds(put_seconds_down, INT64_C(179999999999), 4), "179.9999");
	assert_string_equal(seconds(put_seconds_up, INT64_C(179999999999), 4), "180.0000");
	assert_string_equal(seconds(put_seconds_up, INT64_C(180000000000), 4), "180.0000");
	assert_string_equal(seconds(put_seconds_up, 1, 0), "1");
	assert_string_equal(seconds(put_seconds_down, 1, 9), "0.000000001");
}

static int drop_made(void **state)
{
	(void)state;
	free(made);
	made = NULL;
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_clause_no_word_of_conformity_is_in_the_page),
		cmocka_unit_test(with_a_clause_the_outage_has_its_word),
		cmocka_unit_test(the_headline_counts_meters),
		cmocka_unit_test(the_headline_tells_what_became_of_the_alerts),
		cmocka_unit_test(a_stratum_is_one_model_pair_and_hub),
		cmocka_unit_test(a_simulated_night_says_so_on_every_sheet),
		cmocka_unit_test(every_citation_leads_to_its_line),
		cmocka_unit_test(a_folders_name_is_one_word_for_a_shell),
		cmocka_unit_test(the_page_asks_nothing_of_a_network),
		cmocka_unit_test(what_a_device_says_cannot_become_markup),
		cmocka_unit_test(junit_is_green_only_where_all_is_in_order),
		cmocka_unit_test(every_outage_and_alert_is_drawn),
		cmocka_unit_test(what_is_low_from_the_start_is_drawn_low),
		cmocka_unit_test(the_same_folder_gives_the_same_bytes),
		cmocka_unit_test(markup_is_escaped_and_what_xml_forbids_is_replaced),
		cmocka_unit_test(csv_fields_are_quoted_and_are_no_formulas),
		cmocka_unit_test(json_of_any_length_keeps_its_characters),
		cmocka_unit_test(printed_bounds_hold_the_measured_ones),
	};

	return cmocka_run_group_tests(tests, NULL, drop_made);
}
