// SPDX-License-Identifier: GPL-2.0
/*
 * A fentry or fexit program is attached to many functions: no kernel of kernels.txt has one
 * link for them. So each function has a carrier, which the kernel loads for this function
 * alone, and a link.
 *
 * The kernel names such a function by its type, and finds its address by its name. A name
 * that several functions have could be that of another one, so it is left out.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kmod/progtype.h"
#include "links.h"

/* The kernel's own number, which no header for userspace has. */
#define REX_ENOTSUPP 524

/* ---- the functions in the kernel's types -------------------------------------- */

struct rex_traced_function {
	char *name;
	__u32 id;
	int btf_fd;
	unsigned int nr_places;
};

struct rex_traced_search {
	struct rex_attaching *a;
	const struct rex_wanted *wanted;
	struct rex_traced_function *all;
	size_t nr;
	size_t room;
};

static int rex_traced_add(struct rex_traced_search *search, const char *name,
			  __u32 id, int btf_fd)
{
	struct rex_traced_function *all = search->all;

	if (search->nr == search->room) {
		search->room = search->room ? 2 * search->room : 64;
		all = realloc(all, search->room * sizeof(*all));
		if (!all)
			return rex_error_errno(-ENOMEM, "list of functions");
		search->all = all;
	}
	all[search->nr] = (struct rex_traced_function){ .name = strdup(name),
							.id = id,
							.btf_fd = btf_fd };
	if (!all[search->nr].name)
		return rex_error_errno(-ENOMEM, "list of functions");
	search->nr++;
	return 0;
}

/* Returns a copy of the descriptor of a module's BTF, which stays until the end. */
static int rex_traced_keep_fd(struct rex_attaching *a, int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 1);
	int *fds = copy < 0 ? NULL :
			      realloc(a->btf_fds,
				      (a->nr_btf_fds + 1) * sizeof(*fds));

	if (copy < 0)
		return rex_error_errno(-errno, "types of a module");
	if (!fds) {
		close(copy);
		return rex_error_errno(-ENOMEM, "types of a module");
	}
	a->btf_fds = fds;
	fds[a->nr_btf_fds++] = copy;
	return copy;
}

static int rex_traced_see(void *arg, const struct btf *btf, __u32 first, int fd)
{
	struct rex_traced_search *search = arg;
	const struct btf_type *type;
	int err = 0, kept = 0;
	const char *name;
	__u64 cookie;
	__u32 id;

	for (id = first; !err && id < btf__type_cnt(btf); id++) {
		type = btf__type_by_id(btf, id);
		if (btf_kind(type) != BTF_KIND_FUNC)
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (!name || !rex_wanted_is(search->wanted, name, &cookie))
			continue;
		if (fd && !kept)
			kept = rex_traced_keep_fd(search->a, fd);
		err = kept < 0 ? kept : rex_traced_add(search, name, id, kept);
	}
	return err;
}

static int rex_traced_compare(const void *a, const void *b)
{
	const struct rex_traced_function *first = a, *second = b;

	return strcmp(first->name, second->name);
}

/* Returns the first function that has the name. */
static struct rex_traced_function *
rex_traced_lookup(const struct rex_traced_search *search, const char *name)
{
	const struct rex_traced_function key = { .name = (char *)name };
	struct rex_traced_function *found = NULL;

	if (search->nr)
		found = bsearch(&key, search->all, search->nr, sizeof(key),
				rex_traced_compare);
	while (found && found > search->all &&
	       !strcmp(found[-1].name, found->name))
		found--;
	return found;
}

/*
 * Returns the type of the only function that has the name of @place, or NULL. A program at
 * the function's end is for those that return, and one that sleeps for those where it may.
 */
static const struct rex_traced_function *
rex_traced_type(const struct rex_traced_search *search,
		const struct rex_place *place)
{
	const struct rex_traced_function *function =
		rex_traced_lookup(search, place->name);

	if (!function || function->nr_places != 1 ||
	    (search->a->kind->at_return &&
	     !rex_function_returns(place->name)) ||
	    (search->a->kind->sleepable && !rex_prog_may_sleep_at(place->name)))
		return NULL;
	if (function + 1 < search->all + search->nr &&
	    !strcmp(function[1].name, function->name))
		return NULL;
	return function;
}

static void rex_traced_move(struct rex_places *found, size_t to, size_t from,
			    const struct rex_traced_function *function)
{
	if (to != from) {
		free(found->all[to].name);
		found->all[to] = found->all[from];
		found->all[from].name = NULL;
	}
	found->all[to].btf_id = function->id;
	found->all[to].btf_fd = function->btf_fd;
}

/*
 * Sorts out @found. Names of one function follow each other: of those that a pattern
 * matches, the first one that is in the types stays.
 */
static int rex_traced_sort_out(const struct rex_traced_search *search,
			       struct rex_places *found,
			       struct rex_places *skipped)
{
	const struct rex_traced_function *function;
	const struct rex_place *place;
	size_t i, kept = 0, seen = 0;
	__u64 addr = 0;
	int err = 0;

	for (i = 0; !err && i < found->nr; i++) {
		place = &found->all[i];
		if (!i || place->addr != addr) {
			addr = place->addr;
			seen = kept;
		}
		function = rex_traced_type(search, place);
		if (function && (search->wanted->nr || seen == kept))
			rex_traced_move(found, kept++, i, function);
		else if (!function &&
			 (search->wanted->nr || i + 1 == found->nr ||
			  place[1].addr != addr) &&
			 (search->wanted->nr || seen == kept))
			err = rex_places_add(skipped, place->name, addr,
					     place->cookie);
	}
	while (found->nr > kept)
		free(found->all[--found->nr].name);
	return err;
}

/* The kernel could take any function of a name, also one that it cannot trace. */
static void rex_traced_count(const struct rex_traced_search *search,
			     const struct rex_places *places)
{
	struct rex_traced_function *function;
	size_t i;

	for (i = 0; i < places->nr; i++) {
		function = rex_traced_lookup(search, places->all[i].name);
		if (function)
			function->nr_places++;
	}
}

int rex_traced_find(struct rex_attaching *a, const struct rex_wanted *wanted,
		    struct rex_places *found, struct rex_places *skipped)
{
	struct rex_traced_search search = { .a = a, .wanted = wanted };
	int err;

	/* The types of modules take descriptors as well. */
	rex_links_raise_limit(found->nr + 2 * REX_LINKS_THREADS);
	a->is_list = wanted->nr;
	err = rex_kernel_types(rex_traced_see, &search);
	if (search.nr)
		qsort(search.all, search.nr, sizeof(*search.all),
		      rex_traced_compare);
	rex_traced_count(&search, found);
	rex_traced_count(&search, skipped);
	err = err ?: rex_traced_sort_out(&search, found, skipped);
	while (search.nr)
		free(search.all[--search.nr].name);
	free(search.all);
	return err;
}

void rex_traced_end(struct rex_attaching *a)
{
	int saved = errno;

	while (a->nr_btf_fds)
		close(a->btf_fds[--a->nr_btf_fds]);
	free(a->btf_fds);
	a->btf_fds = NULL;
	errno = saved;
}

/* ---- a carrier and a link for each -------------------------------------------- */

struct rex_tracing {
	struct rex_attaching *a;
	const struct rex_places *places;
	int *fds; /* of the links, by index of @places; -1: skipped */
	atomic_size_t next;
	atomic_int err;
	pthread_mutex_t lock; /* of the texts */
	char text[512];
};

/* Returns a negative number that strerror() knows. */
static int rex_traced_errno(void)
{
	return errno == REX_ENOTSUPP ? -EOPNOTSUPP : -errno;
}

static int rex_traced_carrier(const struct rex_attaching *a,
			      const struct rex_place *place)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = a->kind->attach_type,
		    .attach_btf_id = place->btf_id,
		    .attach_btf_obj_fd = place->btf_fd);
	struct bpf_insn insns[REX_CARRIER_MAX_INSNS];
	__u32 nr =
		rex_carrier_body(insns, rex_prog_kind_find(a->prog->type,
							   a->prog->attach_type,
							   a->prog->section));
	int fd;

	if (a->kind->sleepable)
		opts.prog_flags = BPF_F_SLEEPABLE;
	fd = bpf_prog_load(a->prog->type, a->prog->name, "GPL", insns, nr,
			   &opts);
	return fd < 0 ? rex_traced_errno() : fd;
}

static int rex_traced_link(const struct rex_attaching *a, int carrier,
			   const struct rex_place *place)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .tracing.cookie = place->cookie);
	int link = bpf_link_create(carrier, 0, a->kind->attach_type, &opts);

	return link < 0 ? rex_traced_errno() : link;
}

/*
 * Errors of a function, not of the attempt: the kernel lets no program trace it, does not
 * know where it is, or has another tracer there.
 */
static bool rex_is_of_function(int err)
{
	return err == -EINVAL || err == -ENOENT || err == -EOPNOTSUPP ||
	       err == -EBUSY || err == -E2BIG || err == -EEXIST;
}

/*
 * Returns a link, or a negative errno; sets *@skip if that is the function's. A carrier is
 * refused by BIND with EPROTOTYPE if its function has other arguments than the program.
 */
static int rex_trace_one(const struct rex_attaching *a,
			 const struct rex_place *place, bool *skip)
{
	int link, err, carrier = rex_traced_carrier(a, place);

	*skip = rex_is_of_function(carrier);
	if (carrier < 0)
		return rex_error_errno(carrier,
				       "the kernel refused a carrier for %s",
				       place->name);
	err = rex_obj_bind(a->obj, a->index, carrier, 0);
	if (err) {
		*skip = err == -EPROTOTYPE;
		close(carrier);
		return err;
	}
	link = rex_traced_link(a, carrier, place);
	*skip = rex_is_of_function(link);
	close(carrier);
	if (link < 0)
		return rex_error_errno(link, "cannot trace %s", place->name);
	return link;
}

static void *rex_trace_some(void *arg)
{
	struct rex_tracing *t = arg;
	struct rex_attaching *a = t->a;
	bool skip;
	size_t i;
	int link;

	while (!t->err && (i = atomic_fetch_add(&t->next, 1)) < t->places->nr) {
		link = rex_trace_one(a, &t->places->all[i], &skip);
		t->fds[i] = link < 0 ? -1 : link;
		if (link >= 0)
			continue;
		pthread_mutex_lock(&t->lock);
		if (skip && !a->is_list) {
			snprintf(a->why, sizeof(a->why), "%s",
				 rex_last_error());
		} else if (!t->err) {
			snprintf(t->text, sizeof(t->text), "%s",
				 rex_last_error());
			t->err = link;
		}
		pthread_mutex_unlock(&t->lock);
	}
	return NULL;
}

/* The error text belongs to a thread, so that of another one is copied. */
static int rex_trace_all(struct rex_tracing *t)
{
	pthread_t threads[REX_LINKS_THREADS];
	size_t i, started = 0;

	while (started < REX_LINKS_THREADS && started + 1 < t->places->nr &&
	       !pthread_create(&threads[started], NULL, rex_trace_some, t))
		started++;
	rex_trace_some(t);
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	return t->err ? rex_error(t->err, "%s", t->text) : 0;
}

/* Keeps the links; the links and places are the caller's, whatever goes wrong. */
static int rex_traced_collect(struct rex_attaching *a,
			      struct rex_places *places, int *fds)
{
	size_t i, kept = 0;
	int err = 0, added;

	for (i = 0; i < places->nr; i++) {
		struct rex_place *place = &places->all[i];

		if (fds[i] < 0) {
			err = err ?: rex_links_skip(a, place);
			continue;
		}
		added = rex_links_add_fd(a->links, fds[i]);
		err = err ?: added;
		if (kept != i) {
			struct rex_place other = places->all[kept];

			places->all[kept] = *place;
			*place = other;
		}
		kept++;
	}
	while (places->nr > kept)
		free(places->all[--places->nr].name);
	return err;
}

int rex_attach_traced(struct rex_attaching *a, struct rex_places *places)
{
	struct rex_tracing t = { .a = a,
				 .places = places,
				 .lock = PTHREAD_MUTEX_INITIALIZER };
	size_t i;
	int err, collected;

	t.fds = malloc((places->nr ?: 1) * sizeof(*t.fds));
	if (!t.fds)
		return rex_error_errno(-ENOMEM, "links");
	for (i = 0; i < places->nr; i++)
		t.fds[i] = -1;
	err = rex_trace_all(&t);
	collected = rex_traced_collect(a, places, t.fds);
	free(t.fds);
	/* The text of the error stays that of the first one. */
	if (err)
		return rex_error(err, "%s", t.text);
	return collected;
}
