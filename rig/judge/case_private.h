#ifndef HILRIG_RIG_JUDGE_CASE_PRIVATE_H
#define HILRIG_RIG_JUDGE_CASE_PRIVATE_H

/*
 * What the files of the cases share: verdicts in the making, the span of a watch, and the rules that all cases begin with.
 * Callers include case.h.
 *
 *   case.c          the shared part, restored, firmware
 *   case_outage.c   the meter's outage against the limit
 *   case_ad1.c      the hub's and the path's alert
 */

#include "rig/judge/case.h"

struct verdict verdict_make(enum case_kind kind, enum conformity conformity, enum validity validity, enum fault domain,
			    const char *reason);
struct verdict verdict_void(enum case_kind kind, enum fault domain, const char *reason);

/* The watch has no end line: a person's doing, or the rig's. */
struct verdict verdict_unfinished(const struct case_basis *basis, enum case_kind kind);
struct verdict verdict_fault(enum case_kind kind, const struct event *event);

/* Rule 0 of every case: what makes it void whatever happened. Its validity is VALIDITY_VALID where nothing does. */
struct verdict verdict_of_record(const struct case_basis *basis, enum case_kind kind);

/* More outages, alerts, watches or health lines than are kept: what is kept may still prove a fail. */
bool lists_lost(const struct case_basis *basis);
struct verdict verdict_lists_lost(enum case_kind kind);

/*
 * The first fault that spoils the case in the span, or in the watch; NULL: none. What was measured of the supply in a watch is spoilt, too,
 * if something else than the meter was found to feed the hub, at any time from its begin on.
 */
const struct event *fault_between(const struct history *history, enum case_kind kind, int64_t from_ns, int64_t to_ns);
const struct event *fault_in(const struct case_basis *basis, const struct watch_span *watch, enum case_kind kind);

/* Until when the watch goes: the last line of the record where it has no end. */
int64_t watch_end(const struct case_basis *basis, const struct watch_span *watch);
bool watch_touches(const struct case_basis *basis, const struct watch_span *watch, int64_t from_ns, int64_t to_ns);

/* From the last thing that is known of the supply to the watch's end; 0 where something is known after it. */
int64_t watch_unknown_tail(const struct case_basis *basis, const struct watch_span *watch);

#endif
