/*
 * The plant against timelines derived by hand: every instant below follows from the settings above it by adding.
 *
 * The truth of a run is one text, a fact or line a row: "12.345000000 A supply-fell". Seconds with nine digits, so that a
 * nanosecond too much is seen.
 */

#include "drivers/sim/plant/plant.h"
#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS

static struct plant plant;
static struct plant_settings settings;
static char told[16384];
static struct text text;
static bool with_lines, with_texts;

static void put(void *self, const struct plant_output *output)
{
	(void)self;
	if ((output->kind == PLANT_LINE && !with_lines) ||
	    ((output->kind == PLANT_HUB_TEXT || output->kind == PLANT_METER_TEXT) && !with_texts))
		return;
	if (output->kind == PLANT_TRUTH && (output->fact == FACT_RELAY_TOLD || output->fact == FACT_SUPPLY_VOLTS || output->fact == FACT_FEED_TOLD))
		return;
	text_format(&text, "%lld.%09lld ", (long long)(output->t_ns / S), (long long)(output->t_ns % S));
	if (output->slot != PLANT_NONE)
		text_format(&text, "%s ", settings.slots[output->slot].name);
	if (output->kind == PLANT_LINE)
		text_format(&text, "line %s %d", plant_line_name(output->line), output->level);
	else if (output->kind == PLANT_TRUTH)
		text_format(&text, "%s%s%s", plant_fact_name(output->fact), output->text[0] ? " " : "", output->text);
	else
		text_format(&text, "%s", output->text);
	text_put(&text, "\n");
	assert_false(text.full);
}

/* A meter that boots in 30 s and a hub that is brought charged, lasts 300 s and is ready after 20 s. */
static struct plant_slot_settings slot_of(const char *name, bool has_meter)
{
	struct plant_slot_settings slot = {
		.has_meter = has_meter, .mains = {0, 0}, .contactor = {PLANT_NONE, 0}, .feed = {0, 1}, .supply = PLANT_NONE, .nominal_mv = 12000,
		.v_down_mv = 9500, .v_up_mv = 10500, .load_ma = 300, .hub_guid = "00-DB-12-34-56-78-90-A5",
		.meter = {.hold_up_ns = 20 * MS, .boot_ns = 30 * S, .verify_ns = 2 * S, .restart_ns = 40 * S, .float_level = 1,
			  .version = "0002012F"},
		.hub = {.threshold_ns = 180 * S, .store_ns = 300 * S, .recharge_ns = 60 * S, .begins_charged = true,
			.latency_ns = {3 * S, 3 * S}, .boot_ns = 20 * S, .wake_ns = 2 * S},
	};

	snprintf(slot.name, sizeof slot.name, "%s", name);
	return slot;
}

static int fresh(void **state)
{
	(void)state;
	memset(&settings, 0, sizeof settings);
	settings.seed = 1;
	settings.utc_us_at_zero = INT64_C(1795456800000000); /* 2026-11-23T18:00:00Z */
	settings.hardware_chain = true;
	settings.board_count = 1;
	settings.boards[0] = (struct relay_settings){.close_ns = 7 * MS, .open_ns = 5 * MS};
	settings.slot_count = 1;
	settings.slots[0] = slot_of("A", true);
	with_lines = with_texts = false;
	text_init(&text, told, sizeof told);
	return 0;
}

static void begin(void)
{
	plant_init(&plant, &settings, (struct plant_sink){put, NULL}, 0);
}

static void give(struct plant_event event)
{
	plant_step(&plant, &event);
}

static void relay(int64_t t_ns, int number, bool on)
{
	give((struct plant_event){.kind = PLANT_RELAY, .t_ns = t_ns, .relay = number, .on = on});
}

static void pass(int64_t t_ns)
{
	give((struct plant_event){.kind = PLANT_TICK, .t_ns = t_ns});
}

/* Forgets what was told so far. */
static void forget(void)
{
	text_init(&text, told, sizeof told);
}

/* With its mains on at 0, the meter feeds its hub from 30.007 s on. */
static void begin_running(void)
{
	begin();
	relay(0, 0, true);
	pass(100 * S);
	forget();
}

static void hold_image(int64_t t_ns)
{
	give((struct plant_event){.kind = PLANT_TRANSFER_BEGINS, .t_ns = t_ns});
	give((struct plant_event){.kind = PLANT_IMAGE_ARRIVES, .t_ns = t_ns, .on = true, .text = "00020130"});
	pass(t_ns + 2 * S);
	forget();
}

static void dip(int64_t offset_ns, int64_t length_ns)
{
	settings.slots[0].meter.dips[settings.slots[0].meter.dip_count++] = (struct meter_dip){offset_ns, length_ns};
}

/* ---- Meter with its hub ---- */

static void mains_boots_the_meter_which_feeds_its_hub(void **state)
{
	(void)state;
	begin();
	relay(1 * S, 0, true);
	pass(100 * S);
	assert_string_equal(told,
		"1.007000000 contact-closed\n"
		"1.007000000 A mains-rose\n"
		"31.007000000 A meter-runs 0002012F\n"
		"31.007000000 A supply-rose\n"
		"51.007000000 A hub-ready\n");
}

static void a_mains_gap_within_the_hold_up_is_none_for_the_hub(void **state)
{
	(void)state;
	begin_running();
	give((struct plant_event){.kind = PLANT_LAB_FEED, .t_ns = 100 * S, .on = false});
	give((struct plant_event){.kind = PLANT_LAB_FEED, .t_ns = 100 * S + 19 * MS, .on = true});
	pass(400 * S);
	assert_string_equal(told,
		"100.000000000 input lab-feed\n"
		"100.000000000 A mains-fell\n"
		"100.019000000 input lab-feed\n"
		"100.019000000 A mains-rose\n");
}

/* 150 s without mains are 150 - 0.020 + 30 s without supply, the boot included. */
static void a_mains_cut_of_150_s_becomes_179_98_s_for_the_hub(void **state)
{
	(void)state;
	begin_running();
	relay(100 * S, 0, false);
	relay(250 * S, 0, true);
	pass(300 * S);
	assert_string_equal(told,
		"100.005000000 contact-opened\n"
		"100.005000000 A mains-fell\n"
		"100.025000000 A meter-died\n"
		"100.025000000 A supply-fell\n"
		"250.007000000 contact-closed\n"
		"250.007000000 A mains-rose\n"
		"280.007000000 A meter-runs 0002012F\n"
		"280.007000000 A supply-rose\n"
		"280.007000000 A outage shorter-than-threshold\n"
		"282.007000000 A hub-ready\n");
}

static void ac_lost_is_said_by_a_living_meter_without_mains(void **state)
{
	(void)state;
	with_lines = true;
	begin_running();
	settings.slots[0].meter.float_level = 0; /* of the dead meter: told apart from what it says */
	relay(100 * S, 0, false);
	pass(101 * S);
	assert_string_equal(told,
		"100.005000000 contact-opened\n"
		"100.005000000 A line mains 0\n"
		"100.005000000 A mains-fell\n"
		"100.005000000 A line ac-lost 1\n"
		"100.025000000 A meter-died\n"
		"100.025000000 A line ac-lost 0\n"
		"100.025000000 A line supply 0\n"
		"100.025000000 A supply-fell\n");
}

static void an_activation_dips_the_supply_and_brings_the_new_version(void **state)
{
	(void)state;
	dip(1500 * MS, 20 * S);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(200 * S);
	assert_string_equal(told,
		"110.000000000 A activation-received 00020130\n"
		"111.500000000 A supply-fell\n"
		"131.500000000 A supply-rose\n"
		"131.500000000 A outage shorter-than-threshold\n"
		"133.500000000 A hub-ready\n"
		"150.000000000 A meter-runs 00020130\n");
}

static void a_meter_may_become_what_no_image_brings(void **state)
{
	(void)state;
	memcpy(settings.slots[0].meter.becomes, "00020131", sizeof "00020131");
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(160 * S);
	assert_non_null(strstr(told, "150.000000000 A meter-runs 00020131\n"));
}

static void every_dip_of_a_profile_is_an_outage_of_its_own(void **state)
{
	(void)state;
	dip(1 * S, 90 * S);
	dip(92 * S, 90 * S);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(300 * S);
	assert_string_equal(told,
		"110.000000000 A activation-received 00020130\n"
		"111.000000000 A supply-fell\n"
		"150.000000000 A meter-runs 00020130\n"
		"201.000000000 A supply-rose\n"
		"201.000000000 A outage shorter-than-threshold\n"
		"202.000000000 A supply-fell\n"
		"292.000000000 A supply-rose\n"
		"292.000000000 A outage shorter-than-threshold\n"
		"294.000000000 A hub-ready\n");
}

static void a_meter_that_locks_up_stays_away_even_after_its_mains(void **state)
{
	(void)state;
	dip(1 * S, METER_FOREVER);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(120 * S);
	relay(120 * S, 0, false);
	relay(150 * S, 0, true);
	assert_false(plant_meter_listens(&plant, 0));
	plant_end(&plant, 211 * S);
	assert_string_equal(told,
		"110.000000000 A activation-received 00020130\n"
		"111.000000000 A locked-up\n"
		"111.000000000 A supply-fell\n"
		"120.005000000 contact-opened\n"
		"120.005000000 A mains-fell\n"
		"120.025000000 A meter-died\n"
		"150.007000000 contact-closed\n"
		"150.007000000 A mains-rose\n"
		"211.000000000 A outage-open shorter-than-threshold\n");
}

static void nothing_is_activated_without_an_image_or_twice_with_one(void **state)
{
	(void)state;
	begin_running();
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 100 * S});
	hold_image(101 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 111 * S}); /* it restarts and is deaf */
	pass(160 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 160 * S});
	assert_string_equal(told,
		"110.000000000 A activation-received 00020130\n"
		"150.000000000 A meter-runs 00020130\n"
		"160.000000000 A activation-received 00020130\n"
		"160.000000000 A activation-refused\n");
	assert_int_equal(plant.slots[0].activations, 3);
}

static void a_meter_that_loses_mains_in_a_transfer_forgets_it(void **state)
{
	(void)state;
	begin_running();
	give((struct plant_event){.kind = PLANT_TRANSFER_BEGINS, .t_ns = 100 * S});
	relay(101 * S, 0, false);
	relay(102 * S, 0, true);
	pass(140 * S);
	assert_true(plant_meter_listens(&plant, 0));
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_NONE);
	assert_string_equal(plant.slots[0].meter.version, "0002012F");
}

static void a_meter_that_resets_is_deaf_for_its_restart_and_starves_its_hub_for_as_long_as_it_is_told(void **state)
{
	(void)state;
	begin_running();
	give((struct plant_event){.kind = PLANT_TRANSFER_BEGINS, .t_ns = 100 * S});
	give((struct plant_event){.kind = PLANT_METER_RESET, .t_ns = 101 * S, .value = 15 * S});
	assert_false(plant_meter_listens(&plant, 0));
	pass(150 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 150 * S});
	assert_string_equal(told,
		"100.000000000 A transfer-began\n"
		"101.000000000 A meter-reset\n"
		"101.000000000 A supply-fell\n"
		"116.000000000 A supply-rose\n"
		"116.000000000 A outage shorter-than-threshold\n"
		"118.000000000 A hub-ready\n"
		"141.000000000 A meter-runs 0002012F\n"
		"150.000000000 A activation-received\n"
		"150.000000000 A activation-refused\n");
}

static void an_image_that_is_held_outlives_a_reset_and_the_dips_to_come_do_not(void **state)
{
	(void)state;
	dip(20 * S, 5 * S);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_METER_RESET, .t_ns = 110 * S});
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 160 * S});
	give((struct plant_event){.kind = PLANT_METER_RESET, .t_ns = 170 * S});
	pass(300 * S);
	assert_string_equal(told,
		"110.000000000 A meter-reset\n"
		"150.000000000 A meter-runs 0002012F\n"
		"160.000000000 A activation-received 00020130\n"
		"170.000000000 A meter-reset\n"
		"210.000000000 A meter-runs 00020130\n");
}

static void an_image_that_was_lost_is_not_activated(void **state)
{
	(void)state;
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_IMAGE_LOST, .t_ns = 110 * S});
	give((struct plant_event){.kind = PLANT_IMAGE_LOST, .t_ns = 111 * S}); /* there is none any more */
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 120 * S});
	assert_string_equal(told,
		"110.000000000 A image-lost\n"
		"120.000000000 A activation-received 00020130\n"
		"120.000000000 A activation-refused\n");
}

static void an_emergency_stop_cuts_the_mains_by_itself(void **state)
{
	(void)state;
	begin_running();
	give((struct plant_event){.kind = PLANT_ESTOP, .t_ns = 100 * S, .on = false});
	assert_string_equal(told, "100.000000000 input estop\n100.000000000 A mains-fell\n");
	settings.hardware_chain = false;
	begin_running();
	give((struct plant_event){.kind = PLANT_ESTOP, .t_ns = 100 * S, .on = false});
	assert_string_equal(told, "100.000000000 input estop\n");
}

static void a_groups_contactor_stands_before_the_relays_of_its_slots(void **state)
{
	(void)state;
	settings.slots[0].contactor = (struct plant_contact){0, 7};
	begin_running();
	relay(100 * S, 7, true);
	pass(101 * S);
	assert_non_null(strstr(told, "A mains-rose"));
	forget();
	relay(102 * S, 7, false);
	pass(103 * S);
	assert_non_null(strstr(told, "A mains-fell"));
	settings.slots[0].contactor = (struct plant_contact){PLANT_NONE, 0};
}

/* ---- The hub ---- */

static void a_hub_that_starts_anew_by_itself_is_ready_after_its_boot(void **state)
{
	(void)state;
	begin_running();
	forget();
	give((struct plant_event){.kind = PLANT_HUB_RESTART, .t_ns = 100 * S});
	pass(200 * S);
	assert_string_equal(told, "100.000000000 A hub-restarted\n120.000000000 A hub-ready\n");
	forget();
	relay(210 * S, 0, false);
	pass(212 * S);
	forget();
	give((struct plant_event){.kind = PLANT_HUB_RESTART, .t_ns = 213 * S});
	assert_string_equal(told, "");
}

static void alerts_get_lost_by_their_number(void **state)
{
	int number;

	(void)state;
	settings.slots[0].hub.loses = UINT32_C(1) << 1;
	settings.slots[0].hub.begins_charged = true;
	begin_running();
	forget();
	for (number = 0; number < 3; number++) {
		relay((100 + 1000 * number) * S, 0, false);
		pass((400 + 1000 * number) * S);
		relay((401 + 1000 * number) * S, 0, true);
		pass((900 + 1000 * number) * S);
		assert_int_equal(strstr(told, "ad1-lost") != NULL, number == 1);
		assert_int_equal(strstr(told, "ad1-seen") != NULL, number != 1);
		forget();
	}
	settings.slots[0].hub.loses = 0;
}

/* One dip of the given length after an activation at 110 s, and 400 s more. */
static void dip_of(int64_t length_ns)
{
	settings.slots[0].meter.dip_count = 0;
	dip(1 * S, length_ns);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	forget();
	pass(800 * S);
}

static void an_outage_beyond_the_threshold_raises_ad1_once(void **state)
{
	(void)state;
	dip_of(240 * S);
	assert_string_equal(told,
		"111.000000000 A supply-fell\n"
		"150.000000000 A meter-runs 00020130\n"
		"291.000000000 A ad1-raised\n"
		"294.000000000 A ad1-seen\n"
		"351.000000000 A supply-rose\n"
		"351.000000000 A outage ad1-raised\n"
		"353.000000000 A hub-ready\n");
}

static void exactly_the_threshold_is_enough_only_where_it_says_so(void **state)
{
	(void)state;
	settings.slots[0].hub.threshold_ns = 187 * S + 1;
	dip_of(187 * S + 1);
	assert_null(strstr(told, "ad1-raised"));
	fresh(NULL);
	settings.slots[0].hub.threshold_ns = 187 * S + 1;
	dip_of(187 * S + 2);
	assert_non_null(strstr(told, "298.000000001 A ad1-raised"));
	fresh(NULL);
	settings.slots[0].hub.threshold_ns = 187 * S + 1;
	settings.slots[0].hub.at_least = true;
	dip_of(187 * S + 1);
	assert_non_null(strstr(told, "298.000000001 A ad1-raised\n298.000000001 A supply-rose\n"));
	fresh(NULL);
	settings.slots[0].hub.threshold_ns = 187 * S + 1;
	settings.slots[0].hub.at_least = true;
	dip_of(187 * S);
	assert_null(strstr(told, "ad1-raised"));
}

/* Brought empty and 80.993 s old at the dip, it has a third of its 300 s. */
static void a_hub_that_was_not_recharged_dies_before_it_can_raise(void **state)
{
	(void)state;
	settings.slots[0].hub.begins_charged = false;
	settings.slots[0].hub.recharge_ns = 240 * S;
	dip_of(240 * S);
	assert_null(strstr(told, "ad1-raised"));
	assert_non_null(strstr(told, "A hub-died\n"));
	assert_non_null(strstr(told, "351.000000000 A outage store-empty\n371.000000000 A hub-ready\n"));
	assert_int_equal(plant.slots[0].hub.charge_ns, 0);
}

static void a_store_that_ends_at_the_threshold_still_raises(void **state)
{
	(void)state;
	settings.slots[0].hub.store_ns = 180 * S;
	dip_of(240 * S);
	assert_non_null(strstr(told, "291.000000000 A ad1-raised\n291.000000000 A hub-died\n"));
	fresh(NULL);
	settings.slots[0].hub.store_ns = 180 * S - 1 * MS;
	dip_of(240 * S);
	assert_null(strstr(told, "ad1-raised"));
	assert_non_null(strstr(told, "290.999000000 A hub-died\n"));
}

static void dips_add_up_only_in_a_hub_that_adds(void **state)
{
	(void)state;
	settings.slots[0].hub.adds = true;
	settings.slots[0].hub.forget_ns = 10 * S;
	dip(1 * S, 120 * S);
	dip(122 * S, 120 * S);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(400 * S);
	assert_non_null(strstr(told, "292.000000000 A ad1-raised\n")); /* 60 s into the second */
	fresh(NULL);
	settings.slots[0].hub.adds = true;
	settings.slots[0].hub.forget_ns = 1 * S;
	dip(1 * S, 120 * S);
	dip(122 * S, 120 * S);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(400 * S);
	assert_null(strstr(told, "ad1-raised"));
}

static void an_alert_may_be_lost_or_come_again(void **state)
{
	(void)state;
	settings.slots[0].hub.loses = HUB_LOSES_ALL;
	dip_of(240 * S);
	assert_non_null(strstr(told, "291.000000000 A ad1-raised\n291.000000000 A ad1-lost\n351"));
	fresh(NULL);
	settings.slots[0].hub.duplicates = 2;
	settings.slots[0].hub.duplicate_ns = 10 * S;
	dip_of(240 * S);
	assert_non_null(strstr(told, "294.000000000 A ad1-seen\n304.000000000 A ad1-seen\n314.000000000 A ad1-seen\n351"));
}

/* Two copies are held back, and one comes; what is on its way afterwards is not held back. */
static void alerts_that_a_throttle_holds_back_become_one(void **state)
{
	(void)state;
	settings.slots[0].hub.duplicates = 2;
	settings.slots[0].hub.duplicate_ns = 10 * S;
	dip(1 * S, 240 * S);
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(200 * S);
	forget();
	give((struct plant_event){.kind = PLANT_THROTTLE, .t_ns = 200 * S, .on = true});
	give((struct plant_event){.kind = PLANT_THROTTLE, .t_ns = 310 * S, .on = false});
	pass(320 * S);
	assert_string_equal(told,
		"291.000000000 A ad1-raised\n"
		"294.000000000 A ad1-throttled\n"
		"304.000000000 A ad1-throttled\n"
		"310.000000000 A ad1-seen\n"
		"314.000000000 A ad1-seen\n");
}

static void the_hub_and_the_meter_print_what_a_person_would_read(void **state)
{
	(void)state;
	dip(1 * S, 200 * S);
	begin_running();
	hold_image(100 * S);
	with_texts = true;
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	pass(320 * S);
	assert_non_null(strstr(told, "110.000000000 A activating 00020130\n"));
	assert_non_null(strstr(told, "294.000000000 A POA AD1 chf=00-DB-12-34-56-78-90-A5 since 2026-11-23T18:01:51Z\n"));
	assert_non_null(strstr(told, "313.000000000 A CHF ready chf=00-DB-12-34-56-78-90-A5\n"));
	give((struct plant_event){.kind = PLANT_ASK_VERSION, .t_ns = 321 * S});
	assert_non_null(strstr(told, "321.000000000 A fw 00020130\n"));
}

/* A real outage is told of by the meter, through its hub: 200 s of mains. */
static void a_real_outage_is_told_of_when_all_is_back(void **state)
{
	(void)state;
	begin_running();
	with_texts = true;
	relay(200 * S - 5 * MS, 0, false);
	relay(400 * S - 7 * MS, 0, true);
	pass(500 * S);
	assert_non_null(strstr(told, "432.000000000 A ALERT 8F36 from 2026-11-23T18:03:20Z to 2026-11-23T18:06:40Z\n"));
}

/* ---- A hub alone, its supply and its relay ---- */

static void begin_alone(void)
{
	settings.supply_count = 1;
	settings.supplies[0] = (struct supply_settings){.rise_mv_s = 120000, .fall_mv_s = 60000, .ovp_mv = 62000, .ocp_ma = 6000,
		.amps_ma = 6000};
	settings.slots[0] = slot_of("B", false);
	settings.slots[0].supply = 0;
	begin();
}

static void set_supply(int64_t t_ns, int64_t mv, bool output)
{
	give((struct plant_event){.kind = PLANT_SUPPLY_VOLTS, .t_ns = t_ns, .value = mv});
	give((struct plant_event){.kind = PLANT_SUPPLY_OUTPUT, .t_ns = t_ns, .on = output});
}

static void a_closing_contact_brings_the_supply_and_bounces(void **state)
{
	(void)state;
	settings.boards[0].bounce_count = 2;
	settings.boards[0].bounce_ns[0] = 300000;
	settings.boards[0].bounce_ns[1] = 200000;
	begin_alone();
	set_supply(0, 12000, true);
	relay(1 * S, 1, true);
	pass(2 * S);
	assert_string_equal(told,
		"0.000000000 supply-output\n"
		"1.007000000 contact-closed\n"
		"1.007000000 B supply-rose\n"
		"1.007300000 contact-opened\n"
		"1.007300000 B supply-fell\n"
		"1.007500000 contact-closed\n"
		"1.007500000 B supply-rose\n"
		"1.007500000 B outage shorter-than-threshold\n");
}

/* 12 V at 120 V/s: 10.5 V after 87.5 ms. Down at 60 V/s: below 9.5 V after 2.5 V, 41.666666 ms and one step. */
static void a_supply_that_ramps_crosses_the_thresholds_on_its_way(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	set_supply(1 * S, 12000, true);
	pass(2 * S);
	set_supply(2 * S, 12000, false);
	pass(3 * S);
	assert_string_equal(told,
		"0.007000000 contact-closed\n"
		"1.000000000 supply-output\n"
		"1.087500000 B supply-rose\n"
		"2.000000000 supply-output\n"
		"2.041666667 B supply-fell\n");
}

static void a_brown_out_between_the_thresholds_is_no_outage(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	set_supply(1 * S, 12000, true);
	pass(30 * S);
	forget();
	give((struct plant_event){.kind = PLANT_SUPPLY_VOLTS, .t_ns = 30 * S, .value = 9500});
	pass(40 * S);
	assert_string_equal(told, "");
	give((struct plant_event){.kind = PLANT_SUPPLY_VOLTS, .t_ns = 40 * S, .value = 9490});
	give((struct plant_event){.kind = PLANT_SUPPLY_VOLTS, .t_ns = 50 * S, .value = 10490});
	pass(60 * S);
	assert_string_equal(told, "40.000000001 B supply-fell\n");
}

static void a_silent_reset_takes_the_supply_away(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	set_supply(1 * S, 12000, true);
	pass(30 * S);
	forget();
	give((struct plant_event){.kind = PLANT_SUPPLY_RESET, .t_ns = 30 * S});
	pass(31 * S);
	assert_string_equal(told, "30.000000000 supply-reset\n30.000000000 B feed-lost\n30.041666667 B supply-fell\n");
	assert_int_equal(plant.supplies[0].volts_mv, 0);
	assert_false(plant.supplies[0].output);
}

static void protections_trip_the_output(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	give((struct plant_event){.kind = PLANT_SUPPLY_OVP, .t_ns = 0, .value = 13000});
	give((struct plant_event){.kind = PLANT_SUPPLY_OCP, .t_ns = 0, .value = 299});
	set_supply(1 * S, 12000, true);
	pass(2 * S);
	assert_int_equal(plant.supplies[0].protection, SUPPLY_PROTECTION_OCP);
	give((struct plant_event){.kind = PLANT_SUPPLY_OCP, .t_ns = 2 * S, .value = 300});
	set_supply(2 * S, 13001, true);
	assert_int_equal(plant.supplies[0].protection, SUPPLY_PROTECTION_OVP);
	assert_false(plant.supplies[0].output);
	set_supply(3 * S, 13000, true);
	assert_int_equal(plant.supplies[0].protection, SUPPLY_PROTECTION_NONE);
	assert_true(plant.supplies[0].output);
}

static void a_protection_that_acts_for_no_reason_switches_off_and_is_told_to_every_hub_on_it(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	give((struct plant_event){.kind = PLANT_SUPPLY_TRIP, .t_ns = S / 2, .value = SUPPLY_PROTECTION_OCP}); /* its output is off */
	set_supply(1 * S, 12000, true);
	pass(30 * S);
	forget();
	give((struct plant_event){.kind = PLANT_SUPPLY_TRIP, .t_ns = 30 * S, .value = SUPPLY_PROTECTION_OCP});
	pass(31 * S);
	assert_string_equal(told, "30.000000000 supply-tripped\n30.000000000 B feed-lost\n30.041666667 B supply-fell\n");
	assert_int_equal(plant.supplies[0].protection, SUPPLY_PROTECTION_OCP);
}

static void a_locked_supply_takes_nothing_of_what_it_is_told(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	set_supply(1 * S, 12000, true);
	pass(30 * S);
	forget();
	give((struct plant_event){.kind = PLANT_SUPPLY_LOCK, .t_ns = 30 * S, .on = true});
	set_supply(31 * S, 9000, false);
	pass(40 * S);
	assert_string_equal(told, "31.000000000 supply-refused\n31.000000000 supply-refused\n");
	assert_int_equal(plant.supplies[0].volts_mv, 12000);
	assert_true(plant.supplies[0].output);
	forget();
	give((struct plant_event){.kind = PLANT_SUPPLY_LOCK, .t_ns = 40 * S});
	set_supply(41 * S, 12000, false);
	pass(42 * S);
	assert_string_equal(told, "41.000000000 supply-output\n41.041666667 B supply-fell\n");
}

static void a_supply_that_restarts_with_its_output_on_gives_nothing(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	set_supply(1 * S, 12000, true);
	pass(30 * S);
	give((struct plant_event){.kind = PLANT_SUPPLY_RESET, .t_ns = 30 * S, .on = true});
	pass(31 * S);
	assert_int_equal(voltage_at(&plant.supplies[0].out, 31 * S), 0);
	assert_true(plant.supplies[0].output);
	forget();
	give((struct plant_event){.kind = PLANT_SUPPLY_RESET, .t_ns = 32 * S, .on = false});
	give((struct plant_event){.kind = PLANT_SUPPLY_RESET, .t_ns = 33 * S, .on = false}); /* it is as one that has restarted */
	assert_string_equal(told, "32.000000000 supply-reset\n32.000000000 B feed-lost\n");
}

static void too_little_current_pulls_the_voltage_down(void **state)
{
	(void)state;
	begin_alone();
	relay(0, 1, true);
	give((struct plant_event){.kind = PLANT_SUPPLY_AMPS, .t_ns = 0, .value = 150});
	set_supply(1 * S, 12000, true);
	pass(5 * S);
	assert_true(plant.supplies[0].constant_current);
	assert_int_equal(voltage_at(&plant.supplies[0].out, 5 * S), 6000);
	assert_null(strstr(told, "supply-rose"));
}

static void another_source_holds_the_rail_when_the_meter_does_not(void **state)
{
	(void)state;
	begin_running();
	give((struct plant_event){.kind = PLANT_BACKFEED, .t_ns = 100 * S, .on = true});
	relay(110 * S, 0, false);
	pass(120 * S);
	assert_string_equal(told, "100.000000000 A backfed\n110.005000000 contact-opened\n110.005000000 A mains-fell\n110.025000000 A meter-died\n"
				  "110.025000000 A held\n");
	forget();
	give((struct plant_event){.kind = PLANT_BACKFEED, .t_ns = 130 * S, .on = false});
	assert_string_equal(told, "130.000000000 A backfed\n130.000000000 A held\n130.000000000 A supply-fell\n");
}

/* ---- Relays ---- */

static void a_welded_contact_stays_closed_and_the_board_does_not_know(void **state)
{
	(void)state;
	begin_running();
	give((struct plant_event){.kind = PLANT_WELD, .t_ns = 100 * S, .on = true});
	relay(101 * S, 0, false);
	pass(110 * S);
	assert_false(plant_coil(&plant, 0, 0));
	assert_string_equal(told, "100.000000000 welded\n");
	give((struct plant_event){.kind = PLANT_WELD, .t_ns = 120 * S, .on = false});
	assert_string_equal(told, "100.000000000 welded\n120.000000000 welded\n120.000000000 contact-opened\n120.000000000 A mains-fell\n");
}

static void a_flash_ends_by_itself_unless_it_is_renewed(void **state)
{
	(void)state;
	begin();
	give((struct plant_event){.kind = PLANT_FLASH, .t_ns = 0, .relay = 2, .on = true, .value = 30 * S});
	give((struct plant_event){.kind = PLANT_FLASH, .t_ns = 10 * S, .relay = 2, .on = true, .value = 30 * S});
	pass(39 * S);
	assert_true(plant_coil(&plant, 0, 2));
	pass(41 * S);
	assert_false(plant_coil(&plant, 0, 2));
	assert_string_equal(told, "0.007000000 contact-closed\n40.005000000 contact-opened\n");
}

static void a_command_taken_back_in_time_moves_no_contact(void **state)
{
	(void)state;
	begin();
	relay(1 * S, 3, true);
	relay(1 * S + 2 * MS, 3, false);
	pass(2 * S);
	assert_string_equal(told, "");
}

static void a_breaker_that_trips_takes_the_mains_of_its_group_and_no_other(void **state)
{
	(void)state;
	settings.slots[1] = slot_of("B", true);
	settings.slots[2] = slot_of("C", true);
	settings.slots[2].group = 1;
	settings.slot_count = 3;
	begin_running();
	give((struct plant_event){.kind = PLANT_BREAKER, .t_ns = 100 * S, .on = false});
	pass(100 * S);
	assert_string_equal(told, "100.000000000 A breaker\n100.000000000 B breaker\n100.000000000 A mains-fell\n100.000000000 B mains-fell\n");
	forget();
	give((struct plant_event){.kind = PLANT_BREAKER, .t_ns = 100 * S + MS, .on = true});
	give((struct plant_event){.kind = PLANT_BREAKER, .t_ns = 100 * S + MS, .on = true});
	assert_string_equal(told, "100.001000000 A breaker\n100.001000000 B breaker\n100.001000000 A mains-rose\n100.001000000 B mains-rose\n");
}

/* ---- The world ---- */

static void what_is_planned_happens_at_its_instant(void **state)
{
	struct plant_event off = {.kind = PLANT_LAB_FEED, .t_ns = 150 * S + 1, .on = false};

	(void)state;
	begin_running();
	assert_true(plant_plan(&plant, &off));
	assert_int_equal(plant_next(&plant), 150 * S + 1);
	pass(200 * S);
	assert_string_equal(told,
		"150.000000001 input lab-feed\n150.000000001 A mains-fell\n"
		"150.020000001 A meter-died\n150.020000001 A supply-fell\n");
}

static void slots_live_side_by_side(void **state)
{
	(void)state;
	settings.slot_count = 2;
	settings.slots[1] = slot_of("B", true);
	settings.slots[1].mains = (struct plant_contact){0, 1};
	settings.slots[1].meter.boot_ns = 10 * S;
	begin();
	relay(0, 0, true);
	relay(0, 1, true);
	pass(31 * S);
	assert_string_equal(told,
		"0.007000000 contact-closed\n0.007000000 A mains-rose\n"
		"0.007000000 contact-closed\n0.007000000 B mains-rose\n"
		"10.007000000 B meter-runs 0002012F\n10.007000000 B supply-rose\n"
		"30.007000000 A meter-runs 0002012F\n30.007000000 A supply-rose\n30.007000000 B hub-ready\n");
}

/* However the same time is cut into ticks, the same happens. */
static void ticks_change_nothing(void **state)
{
	char once[sizeof told];
	int64_t t_ns;

	(void)state;
	settings.slots[0].hub.latency_ns = (struct draw_range){1 * S, 9 * S};
	settings.slots[0].hub.duplicates = 1;
	settings.slots[0].hub.duplicate_ns = 5 * S;
	dip_of(240 * S);
	memcpy(once, told, sizeof once);
	forget();
	begin_running();
	hold_image(100 * S);
	give((struct plant_event){.kind = PLANT_ACTIVATE, .t_ns = 110 * S});
	forget();
	for (t_ns = 110 * S; t_ns <= 800 * S; t_ns += 7 * MS)
		pass(t_ns);
	assert_string_equal(told, once);
}

static void draws_are_even_and_repeat(void **state)
{
	struct draw a, b;
	int64_t sum = 0;
	int i, first = 0, last = 0;

	(void)state;
	draw_init(&a, 5);
	draw_init(&b, 5);
	for (i = 0; i < 60000; i++) {
		int64_t value = draw_between(&a, (struct draw_range){-3, 2});

		assert_int_equal(value, draw_between(&b, (struct draw_range){-3, 2}));
		assert_in_range(value + 3, 0, 5);
		sum += value;
		first += value == -3;
		last += value == 2;
	}
	assert_in_range(sum + 31000, 0, 2000); /* mean -0.5 */
	assert_in_range(first, 9600, 10400);
	assert_in_range(last, 9600, 10400);
	draw_init(&a, 0);
	assert_true(draw_bits(&a) == UINT64_C(0xE220A8397B1DCDAF)); /* splitmix64 of seed 0, as published */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(mains_boots_the_meter_which_feeds_its_hub, fresh),
		cmocka_unit_test_setup(a_mains_gap_within_the_hold_up_is_none_for_the_hub, fresh),
		cmocka_unit_test_setup(a_mains_cut_of_150_s_becomes_179_98_s_for_the_hub, fresh),
		cmocka_unit_test_setup(ac_lost_is_said_by_a_living_meter_without_mains, fresh),
		cmocka_unit_test_setup(an_activation_dips_the_supply_and_brings_the_new_version, fresh),
		cmocka_unit_test_setup(a_meter_may_become_what_no_image_brings, fresh),
		cmocka_unit_test_setup(every_dip_of_a_profile_is_an_outage_of_its_own, fresh),
		cmocka_unit_test_setup(a_meter_that_locks_up_stays_away_even_after_its_mains, fresh),
		cmocka_unit_test_setup(nothing_is_activated_without_an_image_or_twice_with_one, fresh),
		cmocka_unit_test_setup(a_groups_contactor_stands_before_the_relays_of_its_slots, fresh),
		cmocka_unit_test_setup(a_hub_that_starts_anew_by_itself_is_ready_after_its_boot, fresh),
		cmocka_unit_test_setup(alerts_get_lost_by_their_number, fresh),
		cmocka_unit_test_setup(a_meter_that_loses_mains_in_a_transfer_forgets_it, fresh),
		cmocka_unit_test_setup(a_meter_that_resets_is_deaf_for_its_restart_and_starves_its_hub_for_as_long_as_it_is_told, fresh),
		cmocka_unit_test_setup(an_image_that_is_held_outlives_a_reset_and_the_dips_to_come_do_not, fresh),
		cmocka_unit_test_setup(an_image_that_was_lost_is_not_activated, fresh),
		cmocka_unit_test_setup(an_emergency_stop_cuts_the_mains_by_itself, fresh),
		cmocka_unit_test_setup(an_outage_beyond_the_threshold_raises_ad1_once, fresh),
		cmocka_unit_test_setup(exactly_the_threshold_is_enough_only_where_it_says_so, fresh),
		cmocka_unit_test_setup(a_hub_that_was_not_recharged_dies_before_it_can_raise, fresh),
		cmocka_unit_test_setup(a_store_that_ends_at_the_threshold_still_raises, fresh),
		cmocka_unit_test_setup(dips_add_up_only_in_a_hub_that_adds, fresh),
		cmocka_unit_test_setup(an_alert_may_be_lost_or_come_again, fresh),
		cmocka_unit_test_setup(alerts_that_a_throttle_holds_back_become_one, fresh),
		cmocka_unit_test_setup(the_hub_and_the_meter_print_what_a_person_would_read, fresh),
		cmocka_unit_test_setup(a_real_outage_is_told_of_when_all_is_back, fresh),
		cmocka_unit_test_setup(a_closing_contact_brings_the_supply_and_bounces, fresh),
		cmocka_unit_test_setup(a_supply_that_ramps_crosses_the_thresholds_on_its_way, fresh),
		cmocka_unit_test_setup(a_brown_out_between_the_thresholds_is_no_outage, fresh),
		cmocka_unit_test_setup(a_silent_reset_takes_the_supply_away, fresh),
		cmocka_unit_test_setup(protections_trip_the_output, fresh),
		cmocka_unit_test_setup(a_protection_that_acts_for_no_reason_switches_off_and_is_told_to_every_hub_on_it, fresh),
		cmocka_unit_test_setup(a_locked_supply_takes_nothing_of_what_it_is_told, fresh),
		cmocka_unit_test_setup(a_supply_that_restarts_with_its_output_on_gives_nothing, fresh),
		cmocka_unit_test_setup(too_little_current_pulls_the_voltage_down, fresh),
		cmocka_unit_test_setup(another_source_holds_the_rail_when_the_meter_does_not, fresh),
		cmocka_unit_test_setup(a_welded_contact_stays_closed_and_the_board_does_not_know, fresh),
		cmocka_unit_test_setup(a_breaker_that_trips_takes_the_mains_of_its_group_and_no_other, fresh),
		cmocka_unit_test_setup(a_flash_ends_by_itself_unless_it_is_renewed, fresh),
		cmocka_unit_test_setup(a_command_taken_back_in_time_moves_no_contact, fresh),
		cmocka_unit_test_setup(what_is_planned_happens_at_its_instant, fresh),
		cmocka_unit_test_setup(slots_live_side_by_side, fresh),
		cmocka_unit_test_setup(ticks_change_nothing, fresh),
		cmocka_unit_test_setup(draws_are_even_and_repeat, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
