/*
 * The table of every kind of journal line: its word, its keys in order, their types and limits. Writer, reader and
 * schema walk this table, so that a key exists in all three or in none.
 */

#include "rig/journal/record.h"

#include "rig/base/instant.h"

#include <assert.h>
#include <stddef.h>

#define AT(member) offsetof(struct record, data.member)
#define SIZE(member) sizeof(((struct record *)0)->data.member)

#define TEXT(kind, name) {#name, FIELD_TEXT, AT(kind.name), SIZE(kind.name), NULL, 0, 0}
#define INTEGER(kind, name, least, most) {#name, FIELD_INTEGER, AT(kind.name), SIZE(kind.name), NULL, least, most}
#define FLAG(kind, name) {#name, FIELD_FLAG, AT(kind.name), SIZE(kind.name), NULL, 0, 0}
#define WORD(kind, name, words) {#name, FIELD_WORD, AT(kind.name), SIZE(kind.name), words, 0, 0}
#define CASES(kind, name) {#name, FIELD_CASES, AT(kind.name), SIZE(kind.name), NULL, 0, 0}
#define END {NULL, FIELD_TEXT, 0, 0, NULL, 0, 0}
#define DURATION_MOST (INT64_C(366) * 86400 * 1000000000) /* a year; also keeps sums far from overflow */
#define COUNT_MOST INT64_C(1000000000000)

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}

WORDS(lines_words, "requested", "held");
WORDS(boundary_words, "more-than", "at-least");
WORDS(decision_words, "guard-band", "simple");
WORDS(distribution_words, "rectangular", "normal-k2", "triangular");
WORDS(condition_words, "always", "clock-locked", "clock-free");
WORDS(hazard_words, "mains", "selv-only");
WORDS(environment_words, "boxed", "uit", "production", "simulated");
WORDS(arrangement_words, "meter-with-hub", "hub-alone");
WORDS(role_words, "meter", "hub");
WORDS(known_words, "scanned", "read", "customer");
WORDS(announced_words, "energise", "cut", "off", "activate");
WORDS(purpose_words, "scenario", "control", "walk", "person", "rig", "end");
WORDS(powered_words, "mains", "supply", "other");
WORDS(polarity_words, "positive", "negative");
WORDS(span_words, "begin", "end");
WORDS(phase_words, "idle", "enter", "transfer", "verify", "hold", "activate", "confirm");
WORDS(activation_words, "announced", "sent", "accepted", "refused", "unknown");
WORDS(hub_words, "ready", "restart", "upgrade", "unseated", "seated");
WORDS(safety_words, "arm", "estop", "door", "temperature", "lab-power");
WORDS(clock_words, "locked", "free");
WORDS(gate_words, "waiting", "passed", "failed");
WORDS(step_words, "begin", "done", "failed", "skipped");
WORDS(conformity_words, "not-applicable", "pass", "conditional-pass", "conditional-fail", "fail", "not-more",
      "conditional-not-more", "conditional-more", "more");
WORDS(validity_words, "valid", "inconclusive", "void", "missing");
WORDS(end_words, "completed", "stopped", "fault", "safety");
WORDS(fault_words, "none", "device", "rig", "supply", "observer", "operator", "environment", "configuration", "usage",
      "evidence", "busy");
WORDS(case_words, "outage", "ad1", "restored", "firmware");

_Static_assert(sizeof fault_words / sizeof *fault_words == FAULT_COUNT + 1, "a word for every fault");
_Static_assert(sizeof case_words / sizeof *case_words == CASE_COUNT + 1, "a word for every case");

#define FIELDS(name, ...) static const struct field name[] = {__VA_ARGS__, END}

FIELDS(boot_fields, TEXT(boot, boot_id), INTEGER(boot, offset_ns, INT64_MIN, INT64_MAX),
       WORD(boot, lines, lines_words), TEXT(boot, revision));
FIELDS(run_fields, TEXT(run, run), TEXT(run, scenario), INTEGER(run, scenario_version, 0, COUNT_MOST), TEXT(run, bench),
       WORD(run, hazard, hazard_words), WORD(run, environment, environment_words), FLAG(run, certify),
       TEXT(run, operator), TEXT(run, order), INTEGER(run, attempts, 1, 1000));
FIELDS(document_fields, TEXT(document, name), TEXT(document, sha256), INTEGER(document, size_bytes, 0, COUNT_MOST));
FIELDS(rule_fields, TEXT(rule, rule), TEXT(rule, document), TEXT(rule, version), TEXT(rule, clause),
       INTEGER(rule, limit_ns, 0, DURATION_MOST), WORD(rule, boundary, boundary_words),
       WORD(rule, decision, decision_words));
FIELDS(image_fields, TEXT(image, sha256), INTEGER(image, size_bytes, 0, COUNT_MOST), TEXT(image, inner_sha256),
       INTEGER(image, inner_size_bytes, 0, COUNT_MOST), TEXT(image, manufacturer), TEXT(image, image_type), TEXT(image, version),
       TEXT(image, cpl_entry));
FIELDS(term_fields, TEXT(term, term), WORD(term, distribution, distribution_words),
       INTEGER(term, half_width_ns, 0, DURATION_MOST), INTEGER(term, half_width_ppb, 0, 1000000000),
       INTEGER(term, edges, 1, 2), WORD(term, condition, condition_words), TEXT(term, source));
FIELDS(expect_fields, CASES(expect, cases));
FIELDS(slot_fields, WORD(slot, arrangement, arrangement_words), TEXT(slot, sense), TEXT(slot, mains),
       TEXT(slot, lab_feed), TEXT(slot, ac_lost), INTEGER(slot, v_down_mv, 0, 1000000), INTEGER(slot, v_up_mv, 0, 1000000),
       INTEGER(slot, settle_ns, 0, DURATION_MOST), INTEGER(slot, bounce_ns, 0, DURATION_MOST),
       INTEGER(slot, recharge_ns, 0, DURATION_MOST));
FIELDS(device_fields, WORD(device, role, role_words), TEXT(device, guid), WORD(device, known, known_words),
       TEXT(device, manufacturer), TEXT(device, model), TEXT(device, hardware), TEXT(device, firmware),
       TEXT(device, build), TEXT(device, region), TEXT(device, mpan));
FIELDS(band_fields, INTEGER(band, never_ns, 0, DURATION_MOST), INTEGER(band, always_ns, 0, DURATION_MOST),
       INTEGER(band, late_ns, 0, DURATION_MOST), TEXT(band, source));
FIELDS(observer_fields, TEXT(observer, observer), TEXT(observer, point), TEXT(observer, channel));
FIELDS(start_fields, INTEGER(start, level_period_ns, 0, DURATION_MOST));
FIELDS(health_fields, TEXT(health, observer), FLAG(health, healthy), TEXT(health, why));
FIELDS(edge_fields, TEXT(edge, channel), INTEGER(edge, level, 0, 1), INTEGER(edge, seqno, 0, COUNT_MOST));
FIELDS(level_fields, TEXT(level, channel), INTEGER(level, level, 0, 1));
FIELDS(reading_fields, TEXT(reading, channel), INTEGER(reading, value_milli, -COUNT_MOST, COUNT_MOST),
       TEXT(reading, unit));
FIELDS(announce_fields, WORD(announce, action, announced_words), WORD(announce, what, powered_words),
       TEXT(announce, channel), INTEGER(announce, for_ns, -1, DURATION_MOST), WORD(announce, purpose, purpose_words));
FIELDS(command_fields, TEXT(command, channel), TEXT(command, value), WORD(command, purpose, purpose_words));
FIELDS(readback_fields, TEXT(readback, channel), TEXT(readback, value), FLAG(readback, agrees));
FIELDS(control_fields, WORD(control, polarity, polarity_words), WORD(control, state, span_words));
FIELDS(watch_fields, CASES(watch, cases), WORD(watch, state, span_words), INTEGER(watch, from_ns, 0, DURATION_MOST));
FIELDS(phase_fields, WORD(phase, phase, phase_words));
FIELDS(progress_fields, INTEGER(progress, done_bytes, 0, COUNT_MOST), INTEGER(progress, total_bytes, 0, COUNT_MOST));
FIELDS(activation_fields, WORD(activation, state, activation_words), INTEGER(activation, attempt, 1, 1000),
       TEXT(activation, firmware_from), TEXT(activation, firmware_to), TEXT(activation, image));
FIELDS(identity_fields, WORD(identity, role, role_words), TEXT(identity, guid), TEXT(identity, firmware),
       WORD(identity, known, known_words));
FIELDS(alert_fields, TEXT(alert, observer), TEXT(alert, code), TEXT(alert, guid), INTEGER(alert, count, 1, 1000000),
       INTEGER(alert, interruption_utc_us, -1, UTC_US_MAX), INTEGER(alert, restoration_utc_us, -1, UTC_US_MAX),
       TEXT(alert, reference));
FIELDS(hub_fields, WORD(hub, event, hub_words));
FIELDS(safety_fields, WORD(safety, input, safety_words), FLAG(safety, ok));
FIELDS(protection_fields, TEXT(protection, what), FLAG(protection, tripped));
FIELDS(clock_fields, WORD(clock, state, clock_words), INTEGER(clock, frequency_ppb, -COUNT_MOST, COUNT_MOST),
       INTEGER(clock, suspended_ns, -DURATION_MOST, DURATION_MOST),
       INTEGER(clock, raw_offset_ns, -DURATION_MOST, DURATION_MOST));
FIELDS(gate_fields, WORD(gate, state, gate_words), TEXT(gate, text));
FIELDS(step_fields, INTEGER(step, step, 0, COUNT_MOST), TEXT(step, verb), WORD(step, state, step_words), TEXT(step, text));
FIELDS(prompt_fields, TEXT(prompt, question), TEXT(prompt, answer), TEXT(prompt, name));
FIELDS(note_fields, TEXT(note, text));
FIELDS(fault_fields, WORD(fault, domain, fault_words), CASES(fault, cases), TEXT(fault, code), TEXT(fault, text));
FIELDS(verdict_fields, CASES(verdict, cases), INTEGER(verdict, watch, -1, 1000000),
       WORD(verdict, conformity, conformity_words), WORD(verdict, validity, validity_words),
       WORD(verdict, domain, fault_words));
FIELDS(raw_fields, TEXT(raw, name), TEXT(raw, sha256), INTEGER(raw, size_bytes, 0, COUNT_MOST));
FIELDS(end_fields, WORD(end, reason, end_words));

static const struct {
	const char *name;
	const struct field *fields;
} kinds[RECORD_KIND_COUNT] = {
	[RECORD_BOOT] = {"boot", boot_fields},
	[RECORD_RUN] = {"run", run_fields},
	[RECORD_DOCUMENT] = {"document", document_fields},
	[RECORD_RULE] = {"rule", rule_fields},
	[RECORD_IMAGE] = {"image", image_fields},
	[RECORD_TERM] = {"term", term_fields},
	[RECORD_EXPECT] = {"expect", expect_fields},
	[RECORD_SLOT] = {"slot", slot_fields},
	[RECORD_DEVICE] = {"device", device_fields},
	[RECORD_BAND] = {"band", band_fields},
	[RECORD_OBSERVER] = {"observer", observer_fields},
	[RECORD_START] = {"start", start_fields},
	[RECORD_HEALTH] = {"health", health_fields},
	[RECORD_EDGE] = {"edge", edge_fields},
	[RECORD_LEVEL] = {"level", level_fields},
	[RECORD_READING] = {"reading", reading_fields},
	[RECORD_ANNOUNCE] = {"announce", announce_fields},
	[RECORD_COMMAND] = {"command", command_fields},
	[RECORD_READBACK] = {"readback", readback_fields},
	[RECORD_CONTROL] = {"control", control_fields},
	[RECORD_WATCH] = {"watch", watch_fields},
	[RECORD_PHASE] = {"phase", phase_fields},
	[RECORD_PROGRESS] = {"progress", progress_fields},
	[RECORD_ACTIVATION] = {"activation", activation_fields},
	[RECORD_IDENTITY] = {"identity", identity_fields},
	[RECORD_ALERT] = {"alert", alert_fields},
	[RECORD_HUB] = {"hub", hub_fields},
	[RECORD_SAFETY] = {"safety", safety_fields},
	[RECORD_PROTECTION] = {"protection", protection_fields},
	[RECORD_CLOCK] = {"clock", clock_fields},
	[RECORD_GATE] = {"gate", gate_fields},
	[RECORD_STEP] = {"step", step_fields},
	[RECORD_PROMPT] = {"prompt", prompt_fields},
	[RECORD_NOTE] = {"note", note_fields},
	[RECORD_FAULT] = {"fault", fault_fields},
	[RECORD_VERDICT] = {"verdict", verdict_fields},
	[RECORD_RAW] = {"raw", raw_fields},
	[RECORD_END] = {"end", end_fields},
};

const char *record_kind_name(enum record_kind kind)
{
	assert(kind >= 0 && kind < RECORD_KIND_COUNT);
	return kinds[kind].name;
}

const struct field *record_fields(enum record_kind kind)
{
	assert(kind >= 0 && kind < RECORD_KIND_COUNT);
	return kinds[kind].fields;
}

const char *phase_name(enum phase phase)
{
	return phase_words[phase];
}

const char *conformity_name(enum conformity conformity)
{
	return conformity_words[conformity];
}

const char *validity_name(enum validity validity)
{
	return validity_words[validity];
}

const char *case_name(enum case_kind kind)
{
	return case_words[kind];
}

const char *known_name(enum known known)
{
	return known_words[known];
}
