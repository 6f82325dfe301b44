/* Which sentences a slot's wiring can carry: each lacks just what was taken away. */

#include "rig/scenario/claim.h"

#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct bench bench;
static struct bench_slot slot;
static struct bench_instrument instrument;
static struct bench_console console;

/* A meter with its hub, and everything that the six sentences need. */
static int wire_all(void **state)
{
	(void)state;
	bench = (struct bench){.slots = &slot, .slot_count = 1, .instruments = &instrument, .instrument_count = 1, .term_count = 1,
			       .lab_feed = {.channel = 0}};
	slot = (struct bench_slot){.arrangement = ARRANGEMENT_METER_WITH_HUB, .recharge_ns = NS_PER_MIN};
	instrument = (struct bench_instrument){.console = &console};
	console = (struct bench_console){.alert_count = 1, .point = "hub"};
	text_copy(console.alerts[0].code, sizeof console.alerts[0].code, "AD1");
	return 0;
}

static void lack(unsigned wanted)
{
	enum claim claim;
	unsigned lacking = 0;

	for (claim = 0; claim < CLAIM_COUNT; claim++)
		lacking |= claim_lacks(&bench, 0, claim) ? 1U << claim : 0;
	assert_int_equal(lacking, wanted);
}

static void a_slot_that_is_wired_for_all_lacks_nothing(void **state)
{
	(void)state;
	lack(0);
	assert_string_equal(claim_point(&bench, 0), "hub");
}

/* Silence on the way of an alert says nothing of the hub that did, or did not, raise it. */
static void silence_says_something_only_at_the_hub(void **state)
{
	(void)state;
	text_copy(console.point, sizeof console.point, "csp");
	lack(1U << CLAIM_AD1_NOT_RAISED);
	assert_non_null(strstr(claim_lacks(&bench, 0, CLAIM_AD1_NOT_RAISED), "not observed at this point"));
}

static void without_an_observer_of_ad1_nothing_is_said_of_one(void **state)
{
	const unsigned of_ad1 = 1U << CLAIM_AD1_RAISED | 1U << CLAIM_AD1_NOT_RAISED | 1U << CLAIM_MISSING;

	(void)state;
	text_copy(console.alerts[0].code, sizeof console.alerts[0].code, "8F36"); /* it hears restoration alerts */
	lack(of_ad1);
	slot.console = -1;
	lack(of_ad1);
	assert_null(claim_point(&bench, 0));
}

static void each_other_sentence_lacks_its_own(void **state)
{
	(void)state;
	slot.recharge_ns = 0;
	lack(1U << CLAIM_MISSING);
	bench.term_count = 0;
	lack(1U << CLAIM_MISSING | 1U << CLAIM_OUTAGE);
	slot.upgrade = -1;
	lack(1U << CLAIM_MISSING | 1U << CLAIM_OUTAGE | 1U << CLAIM_FIRMWARE);
	bench.lab_feed.channel = -1;
	lack(1U << CLAIM_MISSING | 1U << CLAIM_OUTAGE | 1U << CLAIM_FIRMWARE | 1U << CLAIM_NOT_MAINS);
}

static void a_hub_alone_says_nothing_of_the_mains(void **state)
{
	(void)state;
	slot.arrangement = ARRANGEMENT_HUB_ALONE;
	lack(1U << CLAIM_NOT_MAINS);
}

#define CASE_OF(test) cmocka_unit_test_setup(test, wire_all)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(a_slot_that_is_wired_for_all_lacks_nothing),
		CASE_OF(silence_says_something_only_at_the_hub),
		CASE_OF(without_an_observer_of_ad1_nothing_is_said_of_one),
		CASE_OF(each_other_sentence_lacks_its_own),
		CASE_OF(a_hub_alone_says_nothing_of_the_mains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
