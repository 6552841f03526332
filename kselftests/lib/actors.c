// SPDX-License-Identifier: GPL-2.0
/*
 * Several images at once.
 */
#include "hostile.h"

struct actor start_actor(const struct hook *hook, const char *act,
			 const char *name, pid_t victim, __u32 timeout_ms)
{
	struct actor a = { .hook = hook };

	a.obj = load_act("hostile_unsafe", hook->program, name, timeout_ms);
	order(a.obj, act, victim);
	a.link = hook->attach(a.obj, hook, victim);
	return a;
}

void end_actor(struct actor *a)
{
	bpf_link__destroy(a->link);
	rex_obj_close(a->obj);
}

struct rex_prog_info actor_info(const struct actor *a)
{
	return prog_info(a->obj, a->hook->program);
}

void expect_actor_fault(const struct actor *a, int cause)
{
	struct rex_prog_info info = actor_info(a);

	EXPECT_EQ(info.state, REX_PROG_DEAD);
	if (EXPECT_MSG(info.faults == 1, "%s had %llu faults",
		       rex_obj_name(a->obj), info.faults))
		EXPECT_EQ(last_fault(a->obj, a->hook->program).cause, cause);
}

void expect_unharmed(const struct actor *a)
{
	struct rex_prog_info info = actor_info(a);

	EXPECT_MSG(info.state == REX_PROG_LIVE && info.faults == 0,
		   "%s had %llu faults", rex_obj_name(a->obj), info.faults);
}

struct actor hold(const struct hook *hook)
{
	return start_actor(hook, "nothing", "hold", getpid(), 0);
}
