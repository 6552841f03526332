// SPDX-License-Identifier: GPL-2.0
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "rex_pager.h"

void pager_init(struct pager *pager, size_t nr)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	pager->nr = nr;
	pager->pages = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(pager->pages != MAP_FAILED);
	pager->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	ASSERT_MSG(pager->uffd >= 0, "userfaultfd: %s", strerror(errno));
	ASSERT(!ioctl(pager->uffd, UFFDIO_API, &api));
	reg.range.start = (unsigned long)pager->pages;
	reg.range.len = nr * PAGE;
	ASSERT(!ioctl(pager->uffd, UFFDIO_REGISTER, &reg));
}

size_t pager_await_fault(struct pager *pager)
{
	struct uffd_msg msg;

	ASSERT_EQ(read(pager->uffd, &msg, sizeof(msg)), sizeof(msg));
	ASSERT_EQ(msg.event, UFFD_EVENT_PAGEFAULT);
	return (msg.arg.pagefault.address - (unsigned long)pager->pages) / PAGE;
}

void pager_answer(struct pager *pager, size_t page, char value)
{
	static char bytes[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = {
		.dst = (unsigned long)pager->pages + page * PAGE,
		.src = (unsigned long)bytes,
		.len = PAGE,
	};

	memset(bytes, value, PAGE);
	ASSERT(!ioctl(pager->uffd, UFFDIO_COPY, &copy));
}

void pager_close(struct pager *pager)
{
	close(pager->uffd);
	munmap(pager->pages, pager->nr * PAGE);
}

static void *sleeper_run(void *arg)
{
	struct sleeper *sleeper = arg;

	pin_to_cpu(sleeper->cpu);
	__atomic_store_n(&sleeper->tid, gettid(), __ATOMIC_RELEASE);
	sleeper->function();
	return NULL;
}

void sleeper_start(struct sleeper *sleeper, int cpu, void (*function)(void))
{
	sleeper->cpu = cpu;
	sleeper->function = function;
	sleeper->tid = 0;
	ASSERT(!pthread_create(&sleeper->thread, NULL, sleeper_run, sleeper));
	ASSERT(WAIT_FOR(__atomic_load_n(&sleeper->tid, __ATOMIC_ACQUIRE), 5));
}

bool sleeper_ends(struct sleeper *sleeper, int seconds)
{
	return WAIT_FOR(!pthread_tryjoin_np(sleeper->thread, NULL), seconds);
}

void make_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	EXPECT(fd >= 0);
	close(fd);
}
