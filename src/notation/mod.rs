//! From a node of the graph back to the notation that people use: matrix notation where there is any, index notation
//! elsewhere, with the names that the user gave.
//!
//! What is written reads back to the same node or an equal one. The form depends on the content of the node and on the
//! names, never on the order in which nodes were made. This room chooses notation; it does no algebra beyond taking out
//! common factors, and it knows no output format.

mod atom;
mod chain;
mod edge;
mod factor;
mod gather;
mod index;
mod names;
mod network;
mod part;
mod recognise;
mod scope;
mod size;
mod writer;

pub use names::Names;

use rustc_hash::FxHashMap;

use crate::ir::{Graph, NodeId};
use crate::lower::Layout;
use crate::syntax::tree::Tree;
use writer::Writer;

/// The notation that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A number.
    Scalar,
    /// A vector or matrix as a whole.
    Matrix,
    /// The entry at a place; one name for each axis.
    Index {
        /// Names of the axes.
        axes: Vec<String>,
    },
}

/// A node in notation.
#[derive(Clone, Debug)]
pub struct Written {
    /// The formula.
    pub tree: Tree,
    /// How it is to be read.
    pub form: Form,
    /// Why index notation was needed, or why something was left out.
    pub reason: Option<String>,
}

/// Writes a node. `layout` says how its axes lie: a vector may be asked for as a column or as a row.
///
/// A definition among the names is written by its name wherever it occurs; to write the right side of a definition, pass
/// [`Names::without`] it.
pub fn write(graph: &mut Graph, node: NodeId, layout: Layout, names: &Names) -> Written {
    // What was made while differentiating holds unexpanded products.
    let node = graph.rebuild(node, &FxHashMap::default());
    let mut writer = Writer::new(graph, node, names);
    let rank = writer.graph.rank(node);
    let (tree, form, reason) = match writer.link(node) {
        Ok(link) => {
            let tree = if rank == 1 && layout == Layout::Row { link.turned } else { link.plain };
            (tree, if rank == 0 { Form::Scalar } else { Form::Matrix }, None)
        }
        Err(reason) => {
            let axes = writer.free_names(rank);
            let at: Vec<Tree> = axes.iter().map(Tree::name).collect();
            let tree = writer.result_entry(node, &at);
            let form = if rank == 0 { Form::Scalar } else { Form::Index { axes } };
            (tree, form, Some(format!("no matrix form: {reason}")))
        }
    };
    let reason = if writer.is_cut {
        Some("too large to be written out: … stands for what is left out".to_owned())
    } else {
        reason
    };
    let tree = scope::distinct(tree, &writer.used);
    Written { tree, form, reason }
}
