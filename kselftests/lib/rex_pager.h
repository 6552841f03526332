/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages that a test makes appear when it wants to, by userfaultfd(2), and a thread that
 * waits for one of them in a sleepable program.
 */
#ifndef _REX_PAGER_H
#define _REX_PAGER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "rex_util.h"

#define PAGE 4096

struct pager {
	int uffd;
	char *pages;
	size_t nr;
};

/* Pages that have no memory. */
void pager_init(struct pager *pager, size_t nr);

/* Wait until something waits for a page; its number. */
size_t pager_await_fault(struct pager *pager);

/* Give a page memory, all bytes of which are VALUE. Whoever waits for it goes on. */
void pager_answer(struct pager *pager, size_t page, char value);

/* What waits for a page gets EFAULT. */
void pager_close(struct pager *pager);

/* A thread that calls FUNCTION on a CPU. */
struct sleeper {
	pthread_t thread;
	void (*function)(void);
	int cpu;
	pid_t tid;
};

void sleeper_start(struct sleeper *sleeper, int cpu, void (*function)(void));

/* Whether the thread ends within some time. */
bool sleeper_ends(struct sleeper *sleeper, int seconds);

/* The event of the programs at socket(2). */
void make_socket(void);

#endif /* _REX_PAGER_H */
