/*
 * A meter of the plant and its device on a dongle's air: what becomes of one becomes of the other. Times follow from the settings.
 */

#include "drivers/sim/face/air_meters.h"
#include "drivers/sim/plant/usual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define OLD 0x0002012F
#define NEW 0x00020130

static struct plant plant;
static struct plant_settings settings;
static struct znp_face face;
static struct air_meters meters;
static uint8_t memories[2][4096];
static int64_t fell_ns, rose_ns;   /* of the hub's supply, the last time */

static void put(void *self, const struct plant_output *output)
{
	(void)self;
	if (output->kind != PLANT_TRUTH)
		return;
	if (output->fact == FACT_SUPPLY_FELL)
		fell_ns = output->t_ns;
	if (output->fact == FACT_SUPPLY_ROSE)
		rose_ns = output->t_ns;
	air_meters_take_fact(&meters, output);
}

static void tell(void *self, int device, int64_t t_ns, enum ota_client_event event, uint32_t version, bool good)
{
	(void)self;
	air_meters_tell(&meters, t_ns, device, event, version, good);
}

static struct znp_device_settings device_of(int number)
{
	return (struct znp_device_settings){.ieee = UINT64_C(0x00DB123456789000) + (unsigned)number, .manufacturer = 0xAB01, .router = true,
		.has_ota = true, .ota_endpoint = 1, .ota_profile = 0x0109, .version = OLD, .joined = true, .memory = memories[number],
		.memory_size = sizeof memories[number],
		.ota = {.manufacturer = 0xAB01, .type = 0x010A, .verify_ns = INSTANT_NEVER, .boot_query_ns = {3600 * S, 3600 * S}}};
}

/* Device 1 is that of the slot's meter, device 0 nobody's. */
static int begin(void **state)
{
	const struct znp_face_settings dongle = {.product = ZNP_3_X_0, .ieee = 1, .seed = 3};
	const struct znp_device_settings nobodys = device_of(0), meters_own = device_of(1);

	(void)state;
	settings = (struct plant_settings){.seed = 1, .board_count = 1, .slot_count = 1};
	settings.boards[0] = relay_usual();
	settings.slots[0] = plant_slot_usual();
	settings.slots[0].has_meter = true;
	settings.slots[0].mains = (struct plant_contact){0, 0};
	settings.slots[0].meter.dip_count = 1;
	settings.slots[0].meter.dips[0] = (struct meter_dip){1 * S, 240 * S};
	fell_ns = rose_ns = -1;
	znp_face_init(&face, &dongle, 0);
	face.tell = tell;
	air_meters_init(&meters, &plant, &face);
	(void)znp_face_add(&face, &nobodys, 0);
	air_meters_add(&meters, 0, znp_face_add(&face, &meters_own, 0), 0);
	plant_init(&plant, &settings, (struct plant_sink){put, NULL}, 0);
	return 0;
}

static void give(enum plant_event_kind kind, int64_t t_ns, bool on)
{
	plant_step(&plant, &(struct plant_event){.kind = kind, .t_ns = t_ns, .on = on});
	znp_face_step(&face, t_ns, NULL, 0);
}

/* It runs from 30.007 s on. */
static void begin_running(void)
{
	give(PLANT_RELAY, 0, true);
	give(PLANT_TICK, 31 * S, false);
}

static void a_device_has_power_while_its_meter_runs(void **state)
{
	(void)state;
	assert_false(face.devices[1].on);
	give(PLANT_RELAY, 0, true);
	give(PLANT_TICK, 30 * S, false);
	assert_false(face.devices[1].on);
	give(PLANT_TICK, 30 * S + 7 * MS, false);
	assert_true(face.devices[1].on);
	give(PLANT_RELAY, 40 * S, false);
	give(PLANT_TICK, 40 * S + 25 * MS, false); /* contact and hold-up */
	assert_false(face.devices[1].on);
	assert_true(face.devices[0].on); /* it has another supply */
}

static void what_activates_the_device_starves_the_hub(void **state)
{
	(void)state;
	begin_running();
	tell(NULL, 1, 32 * S, OTA_CLIENT_BEGAN, NEW, true);
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_RECEIVING);
	tell(NULL, 1, 33 * S, OTA_CLIENT_WHOLE, NEW, true);
	give(PLANT_TICK, 34 * S, false);
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_VERIFYING);
	give(PLANT_TICK, 35 * S, false);
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_HELD);
	assert_int_equal(face.devices[1].version, OLD);
	tell(NULL, 1, 36 * S, OTA_CLIENT_ACTIVATES, NEW, true);
	give(PLANT_TICK, 66 * S, false);           /* restart_ns later it runs again */
	assert_int_equal(face.devices[1].version, NEW);
	give(PLANT_TICK, 300 * S, false);
	assert_int_equal(fell_ns, 37 * S);
	assert_int_equal(rose_ns, 277 * S);
	assert_int_equal(face.devices[0].version, OLD);
}

static void a_transfer_that_stops_leaves_no_image(void **state)
{
	(void)state;
	begin_running();
	tell(NULL, 1, 32 * S, OTA_CLIENT_BEGAN, NEW, true);
	tell(NULL, 1, 33 * S, OTA_CLIENT_STOPPED, NEW, false);
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_NONE);
	tell(NULL, 1, 34 * S, OTA_CLIENT_WHOLE, NEW, false);
	give(PLANT_TICK, 40 * S, false);
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_NONE);
	tell(NULL, 1, 41 * S, OTA_CLIENT_ACTIVATES, NEW, false);
	give(PLANT_TICK, 300 * S, false);
	assert_int_equal(fell_ns, -1);
	assert_int_equal(face.devices[1].version, OLD);
}

static void what_is_told_late_happens_now(void **state)
{
	(void)state;
	begin_running();
	tell(NULL, 1, 30 * S, OTA_CLIENT_BEGAN, NEW, true);
	assert_int_equal(plant.t_ns, 31 * S);
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_RECEIVING);
}

static void a_device_without_a_meter_moves_nothing(void **state)
{
	(void)state;
	begin_running();
	tell(NULL, 0, 32 * S, OTA_CLIENT_BEGAN, NEW, true);
	tell(NULL, 0, 33 * S, OTA_CLIENT_WHOLE, NEW, true);
	assert_int_equal(plant.t_ns, 31 * S);
	assert_int_equal(plant.slots[0].meter.image, METER_IMAGE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_device_has_power_while_its_meter_runs, begin),
		cmocka_unit_test_setup(what_activates_the_device_starves_the_hub, begin),
		cmocka_unit_test_setup(a_transfer_that_stops_leaves_no_image, begin),
		cmocka_unit_test_setup(what_is_told_late_happens_now, begin),
		cmocka_unit_test_setup(a_device_without_a_meter_moves_nothing, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
