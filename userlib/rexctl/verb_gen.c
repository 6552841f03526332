// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>

#include "gen_loader.h"
#include "verbs.h"

static const char *gen_words[2];
static const char *gen_name;

/* Rust has names that are words of C or C++. */
static bool gen_is_word(const char *name)
{
	static const char *const words[] = {
		"auto",	    "case",	 "char",     "class",	"default",
		"delete",   "do",	 "double",   "errno",	"float",
		"friend",   "goto",	 "inline",   "int",	"long",
		"new",	    "namespace", "operator", "private", "protected",
		"public",   "register",	 "short",    "signed",	"sizeof",
		"switch",   "template",	 "this",     "throw",	"typedef",
		"union",    "unsigned",	 "using",    "virtual", "void",
		"volatile", "linux",	 "unix",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i], name))
			return true;
	return false;
}

static const char *gen_member(const char *name)
{
	static char member[REX_NAME_LEN + 2];

	snprintf(member, sizeof(member), "%s%s", name,
		 gen_is_word(name) ? "_" : "");
	return member;
}

/* "dir/hello.rex.o" is hello. */
static void gen_choose_name(const char *path, char *name, size_t size)
{
	const char *base = strrchr(path, '/');
	char *c;

	base = base ? base + 1 : path;
	snprintf(name, size, "%.*s", (int)strcspn(base, "."), base);
	for (c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	if (!name[0] || isdigit((unsigned char)name[0]))
		snprintf(name, size, "object");
	if (gen_is_word(name))
		strncat(name, "_", size - strlen(name) - 1);
}

/* Copies @text, with NAME in the place of each @. */
static void gen_put(FILE *out, const char *text, const char *name)
{
	for (; *text; text++) {
		if (*text == '@')
			fputs(name, out);
		else
			putc(*text, out);
	}
}

static void gen_put_upper(FILE *out, const char *name)
{
	for (; *name; name++)
		putc(toupper((unsigned char)*name), out);
}

static const char gen_head[] = "#include <bpf/libbpf.h>\n"
			       "#include <errno.h>\n"
			       "#include <librex.h>\n"
			       "#include <stdlib.h>\n"
			       "\n"
			       "struct @ {\n"
			       "\tstruct rex_obj *rex;\n"
			       "\tstruct bpf_object *obj;\n";

/* Programs that do not say where are attached by their user, as with libbpf. */
static const char gen_functions[] =
	"static inline void @__detach(struct @ *skel)\n"
	"{\n"
	"\tstruct bpf_link **links = (struct bpf_link **)&skel->links;\n"
	"\tsize_t i;\n"
	"\n"
	"\tfor (i = 0; i < sizeof(skel->links) / sizeof(*links); i++) {\n"
	"\t\tbpf_link__destroy(links[i]);\n"
	"\t\tlinks[i] = NULL;\n"
	"\t}\n"
	"}\n"
	"\n"
	"/* errno is kept. */\n"
	"static inline void @__destroy(struct @ *skel)\n"
	"{\n"
	"\tint err = errno;\n"
	"\n"
	"\tif (skel) {\n"
	"\t\t@__detach(skel);\n"
	"\t\trex_obj_close(skel->rex);\n"
	"\t\tfree(skel);\n"
	"\t}\n"
	"\terrno = err;\n"
	"}\n"
	"\n"
	"/* NULL: errno and rex_last_error() say why. */\n"
	"static inline struct @ *@__open_opts(const struct rex_obj_open_opts *opts)\n"
	"{\n"
	"\tstruct @ *skel = (struct @ *)calloc(1, sizeof(*skel));\n"
	"\tREX_OPTS(rex_obj_open_opts, copy, .name = \"@\");\n"
	"\n"
	"\tif (!skel)\n"
	"\t\treturn NULL;\n"
	"\tif (opts) {\n"
	"\t\tmemcpy(&copy, opts, opts->sz < sizeof(copy) ? opts->sz : sizeof(copy));\n"
	"\t\tcopy.sz = sizeof(copy);\n"
	"\t\tif (!copy.name)\n"
	"\t\t\tcopy.name = \"@\";\n"
	"\t}\n"
	"\tskel->rex = rex_obj_open_mem(@__data, sizeof(@__data), &copy);\n"
	"\tskel->obj = rex_obj_get_bpf(skel->rex);\n"
	"\tif (!skel->obj || @__find(skel)) {\n"
	"\t\t@__destroy(skel);\n"
	"\t\treturn NULL;\n"
	"\t}\n"
	"\treturn skel;\n"
	"}\n"
	"\n"
	"static inline struct @ *@__open(void)\n"
	"{\n"
	"\treturn @__open_opts(NULL);\n"
	"}\n"
	"\n"
	"/* 0, or a negative errno; rex_last_error() says why. */\n"
	"static inline int @__load(struct @ *skel)\n"
	"{\n"
	"\tint err = rex_obj_load_opened(skel->rex);\n"
	"\n"
	"\tif (err)\n"
	"\t\tskel->obj = NULL;\n"
	"\treturn err;\n"
	"}\n"
	"\n"
	"static inline struct @ *@__open_and_load(void)\n"
	"{\n"
	"\tstruct @ *skel = @__open();\n"
	"\n"
	"\tif (skel && @__load(skel)) {\n"
	"\t\t@__destroy(skel);\n"
	"\t\treturn NULL;\n"
	"\t}\n"
	"\treturn skel;\n"
	"}\n"
	"\n"
	"static inline int @__attach_one(struct @ *skel, struct bpf_program *prog,\n"
	"\t\t\t\tstruct bpf_link **link)\n"
	"{\n"
	"\tif (*link || !bpf_program__autoload(prog) ||\n"
	"\t    !bpf_program__autoattach(prog))\n"
	"\t\treturn 0;\n"
	"\t*link = rex_obj_attach(skel->rex, bpf_program__name(prog));\n"
	"\treturn *link || errno == EOPNOTSUPP ? 0 : -errno;\n"
	"}\n"
	"\n"
	"/*\n"
	" * Attaches each program whose attribute says where. The others have functions of\n"
	" * their own in libbpf, whose links may be kept in skel->links. 0, or a negative errno.\n"
	" */\n"
	"static inline int @__attach(struct @ *skel)\n"
	"{\n"
	"\tint err = 0;\n"
	"\n";

static void gen_struct(FILE *out, const struct rex_decls *decls)
{
	__u32 i;

	if (decls->nr_maps) {
		fputs("\tstruct {\n", out);
		for (i = 0; i < decls->nr_maps; i++)
			fprintf(out, "\t\tstruct bpf_map *%s;\n",
				gen_member(decls->maps[i].name));
		fputs("\t} maps;\n", out);
	}
	fputs("\tstruct {\n", out);
	for (i = 0; i < decls->nr_progs; i++)
		fprintf(out, "\t\tstruct bpf_program *%s;\n",
			gen_member(decls->progs[i].name));
	fputs("\t} progs;\n\tstruct {\n", out);
	for (i = 0; i < decls->nr_progs; i++)
		fprintf(out, "\t\tstruct bpf_link *%s;\n",
			gen_member(decls->progs[i].name));
	fputs("\t} links;\n};\n\n", out);
}

static void gen_find(FILE *out, const struct rex_decls *decls, const char *name)
{
	__u32 i;

	gen_put(out, "static inline int @__find(struct @ *skel)\n{\n", name);
	for (i = 0; i < decls->nr_maps; i++)
		fprintf(out,
			"\tskel->maps.%s = bpf_object__find_map_by_name(skel->obj, \"%s\");\n"
			"\tif (!skel->maps.%s)\n\t\treturn -ENOENT;\n",
			gen_member(decls->maps[i].name), decls->maps[i].name,
			gen_member(decls->maps[i].name));
	for (i = 0; i < decls->nr_progs; i++)
		fprintf(out,
			"\tskel->progs.%s = rex_obj_program(skel->rex, \"%s\");\n"
			"\tif (!skel->progs.%s)\n\t\treturn -ENOENT;\n",
			gen_member(decls->progs[i].name), decls->progs[i].name,
			gen_member(decls->progs[i].name));
	fputs("\treturn 0;\n}\n\n", out);
}

static void gen_attach(FILE *out, const struct rex_decls *decls,
		       const char *name)
{
	const char *member;
	__u32 i;

	for (i = 0; i < decls->nr_progs; i++) {
		member = gen_member(decls->progs[i].name);
		gen_put(out, "\terr = err ? err : @__attach_one(skel, ", name);
		fprintf(out, "skel->progs.%s, &skel->links.%s);\n", member,
			member);
	}
	gen_put(out,
		"\tif (err)\n\t\t@__detach(skel);\n\treturn err;\n}\n\n"
		"/* The object file. */\n"
		"static inline const void *@__elf_bytes(size_t *sz)\n{\n"
		"\t*sz = sizeof(@__data);\n\treturn @__data;\n}\n\n",
		name);
}

static void gen_data(FILE *out, const struct rexctl_objfile *file,
		     const char *name)
{
	const unsigned char *bytes = file->buf;
	size_t i;

	gen_put(out,
		"static const unsigned char @__data[] __attribute__((aligned(8))) = {",
		name);
	for (i = 0; i < file->size; i++)
		fprintf(out, "%s0x%02x,", i % 12 ? " " : "\n\t", bytes[i]);
	fputs("\n};\n\n", out);
}

static void gen_skeleton(FILE *out, const struct rexctl_objfile *file,
			 const char *path, const char *name)
{
	const char *base = strrchr(path, '/');

	fprintf(out, "/* rexctl gen skeleton %s has made this file. */\n",
		base ? base + 1 : path);
	fputs("#ifndef ", out);
	gen_put_upper(out, name);
	fputs("_SKEL_H\n#define ", out);
	gen_put_upper(out, name);
	fputs("_SKEL_H\n\n", out);
	gen_put(out, gen_head, name);
	gen_struct(out, &file->decls);
	gen_data(out, file, name);
	gen_find(out, &file->decls, name);
	gen_put(out, gen_functions, name);
	gen_attach(out, &file->decls, name);
	fputs("#endif /* ", out);
	gen_put_upper(out, name);
	fputs("_SKEL_H */\n", out);
}

static void gen_put_file(FILE *out, const struct rexctl_objfile *file,
			 const char *name)
{
	if (!strcmp(gen_words[0], "loader"))
		rexctl_gen_loader(out, file, gen_words[1], name);
	else
		gen_skeleton(out, file, gen_words[1], name);
}

static int gen_run(void)
{
	struct rexctl_objfile file;
	char name[64], *text = NULL;
	int status = rexctl_objfile_open(&file, gen_words[1]);
	size_t size;
	FILE *out;

	if (gen_name)
		snprintf(name, sizeof(name), "%s", gen_name);
	else
		gen_choose_name(gen_words[1], name, sizeof(name));
	if (!status && rexctl_json) {
		out = open_memstream(&text, &size);
		if (!out)
			return rexctl_fail(REXCTL_FAILED, "no memory");
		gen_put_file(out, &file, name);
		fclose(out);
		rexctl_put_card(json_pack("{ss,ss}", "name", name,
					  strcmp(gen_words[0], "loader") ?
						  "header" :
						  "program",
					  text),
				NULL);
		free(text);
	} else if (!status) {
		gen_put_file(stdout, &file, name);
	}
	rexctl_objfile_close(&file);
	return status;
}

static const struct argp_option gen_options[] = {
	{ "name", 'n', "NAME", 0,
	  "name of the struct or object, instead of the file's", 0 },
	{ 0 },
};

static bool gen_is_identifier(const char *name)
{
	size_t len = strspn(
		name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return len && !name[len] && len < 64 &&
	       !isdigit((unsigned char)name[0]) && !gen_is_word(name);
}

static error_t gen_parse(int key, char *arg, struct argp_state *state)
{
	if (key == 'n') {
		if (!gen_is_identifier(arg))
			argp_error(state,
				   "--name takes an identifier of C, not '%s'",
				   arg);
		gen_name = arg;
		return 0;
	}
	if (key == ARGP_KEY_ARG && !state->arg_num && strcmp(arg, "skeleton") &&
	    strcmp(arg, "loader"))
		argp_error(state,
			   "gen is followed by skeleton or loader, not '%s'",
			   arg);
	return rexctl_parse_words(key, arg, state, gen_words, 2, 2);
}

const struct rexctl_verb rexctl_verb_gen = {
	.name = "gen",
	.args_doc = "skeleton|loader FILE",
	.summary =
		"Make a C header, or a program in Rust, that loads an object.",
	.doc = "It goes to standard output, with the object in it. The header has struct NAME, with members progs, maps and links, and NAME__open(), NAME__load(), NAME__open_and_load(), NAME__attach(), NAME__detach(), NAME__destroy() and NAME__elf_bytes(), as libbpf's skeletons do. Link with -lrex -lbpf. loader makes a whole program in Rust, of std and librex alone: rustc builds it, or cargo without any crate.",
	.options = gen_options,
	.parse = gen_parse,
	.run = gen_run,
};
