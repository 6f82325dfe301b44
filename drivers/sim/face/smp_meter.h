#ifndef HILRIG_DRIVERS_SIM_FACE_SMP_METER_H
#define HILRIG_DRIVERS_SIM_FACE_SMP_METER_H

/*
 * An MCUmgr server on a meter's console, the other end of drivers/loader/smp.h: buffer sizes, upload of one image, the state
 * of images, and reset. Answers are as Zephyr writes them: maps and lists that end with FF.
 *
 * An upload begins with offset 0 and goes on where it is; a piece for another place is answered by the place that is
 * wanted. A mark that names the image which waits is taken; a reset then lets the meter activate it.
 */

#include "drivers/loader/smp_frame.h"
#include "drivers/loader/smp_packet.h"

#define SMP_METER_BUFFER 384  /* Zephyr's usual */

/* What the meter does. `begins` and `arrived` are told of an image; `marks` says whether it will activate the one that waits. */
struct smp_meter_device {
	void *self;
	void (*begins)(void *self, int64_t t_ns);
	void (*arrived)(void *self, int64_t t_ns, size_t size);
	bool (*marks)(void *self, int64_t t_ns);
	void (*restarts)(void *self, int64_t t_ns);
	int (*images)(void *self, struct smp_image images[SMP_IMAGES_MAX]);
};

struct smp_meter {
	struct smp_meter_device device;
	uint8_t *image;         /* the caller's */
	size_t room;
	size_t buffer;          /* longest packet; longer ones are not heard. 0: SMP_METER_BUFFER */
	/* Private. */
	struct smp_frame frame;
	size_t length, at;      /* of the upload */
	bool marked;
};

/* A restart: what was under way is forgotten. */
void smp_meter_forget(struct smp_meter *meter);

/*
 * Takes one byte. How many bytes of `frame` (SMP_FRAME_MAX) are the answer, 0: none yet. `restarts` is true when the meter
 * restarts after the answer; the caller then calls device.restarts.
 */
size_t smp_meter_take(struct smp_meter *meter, int64_t t_ns, uint8_t byte, uint8_t *frame, bool *restarts);

#endif
