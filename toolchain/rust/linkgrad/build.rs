//! Finds out which flag of `linkgrad-config --rustflags` this build lacks.
//!
//! A request that no plugin answers is an undefined symbol, so src/lib.rs gives that
//! symbol a name that says what to do.  A build that only checks or documents the
//! program links nothing and needs no flag.

fn main() {
    println!("cargo:rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo:rustc-check-cfg=cfg(linkgrad_lacks, values(\"bitcode\", \"plugin\"))");
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if !flags.contains("linker-plugin-lto") {
        println!("cargo:rustc-cfg=linkgrad_lacks=\"bitcode\"");
    } else if !flags.contains("load-pass-plugin") {
        println!("cargo:rustc-cfg=linkgrad_lacks=\"plugin\"");
    }
}
