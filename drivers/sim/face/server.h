#ifndef HILRIG_DRIVERS_SIM_FACE_SERVER_H
#define HILRIG_DRIVERS_SIM_FACE_SERVER_H

/*
 * The servers on one Modbus RTU line, frame by frame: a request is carried out by the unit that it names, and answered, or not.
 *
 * Written on its own: it shares neither framing nor check with the driver that it is there to test. A request with a wrong check
 * is dropped whole, as every server does. Unit 0 is everybody, for writes, and is not answered.
 *
 * A unit carries out a request without its address and check (the PDU) and writes the answer's, whose size it gives; 0: it says
 * nothing at all.
 */

#include <stddef.h>
#include <stdint.h>

#define FACE_FRAME_MAX 256

enum {
	MODBUS_BAD_FUNCTION = 1, MODBUS_BAD_ADDRESS = 2, MODBUS_BAD_VALUE = 3
};

struct face_unit {
	int address;
	size_t (*carry_out)(void *self, int index, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t *answer);
	void *self;
	int index;              /* which board or supply of the plant */
};

/*
 * Size of the whole request that begins with these bytes; 0: not known yet. One of a function that nobody knows is as long as what
 * is there.
 */
size_t face_request_size(const uint8_t *frame, size_t size);

/* False: its check is wrong. */
int face_check_fits(const uint8_t *frame, size_t size);

/* Carries a whole request out and writes the answer with its check; gives its size, at most FACE_FRAME_MAX; 0: none. */
size_t face_serve(const struct face_unit *units, int count, int64_t t_ns, const uint8_t *frame, size_t size,
		  uint8_t answer[FACE_FRAME_MAX]);

/* Puts the check behind a frame, which has room for it; gives its size then. */
size_t face_seal(uint8_t *frame, size_t size);

/* The answer that says no. */
size_t face_refuse(const uint8_t *pdu, int code, uint8_t *answer);

/* Two bytes of a frame, high one first. */
int face_word(const uint8_t *bytes);
void face_put_word(uint8_t *bytes, int64_t word);

#endif
