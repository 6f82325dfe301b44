#ifndef HILRIG_DRIVERS_LOADER_XMODEM_H
#define HILRIG_DRIVERS_LOADER_XMODEM_H

/*
 * Sends an image by XMODEM with CRC, in blocks of 128 or 1024 bytes (Forsberg 1988), as a session.
 *
 * The receiver begins with 'C'. Each block is SOH (128) or STX (1024), its number from 1, the number's complement, the
 * data and a CRC-16 (polynomial 0x1021, from 0, high byte first); ACK takes the next one, NAK or XMODEM_ANSWER_NS of
 * silence repeats it, XMODEM_TRIES times in all. The last block is filled up with SUB (0x1A): the device gets up to 127
 * bytes more than the image, up to 1023 without `short_tail`. Then EOT, repeated while the receiver says NAK. Two CANs in a row
 * end it at once, from either side.
 *
 * What the receiver sent before a block had left cannot be an answer to it: what follows an answer in the same event is
 * dropped (but for two CANs), and so is a 'C' within XMODEM_STALE_NS after the first block (receivers repeat it, and several may
 * wait in a buffer). Any other byte is noise and ignored. Answers carry no
 * number, so a block that was sent twice may be answered twice, and the second ACK would be taken for the next block's: the
 * next block waits until XMODEM_SETTLE_NS after the last copy is out. A receiver that asks for 8-bit sums (NAK instead of 'C') is
 * refused: a sum is no protection for firmware.
 *
 * Done means that the receiver said so. A byte that noise turned into an ACK says it too: what the device really has is for
 * its own check and the version read-back to prove.
 *
 * Errors: FAULT_DEVICE when the receiver refused (CAN), FAULT_OPERATOR when the caller cancelled, FAULT_RIG for silence
 * and a lost line, since nothing tells a dead device from a dead wire.
 */

#include "rig/bench/session.h"

#define XMODEM_SOH 0x01
#define XMODEM_STX 0x02
#define XMODEM_EOT 0x04
#define XMODEM_ACK 0x06
#define XMODEM_NAK 0x15
#define XMODEM_CAN 0x18
#define XMODEM_SUB 0x1A
#define XMODEM_CRC 'C'

#define XMODEM_BLOCK_MAX 1024
#define XMODEM_FRAME_MAX (3 + XMODEM_BLOCK_MAX + 2)
#define XMODEM_TRIES 10                   /* of one block, and of EOT; Forsberg */
#define XMODEM_ANSWER_NS (10 * NS_PER_S)  /* Forsberg */
#define XMODEM_STALE_NS (2 * NS_PER_S)    /* receivers repeat 'C' every 3 s; facts/ota.md 5.1 gives both */
#define XMODEM_SETTLE_NS (1 * NS_PER_S)   /* Forsberg lets a receiver take so long within a block */

struct xmodem_settings {
	const uint8_t *image;   /* borrowed until the session has ended */
	size_t size;            /* at least 1 */
	size_t block_size;      /* 1024 or 128 */
	bool short_tail;        /* with 1024: what is left at the end in blocks of 128 */
	bool block_zero;        /* YMODEM's block 0: the image is one block, its number is 0, and no EOT follows */
	int64_t start_ns;       /* longest wait for the first 'C' */
	int64_t byte_ns;        /* time of one byte on the wire, 10 bits; added to what the receiver may take. 0: not known */
};

enum xmodem_state { XMODEM_WAITING, XMODEM_SENDING, XMODEM_SETTLING, XMODEM_ENDING };

struct xmodem {
	struct xmodem_settings settings;
	enum xmodem_state state;
	size_t at;              /* first byte of the block under way */
	size_t block;           /* its length */
	uint8_t number;
	int tries;              /* of this block or EOT */
	bool cancel_seen;       /* the byte before was CAN */
	bool sums_asked;        /* NAK came while waiting for 'C' */
	size_t used;            /* of the last event's bytes; when done, the rest belongs to whoever comes next */
	int64_t sent_ns;        /* when the last byte of what was sent last is out */
	int64_t deadline_ns;
};

void xmodem_init(struct xmodem *xmodem, const struct xmodem_settings *settings);
struct session xmodem_session(struct xmodem *xmodem);

/* Five CANs: two end it, more make up for lost ones. Returns how many bytes. */
size_t xmodem_put_cancel(uint8_t *bytes);

/* CRC-16/XMODEM of `size` bytes, continued from `crc` (0 at first). */
uint16_t xmodem_crc(uint16_t crc, const uint8_t *bytes, size_t size);

#endif
