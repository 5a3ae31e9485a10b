//! Text with holes: `fill("fn $name() -> $type", &[("name", ...), ("type", ...)])`.
//!
//! What fills a hole keeps its spans, so the compiler's messages about the user's types
//! point at the user's text.

use proc_macro::{Group, Span, TokenStream, TokenTree};

pub fn fill(template: &str, holes: &[(&str, TokenStream)]) -> TokenStream {
    let parsed: TokenStream = template.parse().unwrap_or_else(|_| panic!("template does not lex: {template}"));
    fill_tokens(parsed, holes)
}

fn fill_tokens(template: TokenStream, holes: &[(&str, TokenStream)]) -> TokenStream {
    let mut filled = TokenStream::new();
    let mut tokens = template.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(ref mark) if mark.as_char() == '$' => {
                let name = tokens.next().expect("a name behind $").to_string();
                let hole = holes.iter().find(|(hole, _)| *hole == name);
                filled.extend(hole.unwrap_or_else(|| panic!("nothing fills ${name}")).1.clone());
            }
            TokenTree::Group(group) => {
                let inner = fill_tokens(group.stream(), holes);
                filled.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            other => filled.extend([other]),
        }
    }
    filled
}

/// The same tokens, all at one place of the source.
pub fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                token = TokenTree::Group(Group::new(group.delimiter(), respan(group.stream(), span)));
            }
            token.set_span(span);
            token
        })
        .collect()
}

/// Lists that grow piece by piece: parameters, arguments, statements.
#[derive(Default, Clone)]
pub struct List(TokenStream);

impl List {
    pub fn push(&mut self, template: &str, holes: &[(&str, TokenStream)]) {
        self.0.extend(fill(template, holes));
    }

    pub fn tokens(&self) -> TokenStream {
        self.0.clone()
    }
}
