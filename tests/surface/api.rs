//! The public API of a package, as text.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Generics, ImplItem, Item, ItemImpl, PathArguments, Type, visit_mut::VisitMut};

use crate::{
    attributes::{self, Conditions, bracket, notes},
    block::{Block, Kind},
    definition::{self, signature},
    implementation::{inherent_note, trait_line},
    names,
    package::{Package, is_public},
    print::text,
    rewrite::Rewriter,
    sources::{Module, Sources},
};

/// One block for each public item, and the items of other crates that they name.
///
/// # Errors
///
/// Returns the file and the item that it cannot describe.
pub(crate) fn describe(name: &str, sources: &Sources) -> Result<String, String> {
    let package = Package::read(sources)?;
    let mut api = Api {
        name,
        package: &package,
        blocks: BTreeMap::new(),
        foreign: BTreeSet::new(),
    };
    for (path, module) in &package.modules {
        for item in &module.items {
            let described = api.define(path, module, item);
            described.map_err(|why| at(module, item, &why))?;
        }
    }
    for (path, module) in &package.modules {
        for item in &module.items {
            if let Item::Impl(implementation) = item {
                let described = api.implement(path, module, implementation);
                described.map_err(|why| at(module, item, &why))?;
            }
        }
    }
    Ok(api.print())
}

fn at(module: &Module, item: &Item, why: &str) -> String {
    let item = match item {
        Item::Impl(item) => {
            let of_trait = item.trait_.as_ref();
            let of_trait = of_trait.map(|(path, _)| format!("{} for ", text(path)));
            format!(
                "impl {}{}",
                of_trait.unwrap_or_default(),
                text(&item.self_ty)
            )
        }
        other => names::name(other).unwrap_or_default(),
    };
    format!("{}: `{item}`: {why}", module.file)
}

struct Api<'a> {
    name: &'a str,
    package: &'a Package,
    /// By their public path, without the name of the package.
    blocks: BTreeMap<String, Block>,
    foreign: BTreeSet<String>,
}

impl<'a> Api<'a> {
    fn define(&mut self, path: &'a str, module: &Module, item: &Item) -> Result<(), String> {
        if let Item::Macro(item) = item {
            let exported = item.attrs.iter().any(|a| a.path().is_ident("macro_export"));
            if let Some(name) = &item.ident
                && exported
                && !attributes::is_hidden(&item.attrs)
            {
                let heading = format!("macro {}::{name}!", self.name)
                    + &notes(&item.attrs, &module.conditions);
                let block = Block {
                    heading,
                    ..Block::default()
                };
                self.blocks.insert(format!("{name}!"), block);
            }
            return Ok(());
        }
        let Some(name) = names::name(item) else {
            return Ok(());
        };
        let Some(public) = self.package.public.get(&(path.to_owned(), name)) else {
            return Ok(());
        };
        let conditions = self.package.conditions.get(public);
        let conditions = conditions.cloned().unwrap_or_default();
        let full = format!("{}::{public}", self.name);
        let notes = notes(attributes::of(item), &conditions);
        let mut names = self.rewriter(path);
        let mut block = definition::block(&mut names, item, &full, &notes)?;
        self.accept(names)?;
        for (derived, conditions) in attributes::derives(attributes::of(item)) {
            let mut names = self.rewriter(path);
            let line = names.text(&derived, VisitMut::visit_path_mut);
            self.accept(names)?;
            block
                .traits
                .insert(line + &attributes::notes(&[], &conditions));
        }
        match self.blocks.insert(public.clone(), block) {
            Some(_) => Err("it is defined twice".to_owned()),
            None => Ok(()),
        }
    }

    fn rewriter(&self, module: &'a str) -> Rewriter<'a> {
        Rewriter::new(&self.package.names, &self.package.public, module)
    }

    /// Records the items that a public signature names.
    fn accept(&mut self, names: Rewriter<'_>) -> Result<(), String> {
        if let Some(error) = names.named.errors.into_iter().next() {
            return Err(error);
        }
        if let Some(private) = names.named.private.first() {
            return Err(format!("it names `{private}`, which is not public"));
        }
        self.foreign.extend(names.named.foreign);
        Ok(())
    }

    fn implement(&mut self, path: &'a str, module: &Module, item: &ItemImpl) -> Result<(), String> {
        let new = || self.rewriter(path).with(&item.generics);
        let mut of = new();
        let self_type = of.text(&*item.self_ty, VisitMut::visit_type_mut);
        let head = self.head(path, &item.self_ty, &item.generics)?;
        let conditions = module.conditions.and(&Conditions::of(&item.attrs));
        let Some((trait_path, _)) = &item.trait_ else {
            let Some(owner) = head else {
                return match &*item.self_ty {
                    // A private type.
                    Type::Path(_) => Ok(()),
                    _ => Err("methods of such a type are not supported".to_owned()),
                };
            };
            let note = inherent_note(&mut of, item, &self_type);
            self.accept(of)?;
            return self.add_inherent(path, item, &owner, &note, &conditions);
        };
        let mut of_trait = new();
        of_trait.text(trait_path, VisitMut::visit_path_mut);
        let mut errors = of.named.errors.iter().chain(&of_trait.named.errors);
        if let Some(error) = errors.next() {
            return Err(error.clone());
        }
        if !of.named.private.is_empty() || !of_trait.named.private.is_empty() {
            return Ok(());
        }
        let head = head.filter(|owner| self.is_type(owner));
        let is_for_owner = head.is_some();
        let others = of_trait.named.public.last().or(of.named.public.last());
        let Some(owner) = head.or_else(|| others.cloned()) else {
            return Ok(());
        };
        let mut names = new();
        let (line, is_simple) = trait_line(&mut names, item, trait_path, is_for_owner);
        // Callers can use an associated type that they cannot name.
        let private = std::mem::take(&mut names.named.private).into_iter();
        let private = private.map(|name| format!("`{name}` is not public"));
        let private = bracket(&Vec::from_iter(private.collect::<BTreeSet<_>>()));
        let line = line + &private + &notes(&[], &conditions);
        self.accept(of)?;
        self.accept(of_trait)?;
        self.accept(names)?;
        let block = self.block(&owner)?;
        if is_simple {
            block.traits.insert(line);
        } else {
            block.impls.insert(format!("impl{line}"));
        }
        Ok(())
    }

    /// The public item of a type, without its arguments.
    fn head(
        &self,
        module: &str,
        of: &Type,
        generics: &Generics,
    ) -> Result<Option<(String, String)>, String> {
        let path = match of {
            Type::Path(of) => &of.path,
            Type::Reference(of) => return self.head(module, &of.elem, generics),
            _ => return Ok(None),
        };
        let mut path = path.clone();
        for segment in &mut path.segments {
            segment.arguments = PathArguments::None;
        }
        let mut names = self.rewriter(module).with(generics);
        names.text(&path, VisitMut::visit_path_mut);
        match names.named.errors.pop() {
            Some(error) => Err(error),
            None => Ok(names.named.public.pop()),
        }
    }

    fn is_type(&self, (module, name): &(String, String)) -> bool {
        let module = self.package.modules.get(module);
        let mut items = module.into_iter().flat_map(|module| &module.items);
        items.any(|item| match item {
            Item::Struct(item) => item.ident == name,
            Item::Enum(item) => item.ident == name,
            _ => false,
        })
    }

    fn block(&mut self, item: &(String, String)) -> Result<&mut Block, String> {
        let public = self.package.public.get(item);
        let block = public.and_then(|path| self.blocks.get_mut(path));
        block.ok_or_else(|| format!("`{}` has no lines", item.1))
    }

    fn add_inherent(
        &mut self,
        path: &'a str,
        item: &ItemImpl,
        owner: &(String, String),
        note: &str,
        conditions: &Conditions,
    ) -> Result<(), String> {
        for part in &item.items {
            let mut names = self.rewriter(path).with(&item.generics);
            let (kind, name, line, attributes) = match part {
                ImplItem::Fn(part) if is_public(&part.vis) => {
                    let line = signature(&mut names, &part.sig);
                    (Kind::Function, &part.sig.ident, line, &part.attrs)
                }
                ImplItem::Const(part) if is_public(&part.vis) => {
                    let of = names.text(&part.ty, VisitMut::visit_type_mut);
                    let line = format!("const {}: {of}", part.ident);
                    (Kind::Constant, &part.ident, line, &part.attrs)
                }
                ImplItem::Fn(_) | ImplItem::Const(_) => continue,
                other => {
                    let code = text(other);
                    return Err(format!("`{}` is of an unknown kind", code.trim_end()));
                }
            };
            if attributes::is_hidden(attributes) || attributes::is_for_tests(attributes) {
                continue;
            }
            let name = name.to_string();
            let accepted = self.accept(names);
            accepted.map_err(|why| format!("`{name}`: {why}"))?;
            let line = line + note + &notes(attributes, conditions);
            self.block(owner)?.associated.insert((kind, name, line));
        }
        Ok(())
    }

    fn print(self) -> String {
        let mut blocks: BTreeMap<String, String> = self
            .blocks
            .into_iter()
            .map(|(path, block)| (path, block.print()))
            .collect();
        for (path, of) in &self.package.reexports {
            let is_own = self.package.public.values().any(|public| public == of);
            let of = match is_own {
                true => format!("{}::{of}", self.name),
                false => of.clone(),
            };
            let conditions = self.package.conditions.get(path);
            let conditions = notes(&[], &conditions.cloned().unwrap_or_default());
            let line = format!("use {}::{path} = {of}{conditions}\n", self.name);
            blocks.insert(path.clone(), line);
        }
        let mut lines: String = blocks.into_values().collect();
        if !self.foreign.is_empty() {
            lines.push_str("\nForeign items:\n");
            lines.extend(self.foreign.iter().map(|path| format!("    {path}\n")));
        }
        lines
    }
}
