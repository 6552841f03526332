/* SPDX-License-Identifier: GPL-2.0 */
/*
 * These functions fill the answers of REX_IOC_IMAGE_INFO, REX_IOC_PROG_INFO and
 * REX_IOC_FAULT_INFO.
 */
#ifndef _REX_IMAGE_INFO_H
#define _REX_IMAGE_INFO_H

struct rex_fault_info;
struct rex_image;
struct rex_image_info;
struct rex_prog;
struct rex_prog_info;

void rex_image_fill_info(const struct rex_image *image,
			 struct rex_image_info *info);
void rex_image_fill_prog_info(const struct rex_prog *prog,
			      struct rex_prog_info *info);

/**
 * rex_image_put_map_ids() - write the ids of an image's maps to the caller's array
 * @image:	the image
 * @info:	@info->map_ids and @info->nr_map_ids say where to and how many
 *
 * Context: may sleep. Return: 0 or -EFAULT.
 */
int rex_image_put_map_ids(const struct rex_image *image,
			  struct rex_prog_info *info);

/**
 * rex_image_fill_fault_info() - describe a fault for REX_IOC_FAULT_INFO
 * @prog:	the program
 * @info:	@info->number says which fault; the other fields are filled
 *
 * Context: may sleep. Return: 0 or -ENOENT.
 */
int rex_image_fill_fault_info(const struct rex_prog *prog,
			      struct rex_fault_info *info);

/**
 * rex_image_next_fault() - give the oldest fault that it has not given, and describe it
 * @image:	the image
 * @info:	filled
 *
 * Context: may sleep. Return: 0, or -EAGAIN if there is none.
 */
int rex_image_next_fault(struct rex_image *image, struct rex_fault_info *info);

#endif /* _REX_IMAGE_INFO_H */
