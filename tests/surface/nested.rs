//! Implementations inside blocks, which also apply outside of them.

use syn::{
    Block, Item, Stmt,
    visit::{self, Visit},
};

use crate::{names, print::text};

/// Finds an implementation in a block for a type that the same block does not define.
#[derive(Default)]
pub(crate) struct NestedImpls {
    pub(crate) found: Option<String>,
}

impl<'ast> Visit<'ast> for NestedImpls {
    fn visit_block(&mut self, block: &'ast Block) {
        let items = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Item(item) => Some(item),
            _ => None,
        });
        let names: Vec<_> = items.clone().filter_map(names::name).collect();
        for item in items {
            if let Item::Impl(item) = item {
                let of = text(&item.self_ty);
                let name = of.split(['<', ' ']).next().unwrap_or_default();
                if !names.iter().any(|defined| defined == name) {
                    self.found = Some(of);
                }
            }
        }
        visit::visit_block(self, block);
    }

    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {
        // Its items are visited when it is loaded.
    }
}
