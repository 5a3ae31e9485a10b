//! Exact derivatives of ordinary Rust functions, on stable Rust.
//!
//! ```ignore
//! #[linkgrad::reverse(d_norm, Duplicated, Active)]
//! fn norm(x: &[f64]) -> f64 {
//!     x.iter().map(|v| v * v).sum::<f64>().sqrt()
//! }
//!
//! let mut dx = [0.0; 2];
//! let norm = d_norm(&[3.0, 4.0], &mut dx, 1.0); // 5, and dx is [0.6, 0.8]
//! ```
//!
//! The attribute writes a function `d_norm` that asks for the derivative; the linker
//! plugin `liblinkgrad.so` makes it when the program is linked, from the code of
//! `norm` and of everything `norm` calls, whatever crate or language that is in.
//! `linkgrad-config --cargo-config` prints the lines of `.cargo/config.toml` that
//! bring the plugin into the link.
//!
//! # Activities
//!
//! One for each parameter, `self` included, and one for the result if there is one.
//!
//! | in `reverse` | parameter | what the derivative takes and returns |
//! |---|---|---|
//! | `Const` | any | the same; no derivative |
//! | `Active` | a number, array or struct by value | the same; its gradient is returned |
//! | `Duplicated` | `&T`, `&mut T`, slices, boxes | and a `&mut` shadow to which the gradient is added |
//! | `DuplicatedOnly` | the same | and a shadow; the primal result in it is not needed |
//! | `Active` | the result | the seed as last parameter; returns the result first |
//! | `ActiveOnly` | the result | the seed as last parameter; does not return the result |
//!
//! | in `forward` | parameter | |
//! |---|---|---|
//! | `Const` | any | the same |
//! | `Dual` | any | and its tangent, of the same type |
//! | `DualOnly` | any | and its tangent; the primal result in it is not needed |
//! | `Dual` | the result | returns (result, tangent) |
//! | `DualOnly` | the result | returns the tangent |
//!
//! A number behind the name, `#[linkgrad::forward(d4, 4, Dual, Dual)]`, computes that
//! many directions at once: as many shadows follow each parameter, and results are
//! arrays, `[result, tangent, tangent, ...]`.  `Dualv` and `Duplicatedv` take the
//! shadows of a slice as one slice that many times as long.
//!
//! # Rules of your own
//!
//! * `#[linkgrad::inactive]` on a function: nothing it does has a derivative.
//!   [`register_inactive!`] says so of a function of someone else,
//!   and [`inactive_call`] of a piece of code.
//! * [`register_gradient!`] and [`register_derivative!`] register rules at the level of
//!   the calling convention, for functions of any language.

pub use linkgrad_macros::{forward, inactive, reverse};

/// Says that nothing a function does has a derivative: `linkgrad::register_inactive!(other_crate::log);`
#[macro_export]
macro_rules! register_inactive {
    ($function:path) => {
        const _: () = {
            #[used]
            #[allow(non_upper_case_globals)]
            static __enzyme_inactivefn: $crate::rt::Registration<1> =
                $crate::rt::Registration([$function as *const ()]);
        };
    };
}

/// `register_gradient!(f, augmented, reverse)`: see linkgrad's calling convention for the signatures.
#[macro_export]
macro_rules! register_gradient {
    ($function:path, $augmented:path, $reverse:path) => {
        const _: () = {
            #[used]
            #[allow(non_upper_case_globals)]
            static __enzyme_register_gradient: $crate::rt::Registration<3> = $crate::rt::Registration([
                $function as *const (),
                $augmented as *const (),
                $reverse as *const (),
            ]);
        };
    };
}

/// `register_derivative!(f, tangent)`: the rule of forward mode.
#[macro_export]
macro_rules! register_derivative {
    ($function:path, $tangent:path) => {
        const _: () = {
            #[used]
            #[allow(non_upper_case_globals)]
            static __enzyme_register_derivative: $crate::rt::Registration<2> =
                $crate::rt::Registration([$function as *const (), $tangent as *const ()]);
        };
    };
}

/// Runs a piece of code whose derivative is none of the program's: what it returns and
/// writes is constant.
pub fn inactive_call<R>(code: impl FnOnce() -> R) -> R {
    rt::inactive(code)
}

pub mod offload;

/// What the attributes expand to.  Not for use by hand.
#[doc(hidden)]
pub mod rt;
