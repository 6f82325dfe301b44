/* Commands, and the image behind one of them. */

#include "drivers/sim/face/meter_console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OTA_MAGIC 0x0BEEF11EU
#define OTA_VERSION_AT 14
#define OTA_SIZE_AT 52
#define OTA_HEADER_MIN 56
#define START_NS (60 * NS_PER_S)

static void begin_smp(struct meter_console *console);

bool meter_console_init(struct meter_console *console, struct error *error)
{
	console->sha256 = sha256_new();
	console->image = malloc(METER_IMAGE_MAX);
	begin_smp(console);
	return console->image != NULL || error_set(error, FAULT_ENVIRONMENT, "no memory for an image");
}

void meter_console_done(struct meter_console *console)
{
	sha256_free(console->sha256);
	free(console->image);
}

static void say(struct meter_console *console, const void *bytes, size_t size)
{
	if (size > 0)
		console->say(console->self, console->slot, bytes, size);
}

void meter_console_print(struct meter_console *console, const char *text)
{
	char line[PLANT_TEXT_SIZE + 2];
	int size;

	if (console->print) {
		console->print(console->self, console->slot, text);
		return;
	}
	size = snprintf(line, sizeof line, "%s\r\n", text);

	say(console, line, (size_t)size < sizeof line ? (size_t)size : sizeof line - 1);
}

static void give(struct meter_console *console, enum plant_event_kind kind, int64_t t_ns, bool on, uint32_t version)
{
	struct plant_event event = {.kind = kind, .t_ns = t_ns, .part = console->slot, .on = on};

	snprintf(event.text, sizeof event.text, "%08X", (unsigned)version);
	plant_step(console->plant, &event);
}

/* ---- Images ---- */

static uint32_t little(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool image_is_good(struct meter_console *console, size_t size)
{
	uint32_t total;

	console->received[0] = '\0';
	if (size < OTA_HEADER_MIN || little(console->image) != OTA_MAGIC)
		return false;
	total = little(console->image + OTA_SIZE_AT);
	if (total < OTA_HEADER_MIN || total > size || size - total >= XMODEM_BLOCK_MAX)
		return false;
	sha256_hex(console->sha256, console->image, total, console->received);
	return console->digest[0] == '\0' || strcmp(console->digest, console->received) == 0;
}

static void take_image(struct meter_console *console, int64_t t_ns, size_t size)
{
	bool good;

	if (console->arrived)
		console->arrived(console->self, console->slot, console->image, size);
	good = image_is_good(console, size);

	give(console, PLANT_IMAGE_ARRIVES, t_ns, good, good ? little(console->image + OTA_VERSION_AT) : 0);
}

/* ---- A transfer ---- */

static void step_session(struct meter_console *console, enum session_event_kind kind, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	struct session_event event = {.kind = kind, .t_ns = t_ns, .bytes = bytes, .size = size};
	static struct session_output output;

	session_step(&console->session, &event, &output);
	say(console, output.bytes, output.size);
	console->session_ns = output.deadline_ns;
	if (output.state == SESSION_RUNNING)
		return;
	console->receiving = false;
	if (output.state == SESSION_DONE)
		take_image(console, t_ns, *console->size);
	else
		give(console, PLANT_TRANSFER_FAILS, t_ns, false, 0);
}

static void use_xmodem(struct meter_console *console)
{
	xmodem_receive_init(&console->xmodem, console->image, METER_IMAGE_MAX, START_NS);
	console->session = xmodem_receive_session(&console->xmodem);
	console->used = &console->xmodem.used;
	console->size = &console->xmodem.size;
}

static void use_ymodem(struct meter_console *console)
{
	ymodem_receive_init(&console->ymodem, console->image, METER_IMAGE_MAX, START_NS);
	console->session = ymodem_receive_session(&console->ymodem);
	console->used = &console->ymodem.used;
	console->size = &console->ymodem.size;
}

static void begin_transfer(struct meter_console *console, int64_t t_ns)
{
	give(console, PLANT_TRANSFER_BEGINS, t_ns, true, 0);
	meter_console_print(console, "ready for an image");
	if (console->protocol == LOADER_YMODEM)
		use_ymodem(console);
	else
		use_xmodem(console);
	console->receiving = true;
	step_session(console, SESSION_START, t_ns, NULL, 0);
}

/* ---- An MCUmgr server ---- */

static void smp_begins(void *self, int64_t t_ns)
{
	give(self, PLANT_TRANSFER_BEGINS, t_ns, true, 0);
}

static void smp_arrived(void *self, int64_t t_ns, size_t size)
{
	struct meter_console *console = self;

	console->image_size = size;
	take_image(console, t_ns, size);
}

static const struct meter *meter_of(const struct meter_console *console)
{
	return &console->plant->slots[console->slot].meter;
}

/* One that will refuse the activation says so here already, which is the last that it is asked. */
static bool smp_marks(void *self, int64_t t_ns)
{
	struct meter_console *console = self;

	if (meter_of(console)->image == METER_IMAGE_HELD && !meter_of(console)->settings->refuses)
		return true;
	give(console, PLANT_ACTIVATE, t_ns, true, 0);
	return false;
}

static void smp_restarts(void *self, int64_t t_ns)
{
	give(self, PLANT_ACTIVATE, t_ns, true, 0);
}

static void fill_image(struct meter_console *console, struct smp_image *image, bool active, const char *version, const void *bytes, size_t size)
{
	*image = (struct smp_image){.active = active, .hash_size = SHA256_SIZE};
	(void)snprintf(image->version, sizeof image->version, "%s", version);
	sha256_begin(console->sha256);
	sha256_add(console->sha256, bytes, size);
	sha256_end(console->sha256, image->hash);
}

static int smp_images(void *self, struct smp_image images[SMP_IMAGES_MAX])
{
	struct meter_console *console = self;
	const struct meter *meter = meter_of(console);

	fill_image(console, &images[0], true, meter->version, meter->version, sizeof meter->version);
	if (meter->image != METER_IMAGE_VERIFYING && meter->image != METER_IMAGE_HELD)
		return 1;
	fill_image(console, &images[1], false, meter->held, console->image, console->image_size);
	return 2;
}

static void begin_smp(struct meter_console *console)
{
	console->smp = (struct smp_meter){
		.device = {console, smp_begins, smp_arrived, smp_marks, smp_restarts, smp_images},
		.image = console->image, .room = METER_IMAGE_MAX,
	};
}

/* It restarts behind its answer. */
static size_t take_smp(struct meter_console *console, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	uint8_t frame[SMP_FRAME_MAX];
	size_t used = 0;
	bool restarts;

	while (used < size && plant_meter_listens(console->plant, console->slot)) {
		say(console, frame, smp_meter_take(&console->smp, t_ns, bytes[used++], frame, &restarts));
		if (restarts)
			smp_restarts(console, t_ns);
	}
	return used;
}

/* ---- Commands ---- */

static bool is(const char *command, const char *wanted, const char *usual)
{
	return strcmp(command, wanted[0] ? wanted : usual) == 0;
}

static bool reply(struct meter_console *console)
{
	int i;

	for (i = 0; i < console->reply_count; i++)
		if (strcmp(console->command, console->replies[i].command) == 0) {
			meter_console_print(console, console->replies[i].says);
			return true;
		}
	return false;
}

/* False: it is none of them. */
static bool carry_out(struct meter_console *console, int64_t t_ns)
{
	const char *command = console->command;

	if (is(command, console->upgrade, "upgrade"))
		begin_transfer(console, t_ns);
	else if (is(command, console->activate, "activate"))
		give(console, PLANT_ACTIVATE, t_ns, true, 0);
	else if (is(command, console->version, "version"))
		give(console, PLANT_ASK_VERSION, t_ns, true, 0);
	else
		return reply(console);
	return true;
}

/* A command that the bench file sends without a line's end is known by its last byte. */
static void take_byte(struct meter_console *console, int64_t t_ns, char byte)
{
	bool ends = byte == '\r' || byte == '\n';

	if (!ends && console->command_size < METER_COMMAND_MAX - 1)
		console->command[console->command_size++] = byte;
	console->command[console->command_size] = '\0';
	if (console->command_size == 0) {
		if (ends)
			(void)reply(console);
		return;
	}
	if (carry_out(console, t_ns))
		console->command_size = 0;
	else if (ends) {
		console->command_size = 0;
		meter_console_print(console, "?");
	}
}

static size_t take_command(struct meter_console *console, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	size_t used = 0;

	while (used < size && !console->receiving && plant_meter_listens(console->plant, console->slot))
		take_byte(console, t_ns, (char)bytes[used++]);
	return used;
}

void meter_console_forget(struct meter_console *console)
{
	console->receiving = false;
	console->command_size = 0;
	smp_meter_forget(&console->smp);
}

void meter_console_step(struct meter_console *console, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	size_t used = 0;

	if (!plant_meter_listens(console->plant, console->slot)) {
		/* A meter that died in a transfer has forgotten it; what it was sent meanwhile nobody heard. */
		meter_console_forget(console);
		return;
	}
	while (used < size) {
		size_t before = used;

		if (console->protocol == LOADER_SMP) {
			used += take_smp(console, t_ns, bytes + used, size - used);
		} else if (console->receiving) {
			step_session(console, SESSION_BYTES, t_ns, bytes + used, size - used);
			used += *console->used;
		} else {
			used += take_command(console, t_ns, bytes + used, size - used);
		}
		if (used == before) /* it has just stopped listening */
			break;
	}
	if (console->receiving && console->session_ns <= t_ns)
		step_session(console, SESSION_DEADLINE, t_ns, NULL, 0);
}

int64_t meter_console_next(const struct meter_console *console)
{
	return console->receiving ? console->session_ns : INSTANT_NEVER;
}
