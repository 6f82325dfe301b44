#ifndef HILRIG_RIG_COMMAND_REVISION_H
#define HILRIG_RIG_COMMAND_REVISION_H

/* The source revision that this program was made from, as make found it: a commit, with -dirty where files had changed. */
const char *command_revision(void);

#endif
