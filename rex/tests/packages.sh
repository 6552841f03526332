# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages outside of the workspace, for tests of the wrapper. They are built in $work,
# with the crate and the wrapper of $sdk: the tree, or a folder where it is installed.

# build <directory> [<cargo argument>...]: output in $work/log.
build() {
	local dir=$1
	shift
	(cd "$dir" && "$CARGO" build --offline "$@") >"${work:?}/log" 2>&1
}

# A package outside of the workspace, as a user's would be: package <name>
# creates $work/<name>, whose manifest is completed by what follows on stdin.
package() {
	local dir=$work/$1
	mkdir -p "$dir/src" "$dir/.cargo"
	{
		printf '[package]\nname = "%s"\nversion = "0.1.0"\n' "$1"
		printf 'edition = "2021"\n[workspace]\n'
		printf '[dependencies]\nrex = { path = "%s/rex" }\n' "${sdk:?}"
		cat
	} >"$dir/Cargo.toml"
	cat >"$dir/.cargo/config.toml" <<-END
		[build]
		rustc = "$sdk/scripts/rust/rustc"
		target = "x86_64-unknown-none"
		target-dir = "$work/target"
		[source.crates-io]
		replace-with = "vendored"
		[source.vendored]
		directory = "$work/vendor"
	END
	cp "${top:?}/samples/hello/src/main.rs" "$dir/src/main.rs"
}

# A crate as it comes from a registry: vendor <name>, src/lib.rs on stdin.
vendor() {
	local dir=$work/vendor/$1
	mkdir -p "$dir/src"
	printf '[package]\nname = "%s"\nversion = "1.0.0"\nedition = "2021"\n' \
		"$1" >"$dir/Cargo.toml"
	cat >"$dir/src/lib.rs"
	echo '{"files":{},"package":null}' >"$dir/.cargo-checksum.json"
}

# fails_with <name> <directory> <text>: the build fails, and says this.
fails_with() {
	if build "$2" --release; then
		not_ok "$1" "it was built"
	elif grep -qF -- "$3" "$work/log"; then
		ok "$1"
	else
		not_ok "$1" "$(tail -30 "$work/log")"
	fi
}
