#ifndef HILRIG_DRIVERS_ZIGBEE_ZNP_PRIVATE_H
#define HILRIG_DRIVERS_ZIGBEE_ZNP_PRIVATE_H

/*
 * What the files of the machine share: znp.c (what comes in) calls znp_start.c (coming up) and znp_message.c (at work), and all of them
 * znp_link.c (what goes out).
 */

#include "drivers/zigbee/znp.h"

/* Codes of frames: type, subsystem and command as mt_code gives them. Facts/ota.md 1.4. */
enum {
	SYS_RESET = 0x4100, SYS_PING = 0x2101, SYS_VERSION = 0x2102, SYS_EXTADDR = 0x2104, NV_INIT = 0x2107, NV_READ = 0x2108, NV_WRITE = 0x2109,
	NV_DELETE = 0x2112, NV_LENGTH = 0x2113, NV_TABLE_READ = 0x2133,
	UTIL_DEVICE_INFO = 0x2700, AF_REGISTER = 0x2400, AF_DATA = 0x2401, AF_RETRIEVE = 0x2412,
	ZDO_NWK_ADDR = 0x2500, ZDO_IEEE_ADDR = 0x2501, ZDO_MATCH = 0x2506, ZDO_PERMIT_JOIN = 0x2536, ZDO_STARTUP = 0x2540,
	ZDO_NETWORK_INFO = 0x2550, SAPI_WRITE = 0x2605, BDB_ADD_CODE = 0x2F04, BDB_START = 0x2F05, BDB_CHANNEL = 0x2F08,
	/* What comes by itself. */
	SYS_RESET_IND = 0x4180, AF_CONFIRM = 0x4480, AF_INCOMING = 0x4481, ZDO_NWK_ADDR_RSP = 0x4580, ZDO_IEEE_ADDR_RSP = 0x4581,
	ZDO_MATCH_RSP = 0x4586, ZDO_STATE = 0x45C0, ZDO_ANNOUNCE = 0x45C1, ZDO_LEAVE = 0x45C9, ZDO_JOINS = 0x45CA
};

/* For whom a request was made, in znp.asked_for; from 0 on: the queued message. */
enum { FOR_STEP = -1, FOR_STATE = -2, FOR_ADDRESS = -3, FOR_KEY = -4 };

#define UNKNOWN_ADDRESS 0xFFFF
#define DEVICE_RUNS 9               /* as a coordinator */

/* ---- znp_link.c ---- */

/* An empty request; what it carries is put behind. */
struct request {
	struct mt_frame frame;
	struct octets_out out;
};

void request_begin(struct request *request, unsigned code);

/* Sends it; its answer is waited for until `within_ns` have passed. Nothing may be asked already. */
void request_send(struct znp *znp, int64_t t_ns, struct request *request, int asked_for, int64_t within_ns);

/* Bytes that are no frame: for a boot loader. Or a frame without an answer. */
void znp_put(struct znp *znp, const void *bytes, size_t size);
void znp_put_frame(struct znp *znp, const struct request *request);

/* The last bytes of what was put, before its check, are a key. */
void znp_put_was_secret(struct znp *znp);

struct znp_notice *znp_notice(struct znp *znp, enum znp_notice_kind kind);

/* It is down, for this reason, and tries again after a pause. All that is queued fails at the end of the event (znp.c). */
void znp_fail(struct znp *znp, int64_t t_ns, const char *why);

/* The request under way has no answer any more; whoever asked knows. */
void znp_forget_request(struct znp *znp);

/* ---- znp_start.c ---- */

void start_begin(struct znp *znp, int64_t t_ns);
void start_answer(struct znp *znp, int64_t t_ns, const struct mt_frame *frame); /* NULL: there was none in time */
void start_heard(struct znp *znp, int64_t t_ns, const struct mt_frame *frame);  /* what comes by itself */
void start_tick(struct znp *znp, int64_t t_ns);

/* ---- znp_message.c ---- */

/* Asks for whatever is to be asked for next, if nothing is. */
void work_next(struct znp *znp, int64_t t_ns);
void work_ask_state(struct znp *znp, int64_t t_ns);
void work_answer(struct znp *znp, int64_t t_ns, int asked_for, const struct mt_frame *frame);
void work_heard(struct znp *znp, int64_t t_ns, const struct mt_frame *frame);
void work_tick(struct znp *znp, int64_t t_ns);
int64_t work_deadline(const struct znp *znp);

/* All that is queued has failed: the dongle was lost. */
void work_abandon(struct znp *znp);

struct znp_node *node_find(struct znp *znp, uint64_t node);

#endif
