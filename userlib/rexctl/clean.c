// SPDX-License-Identifier: GPL-2.0
/*
 * Text that unprivileged users choose, such as the name of a process, is printed to the
 * terminal of root here. Control characters would be commands to that terminal.
 */
#include "rexctl.h"

/* Returns the length of a character in UTF-8 by its first byte, or 0. */
static size_t clean_len(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2) /* a later byte, or a longer form of ASCII */
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

/*
 * Returns the length of the character that @text begins with, or 0 if it is no UTF-8 or a
 * control character: U+0000 to U+001F, U+007F to U+009F.
 */
static size_t clean_char(const unsigned char *text)
{
	size_t i, len = clean_len(text[0]);

	for (i = 1; i < len; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if (len == 1 && (text[0] < ' ' || text[0] == 0x7f))
		return 0;
	if (len == 2 && text[0] == 0xc2 && text[1] < 0xa0)
		return 0;
	/* These are longer forms of other characters. */
	if ((text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xf0 && text[1] < 0x90))
		return 0;
	return len;
}

static void clean_put(FILE *out, const char *text, bool lines)
{
	size_t len;

	for (; *text; text += len) {
		len = clean_char((const unsigned char *)text);
		if (len) {
			fwrite(text, 1, len, out);
			continue;
		}
		if (*text == '\n' || *text == '\t')
			putc(lines ? *text : ' ', out);
		else
			putc('?', out);
		/* U+0080 to U+009F are two bytes. */
		len = (unsigned char)text[0] == 0xc2 &&
				      (text[1] & 0xc0) == 0x80 ?
			      2 :
			      1;
	}
}

void rexctl_put_clean(FILE *out, const char *text)
{
	clean_put(out, text, false);
}

void rexctl_vput_lines(FILE *out, const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		return;
	clean_put(out, text, true);
	free(text);
}

void rexctl_put_lines(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	rexctl_vput_lines(out, fmt, ap);
	va_end(ap);
}
