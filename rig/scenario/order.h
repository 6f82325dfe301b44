#ifndef HILRIG_RIG_SCENARIO_ORDER_H
#define HILRIG_RIG_SCENARIO_ORDER_H

/* The test order: what was agreed before the run. It is hashed first, and nothing in it changes afterwards. */

#include "rig/base/file.h"
#include "rig/base/problem.h"
#include "rig/journal/record.h"

#define ORDER_ATTEMPTS_MAX 100
#define ORDER_DEVICES_MAX 4096

struct order {
	char path[256];
	char name[WORD_TEXT_SIZE];
	char customer[FREE_TEXT_SIZE];
	char rule[WORD_TEXT_SIZE];         /* scenarios/rules/NAME.yaml */
	struct place rule_at;
	int64_t attempts;                  /* agreed attempts per device, at least 1 */
	int64_t void_share_ppm;            /* most void results per million; 50,000 is 0.05 */
	bool has_void_share;
	struct {                           /* without a plan no projection beyond the devices tested */
		bool planned;
		char frame[FREE_TEXT_SIZE];    /* what was sampled from */
		char method[FREE_TEXT_SIZE];
		char from[12], to[12];         /* dates */
		int64_t population;            /* 0: unknown */
	} sampling;
	char agreed_on[12];
	char agreed_by[FREE_TEXT_SIZE];
	struct {                           /* the firmware that was certified; a certified run transfers no other */
		char entry[WORD_TEXT_SIZE];    /* of the Certified Products List; empty: none is named */
		char hash[DIGEST_TEXT_SIZE];   /* SHA-256 of the manufacturer's image, lower case */
	} cpl;
	char (*devices)[GUID_SIZE];        /* meters agreed on; none: whatever is loaded */
	struct place *devices_at;
	int device_count;
	struct file file;
};

MUST_USE bool order_load(struct order *order, const char *path, struct problems *problems);
MUST_USE bool order_parse(struct order *order, const char *file_name, const char *bytes, size_t size, struct problems *problems);
void order_done(struct order *order);

#endif
