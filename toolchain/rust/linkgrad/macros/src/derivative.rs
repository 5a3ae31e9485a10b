//! Writes the derivative function.  From
//!
//! ```ignore
//! #[linkgrad::reverse(d_dot, Duplicated, Const, Active)]
//! fn dot(x: &[f64], y: &[f64]) -> f64 { ... }
//! ```
//!
//! comes
//!
//! ```ignore
//! fn d_dot(x: &[f64], dx: &mut [f64], y: &[f64], dret: f64) -> f64 {
//!     check_length("x", x.len(), dx.len());
//!     let primal: fn(*const _, usize, *const _, usize, *mut _) =
//!         |x, xn, y, yn, out| unsafe { write(out, dot(from_raw_parts(x, xn), from_raw_parts(y, yn))) };
//!     let mut out = MaybeUninit::<f64>::uninit();
//!     let mut seed = dret;
//!     unsafe {
//!         autodiff(primal as *const (), &enzyme_dup, x.as_ptr(), dx.as_mut_ptr(), &enzyme_const, x.len(), ...,
//!                  &enzyme_dup, out.as_mut_ptr(), &mut seed);
//!         out.assume_init()
//!     }
//! }
//! ```
//!
//! The function that is differentiated is a closure, because a closure, unlike a nested
//! function, sees `Self` and the type parameters around it.  It takes pointers and
//! integers only and returns through a pointer, which no calling convention treats in
//! a way of its own.

use crate::activity::{Activity, Mode, Request};
use crate::item::{Function, Parameter, Passing};
use crate::template::{fill, List};
use crate::{Error, Result};
use proc_macro::{Ident, Span, TokenStream, TokenTree};

use Activity::*;

/// Everything the derivative is made of, collected parameter by parameter.
#[derive(Default)]
struct Pieces {
    /// Parameters of the derivative.
    signature: List,
    /// What happens before the request.
    before: List,
    /// Parameters of the closure: their types and names.
    closure_types: List,
    closure_names: List,
    /// The arguments, as the primal takes them, made of the closure's parameters.
    values: Vec<TokenStream>,
    /// Operands of the request.
    operands: List,
    /// Gradients the derivative returns: types and values.
    gradients: Vec<(TokenStream, TokenStream)>,
}

fn ident(name: &str, span: Span) -> TokenStream {
    TokenTree::Ident(Ident::new(name, span)).into()
}

fn tokens(text: &str) -> TokenStream {
    fill(text, &[])
}

fn marker(activity: Activity) -> TokenStream {
    tokens(&format!("::core::ptr::addr_of!(::linkgrad::rt::{}),", activity.marker()))
}

/// `&mut T` for whatever the parameter is in reverse mode, since gradients are added to shadows.
fn shadow_type(parameter: &Parameter, activity: Activity, mode: Mode) -> TokenStream {
    if mode == Mode::Forward && activity != Const {
        return parameter.type_.clone();
    }
    let pointee = ("pointee", parameter.pointee.clone());
    match parameter.passing {
        Passing::Slice => fill("&mut [$pointee]", &[pointee]),
        Passing::Reference => fill("&mut $pointee", &[pointee]),
        Passing::Pointer => fill("*mut $pointee", &[pointee]),
        // A reference to something unsized.
        Passing::Value if !parameter.pointee.is_empty() => fill("&mut $pointee", &[pointee]),
        Passing::Value => fill("&mut $type", &[("type", parameter.type_.clone())]),
    }
}

fn shadow_names(parameter: &Parameter, request: &Request, activity: Activity) -> Vec<String> {
    let base = format!("d{}", parameter.name);
    match request.width {
        Some(lanes) if !matches!(activity, Strided | StridedOnly) => (0..lanes).map(|i| format!("{base}_{i}")).collect(),
        _ => vec![base],
    }
}

impl Pieces {
    /// `type_` ends in a blank that is filled unless the compiler can infer it.
    fn closure_parameter(&mut self, type_: &str, said: Option<&TokenStream>, name: &str) {
        let blank = said.cloned().unwrap_or_else(|| tokens("_"));
        self.closure_types.push(&format!("{type_} $blank,"), &[("blank", blank)]);
        self.closure_names.push(&format!("{name},"), &[]);
    }

    fn add_parameter(&mut self, index: usize, parameter: &Parameter, activity: Activity, request: &Request) {
        let name = ident(&parameter.name, parameter.span);
        if parameter.is_self {
            // `mut self` is a matter of the body.
            let receiver = parameter.pattern.clone().into_iter();
            let receiver = if parameter.pointee.is_empty() {
                receiver.filter(|t| t.to_string() != "mut").collect()
            } else {
                receiver.collect()
            };
            self.signature.push("$receiver,", &[("receiver", receiver)]);
        } else {
            let holes = [("name", name.clone()), ("type", parameter.type_.clone())];
            self.signature.push("$name: $type,", &holes);
        }
        match parameter.passing {
            Passing::Slice => self.add_slice(index, parameter, activity, request, name),
            Passing::Reference | Passing::Pointer => self.add_reference(index, parameter, activity, request, name),
            Passing::Value => self.add_value(index, parameter, activity, request, name),
        }
    }

    /// The shadows of a parameter: parameters of the derivative, checks, operands.
    fn add_shadows(&mut self, parameter: &Parameter, activity: Activity, request: &Request, operand: &str) {
        if !matches!(activity, Duplicated | DuplicatedOnly | Strided | StridedOnly) {
            return;
        }
        let type_ = shadow_type(parameter, activity, request.mode);
        for shadow in shadow_names(parameter, request, activity) {
            let holes = [
                ("shadow", ident(&shadow, parameter.span)),
                ("type", type_.clone()),
                ("name", ident(&parameter.name, parameter.span)),
            ];
            self.signature.push("$shadow: $type,", &holes);
            if parameter.passing == Passing::Slice || parameter.is_vec {
                let times = if matches!(activity, Strided | StridedOnly) { request.lanes() } else { 1 };
                let text = format!(
                    "::linkgrad::rt::check_length({:?}, {times} * $name.len(), $shadow.len());",
                    parameter.name
                );
                self.before.push(&text, &holes);
            }
            if parameter.passing == Passing::Value && request.mode == Mode::Forward {
                self.before.push("let $shadow = ::core::mem::ManuallyDrop::new($shadow);", &holes);
            }
            self.operands.push(operand, &holes);
        }
    }

    fn add_slice(&mut self, i: usize, p: &Parameter, activity: Activity, request: &Request, name: TokenStream) {
        let (pointer, make, get) = if p.mutable {
            ("*mut", "from_raw_parts_mut", "as_mut_ptr")
        } else {
            ("*const", "from_raw_parts", "as_ptr")
        };
        self.closure_parameter(pointer, None, &format!("linkgrad_p{i}"));
        self.closure_parameter("", Some(&tokens("usize")), &format!("linkgrad_n{i}"));
        self.values.push(tokens(&format!("::core::slice::{make}(linkgrad_p{i}, linkgrad_n{i})")));
        // The length before the pointer, which borrows the slice.
        let holes = [("name", name), ("marker", marker(activity))];
        self.before.push(&format!("let linkgrad_n{i} = $name.len();"), &holes);
        let is_strided = matches!(activity, Strided | StridedOnly);
        if is_strided {
            self.before.push(&format!("let linkgrad_s{i} = ::core::mem::size_of_val($name);"), &holes);
        }
        let stride = if is_strided { format!("linkgrad_s{i},") } else { String::new() };
        self.operands.push(&format!("$marker {stride} $name.{get}(),"), &holes);
        let shadow_get = if request.mode == Mode::Reverse { "as_mut_ptr" } else { get };
        self.add_shadows(p, activity, request, &format!("$shadow.{shadow_get}(),"));
        self.operands.push(&format!("$marker linkgrad_n{i},"), &[("marker", marker(Const))]);
    }

    fn add_reference(&mut self, i: usize, p: &Parameter, activity: Activity, request: &Request, name: TokenStream) {
        let is_reference = p.passing == Passing::Reference;
        let is_mutable = p.mutable || !is_reference;
        let pointer = if is_mutable { "*mut" } else { "*const" };
        self.closure_parameter(pointer, Some(&p.pointee).filter(|_| p.was_opaque), &format!("linkgrad_p{i}"));
        let value = match (is_reference, p.mutable) {
            (true, true) => format!("&mut *linkgrad_p{i}"),
            (true, false) => format!("&*linkgrad_p{i}"),
            _ => format!("linkgrad_p{i} as _"),
        };
        self.values.push(tokens(&value));
        let take = if is_mutable { "addr_of_mut" } else { "addr_of" };
        let operand = if is_reference { format!("::core::ptr::{take}!(*$name),") } else { "$name,".into() };
        self.operands.push(&format!("$marker {operand}"), &[("name", name), ("marker", marker(activity))]);
        let take = if is_mutable || request.mode == Mode::Reverse { "addr_of_mut" } else { "addr_of" };
        let operand = if is_reference { format!("::core::ptr::{take}!(*$shadow),") } else { "$shadow,".into() };
        self.add_shadows(p, activity, request, &operand);
    }

    fn add_value(&mut self, i: usize, p: &Parameter, activity: Activity, request: &Request, name: TokenStream) {
        self.closure_parameter("*const", Some(&p.type_).filter(|_| p.was_opaque), &format!("linkgrad_p{i}"));
        self.values.push(tokens(&format!("::core::ptr::read(linkgrad_p{i})")));
        let holes = [("name", name), ("marker", marker(activity)), ("type", p.type_.clone())];
        // The primal consumes it.
        self.before.push(&format!("let linkgrad_v{i} = ::core::mem::ManuallyDrop::new($name);"), &holes);
        self.operands.push(&format!("$marker ::core::ptr::addr_of!(*linkgrad_v{i}),"), &holes);
        // The parameter has been moved, so its length is known no more.
        let by_reference = if request.mode == Mode::Reverse && p.pointee.is_empty() { "addr_of_mut!(*$shadow)" } else { "addr_of!($shadow)" };
        self.add_shadows(p, activity, request, &format!("::core::ptr::{by_reference},"));
        if matches!(activity, Active | ActiveOnly) {
            let lanes = request.lanes();
            let gradient = if lanes > 1 { format!("[$type; {lanes}]") } else { "$type".into() };
            let gradient = fill(&gradient, &holes);
            self.before.push(
                &format!("let mut linkgrad_g{i} = ::linkgrad::rt::zero::<$gradient>();"),
                &[("gradient", gradient.clone())],
            );
            for lane in 0..lanes {
                let operand = format!("::core::ptr::addr_of_mut!(linkgrad_g{i}).cast::<$type>().add({lane}),");
                self.operands.push(&operand, &holes);
            }
            self.gradients.push((gradient, tokens(&format!("linkgrad_g{i}"))));
        }
    }

    /// What the derivative returns of the result: types and values.
    fn add_result(&mut self, result: &TokenStream, request: &Request) -> Vec<(TokenStream, TokenStream)> {
        self.closure_parameter("*mut", None, "linkgrad_out");
        let holes = [("result", result.clone()), ("marker", marker(request.result))];
        let lanes = request.lanes();
        self.before.push("let mut linkgrad_out = ::core::mem::MaybeUninit::<$result>::uninit();", &holes);
        self.operands.push("$marker linkgrad_out.as_mut_ptr(),", &holes);
        let primal = (result.clone(), tokens("linkgrad_out.assume_init()"));
        let many = fill(&format!("[$result; {lanes}]"), &holes);
        let shadows = if lanes > 1 { many } else { result.clone() };
        match (request.mode, request.result) {
            (_, Const) => vec![primal],
            (Mode::Reverse, activity) => {
                self.signature.push("dret: $shadows,", &[("shadows", shadows.clone())]);
                self.before.push("let mut linkgrad_seed = dret;", &[]);
                self.add_result_shadows("::core::ptr::addr_of_mut!(linkgrad_seed)", lanes, &holes);
                if activity == Active { vec![primal] } else { vec![] }
            }
            (Mode::Forward, activity) => {
                let holes_ = [("shadows", shadows.clone())];
                self.before.push("let mut linkgrad_t = ::core::mem::MaybeUninit::<$shadows>::zeroed();", &holes_);
                self.add_result_shadows("linkgrad_t.as_mut_ptr()", lanes, &holes);
                let tangent = tokens("linkgrad_t.assume_init()");
                match (activity, lanes) {
                    (Duplicated, 1) => vec![primal, (shadows, tangent)],
                    (Duplicated, _) => vec![Self::joined(result, lanes)],
                    _ => vec![(shadows, tangent)],
                }
            }
        }
    }

    fn add_result_shadows(&mut self, first: &str, lanes: usize, holes: &[(&str, TokenStream)]) {
        for lane in 0..lanes {
            self.operands.push(&format!("{first}.cast::<$result>().add({lane}),"), holes);
        }
    }

    /// `[result, tangents...]`
    fn joined(result: &TokenStream, lanes: usize) -> (TokenStream, TokenStream) {
        let type_ = fill(&format!("[$result; {}]", lanes + 1), &[("result", result.clone())]);
        let pattern = (0..lanes).map(|i| format!("linkgrad_t{i},")).collect::<String>();
        let value = format!("{{ let [{pattern}] = linkgrad_t.assume_init(); [linkgrad_out.assume_init(), {pattern}] }}");
        (type_, tokens(&value))
    }
}

/// `()`, the one, or a tuple.
fn tuple(parts: Vec<TokenStream>) -> TokenStream {
    let count = parts.len();
    let mut list = List::default();
    for part in parts {
        list.push(if count == 1 { "$part" } else { "$part," }, &[("part", part)]);
    }
    if count == 1 {
        list.tokens()
    } else {
        fill("($list)", &[("list", list.tokens())])
    }
}

/// An associated function cannot be told from a free one by its tokens, and is called by
/// another name.  Where it may be one, what is differentiated is a copy of its body.
#[cfg(span_has_column)]
fn may_be_associated(function: &Function) -> bool {
    !function.mentions_self && function.receiver().is_none() && function.start.column() > 1
}

#[cfg(not(span_has_column))]
fn may_be_associated(_: &Function) -> bool {
    false
}

/// The call of the primal, made of the closure's parameters.
fn call(function: &Function, values: Vec<TokenStream>) -> TokenStream {
    if let Some(body) = function.body.as_ref().filter(|_| may_be_associated(function)) {
        let mut copy = List::default();
        for (parameter, value) in function.parameters.iter().zip(values) {
            let holes = [("pattern", parameter.pattern.clone()), ("type", parameter.type_.clone()), ("value", value)];
            copy.push("let $pattern: $type = $value;", &holes);
        }
        let result = function.result.clone().unwrap_or_else(|| tokens("()"));
        copy.push("(move || -> $result $body)()", &[("result", result), ("body", TokenTree::Group(body.clone()).into())]);
        return fill("{ $copy }", &[("copy", copy.tokens())]);
    }
    let mut arguments = List::default();
    for value in values {
        arguments.push("$value,", &[("value", value)]);
    }
    fill("$path($arguments)", &[("path", function.path()), ("arguments", arguments.tokens())])
}

fn predicates(function: &Function) -> TokenStream {
    let mut list = List::default();
    if !function.predicates.is_empty() {
        let text = function.predicates.to_string();
        let comma = if text.trim_end().ends_with(',') { "" } else { "," };
        list.push(&format!("$predicates {comma}"), &[("predicates", function.predicates.clone())]);
    }
    // In a trait the pointer to self would carry a table otherwise.
    if function.receiver().is_some() {
        list.push("Self: ::core::marker::Sized,", &[]);
    }
    list.tokens()
}

const TEMPLATE: &str = "
    #[allow(unused_mut, clippy::all)]
    #[track_caller]
    $visibility $unsafe fn $name $generics ($signature) $arrow $result where $predicates {
        $before
        #[allow(unused_unsafe)]
        let linkgrad_primal: fn($closure_types) = |$closure_names| unsafe { $statement };
        #[allow(unused_unsafe)]
        unsafe {
            ::linkgrad::rt::$entry(linkgrad_primal as *const (), $width $operands);
            $value
        }
    }
";

fn check_kind(function: &Function) -> Result<()> {
    if function.qualifiers.clone().into_iter().any(|t| t.to_string() == "async") {
        return Err(Error::new(function.name.span(), "an async function has no derivative"));
    }
    let is_opaque = |t: &TokenStream| t.clone().into_iter().next().is_some_and(|t| t.to_string() == "impl");
    if function.result.as_ref().is_some_and(is_opaque) {
        return Err(Error::new(function.name.span(), "the type of the result must be named"));
    }
    Ok(())
}

pub fn expand(mode: Mode, arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let function = Function::parse(item)?;
    check_kind(&function)?;
    let request = Request::parse(mode, arguments, &function)?;
    let mut pieces = Pieces::default();
    for (index, (parameter, activity)) in function.parameters.iter().zip(&request.parameters).enumerate() {
        pieces.add_parameter(index, parameter, *activity, &request);
    }
    let mut returned = match &function.result {
        Some(result) => pieces.add_result(result, &request),
        None => vec![],
    };
    returned.append(&mut pieces.gradients);
    let (types, values): (Vec<_>, Vec<_>) = returned.into_iter().unzip();

    let statement = call(&function, std::mem::take(&mut pieces.values));
    let statement = match function.result {
        Some(_) => fill("::core::ptr::write(linkgrad_out, $call)", &[("call", statement)]),
        None => fill("$call;", &[("call", statement)]),
    };
    let width = match request.width {
        Some(lanes) => format!("::core::ptr::addr_of!(::linkgrad::rt::enzyme_width), {lanes}usize,"),
        None => String::new(),
    };
    let entry = if mode == Mode::Reverse { "autodiff" } else { "fwddiff" };
    let holes = [
        ("visibility", function.visibility.clone()),
        ("unsafe", tokens(if function.is_unsafe { "unsafe" } else { "" })),
        ("name", request.name.clone()),
        ("generics", function.generics.clone()),
        ("signature", pieces.signature.tokens()),
        ("arrow", tokens("->")),
        ("result", tuple(types)),
        ("predicates", predicates(&function)),
        ("before", pieces.before.tokens()),
        ("closure_types", pieces.closure_types.tokens()),
        ("closure_names", pieces.closure_names.tokens()),
        ("statement", statement),
        ("entry", tokens(entry)),
        ("width", tokens(&width)),
        ("operands", pieces.operands.tokens()),
        ("value", tuple(values)),
    ];
    Ok(fill(TEMPLATE, &holes))
}
