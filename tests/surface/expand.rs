//! Expands `macro_rules!` of one rule, whose only variable is a list of names or types.

use proc_macro2::{Group, TokenStream, TokenTree};

const FORM: &str = "is not of the form `($($name:ident),*) => { $(…)* }`; write its items out";

/// Expands a macro that is called with `arguments`.
///
/// # Errors
///
/// Returns an error if the macro has another form.
pub(crate) fn expand(rules: &TokenStream, arguments: TokenStream) -> Result<TokenStream, String> {
    parse_rules(rules)
        .and_then(|(variable, body)| {
            let arguments = split(arguments);
            repeat(body, &variable, &arguments)
        })
        .ok_or_else(|| FORM.to_owned())
}

/// The variable and the body of `($($variable:ident),*) => { body }`.
fn parse_rules(rules: &TokenStream) -> Option<(String, TokenStream)> {
    let tokens: Vec<_> = rules.clone().into_iter().collect();
    let (matcher, body) = match tokens.as_slice() {
        [
            TokenTree::Group(matcher),
            arrow,
            head,
            TokenTree::Group(body),
            end @ ..,
        ] if is(arrow, '=') && is(head, '>') && end.iter().all(|end| is(end, ';')) => {
            (matcher.stream(), body.stream())
        }
        _ => return None,
    };
    let matcher: Vec<_> = matcher.into_iter().collect();
    let variable = match matcher.as_slice() {
        [dollar, TokenTree::Group(variable), comma, star]
            if is(dollar, '$') && is(comma, ',') && is(star, '*') =>
        {
            variable.stream()
        }
        _ => return None,
    };
    let variable: Vec<_> = variable.into_iter().collect();
    match variable.as_slice() {
        [
            dollar,
            TokenTree::Ident(name),
            colon,
            TokenTree::Ident(fragment),
        ] if is(dollar, '$')
            && is(colon, ':')
            && ["ident", "ty"].contains(&fragment.to_string().as_str()) =>
        {
            Some((name.to_string(), body))
        }
        _ => None,
    }
}

/// The arguments between commas.
fn split(arguments: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in arguments {
        match parts.last_mut() {
            Some(last) if !is(&token, ',') => last.extend([token]),
            _ => parts.push(TokenStream::new()),
        }
    }
    parts
}

/// Expands each `$(…)*` of a body.
fn repeat(body: TokenStream, variable: &str, arguments: &[TokenStream]) -> Option<TokenStream> {
    let mut expanded = TokenStream::new();
    let mut tokens = body.into_iter();
    while let Some(token) = tokens.next() {
        if !is(&token, '$') {
            expanded.extend([token]);
            continue;
        }
        let TokenTree::Group(repeated) = tokens.next()? else {
            return None;
        };
        tokens.next().filter(|star| is(star, '*'))?;
        for argument in arguments {
            expanded.extend(substitute(repeated.stream(), variable, argument)?);
        }
    }
    Some(expanded)
}

fn substitute(body: TokenStream, variable: &str, argument: &TokenStream) -> Option<TokenStream> {
    let mut substituted = TokenStream::new();
    let mut tokens = body.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let inner = substitute(group.stream(), variable, argument)?;
                let group = Group::new(group.delimiter(), inner);
                substituted.extend([TokenTree::Group(group)]);
            }
            dollar if is(&dollar, '$') => match tokens.next()? {
                TokenTree::Ident(name) if name == variable => substituted.extend(argument.clone()),
                TokenTree::Ident(name) if name == "crate" => {
                    substituted.extend([TokenTree::Ident(name)]);
                }
                _ => return None,
            },
            other => substituted.extend([other]),
        }
    }
    Some(substituted)
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

#[test]
fn a_list_of_names_is_expanded() -> Result<(), Box<dyn std::error::Error>> {
    let rules = syn::parse_str("($($of:ident),*) => { $(impl $of { fn is(_: [$of; 1]) {} })* };")?;
    let code = expand(&rules, syn::parse_str("A, B")?)?;
    let expected = "impl A { fn is(_: [A; 1]) {} } impl B { fn is(_: [B; 1]) {} }";
    let expected: TokenStream = syn::parse_str(expected)?;
    assert_eq!(code.to_string(), expected.to_string());
    Ok(())
}

#[test]
fn other_forms_of_macros_are_an_error() -> syn::Result<()> {
    let forms = [
        "($of:ident) => { impl $of {} };",
        "($($of:ident => $other:ident),*) => { $(impl $of {})* };",
        "() => {}; ($of:ident) => {};",
        "($($of:ident),*) => { $(impl $other {})* };",
    ];
    for rules in forms {
        let arguments = syn::parse_str("A")?;
        let expanded = expand(&syn::parse_str(rules)?, arguments);
        assert_eq!(
            expanded.map(|code| code.to_string()),
            Err(FORM.to_owned()),
            "{rules}"
        );
    }
    Ok(())
}
