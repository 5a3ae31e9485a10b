//! Since Rust 1.88 a macro can ask in which column a name stands.

use std::process::Command;

fn minor_version() -> Option<u32> {
    let rustc = std::env::var_os("RUSTC")?;
    let output = Command::new(rustc).arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.split('.').nth(1)?.parse().ok()
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(span_has_column)");
    if minor_version().is_some_and(|minor| minor >= 88) {
        println!("cargo:rustc-cfg=span_has_column");
    }
}
