//! Signatures with the public paths of the items that they name.

use std::collections::{BTreeMap, BTreeSet};

use quote::{ToTokens, format_ident};
use syn::{
    Attribute, Expr, Generics, Pat, Path, PathSegment, Receiver, TypeMacro, TypePath,
    visit_mut::{self, VisitMut},
};

use crate::{
    names::{Names, Target},
    print::text,
};

/// Public paths, without the name of the package, by module and name.
pub(crate) type Public = BTreeMap<(String, String), String>;

/// Rewrites the paths of one signature, and collects the items that it names.
pub(crate) struct Rewriter<'a> {
    names: &'a Names,
    public: &'a Public,
    module: &'a str,
    generics: BTreeSet<String>,
    pub(crate) named: Named,
}

#[derive(Default)]
pub(crate) struct Named {
    /// The items of other crates, without those of the standard library.
    pub(crate) foreign: BTreeSet<String>,
    /// The public items of the package, in their order.
    pub(crate) public: Vec<(String, String)>,
    /// The other items of the package.
    pub(crate) private: Vec<String>,
    pub(crate) errors: Vec<String>,
}

impl<'a> Rewriter<'a> {
    pub(crate) fn new(names: &'a Names, public: &'a Public, module: &'a str) -> Self {
        Self {
            names,
            public,
            module,
            generics: BTreeSet::from(["Self".to_owned()]),
            named: Named::default(),
        }
    }

    pub(crate) fn with(mut self, generics: &Generics) -> Self {
        self.add(generics);
        self
    }

    /// Adds the parameters of an item, which are not items themselves.
    pub(crate) fn add(&mut self, generics: &Generics) {
        let types = generics.type_params().map(|parameter| &parameter.ident);
        let constants = generics.const_params().map(|parameter| &parameter.ident);
        self.generics
            .extend(types.chain(constants).map(ToString::to_string));
    }

    /// The text of a rewritten part.
    pub(crate) fn text<T: Clone + ToTokens>(
        &mut self,
        part: &T,
        visit: fn(&mut Self, &mut T),
    ) -> String {
        let mut part = part.clone();
        visit(self, &mut part);
        text(&part)
    }

    fn replacement(&mut self, path: &Path) -> Option<Path> {
        let mut segments: Vec<_> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        if path.leading_colon.is_some() {
            segments.insert(0, "::".to_owned());
        }
        let (target, parts) = match self.names.resolve(self.module, &segments) {
            Ok(found) => found,
            Err(error) => {
                self.named.errors.push(error);
                return None;
            }
        };
        let shown: Vec<String> = match target {
            Target::Own(module, name) => match self.public.get(&(module.clone(), name.clone())) {
                Some(path) => {
                    self.named.public.push((module, name));
                    path.split("::").map(str::to_owned).collect()
                }
                None => {
                    self.named.private.push(name.clone());
                    vec![name]
                }
            },
            Target::Module(module) => {
                self.named.errors.push(format!("`{module}` is a module"));
                return None;
            }
            Target::Foreign(path) => self.shown_foreign(path),
        };
        let consumed = path.segments.len().checked_sub(parts + 1)?;
        let mut new: Vec<PathSegment> = shown
            .iter()
            .map(|name| PathSegment::from(format_ident!("{name}")))
            .collect();
        if let (Some(last), Some(named)) = (new.last_mut(), path.segments.iter().nth(consumed)) {
            last.arguments = named.arguments.clone();
        }
        new.extend(path.segments.iter().skip(consumed + 1).cloned());
        Some(Path {
            leading_colon: None,
            segments: new.into_iter().collect(),
        })
    }

    /// The standard library's items by their name, unless it can be another item's.
    fn shown_foreign(&mut self, path: Vec<String>) -> Vec<String> {
        let is_standard = path
            .first()
            .is_some_and(|name| ["std", "core", "alloc"].contains(&name.as_str()));
        if !is_standard {
            self.named.foreign.insert(path.join("::"));
            return path;
        }
        let Some((last, modules)) = path.split_last() else {
            return path;
        };
        let is_ambiguous = ["Error", "Result"].contains(&last.as_str()) && modules.len() > 1
            || self.public.values().any(|public| public == last);
        match is_ambiguous {
            true if last == "Result" && modules.len() == 1 => {
                ["std", "result", "Result"].map(str::to_owned).to_vec()
            }
            true => path,
            false => vec![last.clone()],
        }
    }
}

impl VisitMut for Rewriter<'_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let first = path.segments.first().map(|first| first.ident.to_string());
        if path.leading_colon.is_none() && first.is_some_and(|first| self.generics.contains(&first))
        {
            return;
        }
        if let Some(replacement) = self.replacement(path) {
            *path = replacement;
        }
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        if path.qself.is_some() {
            let error = format!("`{}` is not supported; use a type parameter", text(path));
            self.named.errors.push(error);
        } else {
            visit_mut::visit_type_path_mut(self, path);
        }
    }

    fn visit_type_macro_mut(&mut self, item: &mut TypeMacro) {
        let error = format!("`{}` is a macro; write the type out", text(item));
        self.named.errors.push(error);
    }

    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.clear();
    }

    fn visit_expr_mut(&mut self, _: &mut Expr) {
        // Lengths of arrays stay as written.
    }

    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        // `mut` does not affect callers.
        if let Pat::Ident(name) = pattern {
            name.mutability = None;
        }
    }

    fn visit_receiver_mut(&mut self, receiver: &mut Receiver) {
        receiver.mutability = None;
        visit_mut::visit_receiver_mut(self, receiver);
    }
}
