// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that act on command.
 */
#include "rex_worker.h"

static void be_worker(void (*work)(struct work_done *), int go, int done)
{
	struct work_done said = {};
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(1);
	work(&said);
	if (write(done, &said, sizeof(said)) != sizeof(said))
		_exit(1);
	pause();
	_exit(0);
}

struct worker start_worker(void (*work)(struct work_done *))
{
	struct worker worker;
	int go[2], done[2];

	ASSERT(!pipe(go) && !pipe(done));
	worker = (struct worker){ fork(), go[1], done[0] };
	ASSERT(worker.pid >= 0);
	if (!worker.pid)
		be_worker(work, go[0], done[1]);
	return worker;
}

struct work_done let_work(const struct worker *worker)
{
	struct work_done said;

	ASSERT_EQ(write(worker->go, "", 1), 1);
	ASSERT_EQ(read(worker->done, &said, sizeof(said)), sizeof(said));
	return said;
}

void end_worker(const struct worker *worker)
{
	ASSERT(!kill(worker->pid, SIGKILL));
	ASSERT_EQ(waitpid(worker->pid, NULL, 0), worker->pid);
}
