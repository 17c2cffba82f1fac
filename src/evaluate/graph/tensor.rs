//! Dense values, entries without a value, and the walk over labels that all contractions share.

use smallvec::SmallVec;

use super::error::Undefined;
use crate::evaluate::Reason;
use crate::evaluate::exact::Exact;
use crate::ir::NodeId;

/// Sizes of the axes.
pub(super) type Shape = SmallVec<[usize; 4]>;

/// The value of a node.
#[derive(Clone, Debug)]
pub(super) struct Tensor {
    pub shape: Shape,
    /// Row by row; NaN where there is no value, with the number of the cause in it (see [`Causes`]).
    pub entries: Vec<f64>,
    /// The exact values, if all are known.
    pub exact: Option<Vec<Exact>>,
    /// If present, each entry is to be multiplied by the exponential of this: values far beyond `f64` on the way to a
    /// quotient or a logarithm (softmax, log-sum-exp).
    pub scale: Option<Vec<f64>>,
    /// Only zeros and ones of structure (δ, brackets): its zeros also cancel what has no value.
    pub is_structure: bool,
}

impl Tensor {
    pub fn new(shape: Shape, entries: Vec<f64>) -> Self {
        Tensor { shape, entries, exact: None, scale: None, is_structure: false }
    }

    pub fn exact(shape: Shape, exact: Vec<Exact>) -> Self {
        let entries = exact.iter().map(Exact::to_f64).collect();
        Tensor { shape, entries, exact: Some(exact), scale: None, is_structure: false }
    }

    pub fn structure(shape: Shape, entries: Vec<f64>) -> Self {
        Tensor { is_structure: true, ..Tensor::new(shape, entries) }
    }
}

/// At most this many causes are kept apart for one node; later ones are reported as the last of these.
const CAUSES_OF_NODE: usize = 64;

/// The entries without a value: each is a NaN that carries the number of its cause.
#[derive(Debug, Default)]
pub(super) struct Causes {
    all: Vec<Undefined>,
    node: u32,
    of_node: usize,
}

const QUIET: u64 = 0x7FF8_0000_0000_0000;

impl Causes {
    /// From now on causes belong to this node.
    pub fn enter(&mut self, node: NodeId) {
        self.node = node.0;
        self.of_node = 0;
    }

    /// A new entry without a value.
    pub fn undefined(&mut self, entry: usize, reason: Reason, operand: f64) -> f64 {
        if self.of_node < CAUSES_OF_NODE {
            self.of_node += 1;
            self.all.push(Undefined { node: NodeId(self.node), entry, reason, operand });
        }
        f64::from_bits(QUIET | self.all.len() as u64)
    }

    /// The value, or an overflow where it is not finite. A NaN that has a cause keeps it.
    pub fn finite(&mut self, entry: usize, value: f64) -> f64 {
        if value.is_infinite() { self.undefined(entry, Reason::Overflow, value) } else { value }
    }

    /// What is behind an entry without a value.
    pub fn cause(&self, value: f64, node: NodeId) -> Undefined {
        let number = (value.to_bits() & !QUIET & (u64::MAX >> 1)) as usize;
        self.all.get(number.wrapping_sub(1)).cloned().unwrap_or(Undefined {
            node,
            entry: 0,
            reason: Reason::Malformed,
            operand: value,
        })
    }
}

/// Steps from one entry to the next along each label, for an operand whose axes carry these labels; a label that comes
/// twice walks the diagonal.
pub(super) fn strides(labels: &[u8], shape: &[usize], count: usize) -> Vec<usize> {
    let mut out = vec![0; count];
    let mut step = 1;
    for (label, size) in labels.iter().zip(shape).rev() {
        out[*label as usize] += step;
        step *= size;
    }
    out
}

/// Visits every combination of labels, the last one fastest: `visit(output, offsets)` with the number of the output entry
/// and the offset in each operand.
pub(super) fn walk(
    sizes: &[usize],
    outputs: usize,
    strides: &[Vec<usize>],
    mut visit: impl FnMut(usize, &[usize]),
) {
    let mut offsets: SmallVec<[usize; 8]> = SmallVec::from_elem(0, strides.len());
    let mut position: SmallVec<[usize; 8]> = SmallVec::from_elem(0, sizes.len());
    let mut output = 0;
    loop {
        visit(output, &offsets);
        let mut label = sizes.len();
        loop {
            if label == 0 {
                return;
            }
            label -= 1;
            position[label] += 1;
            if position[label] < sizes[label] {
                for (offset, strides) in offsets.iter_mut().zip(strides) {
                    *offset += strides[label];
                }
                break;
            }
            for (offset, strides) in offsets.iter_mut().zip(strides) {
                *offset -= strides[label] * (sizes[label] - 1);
            }
            position[label] = 0;
        }
        if label < outputs {
            output += 1;
        }
    }
}
