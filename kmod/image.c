// SPDX-License-Identifier: GPL-2.0
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "btf.h"
#include "cpu_share.h"
#include "execmem.h"
#include "image.h"
#include "image_poll.h"
#include "ksyms.h"
#include "maps.h"
#include "report.h"
#include "runs.h"
#include "selftest.h"
#include "timer.h"

static DEFINE_IDA(rex_image_ids);

/*
 * This queue frees images, one after the other. Each of them has a reference on the module
 * until then.
 */
static struct workqueue_struct *image_queue;

/* The limit of images that wait to be freed. Some machines load faster than they free. */
#define IMAGE_MAX_ENDING 256

static atomic_t image_nr_ending;
static DECLARE_WAIT_QUEUE_HEAD(image_room);

int rex_images_await_room(void)
{
	return wait_event_killable(image_room, atomic_read(&image_nr_ending) <
						       IMAGE_MAX_ENDING) ?
		       -EINTR :
		       0;
}

struct rex_image *rex_image_new(void)
{
	struct rex_image *image;
	int id;

	if (rex_selftest_fail_step())
		return ERR_PTR(-ENOMEM);
	image = kzalloc(sizeof(*image), REX_GFP);
	if (!image)
		return ERR_PTR(-ENOMEM);
	id = ida_alloc_min(&rex_image_ids, 1, GFP_KERNEL);
	if (id < 0) {
		kfree(image);
		return ERR_PTR(id);
	}
	image->id = id;
	kref_init(&image->ref);
	INIT_LIST_HEAD(&image->functions);
	image->memory = sizeof(*image);
	rex_image_poll_init(image);
	return image;
}

void rex_image_publish(struct rex_image *image)
{
	u32 i;

	for (i = 0; i < image->nr_funcs; i++) {
		rex_kcall(bpf_ksym_add)(&image->funcs[i].ksym);
		cond_resched();
	}
}

static void image_unpublish(struct rex_image *image)
{
	u32 i;

	for (i = 0; i < image->nr_funcs; i++) {
		rex_kcall(bpf_ksym_del)(&image->funcs[i].ksym);
		cond_resched();
	}
}

void rex_image_destroy(struct rex_image *image)
{
	u32 i;

	rex_restart_exit(image);
	rex_image_poll_exit(image);
	if (image->has_callchains)
		rex_kcall(put_callchain_buffers)();
	for (i = 0; i < image->nr_progs; i++) {
		rex_runs_put(image->ctl->progs[i].runs);
		free_percpu(image->ctl->progs[i].stats);
		kfree(image->ctl->progs[i].faults);
		rex_timer_exit(&image->ctl->progs[i]);
	}
	rex_maps_put(image->maps, image->nr_maps);
	rex_heap_exit(&image->heap);
	rex_btf_free_functions(&image->functions);
	kvfree(image->funcs);
	rex_execmem_free(image->mem);
	ida_free(&rex_image_ids, image->id);
	kfree(image);
}

/*
 * A grace period has passed since the image had its last reference. A fault may still wait
 * to be printed.
 */
static void image_end(struct work_struct *work)
{
	struct rex_image *image =
		container_of(to_rcu_work(work), struct rex_image, end);

	rex_report_sync();
	rex_cpu_share_forget(image);
	rex_image_destroy(image);
	atomic_dec(&image_nr_ending);
	wake_up(&image_room);
	module_put(THIS_MODULE);
}

/*
 * No carrier calls the image any more: the last reference of a binding goes when the
 * kernel frees the carrier, or after a grace period when the carrier was moved. A CPU
 * may still be between the end of a run and its return to the caller, or walk the
 * symbols: both are RCU read sides. Nobody waits for their end here. So the caller may hold
 * a mutex, and images that end at about the same time share a grace period.
 */
static void image_release(struct kref *ref)
{
	struct rex_image *image = container_of(ref, struct rex_image, ref);

	image_unpublish(image);
	/* Cannot fail: the caller's file or binding has a reference. */
	__module_get(THIS_MODULE);
	atomic_inc(&image_nr_ending);
	INIT_RCU_WORK(&image->end, image_end);
	queue_rcu_work(image_queue, &image->end);
}

void rex_image_get(struct rex_image *image)
{
	kref_get(&image->ref);
}

void rex_image_put(struct rex_image *image)
{
	kref_put(&image->ref, image_release);
}

static int image_fd_release(struct inode *inode, struct file *file)
{
	rex_image_put(file->private_data);
	return 0;
}

static __poll_t image_fd_poll(struct file *file, poll_table *table)
{
	return rex_image_poll(file->private_data, file, table);
}

static const struct file_operations image_fops = {
	.owner = THIS_MODULE,
	.release = image_fd_release,
	.poll = image_fd_poll,
	.llseek = noop_llseek,
};

int rex_image_new_fd(struct rex_image *image)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *file;

	if (fd < 0)
		return fd;
	if (rex_selftest_fail_step()) {
		put_unused_fd(fd);
		return -ENFILE;
	}
	file = anon_inode_getfile("[rex-image]", &image_fops, image, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

struct rex_image *rex_image_from_fd(int fd)
{
	struct file *file = fget(fd);
	struct rex_image *image;

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op != &image_fops) {
		fput(file);
		return ERR_PTR(-EBADF);
	}
	image = file->private_data;
	rex_image_get(image);
	fput(file);
	return image;
}

struct rex_prog *rex_image_find_prog(struct rex_image *image, const char *name)
{
	u32 i;

	for (i = 0; i < image->nr_progs; i++)
		if (!strcmp(image->ctl->progs[i].name, name))
			return &image->ctl->progs[i];
	return NULL;
}

const struct rex_image_func *rex_image_find_func(const struct rex_image *image,
						 unsigned long addr)
{
	u32 low = 0, high = image->nr_funcs;

	while (low < high) {
		u32 mid = low + (high - low) / 2;
		const struct rex_image_func *func = &image->funcs[mid];

		if (addr < func->ksym.start)
			high = mid;
		else if (addr >= func->ksym.end)
			low = mid + 1;
		else
			return func;
	}
	return NULL;
}

int __init rex_images_init(void)
{
	image_queue = alloc_ordered_workqueue("rex_image", 0);
	return image_queue ? 0 : -ENOMEM;
}

/* The last work may be on its way from module_put() to its end. */
void rex_images_exit(void)
{
	destroy_workqueue(image_queue);
}
