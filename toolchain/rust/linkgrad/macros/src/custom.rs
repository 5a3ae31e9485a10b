//! Rules of the user's own.
//!
//! A function with a rule becomes two: the *primitive*, which takes pointers and
//! integers only and which the rule is registered for, and the function itself, which
//! calls the primitive.  From
//!
//! ```ignore
//! #[linkgrad::custom_reverse(cube_rule, Active, Active)]
//! fn cube(x: f64) -> f64 { x * x * x }
//! ```
//!
//! comes, besides the registration of (primitive, augmented, reverse),
//!
//! ```ignore
//! fn cube(x: f64) -> f64 {
//!     #[inline(never)] fn primitive(x: *const f64, out: *mut f64) { ... x * x * x ... }
//!     fn augmented(x: *const f64, dx: *mut f64, out: *mut f64, dout: *mut f64) { primitive(x, out) }
//!     fn reverse(x: *const f64, dx: *mut f64, out: *mut f64, dout: *mut f64) {
//!         let seed = replace(dout, 0);
//!         *dx += cube_rule(x, seed);
//!     }
//!     ...
//! }
//! ```

use crate::activity::Mode;
use crate::item::Function;
use crate::template::fill;
use crate::{Error, Result};
use proc_macro::{Span, TokenStream, TokenTree};

/// `fn f(x: T) -> R { body }`: `fn f(x: T) -> R { inactive(move || -> R { body }) }`
pub fn inactive(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    if let Some(argument) = arguments.into_iter().next() {
        return Err(Error::new(argument.span(), "`inactive` takes no arguments"));
    }
    let function = Function::parse(item.clone())?;
    let Some(body) = function.body else {
        return Err(Error::new(function.name.span(), "`inactive` goes on a function with a body"));
    };
    let mut before: Vec<TokenTree> = item.into_iter().collect();
    before.pop();
    let result = function.result.map(|result| fill("-> $result", &[("result", result)])).unwrap_or_default();
    let holes = [
        ("before", before.into_iter().collect()),
        ("result", result),
        ("body", TokenTree::Group(body).into()),
    ];
    Ok(fill("$before { ::linkgrad::rt::inactive(move || $result $body) }", &holes))
}

pub fn expand(_: Mode, _: TokenStream, _: TokenStream) -> Result<TokenStream> {
    Err(Error::new(Span::call_site(), "not yet"))
}
