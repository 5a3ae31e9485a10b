//! The functions and markers the plugin knows by name.
//!
//! Every operand of a request is a pointer or an integer, and no request returns
//! anything: that is the same in every calling convention, whatever the types of the
//! function that is differentiated.  A panic of that function unwinds through it.

use core::ffi::c_int;
use core::mem::MaybeUninit;

// The names under which the linker looks for what only the plugin provides.  Where the
// build lacks a flag, the linker's message about the missing symbol shall say which.
#[rustfmt::skip]
#[cfg(not(any(linkgrad_lacks = "bitcode", linkgrad_lacks = "plugin")))]
macro_rules! missing { ($name:literal) => { $name } }

#[rustfmt::skip]
#[cfg(linkgrad_lacks = "bitcode")]
macro_rules! missing {
    ($name:literal) => {
        concat!($name, ": linkgrad needs the flags of `linkgrad-config --rustflags`; -Clinker-plugin-lto is missing")
    }
}

#[rustfmt::skip]
#[cfg(linkgrad_lacks = "plugin")]
macro_rules! missing {
    ($name:literal) => {
        concat!($name, ": linkgrad needs the flags of `linkgrad-config --rustflags`; --load-pass-plugin is missing")
    }
}

extern "C-unwind" {
    #[link_name = missing!("__enzyme_autodiff_rust")]
    pub fn autodiff(function: *const (), ...);
    #[link_name = missing!("__enzyme_fwddiff_rust")]
    pub fn fwddiff(function: *const (), ...);
    #[link_name = missing!("__enzyme_call_inactive_rust")]
    fn call_inactive(function: *const (), ...);
}

extern "C" {
    pub static enzyme_const: c_int;
    pub static enzyme_dup: c_int;
    pub static enzyme_dupnoneed: c_int;
    pub static enzyme_dupv: c_int;
    pub static enzyme_width: c_int;
}

/// Addresses of functions the plugin shall know together.
#[repr(transparent)]
pub struct Registration<const N: usize>(pub [*const (); N]);

// SAFETY: nobody reads it but the plugin, at link time.
unsafe impl<const N: usize> Sync for Registration<N> {}

/// A gradient or tangent before anything was added to it.
pub fn zero<T>() -> T {
    const {
        assert!(
            !core::mem::needs_drop::<T>(),
            "linkgrad: a value that owns memory has no gradient by value; pass a reference as Duplicated"
        )
    };
    // SAFETY: numbers, and arrays and structs of them, may be zero.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

#[cold]
#[inline(never)]
#[track_caller]
fn short_shadow(parameter: &str, length: usize, shadow: usize) -> ! {
    panic!("linkgrad: the shadow of `{parameter}` has length {shadow}, but `{parameter}` has length {length}")
}

/// The derivative writes to the shadow wherever the primal reads.
#[inline]
#[track_caller]
pub fn check_length(parameter: &str, length: usize, shadow: usize) {
    if shadow < length {
        short_shadow(parameter, length, shadow)
    }
}

fn run<R, F: FnOnce() -> R>(code: *mut F, out: *mut R) {
    // SAFETY: `inactive` passes code to run once and room for its result.
    unsafe { out.write(code.read()()) }
}

#[inline]
pub fn inactive<R, F: FnOnce() -> R>(code: F) -> R {
    let mut code = core::mem::ManuallyDrop::new(code);
    let mut out = MaybeUninit::<R>::uninit();
    let run: fn(*mut F, *mut R) = run::<R, F>;
    // SAFETY: the call does what `run` does, which writes `out`.
    unsafe {
        call_inactive(run as *const (), core::ptr::addr_of_mut!(*code), out.as_mut_ptr());
        out.assume_init()
    }
}
