//! From a node to the tree that is shown: simplified, with the names the user gave.

use rustc_hash::FxHashSet;

use super::Problem;
use super::simplified::{NodeSimplifier, SimplifiedScalar};
use crate::function::{self, Function};
use crate::ir::{Atom, Graph, NodeId, SymbolId};
use crate::lower::{Layout, Named};
use crate::notation::{self, Form, Names, Written};
use crate::simplify::{Options, to_tree};
use crate::syntax::tree::{Kind, Tree};

/// A result as it is shown, and as a node for further work.
pub(crate) struct Shown {
    pub tree: Tree,
    pub node: NodeId,
    /// Why the answer is in index notation, if it is.
    pub note: Option<String>,
    /// The names of its indices then, axis by axis.
    pub indices: Vec<String>,
}

impl Problem {
    /// Simplifies a node and writes it.
    pub(crate) fn show(&mut self, node: NodeId, layout: Layout) -> Shown {
        let named: FxHashSet<NodeId> = self.environment.definitions().map(|(_, value)| value.node).collect();
        let open = self.show_with(node, layout, FxHashSet::default());
        if named.is_empty() {
            return open;
        }
        // With the user's names kept whole, unless looking inside makes it shorter.
        let closed = self.show_with(node, layout, named);
        let (a, b) = (crate::print::nodes(&closed.tree), crate::print::nodes(&open.tree));
        if a <= b { closed } else { open }
    }

    fn show_with(&mut self, node: NodeId, layout: Layout, opaque: FxHashSet<NodeId>) -> Shown {
        let options = Options { effort: self.effort, paranoid: self.paranoid, ..Options::default() };
        let mut simplifier = NodeSimplifier::new(options, opaque);
        if layout == Layout::Scalar {
            let simple = simplifier.scalar(&mut self.environment.graph, node);
            self.conflict = self.conflict.take().or(simplifier.conflict);
            if let Some(simple) = simple {
                return self.shown_scalar(&simple);
            }
            return self.shown(node, layout);
        }
        let node = simplifier.node(&mut self.environment.graph, node);
        self.conflict = self.conflict.take().or(simplifier.conflict);
        self.shown(node, layout)
    }

    /// A node in the notation that fits it, as it is.
    pub(crate) fn shown(&mut self, node: NodeId, layout: Layout) -> Shown {
        let names = Names::of(&self.environment);
        let Written { tree, reason, form } =
            notation::write(&mut self.environment.graph, node, layout, &names);
        let indices = if let Form::Index { axes } = form { axes } else { Vec::new() };
        let tree = self.respelled(tree);
        Shown { tree, node, note: reason, indices }
    }

    fn shown_scalar(&mut self, simple: &SimplifiedScalar) -> Shown {
        // Most leaves are variables, and formulas may have ten thousand of them.
        let mut names: Option<Names> = None;
        let mut leaves: Vec<Tree> = Vec::with_capacity(simple.leaves.len());
        for leaf in &simple.leaves {
            leaves.push(if let Some(Atom::Variable(symbol)) = self.environment.graph.atom(leaf.node) {
                Tree::name(self.environment.graph.symbol_name(*symbol))
            } else {
                let names = names.get_or_insert_with(|| Names::of(&self.environment));
                notation::write(&mut self.environment.graph, leaf.node, Layout::Scalar, names).tree
            });
        }
        let graph = &mut self.environment.graph;
        let graph: &Graph = graph;
        let leaf = |number: u32| leaves.get(number as usize).cloned().unwrap_or_else(|| Tree::name("?"));
        let function = |f: Function| match f {
            Function::Known(id) => (function::row(id).name.to_owned(), 0),
            Function::Unknown { symbol, primes } => (graph.symbol_name(SymbolId(symbol)).to_owned(), primes),
        };
        let tree = to_tree(&simple.expression, &leaf, &function);
        let tree = self.respelled(tree);
        let graph = &mut self.environment.graph;
        let node = graph.from_pointwise(&simple.expression, &simple.leaves, &crate::ir::Axes::new());
        Shown { tree, node, note: None, indices: Vec::new() }
    }

    /// Functions of the table by another name, where a declared function has taken theirs: ln beside a `log` to base ten.
    fn respelled(&self, tree: Tree) -> Tree {
        if !self.environment.takes_names_of_table() {
            return tree;
        }
        let taken = |name: &str| matches!(self.environment.named(name), Some(Named::Function { .. }));
        renamed(&tree, &|name| {
            let row = function::row(function::lookup(name).filter(|_| taken(name))?);
            row.aliases.iter().find(|alias| !taken(alias)).map(|alias| (*alias).to_owned())
        })
    }
}

fn renamed(tree: &Tree, other: &dyn Fn(&str) -> Option<String>) -> Tree {
    let made = tree.with_parts(&mut |part| renamed(part, other));
    match made.kind {
        Kind::Call { name, primes, arguments } => {
            let name = other(&name).unwrap_or(name);
            Tree::new(Kind::Call { name, primes, arguments }, made.span)
        }
        _ => made,
    }
}
