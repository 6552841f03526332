// SPDX-License-Identifier: GPL-2.0
/*
 * `rexctl gen loader FILE` makes a program in Rust of the object, of std and librex alone:
 * Debian has no crate for libbpf.
 */
#include "gen_loader.h"

/* The layout of Options is the beginning of struct rex_obj_open_opts: @sz says so. */
static const char loader_functions[] =
	"use std::ffi::{c_char, c_int, c_void, CStr, CString};\n"
	"\n"
	"#[repr(C)]\n"
	"struct Options {\n"
	"    size: usize,\n"
	"    name: *const c_char,\n"
	"}\n"
	"\n"
	"#[link(name = \"rex\")]\n"
	"extern \"C\" {\n"
	"    fn rex_obj_open_mem(data: *const c_void, size: usize, options: *const Options) -> *mut c_void;\n"
	"    fn rex_obj_load_opened(object: *mut c_void) -> c_int;\n"
	"    fn rex_obj_attach(object: *const c_void, program: *const c_char) -> *mut c_void;\n"
	"    fn rex_obj_map_fd(object: *const c_void, map: *const c_char) -> c_int;\n"
	"    fn rex_obj_wait_fault(object: *const c_void, timeout_ms: c_int, fault: *mut Fault) -> c_int;\n"
	"    fn rex_obj_describe_fault(\n"
	"        object: *const c_void,\n"
	"        fault: *const Fault,\n"
	"        text: *mut c_char,\n"
	"        size: usize,\n"
	"    ) -> c_int;\n"
	"    fn rex_obj_close(object: *mut c_void);\n"
	"    fn rex_last_error() -> *const c_char;\n"
	"}\n"
	"\n"
	"#[link(name = \"bpf\")]\n"
	"extern \"C\" {\n"
	"    fn bpf_link__destroy(link: *mut c_void) -> c_int;\n"
	"}\n"
	"\n"
	"/// Why the last function of librex failed.\n"
	"fn reason() -> String {\n"
	"    // SAFETY: it is a text that stays until the next call of this thread.\n"
	"    let text = unsafe { CStr::from_ptr(rex_last_error()) };\n"
	"    text.to_string_lossy().into_owned()\n"
	"}\n"
	"\n"
	"/// The object, with the links of its programs. Dropped, it is detached and unloaded.\n"
	"pub struct Object {\n"
	"    rex: *mut c_void,\n"
	"    links: Vec<*mut c_void>,\n"
	"}\n"
	"\n"
	"impl Object {\n"
	"    /// Opens the object and loads it into the kernel.\n"
	"    pub fn load() -> Result<Object, String> {\n"
	"        let name = CString::new(NAME).map_err(|err| err.to_string())?;\n"
	"        let options = Options {\n"
	"            size: std::mem::size_of::<Options>(),\n"
	"            name: name.as_ptr(),\n"
	"        };\n"
	"        // SAFETY: librex copies data and options.\n"
	"        let rex = unsafe { rex_obj_open_mem(DATA.as_ptr().cast(), DATA.len(), &options) };\n"
	"        if rex.is_null() {\n"
	"            return Err(reason());\n"
	"        }\n"
	"        let object = Object {\n"
	"            rex,\n"
	"            links: Vec::new(),\n"
	"        };\n"
	"        // SAFETY: the object is open.\n"
	"        match unsafe { rex_obj_load_opened(object.rex) } {\n"
	"            0 => Ok(object),\n"
	"            _ => Err(reason()),\n"
	"        }\n"
	"    }\n"
	"\n"
	"    /// Attaches a program to where its attribute says; false: it does not say.\n"
	"    pub fn attach(&mut self, program: &str) -> Result<bool, String> {\n"
	"        let name = CString::new(program).map_err(|err| err.to_string())?;\n"
	"        // SAFETY: the object is loaded.\n"
	"        let link = unsafe { rex_obj_attach(self.rex, name.as_ptr()) };\n"
	"        if !link.is_null() {\n"
	"            self.links.push(link);\n"
	"            return Ok(true);\n"
	"        }\n"
	"        match std::io::Error::last_os_error().raw_os_error() {\n"
	"            Some(EOPNOTSUPP) => Ok(false),\n"
	"            _ => Err(reason()),\n"
	"        }\n"
	"    }\n"
	"\n"
	"    /// The descriptor of a map, which belongs to the object.\n"
	"    pub fn map_fd(&self, map: &str) -> Result<c_int, String> {\n"
	"        let name = CString::new(map).map_err(|err| err.to_string())?;\n"
	"        // SAFETY: the object is loaded.\n"
	"        match unsafe { rex_obj_map_fd(self.rex, name.as_ptr()) } {\n"
	"            fd if fd >= 0 => Ok(fd),\n"
	"            _ => Err(reason()),\n"
	"        }\n"
	"    }\n"
	"\n"
	"    /// Waits for a fault of any program, and says in a sentence what happened.\n"
	"    pub fn wait_fault(&self) -> Result<String, String> {\n"
	"        let mut fault = Fault([0; FAULT_WORDS]);\n"
	"        fault.0[0] = 8 * FAULT_WORDS as u64;\n"
	"        let mut text = [0u8; 512];\n"
	"        // SAFETY: the object is loaded; the fault begins with its size.\n"
	"        if unsafe { rex_obj_wait_fault(self.rex, -1, &mut fault) } != 0 {\n"
	"            return Err(reason());\n"
	"        }\n"
	"        // SAFETY: the text has that size.\n"
	"        unsafe { rex_obj_describe_fault(self.rex, &fault, text.as_mut_ptr().cast(), text.len()) };\n"
	"        let text = CStr::from_bytes_until_nul(&text).map_err(|err| err.to_string())?;\n"
	"        Ok(text.to_string_lossy().into_owned())\n"
	"    }\n"
	"}\n"
	"\n"
	"impl Drop for Object {\n"
	"    fn drop(&mut self) {\n"
	"        // SAFETY: these are the object's, and nothing has freed them.\n"
	"        unsafe {\n"
	"            for link in self.links.drain(..) {\n"
	"                bpf_link__destroy(link);\n"
	"            }\n"
	"            rex_obj_close(self.rex);\n"
	"        }\n"
	"    }\n"
	"}\n"
	"\n"
	"/// Runs until Ctrl-C, which ends the process and all links with it, or until the\n"
	"/// programs are dead.\n"
	"fn run() -> Result<(), String> {\n"
	"    let mut object = Object::load()?;\n"
	"    for program in PROGRAMS {\n"
	"        if !object.attach(program)? {\n"
	"            println!(\"{program} is loaded; its attribute does not say where to attach it\");\n"
	"        }\n"
	"    }\n"
	"    println!(\"running; Ctrl-C ends it\");\n"
	"    loop {\n"
	"        println!(\"{}\", object.wait_fault()?);\n"
	"    }\n"
	"}\n"
	"\n"
	"fn main() {\n"
	"    if let Err(reason) = run() {\n"
	"        eprintln!(\"{NAME}: {reason}\");\n"
	"        std::process::exit(1);\n"
	"    }\n"
	"}\n";

static void loader_put_data(FILE *out, const struct rexctl_objfile *file)
{
	const unsigned char *bytes = file->buf;
	size_t i;

	fprintf(out,
		"/// The object file.\n#[rustfmt::skip]\nstatic DATA: [u8; %zu] = [",
		file->size);
	for (i = 0; i < file->size; i++)
		fprintf(out, "%s0x%02x,", i % 12 ? " " : "\n    ", bytes[i]);
	fputs("\n];\n", out);
}

void rexctl_gen_loader(FILE *out, const struct rexctl_objfile *file,
		       const char *path, const char *name)
{
	const char *base = strrchr(path, '/');
	__u32 i;

	fprintf(out,
		"// rexctl gen loader %s has made this file.\n"
		"//! Loads a Rex object and attaches its programs. It takes no crate: librex-dev\n"
		"//! and `rustc -O FILE`, or a project of cargo with this as src/main.rs.\n\n",
		base ? base + 1 : path);
	fputs(loader_functions, out);
	fprintf(out,
		"\n/// struct rex_fault_info, which begins with its size.\n"
		"#[repr(C)]\nstruct Fault([u64; FAULT_WORDS]);\n\n"
		"const FAULT_WORDS: usize = %zu;\n\nconst NAME: &str = \"%s\";\n\n"
		"const EOPNOTSUPP: c_int = 95;\n\n"
		"/// Names of the programs.\n"
		"const PROGRAMS: &[&str] = &[\n",
		sizeof(struct rex_fault_info) / sizeof(__u64), name);
	for (i = 0; i < file->decls.nr_progs; i++)
		fprintf(out, "    \"%s\",\n", file->decls.progs[i].name);
	fputs("];\n\n", out);
	loader_put_data(out, file);
}
