// SPDX-License-Identifier: GPL-2.0
/*
 * REX_IOC_FAULT_INFO reports a fault as it happened.
 */
#include <pthread.h>
#include <sys/prctl.h>

#include "rex_ioctl.h"
#include "names/descends.h"
#include "names/panics.h"
#include "names/restarts.h"

static struct rex_fault_info fault_of(struct rex_obj *obj, const char *prog,
				      __u64 number, int want)
{
	struct rex_fault_info info = {
		.size = sizeof(info),
		.image_fd = -1,
		.prog_fd = bpf_program__fd(program(obj, prog)),
		.number = number,
	};
	int ret = ioctl(device(), REX_IOC_FAULT_INFO, &info);

	EXPECT_MSG(want ? ret == -1 && errno == want : ret == 0,
		   "fault %llu of %s: %d, errno %d", number, prog, ret, errno);
	return info;
}

TEST(program_without_faults_has_no_record)
{
	struct rex_obj *obj = load_object("panics");

	attach(obj, "unwraps_none");
	fire(NO_EVENT_FD);
	fault_of(obj, "unwraps_none", 0, ENOENT);
	fault_of(obj, "unwraps_none", 1, ENOENT);
	fire(UNWRAP);
	/* nor has a sibling that is dead with it */
	fault_of(obj, "overflows", 0, ENOENT);
}

TEST(record_of_a_panic_reports_process_time_and_place)
{
	struct rex_obj *obj = load_object("panics");
	struct rex_fault_info info;
	const char *inner, *middle, *kernel;
	__u64 before;

	attach(obj, "unwraps_none");
	prctl(PR_SET_NAME, "unlucky");
	pin_to_cpu(1);
	before = (__u64)ksft_ns();
	fire(UNWRAP);
	info = fault_of(obj, "unwraps_none", 0, 0);
	EXPECT_EQ(info.cause, REX_FAULT_PANIC);
	EXPECT_EQ(info.number, 1);
	EXPECT_EQ(info.nr_faults, 1);
	EXPECT(info.time >= before && info.time <= (__u64)ksft_ns());
	EXPECT_EQ(info.cpu, 1);
	EXPECT_EQ(info.pid, syscall(SYS_gettid));
	EXPECT_EQ(info.tgid, getpid());
	EXPECT_STREQ(info.comm, "unlucky");
	EXPECT_STREQ(info.message,
		     "called `Option::unwrap()` on a `None` value");
	EXPECT_STREQ(info.file, "kselftests/programs/panics/src/main.rs");
	EXPECT(info.line > 10 && info.line < 200 && info.column > 0);
	inner = strstr(info.trace, "panics::innermost_unwrap+0x");
	middle = strstr(info.trace, "panics::middle_of_the_call_chain+0x");
	kernel = strstr(info.trace, "entry_SYSCALL_64");
	EXPECT_MSG(inner && middle && kernel && inner < middle &&
			   middle < kernel,
		   "trace: %s", info.trace);
	/* the same by its number, and by index in the image */
	EXPECT_EQ(fault_of(obj, "unwraps_none", 1, 0).time, info.time);
	fault_of(obj, "unwraps_none", 2, ENOENT);
	info.number = 0;
	info.image_fd = rex_obj_image_fd(obj);
	info.prog_fd = -1;
	info.message[0] = '\0';
	ASSERT(!ioctl(device(), REX_IOC_FAULT_INFO, &info));
	EXPECT_CONTAINS(info.message, "Option::unwrap()");
}

TEST(record_of_a_stack_overflow_names_the_recursion)
{
	struct rex_obj *obj = load_object("descends");
	struct rex_fault_info info;

	attach(obj, "descends");
	fire(DESCEND);
	info = fault_of(obj, "descends", 0, 0);
	EXPECT_EQ(info.cause, REX_FAULT_STACK_OVERFLOW);
	EXPECT_CONTAINS(info.message, "bytes of stack");
	EXPECT_CONTAINS(info.trace, "descends::descend+0x");
	EXPECT_STREQ(info.file, "");
	EXPECT_EQ(info.line, 0);
}

TEST(records_outlive_the_program_that_is_still_bound)
{
	struct rex_obj *obj = load_object("panics");
	struct bpf_link *link = attach(obj, "unwraps_none");

	fire(UNWRAP);
	bpf_link__destroy(link);
	for (int i = 0; i < 100; i++)
		EXPECT_EQ(fault_of(obj, "unwraps_none", 0, 0).number, 1);
	EXPECT_EQ(prog_info(obj, "unwraps_none")
			  .faults_by_cause[REX_FAULT_PANIC],
		  1);
	rex_obj_close(obj);
}

TEST(last_four_faults_are_kept)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 100);
	struct rex_obj *obj = load_object_opts("restarts", &opts);
	struct rex_fault_info info;

	attach(obj, "steps");
	for (int i = 0; i < 6; i++) {
		ASSERT(WAIT_FOR(prog_info(obj, "steps").state == REX_PROG_LIVE,
				20));
		fire(FAIL);
	}
	fault_of(obj, "steps", 1, ENOENT);
	fault_of(obj, "steps", 2, ENOENT);
	for (__u64 number = 3; number <= 6; number++) {
		info = fault_of(obj, "steps", number, 0);
		EXPECT_EQ(info.number, number);
		EXPECT_EQ(info.nr_faults, 6);
		EXPECT_CONTAINS(info.message, "half a step");
	}
	EXPECT_EQ(fault_of(obj, "steps", 0, 0).number, 6);
	rex_obj_close(obj);
}

static void *ask_often(void *arg)
{
	struct rex_obj *obj = arg;

	for (int i = 0; i < 2000; i++)
		fault_of(obj, "unwraps_none", i % 2, 0);
	return NULL;
}

/* A reader holds a record for a moment. */
TEST(record_is_there_for_several_at_once)
{
	struct rex_obj *obj = load_object("panics");
	pthread_t other;

	attach(obj, "unwraps_none");
	fire(UNWRAP);
	ASSERT(!pthread_create(&other, NULL, ask_often, obj));
	ask_often(obj);
	ASSERT(!pthread_join(other, NULL));
	rex_obj_close(obj);
}

TEST(index_beyond_the_last_program_is_ENOENT)
{
	struct rex_obj *obj = load_object("panics");
	struct rex_fault_info info = { .size = sizeof(info), .prog_fd = -1 };

	info.image_fd = rex_obj_image_fd(obj);
	info.index = image_info(obj).nr_progs;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_FAULT_INFO, &info), ENOENT);
	info.index = ~0u;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_FAULT_INFO, &info), ENOENT);
}
