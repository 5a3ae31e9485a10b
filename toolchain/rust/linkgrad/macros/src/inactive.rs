//! `#[inactive]`: the body of the function runs behind a call that has no derivative.

use crate::item::Function;
use crate::template::fill;
use crate::{Error, Result};
use proc_macro::{TokenStream, TokenTree};

/// `fn f(x: T) -> R { body }`: `fn f(x: T) -> R { inactive(move || -> R { body }) }`
pub fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    if let Some(argument) = arguments.into_iter().next() {
        return Err(Error::new(argument.span(), "`inactive` takes no arguments"));
    }
    let function = Function::parse(item.clone())?;
    let Some(body) = function.body else {
        return Err(Error::new(function.name.span(), "`inactive` goes on a function with a body"));
    };
    let mut before: Vec<TokenTree> = item.into_iter().collect();
    before.pop();
    // The type of a result that is only described is inferred.
    let is_opaque = |t: &TokenStream| t.clone().into_iter().next().is_some_and(|t| t.to_string() == "impl");
    let result = function.result.filter(|r| !is_opaque(r));
    let result = result.map(|result| fill("-> $result", &[("result", result)])).unwrap_or_default();
    let holes = [
        ("before", before.into_iter().collect()),
        ("result", result),
        ("body", TokenTree::Group(body).into()),
    ];
    Ok(fill("$before { ::linkgrad::rt::inactive(move || $result $body) }", &holes))
}
