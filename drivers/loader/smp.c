/* Questions and answers, one at a time. */

#include "drivers/loader/smp.h"

#include "rig/base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define FRAME_EXTRA 4 /* length and CRC, which a device's buffer may have to hold as well */
#define FIRST_KEYS 80 /* header, and in the first piece's map: len, off, sha and the keys around them */
#define LATER_KEYS 32

void smp_init(struct smp *smp, const struct smp_settings *settings)
{
	*smp = (struct smp){.settings = *settings};
}

/* ---- What goes out ---------------------------------------------------------------------------------------------- */

static const char *step_name(const struct smp *smp)
{
	static const char *const names[] = {
		[SMP_ASKS_SIZES] = "the size of buffers", [SMP_SENDS_PIECE] = "a piece of the image", [SMP_ASKS_STATE] = "the state of images",
		[SMP_MARKS] = "the mark", [SMP_RESETS] = "the reset",
	};

	return names[smp->step];
}

static struct smp_header header_of(const struct smp *smp)
{
	static const struct smp_header headers[] = {
		[SMP_ASKS_SIZES] = {SMP_READ, SMP_OS, 0, SMP_OS_PARAMETERS},
		[SMP_SENDS_PIECE] = {SMP_WRITE, SMP_IMAGE, 0, SMP_IMAGE_UPLOAD},
		[SMP_ASKS_STATE] = {SMP_READ, SMP_IMAGE, 0, SMP_IMAGE_STATE},
		[SMP_MARKS] = {SMP_WRITE, SMP_IMAGE, 0, SMP_IMAGE_STATE},
		[SMP_RESETS] = {SMP_WRITE, SMP_OS, 0, SMP_OS_RESET},
	};
	struct smp_header header = headers[smp->step];

	header.sequence = smp->sequence;
	return header;
}

static size_t piece_size(const struct smp *smp)
{
	size_t most = smp->room - (smp->at == 0 ? FIRST_KEYS : LATER_KEYS), left = smp->settings.size - smp->at;

	return left < most ? left : most;
}

static void put_piece(const struct smp *smp, struct cbor_out *out)
{
	const struct smp_settings *settings = &smp->settings;
	bool first = smp->at == 0, sha = first && settings->sha256;

	cbor_put_map(out, 2 + (size_t)first + (size_t)sha);
	if (first) {
		cbor_put_text(out, "len");
		cbor_put_number(out, settings->size);
	}
	cbor_put_text(out, "off");
	cbor_put_number(out, smp->at);
	if (sha) {
		cbor_put_text(out, "sha");
		cbor_put_bytes(out, settings->sha256, SHA256_SIZE);
	}
	cbor_put_text(out, "data");
	cbor_put_bytes(out, settings->image + smp->at, piece_size(smp));
}

static void put_mark(const struct smp *smp, struct cbor_out *out)
{
	cbor_put_map(out, 2);
	cbor_put_text(out, "hash");
	cbor_put_bytes(out, smp->hash, smp->hash_size);
	cbor_put_text(out, "confirm");
	cbor_put_flag(out, !smp->settings.test);
}

/* How long an answer may take: the first piece's waits for an erased flash. */
static int64_t patience_ns(const struct smp *smp)
{
	bool erases = smp->step == SMP_SENDS_PIECE && smp->at == 0;

	return erases && smp->settings.start_ns > SMP_ANSWER_NS ? smp->settings.start_ns : SMP_ANSWER_NS;
}

static void send(struct smp *smp, int64_t t_ns, struct session_output *output)
{
	uint8_t packet[SMP_PACKET_MAX];
	struct cbor_out out = {.bytes = packet + SMP_HEADER_SIZE, .room = sizeof packet - SMP_HEADER_SIZE};
	struct smp_header header;

	smp->sequence++;
	header = header_of(smp);
	if (smp->step == SMP_SENDS_PIECE)
		put_piece(smp, &out);
	else if (smp->step == SMP_MARKS)
		put_mark(smp, &out);
	else
		cbor_put_map(&out, 0);
	assert(!out.full);
	smp_packet_put_header(packet, out.size + SMP_HEADER_SIZE, &header);
	output->size = smp_frame_put(output->bytes, packet, out.size + SMP_HEADER_SIZE);
	smp->marked |= smp->step == SMP_MARKS;
	smp->deadline_ns = t_ns + (int64_t)output->size * smp->settings.byte_ns + patience_ns(smp);
}

static void go_to(struct smp *smp, enum smp_step step, int64_t t_ns, struct session_output *output)
{
	smp->step = step;
	smp->tries = 0;
	send(smp, t_ns, output);
}

static void fail(struct session_output *output, enum fault fault, const char *text)
{
	output->state = SESSION_FAILED;
	error_set(&output->error, fault, "%s", text);
}

/* ---- Silence ---------------------------------------------------------------------------------------------------- */

static bool may_be_repeated(const struct smp *smp)
{
	return smp->step != SMP_MARKS && smp->step != SMP_RESETS && smp->tries + 1 < SMP_TRIES;
}

static void begin_upload(struct smp *smp, uint64_t buffer_size, int64_t t_ns, struct session_output *output)
{
	uint64_t room = buffer_size == 0 ? SMP_PACKET_USUAL : buffer_size;

	smp->room = room > SMP_PACKET_MAX ? SMP_PACKET_MAX : (size_t)room;
	smp->room = smp->room < SMP_PACKET_LEAST + FRAME_EXTRA ? SMP_PACKET_LEAST : smp->room - FRAME_EXTRA;
	smp->at = smp->most = 0;
	smp->setbacks = 0;
	go_to(smp, SMP_SENDS_PIECE, t_ns, output);
}

static void send_again(struct smp *smp, int64_t t_ns, struct session_output *output)
{
	if (!may_be_repeated(smp)) {
		output->state = SESSION_FAILED;
		if (smp->step == SMP_SENDS_PIECE)
			error_set(&output->error, FAULT_RIG, "the image from byte %zu of %zu: no answer after %d times", smp->at,
			          smp->settings.size, smp->tries + 1);
		else
			error_set(&output->error, FAULT_RIG, "%s: no answer after %d times", step_name(smp), smp->tries + 1);
		return;
	}
	smp->tries++;
	if (smp->step == SMP_SENDS_PIECE && smp->most == 0)
		smp->room = smp->room / 2 > SMP_PACKET_LEAST ? smp->room / 2 : SMP_PACKET_LEAST;
	send(smp, t_ns, output);
}

/* ---- Answers ---------------------------------------------------------------------------------------------------- */

static void refuse(struct smp *smp, const struct smp_answer *answer, struct session_output *output)
{
	smp->refused = smp->step == SMP_MARKS;
	output->state = SESSION_FAILED;
	error_set(&output->error, FAULT_DEVICE, "%s: the device refused: %" PRId64 ", %s%s%s", step_name(smp), answer->refused,
	          smp_refusal_name(answer->refused), answer->reason[0] ? ": " : "", answer->reason);
}

static void take_offset(struct smp *smp, const struct smp_answer *answer, int64_t t_ns, struct session_output *output)
{
	if (!answer->has_offset || answer->offset > smp->settings.size) {
		fail(output, FAULT_DEVICE, "the device says that it has more of the image than there is, or does not say what it has");
		return;
	}
	smp->setbacks += answer->offset <= smp->at;
	smp->at = (size_t)answer->offset;
	if (smp->at > smp->most) {
		smp->most = smp->at;
		smp->setbacks = 0;
	}
	if (smp->at == smp->settings.size)
		output->state = SESSION_DONE;
	else if (smp->setbacks >= SMP_TRIES)
		fail(output, FAULT_DEVICE, "the device goes back in the image, or takes no more of it, again and again");
	else
		go_to(smp, SMP_SENDS_PIECE, t_ns, output);
}

static void take_images(struct smp *smp, const struct smp_answer *answer)
{
	int i;

	smp->hash_size = 0;
	smp->version[0] = '\0';
	for (i = 0; i < answer->image_count; i++) {
		const struct smp_image *image = &answer->images[i];

		if (image->active) {
			text_copy(smp->version, sizeof smp->version, image->version);
		} else {
			memcpy(smp->hash, image->hash, image->hash_size);
			smp->hash_size = image->hash_size;
		}
	}
}

static void take_state(struct smp *smp, const struct smp_answer *answer, int64_t t_ns, struct session_output *output)
{
	take_images(smp, answer);
	if (smp->task == SMP_VERSION && smp->version[0] == '\0')
		fail(output, FAULT_DEVICE, "no image is said to run, or the one that runs has no version");
	else if (smp->task != SMP_VERSION && smp->hash_size == 0)
		fail(output, FAULT_DEVICE, "the device has no image beside the one that runs");
	else if (smp->task == SMP_ACTIVATE)
		go_to(smp, SMP_MARKS, t_ns, output);
	else
		output->state = SESSION_DONE;
}

static void take_answer(struct smp *smp, const struct smp_answer *answer, int64_t t_ns, struct session_output *output)
{
	if (answer->refused != 0 && smp->step != SMP_ASKS_SIZES) {
		refuse(smp, answer, output);
		return;
	}
	switch (smp->step) {
	case SMP_ASKS_SIZES: /* one that does not tell is there all the same */
		begin_upload(smp, answer->buffer_size, t_ns, output);
		break;
	case SMP_SENDS_PIECE:
		take_offset(smp, answer, t_ns, output);
		break;
	case SMP_ASKS_STATE:
		take_state(smp, answer, t_ns, output);
		break;
	case SMP_MARKS:
		go_to(smp, SMP_RESETS, t_ns, output);
		break;
	case SMP_RESETS:
		output->state = SESSION_DONE;
		break;
	}
}

/* Answers to what was asked before, and packets that nobody asked for, are passed over. */
static bool take_packet(struct smp *smp, int64_t t_ns, struct session_output *output)
{
	struct smp_header header, asked = header_of(smp);
	struct smp_answer answer;
	size_t size;
	const uint8_t *packet = smp_frame_packet(&smp->frame, &size);

	if (!smp_packet_get_header(&header, packet, size) || header.operation != asked.operation + 1 || header.group != asked.group ||
	    header.sequence != asked.sequence || header.command != asked.command || !smp_packet_get_answer(&answer, packet, size))
		return false;
	take_answer(smp, &answer, t_ns, output);
	return true;
}

/* What follows an answer in the same event was sent before what goes out now. */
static void take_bytes(struct smp *smp, const struct session_event *event, struct session_output *output)
{
	for (smp->used = 0; smp->used < event->size;)
		if (smp_frame_take(&smp->frame, event->bytes[smp->used++]) && take_packet(smp, event->t_ns, output))
			return;
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

static void begin(struct smp *smp, int64_t t_ns, struct session_output *output)
{
	smp->frame = (struct smp_frame){.size = 0};
	smp->refused = false;
	smp->used = 0;
	switch (smp->task) {
	case SMP_TRANSFER:
		smp->hash_size = 0;
		smp->at = 0;
		go_to(smp, SMP_ASKS_SIZES, t_ns, output);
		break;
	case SMP_VERIFY:
	case SMP_VERSION:
		go_to(smp, SMP_ASKS_STATE, t_ns, output);
		break;
	case SMP_ACTIVATE: /* a rig that was restarted has forgotten the hash */
		go_to(smp, smp->hash_size > 0 ? SMP_MARKS : SMP_ASKS_STATE, t_ns, output);
		break;
	}
}

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct smp *smp = self;

	output->size = 0;
	output->state = SESSION_RUNNING;
	switch (event->kind) {
	case SESSION_START:
		begin(smp, event->t_ns, output);
		break;
	case SESSION_BYTES:
		take_bytes(smp, event, output);
		break;
	case SESSION_DEADLINE:
		if (event->t_ns >= smp->deadline_ns)
			send_again(smp, event->t_ns, output);
		break;
	case SESSION_LINE: /* nothing was wanted of it */
		break;
	case SESSION_LOST:
		fail(output, FAULT_RIG, "the line was lost");
		break;
	case SESSION_CANCEL:
		fail(output, FAULT_OPERATOR, "cancelled");
		break;
	}
	output->deadline_ns = output->state == SESSION_RUNNING ? smp->deadline_ns : INSTANT_NEVER;
	output->done_bytes = smp->task == SMP_TRANSFER ? (int64_t)smp->at : 0;
	output->total_bytes = smp->task == SMP_TRANSFER ? (int64_t)smp->settings.size : 0;
}

struct session smp_session(struct smp *smp, enum smp_task task)
{
	static const struct session_kind kind = {"smp", step};

	smp->task = task;
	return (struct session){&kind, smp};
}
