// SPDX-License-Identifier: GPL-2.0
/*
 * ioctls get arguments in memory that is not there yet: a process that waits for its own
 * memory blocks no other, and can be killed.
 */
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/mman.h>

#include "hostile.h"

/* Two pages: the second one has no memory until give_page(). */
static char *stalling_pages(int *uffd)
{
	struct uffdio_api api = { .api = UFFD_API };
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	ASSERT(pages != MAP_FAILED);
	*uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	ASSERT_MSG(*uffd >= 0, "userfaultfd: %s", strerror(errno));
	ASSERT(!ioctl(*uffd, UFFDIO_API, &api));
	reg.range.start = u64_of(pages + 4096);
	reg.range.len = 4096;
	ASSERT(!ioctl(*uffd, UFFDIO_REGISTER, &reg));
	return pages;
}

static bool is_stalled(int uffd)
{
	struct uffd_msg msg;

	return read(uffd, &msg, sizeof(msg)) == sizeof(msg);
}

static void give_page(int uffd, const char *page, const char *contents)
{
	struct uffdio_copy copy = { .dst = u64_of(page),
				    .src = u64_of(contents),
				    .len = 4096 };

	ASSERT(!ioctl(uffd, UFFDIO_COPY, &copy));
}

struct call {
	unsigned int number;
	void *arg;
	long ret;
	int err;
};

static void *call_ioctl(void *arg)
{
	struct call *call = arg;

	call->ret = ioctl(device(), call->number, call->arg);
	call->err = errno;
	return NULL;
}

/*
 * While the call waits for NR bytes at the edge of its argument, other threads
 * bind, load and query as usual, and its descriptors are closed. Then it
 * continues.
 */
static void stall(unsigned int number, const void *arg, size_t size, int image,
		  int prog, long *ret, int *err)
{
	static char zeros[4096];
	struct call call = { .number = number };
	pthread_t thread;
	int uffd, other;
	char *pages = stalling_pages(&uffd);

	call.arg = pages + 4096 - 8;
	memcpy(call.arg, arg, 8);
	memcpy(zeros, (const char *)arg + 8, size - 8);
	ASSERT(!pthread_create(&thread, NULL, call_ioctl, &call));
	ASSERT(WAIT_FOR(is_stalled(uffd), 10));
	other = load_image("hello");
	EXPECT(!bind_fresh(other, carrier(BPF_PROG_TYPE_TRACEPOINT),
			   "rex_prog1", 0));
	close(other);
	if (image >= 0)
		close(image);
	if (prog >= 0)
		close(prog);
	EXPECT_ERRNO(remove_module(), EAGAIN);
	/* The first part changes as well; the call has already read it. */
	memset(call.arg, 0xff, 4);
	give_page(uffd, pages + 4096, zeros);
	pthread_join(thread, NULL);
	close(uffd);
	*ret = call.ret;
	*err = call.err;
}

TEST(calls_that_wait_for_their_argument_block_no_other)
{
	int image = load_image("hello"), prog;
	struct rex_image_info info = { .size = sizeof(info) };
	struct rex_bind bind;
	long ret;
	int err;

	info.image_fd = image;
	stall(REX_IOC_IMAGE_INFO, &info, sizeof(info), image, -1, &ret, &err);
	EXPECT(ret == -1 && err == EBADF);
	image = load_image("hello");
	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	bind = bind_args(image, prog, "rex_prog1");
	stall(REX_IOC_BIND, &bind, sizeof(bind), image, prog, &ret, &err);
	EXPECT(ret == -1 && err == EBADF);
}

/*
 * The load waits in the middle of its object, of the list of maps, and of the
 * log.
 */
TEST(load_that_waits_for_its_memory_can_be_killed)
{
	for (int i = 0; i < 3; i++) {
		struct rex_load args = load_args("hello");
		int uffd, status;
		pid_t pid = fork();

		ASSERT(pid >= 0);
		if (pid == 0) {
			char *pages = stalling_pages(&uffd);

			if (i == 0)
				args.elf = u64_of(pages);
			if (i == 1)
				give_maps(&args, (void *)(pages + 4090), 1);
			args.log_level = REX_LOG_DEBUG;
			args.log_buf = u64_of(pages + 4090);
			args.log_size = 4096;
			ioctl(open_device(), REX_IOC_LOAD, &args);
			_exit(1);
		}
		ksft_pause_ms(300);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, &status, 0), pid);
		EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	await_idle();
}
