// SPDX-License-Identifier: GPL-2.0
/*
 * librex reads the texts of the section .rex.types, which say what is in the keys and
 * values of maps, and makes BTF of them. Tools show elements by it. The kernel relies on
 * it for the place of a lock only, which the map's definition has as well. The grammar is
 * in <linux/rex.h>.
 */
#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "shapes.h"

/* Types in types, members of a struct and bytes of a type, at most. */
#define SHAPES_MAX_DEPTH 16
#define SHAPES_MAX_MEMBERS 1024
#define SHAPES_MAX_SIZE (1u << 30)

/* A type in a text, and the BTF that is made of it. */
struct shapes_type {
	int id;
	__u32 size;
	int lock; /* the offset of the lock in a value, or REX_SHAPE_NO_LOCK */
};

struct shapes_member {
	char name[REX_NAME_LEN];
	struct shapes_type type;
	bool is_padding;
};

/* The members of a struct. */
struct shapes_members {
	struct shapes_member *all;
	__u32 nr;
	__u32 size;
	int lock;
};

static int shapes_read(struct btf *btf, const char **text, unsigned int depth,
		       struct shapes_type *type);

static int shapes_number(const char **text, __u32 *number)
{
	const char *at = *text;

	*number = 0;
	if (!isdigit((unsigned char)*at))
		return -EINVAL;
	for (; isdigit((unsigned char)*at); at++) {
		*number = *number * 10 + (*at - '0');
		if (*number > SHAPES_MAX_SIZE)
			return -E2BIG;
	}
	*text = at;
	return 0;
}

/*
 * The kernel takes C identifiers only. That of a struct which it knows, such as bpf_timer,
 * would make it use the bytes, so that the struct gets no name.
 */
static void shapes_name(const char **text, char name[REX_NAME_LEN])
{
	size_t length = strcspn(*text, ";:}"), i;
	const char *underscore = isdigit((unsigned char)**text) ? "_" : "";

	snprintf(name, REX_NAME_LEN, "%s%.*s", underscore, (int)length, *text);
	*text += length;
	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			name[0] = '\0';
	if (!strncmp(name, "bpf_", 4))
		name[0] = '\0';
}

static int shapes_int(struct btf *btf, const char **text, char kind,
		      struct shapes_type *type)
{
	char name[16];
	int err = shapes_number(text, &type->size);

	if (err)
		return err;
	if (!type->size || type->size > 16 || type->size & (type->size - 1))
		return -EINVAL;
	snprintf(name, sizeof(name), "%c%u", kind == 's' ? 'i' : 'u',
		 8 * type->size);
	type->id = btf__add_int(btf, name, type->size,
				kind == 's' ? BTF_INT_SIGNED : 0);
	return type->id < 0 ? type->id : 0;
}

static int shapes_array_of(struct btf *btf, struct shapes_type *type,
			   __u32 length)
{
	int index;

	if ((__u64)type->size * length > SHAPES_MAX_SIZE)
		return -E2BIG;
	index = btf__add_int(btf, "u32", 4, 0);
	if (index < 0)
		return index;
	type->size *= length;
	type->id = btf__add_array(btf, index, type->id, length);
	return type->id < 0 ? type->id : 0;
}

static int shapes_bytes(struct btf *btf, const char **text,
			struct shapes_type *type)
{
	__u32 length;
	int err = shapes_number(text, &length);

	if (err)
		return err;
	type->size = 1;
	type->id = btf__add_int(btf, REX_SHAPE_BYTE, 1, 0);
	return type->id < 0 ? type->id : shapes_array_of(btf, type, length);
}

static int shapes_array(struct btf *btf, const char **text, unsigned int depth,
			struct shapes_type *type)
{
	__u32 length;
	int err = shapes_number(text, &length);

	if (err)
		return err;
	if (*(*text)++ != ']')
		return -EINVAL;
	err = shapes_read(btf, text, depth + 1, type);
	return err ?: shapes_array_of(btf, type, length);
}

/* The members of a struct must follow it directly, so their types come before it. */
static int shapes_struct_of(struct btf *btf, const char *name,
			    const struct shapes_members *members,
			    struct shapes_type *type)
{
	const struct shapes_member *member;
	__u32 offset = 0, i;
	int err = 0;

	type->size = members->size;
	type->id = btf__add_struct(btf, name[0] ? name : NULL, type->size);
	if (type->id < 0)
		return type->id;
	for (i = 0; !err && i < members->nr; i++) {
		member = &members->all[i];
		if (!member->is_padding)
			err = btf__add_field(btf,
					     member->name[0] ? member->name :
							       NULL,
					     member->type.id, 8 * offset, 0);
		offset += member->type.size;
	}
	return err;
}

/* The caller has added the lock's type, which the kernel recognises by its name. */
static int shapes_lock(struct btf *btf, const char **text,
		       struct shapes_members *members, struct shapes_type *type)
{
	if (members->lock != REX_SHAPE_NO_LOCK)
		return -EINVAL;
	(*text)++;
	members->lock = members->size;
	type->size = sizeof(struct bpf_spin_lock);
	type->id =
		btf__find_by_name_kind(btf, "bpf_spin_lock", BTF_KIND_STRUCT);
	return type->id < 0 ? type->id : 0;
}

/* A lock is a member of the value itself. */
static int shapes_member(struct btf *btf, const char **text, unsigned int depth,
			 struct shapes_members *members,
			 struct shapes_member *member)
{
	int err;

	member->is_padding = **text == ':';
	shapes_name(text, member->name);
	if (*(*text)++ != ':')
		return -EINVAL;
	err = **text == 'l' && !depth ?
		      shapes_lock(btf, text, members, &member->type) :
		      shapes_read(btf, text, depth + 1, &member->type);
	if (err)
		return err;
	members->size += member->type.size;
	return members->size > SHAPES_MAX_SIZE ? -E2BIG : 0;
}

static int shapes_members(struct btf *btf, const char **text,
			  unsigned int depth, struct shapes_members *members)
{
	struct shapes_member *more;
	int err;

	while (**text == ';') {
		(*text)++;
		more = members->nr < SHAPES_MAX_MEMBERS ?
			       realloc(members->all,
				       (members->nr + 1) * sizeof(*more)) :
			       NULL;
		if (!more)
			return -ENOMEM;
		members->all = more;
		err = shapes_member(btf, text, depth, members,
				    &more[members->nr++]);
		if (err)
			return err;
	}
	return *(*text)++ == '}' ? 0 : -EINVAL;
}

static int shapes_struct(struct btf *btf, const char **text, unsigned int depth,
			 struct shapes_type *type)
{
	struct shapes_members members = { .lock = REX_SHAPE_NO_LOCK };
	char name[REX_NAME_LEN];
	int err;

	shapes_name(text, name);
	err = shapes_members(btf, text, depth, &members);
	err = err ?: shapes_struct_of(btf, name, &members, type);
	if (!depth)
		type->lock = members.lock;
	free(members.all);
	return err;
}

static int shapes_read(struct btf *btf, const char **text, unsigned int depth,
		       struct shapes_type *type)
{
	char kind = **text;

	if (depth > SHAPES_MAX_DEPTH)
		return -E2BIG;
	if (!kind)
		return -EINVAL;
	(*text)++;
	switch (kind) {
	case 'u':
	case 's':
		return shapes_int(btf, text, kind, type);
	case 'b':
		return shapes_bytes(btf, text, type);
	case '[':
		return shapes_array(btf, text, depth, type);
	case '{':
		return shapes_struct(btf, text, depth, type);
	}
	return -EINVAL;
}

int rex_shape_add(struct btf *btf, const char *text, __u32 size, int lock)
{
	struct shapes_type type = { .lock = REX_SHAPE_NO_LOCK };
	int err;

	if (!text || !size)
		return -ENOENT;
	err = shapes_read(btf, &text, 0, &type);
	if (err)
		return err;
	if (*text || type.size != size || type.lock != lock)
		return -EINVAL;
	return type.id;
}

bool rex_shape_is_shown(__u32 map_type)
{
	switch (map_type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LPM_TRIE:
		return true;
	}
	return false;
}
