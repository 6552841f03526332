// SPDX-License-Identifier: GPL-2.0
/* Readable names for Rust symbols (demangle.h). */
#include "demangle.h"

struct out {
	char *buf;
	size_t size;
	size_t len;
};

static void demangle_put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len++] = c;
}

static void demangle_put_bytes(struct out *o, const char *s, size_t n)
{
	size_t room = o->size - o->len - 1;

	if (n > room)
		n = room;
	memcpy(o->buf + o->len, s, n);
	o->len += n;
}

/* Returns the end of the bytes from @s on that stand for themselves. */
static const char *demangle_plain_end(const char *s, const char *end)
{
	while (s < end && *s != '$' && *s != '.')
		s++;
	return s;
}

static int demangle_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/*
 * Read a length in decimal and that many bytes at @s; with v0, a "_" may stand in
 * between. Returns the position after them, with the bytes in @text and @len; NULL if
 * @s has another form, or fewer bytes before @end.
 */
static const char *demangle_next_counted(const char *s, const char *end,
					 bool v0, const char **text,
					 size_t *len)
{
	size_t n = 0;

	if (*s < '1' || *s > '9')
		return NULL;
	while (*s >= '0' && *s <= '9') {
		n = n * 10 + (*s++ - '0');
		if (n > INT_MAX)
			return NULL;
	}
	if (v0 && *s == '_')
		s++;
	if (n > (size_t)(end - s))
		return NULL;
	*text = s;
	*len = n;
	return s + n;
}

/* ---- the legacy mangling ---- */

/*
 * "_ZN", then for each element of the path its length in decimal and its text,
 * then "E". The last element is a hash, "h" and 16 hexadecimal digits. LLVM may
 * append a suffix that begins with a dot.
 */
#define HASH_LEN 17

static bool demangle_is_hash(const char *s, size_t len)
{
	size_t i;

	if (len != HASH_LEN || s[0] != 'h')
		return false;
	for (i = 1; i < len; i++)
		if (demangle_hex_digit(s[i]) < 0)
			return false;
	return true;
}

/*
 * Returns whether @s, after its "_ZN", is a well-formed path that ends in a
 * hash.
 */
static bool demangle_is_legacy(const char *s, const char *end)
{
	const char *text = NULL;
	const char *next;
	size_t len = 0;
	int nr = 0;

	while ((next = demangle_next_counted(s, end, false, &text, &len))) {
		s = next;
		nr++;
	}
	return nr >= 2 && demangle_is_hash(text, len) && s[0] == 'E' &&
	       (s[1] == '\0' || s[1] == '.');
}

/* Returns the character that "$name$" stands for; 0 if it is not an escape. */
static char demangle_escape(const char *name, size_t len)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {
		{ "SP", '@' }, { "BP", '*' }, { "RF", '&' }, { "LT", '<' },
		{ "GT", '>' }, { "LP", '(' }, { "RP", ')' }, { "C", ',' },
	};
	int hi, lo;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (len == strlen(names[i].name) &&
		    !memcmp(name, names[i].name, len))
			return names[i].c;

	/* "u20": a code point; only printable ASCII is worth the trouble */
	if (len != 3 || name[0] != 'u')
		return 0;
	hi = demangle_hex_digit(name[1]);
	lo = demangle_hex_digit(name[2]);
	if (hi < 2 || hi > 7 || lo < 0 || (hi == 7 && lo == 15))
		return 0;
	return (char)(hi << 4 | lo);
}

static void demangle_put_element(struct out *o, const char *s, size_t len)
{
	const char *end = s + len;

	/* an element that would begin with an escape gets a '_' before it */
	if (len >= 2 && s[0] == '_' && s[1] == '$')
		s++;

	while (s < end) {
		if (*s == '$') {
			const char *stop = memchr(s + 1, '$', end - s - 1);
			char c = stop ? demangle_escape(s + 1, stop - s - 1) :
					0;

			if (!c) {
				demangle_put_bytes(o, s, end - s);
				return;
			}
			demangle_put(o, c);
			s = stop + 1;
		} else if (end - s >= 2 && s[0] == '.' && s[1] == '.') {
			demangle_put_bytes(o, "::", 2);
			s += 2;
		} else {
			const char *next = demangle_plain_end(s + 1, end);

			demangle_put_bytes(o, s, next - s);
			s = next;
		}
	}
}

static bool demangle_put_legacy(struct out *o, const char *sym, const char *end)
{
	const char *text, *next;
	const char *s = sym + 3;
	size_t len;

	if (strncmp(sym, "_ZN", 3) || !demangle_is_legacy(s, end))
		return false;

	for (;; s = next) {
		next = demangle_next_counted(s, end, false, &text, &len);
		if (*next == 'E') /* @text is the hash */
			return true;
		if (o->len)
			demangle_put_bytes(o, "::", 2);
		demangle_put_element(o, text, len);
	}
}

/* ---- the v0 mangling ---- */

/*
 * The demangler knows plain paths only, the form that symbols of the language have:
 *
 *	"_R" { "N" namespace } "C" identifier { identifier }
 *
 * one more identifier for each N. An identifier may have a disambiguator, "s",
 * letters and digits, "_"; then come its length, "_" if its text begins with a
 * digit or "_", and its text.
 */
static const char *demangle_next_identifier(const char *s, const char *end,
					    const char **text, size_t *len)
{
	if (*s == 's') {
		do {
			s++;
		} while ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
			 (*s >= 'A' && *s <= 'Z'));
		if (*s++ != '_')
			return NULL;
	}
	return demangle_next_counted(s, end, true, text, len);
}

static bool demangle_put_v0(struct out *o, const char *sym, const char *end)
{
	const char *s = sym + 2;
	const char *text;
	size_t depth = 1;
	size_t len;

	if (strncmp(sym, "_R", 2))
		return false;
	for (; s[0] == 'N' && s[1] >= 'a' && s[1] <= 'z'; s += 2)
		depth++;
	if (*s++ != 'C')
		return false;
	while (depth--) {
		s = demangle_next_identifier(s, end, &text, &len);
		if (!s)
			return false;
		if (o->len)
			demangle_put_bytes(o, "::", 2);
		demangle_put_bytes(o, text, len);
	}
	return *s == '\0' || *s == '.';
}

bool rex_demangle(const char *sym, char *out, size_t size)
{
	struct out o = { .buf = out, .size = size };
	const char *end = sym + strlen(sym);
	bool rust = demangle_put_legacy(&o, sym, end);

	if (!rust)
		rust = demangle_put_v0(&o, sym, end);
	if (!rust) {
		o.len = 0;
		demangle_put_bytes(&o, sym, end - sym);
	}
	out[o.len] = '\0';
	return rust;
}
