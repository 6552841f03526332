/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The links of other processes' programs, and pins.
 */
#ifndef REXCTL_LINKS_H
#define REXCTL_LINKS_H

#include "rexctl.h"

enum rexctl_pin_kind {
	REXCTL_PIN_PROG,
	REXCTL_PIN_MAP,
	REXCTL_PIN_LINK,
};

struct rexctl_pin {
	char *path;
	enum rexctl_pin_kind kind;
	__u32 id;
};

struct rexctl_pins {
	struct rexctl_pin *pins;
	size_t nr;
};

/* Reads the pins on all BPF file systems. */
void rexctl_pins_read(struct rexctl_pins *pins);
/* Removes the pins of an object; returns an exit status. */
int rexctl_pins_remove(const struct rexctl_pins *pins,
		       enum rexctl_pin_kind kind, __u32 id);
void rexctl_pins_free(struct rexctl_pins *pins);
/* Finds the kind and id of the object pinned at @path, or -ENOENT. */
int rexctl_pin_of(const char *path, struct rexctl_pin *pin);

/* Says what to do where nothing can be pinned: bpf(2) or mkdir(2) has returned @err. */
void rexctl_hint_pin(int err);

/* Returns whether a Rex program, or a link of one, is pinned at @path. */
bool rexctl_pin_is_of_rex(const char *path);

/*
 * Calls @fn for each link of program @id, with a descriptor and a description that are
 * good for the call; a filter of tc has the descriptor -1.
 */
void rexctl_links_each(__u32 id,
		       void (*fn)(int fd, __u32 link_id, const char *text,
				  void *arg),
		       void *arg);
/* Descriptions of the links of program @id. */
json_t *rexctl_links_json(__u32 id);
/* Returns whether link @id ends within a second. */
bool rexctl_link_is_gone(__u32 id);
/*
 * Detaches link @id and removes its pins. Returns an exit status, or -EBUSY if it ends
 * only with its last descriptor.
 */
int rexctl_link_detach(int fd, __u32 id, const struct rexctl_pins *pins);
/* Detaches program @id from all that it is attached to; returns an exit status. */
int rexctl_prog_detach(__u32 id, const char *name,
		       const struct rexctl_pins *pins, unsigned int *nr);
/* Names the processes that have a descriptor of it open: "link_id", "prog_id". */
void rexctl_hint_holders(const char *what, __u32 id);

#endif /* REXCTL_LINKS_H */
