#ifndef HILRIG_RIG_SCENARIO_RULE_H
#define HILRIG_RIG_SCENARIO_RULE_H

/*
 * The meter's limit (scenarios/rules/NAME.yaml): document, version and clause as far as they are known, the number, and how
 * it is applied. While document, version or clause is unknown there is a classification and no word of conformity.
 */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/base/problem.h"
#include "rig/base/workspace.h"
#include "rig/journal/record.h"

#define RULE_FOLDER "scenarios/rules"
#define RULE_DEFAULT "mp102b"           /* of a run without a test order */
#define RULE_LIMIT_MAX_NS (24 * NS_PER_H)

struct rule {
	char path[256];
	char name[WORD_TEXT_SIZE];
	char document[FREE_TEXT_SIZE];  /* empty: unknown (also below) */
	char version[WORD_TEXT_SIZE];
	char clause[WORD_TEXT_SIZE];
	int64_t limit_ns;
	enum boundary boundary;
	enum decision decision;
	char source[FREE_TEXT_SIZE];    /* where the number comes from */
	struct file file;
};

MUST_USE bool rule_load(struct rule *rule, const char *path, struct problems *problems);
MUST_USE bool rule_parse(struct rule *rule, const char *file_name, const char *bytes, size_t size, struct problems *problems);
void rule_done(struct rule *rule);

#endif
