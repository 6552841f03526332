// SPDX-License-Identifier: GPL-2.0
/*
 * Questions to a loaded object: its programs and maps by name, its numbers, its faults.
 * Needs the privilege to use bpf(2).
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>

#include "fake_dev.h"
#include "two.h"

static void programs_and_maps_are_found_by_name(void)
{
	struct rex_obj *obj;
	__u32 key = 5;
	__u64 value = 77, got = 0;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK_HAS(bpf_program__name(rex_obj_program(obj, "second")), "second");
	CHECK(rex_obj_program(obj, "second") ==
	      bpf_object__find_program_by_name(rex_obj_get_bpf(obj), "second"));
	CHECK(!bpf_map_update_elem(rex_obj_map_fd(obj, "counts"), &key, &value,
				   BPF_ANY));
	CHECK(!bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(rex_obj_get_bpf(
									   obj),
								   "counts"),
				   &key, &got));
	CHECK_EQ(got, 77);

	CHECK(!rex_obj_program(obj, "counts"));
	CHECK_EQ(errno, ENOENT);
	CHECK_HAS(rex_last_error(), "rex has no program counts");
	CHECK_EQ(rex_obj_map_fd(obj, "second"), -ENOENT);
	CHECK_HAS(rex_last_error(), "rex has no map second");
	rex_obj_close(obj);
}

static void attach_says_what_is_missing(void)
{
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK(!rex_obj_attach(obj, "nosuch"));
	CHECK_EQ(errno, ENOENT);
	CHECK_HAS(rex_last_error(), "rex has no program nosuch");
	CHECK(!rex_obj_attach(obj, "second"));
	CHECK_EQ(errno, EOPNOTSUPP);
	CHECK_HAS(rex_last_error(), "program second, section 'xdp', does not "
				    "say what to attach it to");
	rex_obj_close(obj);
}

/* Properties of a program are known before a load, and after a failed one. */
static void names_need_a_loaded_object(void)
{
	struct rex_obj *obj = open_two(NULL);

	CHECK(rex_obj_program(obj, "second"));
	CHECK_EQ(rex_obj_map_fd(obj, "counts"), -ENOENT);
	CHECK_HAS(rex_last_error(), "rex is not loaded");
	CHECK(!rex_obj_attach(obj, "second"));
	CHECK_EQ(errno, ENOENT);
	CHECK_HAS(rex_last_error(), "rex is not loaded");

	fake_dev_reset();
	fake_dev.abi = 9;
	CHECK_EQ(rex_obj_load_opened(obj), -EPROTO);
	CHECK(!rex_obj_program(obj, "second"));
	CHECK_EQ(errno, ENOENT);
	CHECK_HAS(rex_last_error(), "rex could not be loaded");
	CHECK_EQ(rex_obj_map_fd(obj, "counts"), -ENOENT);
	rex_obj_close(obj);

	CHECK(!rex_obj_program(NULL, "second"));
	CHECK_EQ(errno, EINVAL);
	CHECK(!rex_obj_attach(NULL, "second"));
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(rex_obj_map_fd(NULL, "counts"), -EINVAL);
}

static void info_is_asked_for_the_right_program(void)
{
	struct rex_prog_info info = { .size = sizeof(info) };
	struct rex_image_info image = { .size = sizeof(image) };
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK_EQ(rex_obj_prog_info(obj, "second", &info), 0);
	CHECK_EQ(fake_dev.prog_info.image_fd, rex_obj_image_fd(obj));
	CHECK_EQ(fake_dev.prog_info.prog_fd, -1);
	CHECK_EQ(fake_dev.prog_info.index, 1);
	CHECK_EQ(info.runs, 42);
	CHECK_EQ(rex_obj_prog_info(obj, "third", &info), -ENOENT);

	CHECK_EQ(rex_prog_info(fake_dev.bind[0].prog_fd, &info), 0);
	CHECK_EQ(fake_dev.prog_info.image_fd, -1);
	CHECK_EQ(fake_dev.prog_info.prog_fd, fake_dev.bind[0].prog_fd);
	fake_dev.fail_at = fake_dev.calls + 1;
	fake_dev.fail_errno = ENOENT;
	CHECK_EQ(rex_prog_info(0, &info), -ENOENT);
	CHECK_HAS(rex_last_error(), "fd 0 is a BPF program that runs no Rex");
	CHECK_EQ(rex_obj_image_info(obj, &image), 0);
	CHECK_EQ(image.image_fd, rex_obj_image_fd(obj));

	info.size = 8;
	CHECK_EQ(rex_obj_prog_info(obj, "second", &info), -EINVAL);
	image.size = 4;
	CHECK_EQ(rex_obj_image_info(obj, &image), -EINVAL);
	rex_obj_close(obj);
}

static void faults_are_asked_for_and_described(void)
{
	struct rex_fault_info info = { .size = sizeof(info) };
	char line[REX_FAULT_LINE_LEN], short_line[16];
	struct rex_obj *obj;
	int len;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK_EQ(rex_obj_fault_info(obj, "second", 7, &info), 0);
	CHECK_EQ(fake_dev.fault_info.image_fd, rex_obj_image_fd(obj));
	CHECK_EQ(fake_dev.fault_info.prog_fd, -1);
	CHECK_EQ(fake_dev.fault_info.index, 1);
	CHECK_EQ(fake_dev.fault_info.number, 7);
	len = rex_obj_describe_fault(obj, &info, line, sizeof(line));
	CHECK_EQ(len, strlen(line));
	CHECK(!strcmp(
		line,
		"program second stopped by a panic: two lines, at main.rs:12:5"));
	CHECK_EQ(rex_obj_describe_fault(obj, &info, short_line,
					sizeof(short_line)),
		 len);
	CHECK(!strcmp(short_line, "program second "));
	CHECK_EQ(rex_obj_describe_fault(obj, &info, NULL, 0), len);
	/* Old contents of the caller's struct do no harm. */
	memset(&info, 0xff, sizeof(info));
	info.size = sizeof(info);
	len = rex_obj_describe_fault(obj, &info, line, sizeof(line));
	CHECK(len > 0 && (size_t)len < sizeof(line));
	CHECK_EQ(rex_fault_info(fake_dev.bind[0].prog_fd, 0, &info), 0);
	CHECK_EQ(fake_dev.fault_info.prog_fd, fake_dev.bind[0].prog_fd);
	CHECK_EQ(fake_dev.fault_info.number, 0);
	CHECK_EQ(fake_dev.fault_info.lost, 0);
	CHECK_EQ(rex_obj_fault_info(obj, "third", 0, &info), -ENOENT);
	fake_dev.fail_at = fake_dev.calls + 1;
	fake_dev.fail_errno = ENOENT;
	CHECK_EQ(rex_obj_fault_info(obj, "second", 9, &info), -ENOENT);
	CHECK_HAS(rex_last_error(), "no record of fault 9 of second");
	info.size = 8;
	CHECK_EQ(rex_obj_fault_info(obj, "second", 0, &info), -EINVAL);
	CHECK_EQ(rex_fault_info(0, 0, NULL), -EINVAL);
	CHECK_EQ(rex_obj_describe_fault(obj, &info, line, sizeof(line)),
		 -EINVAL);
	rex_obj_close(obj);
}

static void faults_are_waited_for(void)
{
	struct rex_fault_info info = { .size = sizeof(info) };
	struct timespec begin, end;
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	obj = open_two(NULL);
	CHECK_EQ(rex_obj_wait_fault(obj, 0, &info), -ENOENT);
	fake_dev_reset();
	fake_dev.faults = 2;
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK_EQ(rex_obj_wait_fault(obj, -1, &info), 0);
	CHECK_EQ(fake_dev.fault_info.flags, REX_FAULT_NEXT);
	CHECK_EQ(fake_dev.fault_info.number, 0);
	CHECK_EQ(info.index, 1);
	CHECK_EQ(rex_obj_wait_fault(obj, 0, &info), 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	CHECK_EQ(rex_obj_wait_fault(obj, 50, &info), -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	CHECK((end.tv_sec - begin.tv_sec) * 1000 +
		      (end.tv_nsec - begin.tv_nsec) / 1000000 >=
	      49);
	CHECK_HAS(rex_last_error(), "had no fault");
	/* To poll(2), a module that does not know it has an event at any time. */
	CHECK_EQ(eventfd_write(rex_obj_image_fd(obj), 1), 0);
	fake_dev.fail_at = fake_dev.calls + 1;
	fake_dev.fail_errno = EINVAL;
	CHECK_EQ(rex_obj_wait_fault(obj, 0, &info), -EOPNOTSUPP);
	rex_obj_close(obj);
}

static const struct test_case cases[] = {
	TEST_CASE(programs_and_maps_are_found_by_name),
	TEST_CASE(attach_says_what_is_missing),
	TEST_CASE(names_need_a_loaded_object),
	TEST_CASE(info_is_asked_for_the_right_program),
	TEST_CASE(faults_are_asked_for_and_described),
	TEST_CASE(faults_are_waited_for),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
