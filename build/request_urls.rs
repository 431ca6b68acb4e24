//! Simplifies the requests of the generated operations.
//!
//! progenitor formats the URL of each request, and reqwest parses it again. This module changes the
//! code to extend the base URL, which is parsed once, by the segments of the path. It also removes a
//! header with the version of the document, which the server does not read, and creates requests
//! without a body or parameters without a builder.

use quote::{ToTokens, format_ident, quote};
use syn::{
    Expr, ExprLit, ExprMethodCall, File, ImplItem, ImplItemFn, Item, Lit, Local, Pat, Stmt, Token,
    Type, parse_quote, punctuated::Punctuated,
};

use super::arguments::named;

/// Changes the requests of all operations.
///
/// # Errors
///
/// Returns an error with the operation if its code does not have the expected form.
pub(crate) fn simplify(file: &mut File) -> Result<(), String> {
    let operations = file
        .items
        .iter_mut()
        .filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(&mut item.items),
            _ => None,
        })
        .flatten()
        .filter_map(|item| match item {
            ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(method),
            _ => None,
        });
    for operation in operations {
        let name = operation.sig.ident.clone();
        use_parsed_url(operation)
            .ok_or_else(|| format!("operation {name}: the code of its URL is not supported"))?;
        remove_version(operation)?;
        avoid_builder(operation);
    }
    Ok(())
}

/// Replaces `format!("{}/api/…", self.baseurl, …)` by `self.inner.url(&["api", …])`.
fn use_parsed_url(operation: &mut ImplItemFn) -> Option<()> {
    let texts: Vec<_> = operation
        .sig
        .inputs
        .iter()
        .filter_map(named)
        .filter(|(_, kind)| is_text(kind))
        .map(|(name, _)| name.to_string())
        .collect();
    let statements = operation.block.stmts.iter_mut();
    let url = statements
        .filter_map(|statement| local(statement, "url"))
        .next()?;
    let Expr::Macro(format) = &*url.init.as_ref()?.expr else {
        return None;
    };
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
    let arguments = format.mac.parse_body_with(arguments).ok()?;
    let mut arguments = arguments.iter();
    let Some(Expr::Lit(ExprLit {
        lit: Lit::Str(template),
        ..
    })) = arguments.next()
    else {
        return None;
    };
    // The base URL.
    arguments.next()?;
    let template = template.value();
    let segments = template.strip_prefix("{}/")?.split('/');
    let segments = segments.map(|segment| -> Option<Expr> {
        match segment {
            // `encode_path(&id.to_string())`. The `url` method encodes the segment instead.
            "{}" => match arguments.next()? {
                Expr::Call(encode) => {
                    let text = encode.args.first()?;
                    match converted(text).filter(|name| texts.contains(name)) {
                        Some(name) => {
                            let name = format_ident!("{name}");
                            Some(parse_quote!(#name))
                        }
                        None => Some(parse_quote!(::std::string::String::as_str(#text))),
                    }
                }
                _ => None,
            },
            _ if segment.contains('{') => None,
            _ => Some(parse_quote!(#segment)),
        }
    });
    let segments = segments.collect::<Option<Vec<_>>>()?;
    *url.init.as_mut()?.expr = parse_quote!(self.inner.url(&[#(#segments),*]));
    Some(())
}

/// Whether the type is a reference to a `str`.
fn is_text(kind: &Type) -> bool {
    matches!(kind, Type::Reference(kind) if matches!(&*kind.elem, Type::Path(path) if path.path.is_ident("str")))
}

/// The variable in `&variable.to_string()`.
fn converted(text: &Expr) -> Option<String> {
    let Expr::Reference(reference) = text else {
        return None;
    };
    let Expr::MethodCall(call) = &*reference.expr else {
        return None;
    };
    let Expr::Path(variable) = &*call.receiver else {
        return None;
    };
    let name = variable.path.get_ident()?.to_string();
    (call.method == "to_string").then_some(name)
}

/// Replaces `self.client.get(url).header(name, value).build()?` by a request with this header.
/// Requests with more than one header, with parameters or with a body keep their builder.
fn avoid_builder(operation: &mut ImplItemFn) {
    let requests = operation
        .block
        .stmts
        .iter_mut()
        .filter_map(|statement| local(statement, "request"));
    for init in requests.filter_map(|request| request.init.as_mut()) {
        if let Some(request) = without_builder(&init.expr) {
            *init.expr = request;
        }
    }
}

fn without_builder(expression: &Expr) -> Option<Expr> {
    let Expr::Try(attempt) = expression else {
        return None;
    };
    let build = call_of(&attempt.expr, "build", 0)?;
    let header = call_of(&build.receiver, "header", 2)?;
    let get = call_of(&header.receiver, "get", 1)?;
    let (url, header) = (&get.args, &header.args);
    Some(parse_quote!({
        let mut request = ::reqwest::Request::new(::reqwest::Method::GET, #url);
        request.headers_mut().insert(#header);
        request
    }))
}

/// The expression as a call of this method with this number of arguments.
fn call_of<'a>(expression: &'a Expr, method: &str, arguments: usize) -> Option<&'a ExprMethodCall> {
    match expression {
        Expr::MethodCall(call) if call.method == method && call.args.len() == arguments => {
            Some(call)
        }
        _ => None,
    }
}

/// Removes the header `api-version`, and the map of headers if it is then empty.
///
/// # Errors
///
/// Returns an error if the map of headers would hide a parameter.
fn remove_version(operation: &mut ImplItemFn) -> Result<(), String> {
    let statements = &mut operation.block.stmts;
    let version = quote! { Self::api_version() }.to_string();
    let adds_version = |statement: &Stmt| {
        matches!(statement, Stmt::Expr(..))
            && statement.to_token_stream().to_string().contains(&version)
    };
    statements.retain(|statement| !adds_version(statement));
    let uses = statements
        .iter()
        .filter(|statement| mentions(statement, "header_map"))
        .count();
    // One statement creates the map, and one sends it.
    if uses == 2 {
        statements.retain_mut(|statement| local(statement, "header_map").is_none());
        let request = statements
            .iter_mut()
            .filter_map(|statement| local(statement, "request"));
        for init in request.filter_map(|request| request.init.as_mut()) {
            remove_headers(&mut init.expr);
        }
        return Ok(());
    }
    let mut arguments = operation.sig.inputs.iter().filter_map(named);
    if arguments.any(|(name, _)| name == "header_map") {
        return Err(
            "the parameter `header_map` has the name of a variable of the generated code; \
             this is not supported in a path or beside a header parameter"
                .to_owned(),
        );
    }
    Ok(())
}

/// Removes the call of `headers` in a chain of calls.
fn remove_headers(expression: &mut Expr) {
    match expression {
        Expr::Try(inner) => remove_headers(&mut inner.expr),
        Expr::MethodCall(call) if call.method == "headers" => {
            *expression = (*call.receiver).clone();
        }
        Expr::MethodCall(call) => remove_headers(&mut call.receiver),
        _ => {}
    }
}

/// The definition of this variable, if the statement is one. The generator adds underscores before
/// the name if a parameter has the same name.
fn local<'a>(statement: &'a mut Stmt, name: &str) -> Option<&'a mut Local> {
    match statement {
        Stmt::Local(local) => match &local.pat {
            Pat::Ident(pattern) => {
                let found = pattern.ident.to_string();
                (found.trim_start_matches('_') == name).then_some(local)
            }
            _ => None,
        },
        _ => None,
    }
}

fn mentions(statement: &Stmt, name: &str) -> bool {
    let tokens = statement.to_token_stream().to_string();
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    tokens
        .split(|character| !is_name(character))
        .any(|word| word == name)
}
