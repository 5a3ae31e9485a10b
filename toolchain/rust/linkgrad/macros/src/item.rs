//! Reads a function item: as much of Rust's grammar as it takes to find its parts.

use crate::{Error, Result};
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// How a value reaches the derivative.
#[derive(Clone, Copy, PartialEq)]
pub enum Passing {
    /// `&[T]`, `&mut [T]`: pointer and length
    Slice,
    /// `&T`, `&mut T`
    Reference,
    /// `*const T`, `*mut T`
    Pointer,
    /// everything else: behind a pointer to it
    Value,
}

#[derive(Clone)]
pub struct Parameter {
    pub pattern: TokenStream,
    /// What the derivative calls it, also in messages.
    pub name: String,
    pub type_: TokenStream,
    pub passing: Passing,
    pub mutable: bool,
    /// Of a reference: what it refers to.
    pub pointee: TokenStream,
    pub is_self: bool,
    pub is_vec: bool,
    /// `impl Trait` before it got a name: the type must be said where it is used.
    pub was_opaque: bool,
    pub span: Span,
}

pub struct Function {
    pub visibility: TokenStream,
    pub qualifiers: TokenStream,
    pub is_unsafe: bool,
    pub name: Ident,
    /// `<'a, T: Float, const N: usize>` or nothing
    pub generics: TokenStream,
    /// `::<T, N>` or nothing
    pub turbofish: TokenStream,
    pub parameters: Vec<Parameter>,
    pub result: Option<TokenStream>,
    /// The predicates behind `where`.
    pub predicates: TokenStream,
    pub body: Option<Group>,
    pub mentions_self: bool,
    /// Where the function itself begins, behind its attributes.
    pub start: Span,
}

struct Cursor {
    tokens: Vec<TokenTree>,
    next: usize,
}

impl Cursor {
    fn new(stream: TokenStream) -> Self {
        Cursor { tokens: stream.into_iter().collect(), next: 0 }
    }

    fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn at_punct(&self, mark: char) -> bool {
        matches!(self.peek(), Some(TokenTree::Punct(p)) if p.as_char() == mark)
    }

    fn at_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(TokenTree::Ident(i)) if i.to_string() == word)
    }

    fn at_group(&self, delimiter: Delimiter) -> bool {
        matches!(self.peek(), Some(TokenTree::Group(g)) if g.delimiter() == delimiter)
    }

    fn take_while(&mut self, goes_on: impl Fn(&Self) -> bool) -> TokenStream {
        let mut taken = Vec::new();
        while self.peek().is_some() && goes_on(self) {
            taken.extend(self.take());
        }
        taken.into_iter().collect()
    }
}

/// Splits at commas outside of `<...>`; the arrow of `Fn() -> T` closes nothing.
pub fn split_commas(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let (mut parts, mut part, mut depth, mut previous) = (Vec::new(), Vec::new(), 0, ' ');
    for token in stream {
        let mark = if let TokenTree::Punct(p) = &token { p.as_char() } else { ' ' };
        match mark {
            '<' => depth += 1,
            '>' if previous != '-' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                previous = ',';
                continue;
            }
            _ => {}
        }
        previous = mark;
        part.push(token);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(i)) if i.to_string() == word)
}

fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == mark)
}

fn mentions(stream: &TokenStream, word: &str) -> bool {
    stream.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident.to_string() == word,
        TokenTree::Group(group) => mentions(&group.stream(), word),
        _ => false,
    })
}

/// `&'a mut T` without what stands before T; none if it is no reference.
fn behind_reference(type_: &[TokenTree]) -> Option<(bool, &[TokenTree])> {
    if !is_punct(type_.first(), '&') {
        return None;
    }
    let mut rest = &type_[1..];
    if is_punct(rest.first(), '\'') {
        rest = rest.get(2..)?;
    }
    let mutable = is_word(rest.first(), "mut");
    Some((mutable, if mutable { &rest[1..] } else { rest }))
}

/// `[T]`, as opposed to `[T; N]`.
fn slice_element(type_: &[TokenTree]) -> Option<TokenStream> {
    match type_ {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            let inner = group.stream();
            let is_array = inner.clone().into_iter().any(|t| is_punct(Some(&t), ';'));
            (!is_array).then_some(inner)
        }
        // What a macro_rules variable of type `ty` stands for comes in an invisible group.
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            slice_element(&group.stream().into_iter().collect::<Vec<_>>())
        }
        _ => None,
    }
}

/// Whether a pointer to it is not a plain address.
fn is_unsized(type_: &[TokenTree]) -> bool {
    let type_ = match type_ {
        [TokenTree::Group(group)] if group.delimiter() != Delimiter::Bracket => group.stream().into_iter().collect(),
        _ => type_.to_vec(),
    };
    is_word(type_.first(), "dyn") || (type_.len() == 1 && is_word(type_.first(), "str"))
}

impl Parameter {
    fn new(pattern: TokenStream, name: String, type_: &[TokenTree], span: Span) -> Self {
        let mut flat = type_.to_vec();
        while let [TokenTree::Group(group)] = &flat[..] {
            if group.delimiter() != Delimiter::None {
                break;
            }
            flat = group.stream().into_iter().collect();
        }
        let type_ = &flat[..];
        let mut parameter = Parameter {
            pattern,
            name,
            type_: stream(type_),
            passing: Passing::Value,
            mutable: false,
            pointee: TokenStream::new(),
            is_self: false,
            is_vec: false,
            was_opaque: false,
            span,
        };
        if is_punct(type_.first(), '*') {
            parameter.passing = Passing::Pointer;
            parameter.pointee = stream(type_.get(2..).unwrap_or_default());
        } else if let Some((mutable, pointee)) = behind_reference(type_) {
            parameter.mutable = mutable;
            parameter.pointee = stream(pointee);
            if let Some(element) = slice_element(pointee) {
                parameter.passing = Passing::Slice;
                parameter.pointee = element;
            } else if !is_unsized(pointee) {
                parameter.passing = Passing::Reference;
                parameter.is_vec = is_word(pointee.first(), "Vec") && is_punct(pointee.get(1), '<');
            }
        }
        parameter
    }

    /// `f: impl Fn()` is `f: F` with a type parameter `F: Fn()`, which is returned.
    fn name_opaque_type(&mut self, index: usize) -> Option<TokenStream> {
        let place = if self.passing == Passing::Reference { &mut self.pointee } else { &mut self.type_ };
        let tokens: Vec<TokenTree> = place.clone().into_iter().collect();
        if !is_word(tokens.first(), "impl") {
            return None;
        }
        let name = TokenStream::from(TokenTree::Ident(Ident::new(&format!("Linkgrad{index}"), self.span)));
        *place = name.clone();
        if self.passing == Passing::Reference {
            let text = if self.mutable { "&mut $name" } else { "&$name" };
            self.type_ = crate::template::fill(text, &[("name", name.clone())]);
        }
        self.was_opaque = true;
        Some(crate::template::fill("$name: $bounds,", &[("name", name), ("bounds", stream(&tokens[1..]))]))
    }

    /// `self`, `mut self`, `&self`, `&'a mut self`, `self: T`.
    fn receiver(tokens: &[TokenTree]) -> Option<Self> {
        let at = tokens.iter().position(|t| is_word(Some(t), "self"))?;
        let before = tokens[..at].iter().all(|t| match t {
            TokenTree::Punct(p) => "&'".contains(p.as_char()),
            TokenTree::Ident(_) => true,
            _ => false,
        });
        if !before {
            return None;
        }
        let span = tokens[at].span();
        let mut type_: Vec<TokenTree> = if is_punct(tokens.get(at + 1), ':') {
            tokens[at + 2..].to_vec()
        } else {
            let by_reference = is_punct(tokens.first(), '&');
            let mut type_ = if by_reference { tokens[..at].to_vec() } else { Vec::new() };
            type_.push(TokenTree::Ident(Ident::new("Self", span)));
            type_
        };
        // The derivative does not return what the lifetime is for.
        if is_punct(type_.get(1), '\'') {
            type_.drain(1..3);
        }
        let mut parameter = Parameter::new(stream(tokens), "self".into(), &type_, span);
        parameter.is_self = true;
        Some(parameter)
    }

    fn parse(tokens: &[TokenTree], index: usize) -> Result<Self> {
        let mut tokens = tokens;
        while is_punct(tokens.first(), '#') {
            tokens = &tokens[2..];
        }
        if let Some(receiver) = Self::receiver(tokens).filter(|_| index == 0) {
            return Ok(receiver);
        }
        let colon = tokens.iter().position(|t| is_punct(Some(t), ':'));
        let Some(colon) = colon else {
            let span = tokens.first().map_or_else(Span::call_site, TokenTree::span);
            return Err(Error::new(span, "a parameter of the form `name: Type` is expected"));
        };
        let name = match &tokens[..colon] {
            [TokenTree::Ident(name)] if name.to_string() != "_" => name.to_string(),
            [TokenTree::Ident(word), TokenTree::Ident(name)] if word.to_string() == "mut" => name.to_string(),
            _ => format!("argument{index}"),
        };
        Ok(Self::new(stream(&tokens[..colon]), name, &tokens[colon + 1..], tokens[0].span()))
    }
}

/// `<'a, T: Bound, const N: usize = 3>`: `::<T, N>`.
fn turbofish_of(generics: &TokenStream) -> TokenStream {
    let inner: Vec<TokenTree> = generics.clone().into_iter().collect();
    if inner.len() < 2 {
        return TokenStream::new();
    }
    let mut names = TokenStream::new();
    for parameter in split_commas(stream(&inner[1..inner.len() - 1])) {
        if is_punct(parameter.first(), '\'') {
            continue;
        }
        let name = if is_word(parameter.first(), "const") { parameter.get(1) } else { parameter.first() };
        names.extend(name.cloned());
        names.extend(",".parse::<TokenStream>().expect("a comma"));
    }
    if names.is_empty() {
        return names;
    }
    crate::template::fill("::<$names>", &[("names", names)])
}

/// `<T: Bound>` and `U: Other,`: `<T: Bound, U: Other,>`
fn add_generics(generics: TokenStream, more: TokenStream) -> TokenStream {
    if more.is_empty() {
        return generics;
    }
    let mut inner: Vec<TokenTree> = generics.into_iter().skip(1).collect();
    inner.pop();
    let comma = if inner.is_empty() || is_punct(inner.last(), ',') { "" } else { "," };
    let holes = [("inner", stream(&inner)), ("more", more)];
    crate::template::fill(&format!("<$inner {comma} $more>"), &holes)
}

fn take_generics(cursor: &mut Cursor) -> TokenStream {
    let (mut depth, mut previous, mut taken) = (0, ' ', Vec::new());
    while cursor.at_punct('<') || depth > 0 {
        let Some(token) = cursor.take() else { break };
        let mark = if let TokenTree::Punct(p) = &token { p.as_char() } else { ' ' };
        match mark {
            '<' => depth += 1,
            '>' if previous != '-' => depth -= 1,
            _ => {}
        }
        previous = mark;
        taken.push(token);
        if depth == 0 {
            break;
        }
    }
    taken.into_iter().collect()
}

/// What variables of macro_rules stand for (`$vis fn f() -> $type $block`) comes in invisible groups.  Those inside of
/// the body stay: they keep expressions together.
fn opened(item: TokenStream) -> TokenStream {
    item.into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => opened(group.stream()),
            other => other.into(),
        })
        .collect()
}

impl Function {
    pub fn parse(item: TokenStream) -> Result<Self> {
        let mentions_self = mentions(&item, "Self");
        let mut cursor = Cursor::new(opened(item));

        while cursor.at_punct('#') {
            cursor.take();
            cursor.take();
        }
        let start = cursor.peek().map_or_else(Span::call_site, TokenTree::span);
        let mut visibility = TokenStream::new();
        if cursor.at_word("pub") {
            visibility.extend(cursor.take());
            if cursor.at_group(Delimiter::Parenthesis) {
                visibility.extend(cursor.take());
            }
        }
        let qualifiers = cursor.take_while(|c| !c.at_word("fn"));
        let Some(keyword) = cursor.take() else {
            return Err(Error::new(Span::call_site(), "this attribute goes on a function"));
        };
        let Some(TokenTree::Ident(name)) = cursor.take() else {
            return Err(Error::new(keyword.span(), "this attribute goes on a function with a name"));
        };
        let generics = take_generics(&mut cursor);
        let Some(TokenTree::Group(list)) = cursor.take() else {
            return Err(Error::new(name.span(), "a parameter list is expected behind the name of the function"));
        };
        let parameters = split_commas(list.stream());
        let mut parameters =
            parameters.iter().enumerate().map(|(i, p)| Parameter::parse(p, i)).collect::<Result<Vec<_>>>()?;
        let turbofish = turbofish_of(&generics);
        let named = parameters.iter_mut().enumerate().filter_map(|(i, p)| p.name_opaque_type(i)).collect();
        let generics = add_generics(generics, named);
        let result = Self::take_result(&mut cursor);
        let mut predicates = TokenStream::new();
        if cursor.at_word("where") {
            cursor.take();
            predicates = cursor.take_while(|c| !c.at_group(Delimiter::Brace) && !c.at_punct(';'));
        }
        let body = match cursor.take() {
            Some(TokenTree::Group(body)) => Some(body),
            _ => None,
        };
        let is_unsafe = mentions(&qualifiers, "unsafe");
        #[rustfmt::skip]
        let function = Function {
            visibility, qualifiers, is_unsafe, name, generics, turbofish, parameters, result, predicates,
            body, mentions_self, start,
        };
        Ok(function)
    }

    fn take_result(cursor: &mut Cursor) -> Option<TokenStream> {
        if !cursor.at_punct('-') {
            return None;
        }
        cursor.take();
        cursor.take();
        let result =
            cursor.take_while(|c| !c.at_word("where") && !c.at_group(Delimiter::Brace) && !c.at_punct(';'));
        (result.to_string().replace(' ', "") != "()").then_some(result)
    }

    pub fn receiver(&self) -> Option<&Parameter> {
        self.parameters.first().filter(|p| p.is_self)
    }

    /// `Self::f::<T>` or `f::<T>`: how the derivative calls the function.
    pub fn path(&self) -> TokenStream {
        let prefix = if self.receiver().is_some() || self.mentions_self { "Self::" } else { "" };
        let name = TokenStream::from(TokenTree::Ident(self.name.clone()));
        crate::template::fill(&format!("{prefix}$name $turbofish"), &[("name", name), ("turbofish", self.turbofish.clone())])
    }
}
