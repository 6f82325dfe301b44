#ifndef HILRIG_RIG_RUN_REAL_SESSION_H
#define HILRIG_RIG_RUN_REAL_SESSION_H

/*
 * From where a process is worked: at the bench, or from elsewhere. What is done by hand at mains is done by somebody who sees the bench.
 *
 * Taken for elsewhere: a process, or one that it comes from, that is a server of remote terminals (sshd and the like), or that has the
 * variables of SSH in its environment; and inside tmux or screen, which sudo and su do not hide, any terminal of this user or the
 * server's that is attached to one from elsewhere. What cannot be read is taken for elsewhere, too. It keeps people from a mistake, not somebody of the same account who wants to deceive it:
 * what protects people is the arm at the bench (facts: Linux proc(5); sshd sets SSH_CONNECTION, ssh(1)).
 */

#include "rig/journal/record.h"

#include <stdbool.h>
#include <sys/types.h>

/* False: `why` says what speaks against it, in words for whoever asked. */
MUST_USE bool session_is_local(pid_t pid, char why[FREE_TEXT_SIZE]);

#endif
