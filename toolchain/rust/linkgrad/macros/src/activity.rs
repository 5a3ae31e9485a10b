//! Reads the arguments of an attribute: a name, a width, activities.

use crate::item::{split_commas, Function, Parameter, Passing};
use crate::{Error, Result};
use proc_macro::{Ident, Span, TokenStream, TokenTree};

#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Forward,
    Reverse,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Activity {
    Const,
    /// By value; the gradient is returned.  Of a result: comes with a seed.
    Active,
    ActiveOnly,
    /// Comes with a shadow: a gradient in reverse mode, a tangent in forward mode.
    Duplicated,
    DuplicatedOnly,
    /// A slice whose shadows lie one behind the other.
    Strided,
    StridedOnly,
}

use Activity::*;

impl Activity {
    /// The marker by which the engine knows it.
    pub fn marker(self) -> &'static str {
        match self {
            Const => "enzyme_const",
            Active | ActiveOnly | Duplicated => "enzyme_dup",
            DuplicatedOnly => "enzyme_dupnoneed",
            Strided | StridedOnly => "enzyme_dupv",
        }
    }

    fn parse(mode: Mode, word: &Ident) -> Result<Self> {
        let found = match (mode, word.to_string().as_str()) {
            (_, "Const") => Const,
            (Mode::Reverse, "Active") => Active,
            (Mode::Reverse, "ActiveOnly") => ActiveOnly,
            (Mode::Reverse, "Duplicated") | (Mode::Forward, "Dual") => Duplicated,
            (Mode::Reverse, "DuplicatedOnly") | (Mode::Forward, "DualOnly") => DuplicatedOnly,
            (Mode::Reverse, "Duplicatedv") | (Mode::Forward, "Dualv") => Strided,
            (Mode::Reverse, "DuplicatedvOnly") | (Mode::Forward, "DualvOnly") => StridedOnly,
            (mode, other) => {
                let known = match mode {
                    Mode::Reverse => "Const, Active, ActiveOnly, Duplicated, DuplicatedOnly, Duplicatedv",
                    Mode::Forward => "Const, Dual, DualOnly, Dualv",
                };
                let mode = if mode == Mode::Reverse { "reverse" } else { "forward" };
                let message = format!("`{other}` is no activity of {mode} mode; it has: {known}");
                return Err(Error::new(word.span(), message));
            }
        };
        Ok(found)
    }
}

/// `#[reverse(name, width, activities...)]`
pub struct Request {
    pub mode: Mode,
    /// The function to write, or the rule to call.
    pub name: TokenStream,
    pub width: Option<usize>,
    pub parameters: Vec<Activity>,
    pub result: Activity,
}

fn check_parameter(parameter: &Parameter, activity: Activity, span: Span) -> Result<()> {
    let name = &parameter.name;
    let complaint = match (activity, parameter.passing) {
        (Active | ActiveOnly, Passing::Slice | Passing::Reference | Passing::Pointer) => {
            format!("`{name}` is a reference, so its gradient is added to a shadow: use Duplicated instead of Active")
        }
        (Strided | StridedOnly, Passing::Reference | Passing::Pointer | Passing::Value) => {
            format!("`{name}` is no slice: only the shadows of a slice can lie one behind the other")
        }
        _ => return Ok(()),
    };
    Err(Error::new(span, complaint))
}

fn check_count(function: &Function, found: usize, span: Span) -> Result<()> {
    let expected = function.parameters.len() + usize::from(function.result.is_some());
    // The result `()` has no derivative, and one may say so.
    if found == expected || (function.result.is_none() && found == expected + 1) {
        return Ok(());
    }
    let parameters = function.parameters.iter().map(|p| format!("`{}`", p.name)).collect::<Vec<_>>().join(", ");
    let result = if function.result.is_some() { " and the result" } else { "" };
    Err(Error::new(span, format!("{expected} activities are needed, for {parameters}{result}; {found} are given")))
}

impl Request {
    pub fn parse(mode: Mode, arguments: TokenStream, function: &Function) -> Result<Self> {
        let mut arguments = split_commas(arguments).into_iter();
        let Some(name) = arguments.next() else {
            return Err(Error::new(Span::call_site(), "the name of the derivative is missing"));
        };
        let span = name[0].span();
        let mut rest: Vec<Vec<TokenTree>> = arguments.collect();
        let mut width = None;
        if let Some([TokenTree::Literal(number)]) = rest.first().map(Vec::as_slice) {
            let Ok(lanes) = number.to_string().parse::<usize>() else {
                return Err(Error::new(number.span(), "the number of shadows is a plain number"));
            };
            if lanes == 0 {
                return Err(Error::new(number.span(), "there is at least one shadow"));
            }
            width = (lanes > 1).then_some(lanes);
            rest.remove(0);
        }
        let mut activities = Vec::new();
        for argument in &rest {
            match argument.last() {
                Some(TokenTree::Ident(word)) => activities.push((Activity::parse(mode, word)?, word.span())),
                _ => return Err(Error::new(span, "an activity is a word such as Const")),
            }
        }
        check_count(function, activities.len(), span)?;
        let result = if activities.len() > function.parameters.len() { activities.pop() } else { None };
        for ((activity, span), parameter) in activities.iter().zip(&function.parameters) {
            check_parameter(parameter, *activity, *span)?;
        }
        let result = Self::check_result(function, mode, result)?;
        let parameters = activities.into_iter().map(|(activity, _)| activity).collect();
        Ok(Request { mode, name: name.into_iter().collect(), width, parameters, result })
    }

    fn check_result(function: &Function, mode: Mode, result: Option<(Activity, Span)>) -> Result<Activity> {
        let Some((activity, span)) = result else { return Ok(Const) };
        if function.result.is_none() && activity != Const {
            return Err(Error::new(span, format!("`{}` returns nothing that could be active", function.name)));
        }
        match (mode, activity) {
            (_, Const) | (Mode::Reverse, Active | ActiveOnly) | (Mode::Forward, Duplicated | DuplicatedOnly) => {
                Ok(activity)
            }
            (Mode::Reverse, _) => Err(Error::new(span, "a result is Const, Active or ActiveOnly in reverse mode")),
            (Mode::Forward, _) => Err(Error::new(span, "a result is Const, Dual or DualOnly in forward mode")),
        }
    }

    pub fn lanes(&self) -> usize {
        self.width.unwrap_or(1)
    }
}
