//! The attributes of the crate `linkgrad`, documented there.
//!
//! Written with the compiler's own `proc_macro` alone.
//!
//! * `item.rs` reads a function item,
//! * `activity.rs` reads the arguments of the attribute,
//! * `derivative.rs` writes the derivative function,
//! * `inactive.rs` cuts a function off from derivatives,
//! * `template.rs` puts tokens into text.

mod activity;
mod derivative;
mod inactive;
mod item;
mod template;

use activity::Mode;
use proc_macro::{Span, TokenStream};

/// What a macro finds wrong with its input, and where.
struct Error {
    span: Span,
    message: String,
}

impl Error {
    fn new(span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Error { span, message }
    }

    fn into_tokens(self) -> TokenStream {
        let text = format!("::core::compile_error!({:?});", format!("linkgrad: {}", self.message));
        template::respan(text.parse().expect("a macro call"), self.span)
    }
}

type Result<T> = std::result::Result<T, Error>;

/// The item as it was, so that its uses are still checked, followed by what was made of it.
fn beside(item: TokenStream, made: Result<TokenStream>) -> TokenStream {
    let mut all = item;
    all.extend(made.unwrap_or_else(Error::into_tokens));
    all
}

/// Reverse mode: `#[reverse(name, activities of the parameters..., activity of the result)]`.
#[proc_macro_attribute]
pub fn reverse(arguments: TokenStream, item: TokenStream) -> TokenStream {
    beside(item.clone(), derivative::expand(Mode::Reverse, arguments, item))
}

/// Forward mode: `#[forward(name, activities of the parameters..., activity of the result)]`.
#[proc_macro_attribute]
pub fn forward(arguments: TokenStream, item: TokenStream) -> TokenStream {
    beside(item.clone(), derivative::expand(Mode::Forward, arguments, item))
}

/// Nothing this function does has a derivative.
#[proc_macro_attribute]
pub fn inactive(arguments: TokenStream, item: TokenStream) -> TokenStream {
    inactive::expand(arguments, item.clone()).unwrap_or_else(|error| beside(item, Err(error)))
}
