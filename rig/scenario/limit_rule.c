/* Reads limit rules. "unknown" is an honest value for document, version and clause, and an empty text is not. */

#include "rig/base/yaml.h"
#include "rig/scenario/rule.h"

#include <string.h>

static void read_known(struct yaml_map *map, const char *key, char *to, size_t size)
{
	if (yaml_get_text(map, key, YAML_REQUIRED, to, size) && strcmp(to, "unknown") == 0)
		to[0] = '\0';
}

static void read_rule(struct rule *rule, struct yaml *yaml)
{
	static const char *const boundaries[] = {"more-than", "at-least", NULL};
	static const char *const decisions[] = {"guard-band", "simple", NULL};
	int boundary = 0, decision = 0;
	struct yaml_map map;

	if (!yaml_map_begin(&map, yaml_root(yaml), "a rule"))
		return;
	(void)yaml_get_name(&map, "rule", YAML_REQUIRED, rule->name, sizeof rule->name);
	read_known(&map, "document", rule->document, sizeof rule->document);
	read_known(&map, "version", rule->version, sizeof rule->version);
	read_known(&map, "clause", rule->clause, sizeof rule->clause);
	(void)yaml_get_unit(&map, "limit", YAML_REQUIRED, UNIT_DURATION, NS_PER_MS, RULE_LIMIT_MAX_NS, &rule->limit_ns);
	(void)yaml_get_word(&map, "boundary", YAML_REQUIRED, boundaries, &boundary);
	(void)yaml_get_word(&map, "decision", YAML_REQUIRED, decisions, &decision);
	(void)yaml_get_text(&map, "source", YAML_REQUIRED, rule->source, sizeof rule->source);
	rule->boundary = (enum boundary)boundary;
	rule->decision = (enum decision)decision;
	if (rule->clause[0] && (!rule->document[0] || !rule->version[0]))
		(void)yaml_problem(yaml_get(&map, "clause", YAML_REQUIRED), "a clause without its document and version says nothing; give all or write unknown");
	yaml_map_end(&map);
}

bool rule_parse(struct rule *rule, const char *file_name, const char *bytes, size_t size, struct problems *problems)
{
	int before = problems->count + problems->dropped;
	struct yaml *yaml;

	*rule = (struct rule){.limit_ns = 0};
	(void)text_copy(rule->path, sizeof rule->path, file_name);
	yaml = yaml_open(file_name, bytes, size, problems);
	if (yaml)
		read_rule(rule, yaml);
	yaml_close(yaml);
	if (problems->count + problems->dropped == before)
		return true;
	*rule = (struct rule){.limit_ns = 0};
	return false;
}

bool rule_load(struct rule *rule, const char *path, struct problems *problems)
{
	struct file file;

	*rule = (struct rule){.limit_ns = 0};
	if (!yaml_file_read(&file, path, problems))
		return false;
	if (!rule_parse(rule, path, file.bytes, file.size, problems)) {
		file_done(&file);
		return false;
	}
	rule->file = file;
	return true;
}

void rule_done(struct rule *rule)
{
	file_done(&rule->file);
	*rule = (struct rule){.limit_ns = 0};
}
