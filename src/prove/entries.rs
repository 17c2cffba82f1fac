//! Walks over the entries of tensors of known sizes, the last axis fastest.

use smallvec::SmallVec;

/// Sizes of the axes.
pub(super) type Shape = SmallVec<[usize; 4]>;

/// Steps from one entry to the next along each label, for an operand whose axes carry these labels; a label that comes
/// twice walks the diagonal.
pub(super) fn strides(labels: &[u8], shape: &[usize], count: usize) -> Vec<usize> {
    let mut out = vec![0; count];
    let mut step = 1;
    for (label, size) in labels.iter().zip(shape).rev() {
        if let Some(stride) = out.get_mut(*label as usize) {
            *stride += step;
        }
        step *= size;
    }
    out
}

/// Visits every combination of labels: `visit(output, offsets)` with the number of the output entry and the offset in each
/// operand.
pub(super) fn walk(
    sizes: &[usize],
    outputs: usize,
    strides: &[Vec<usize>],
    mut visit: impl FnMut(usize, &[usize]),
) {
    for at in positions(sizes) {
        let output = at.iter().zip(sizes).take(outputs).fold(0, |sum, (at, size)| sum * size + at);
        let offsets: SmallVec<[usize; 4]> =
            strides.iter().map(|steps| steps.iter().zip(&at).map(|(step, at)| step * at).sum()).collect();
        visit(output, &offsets);
    }
}

/// All positions in a tensor of this shape.
pub(super) fn positions(shape: &[usize]) -> Vec<Shape> {
    let count: usize = shape.iter().product();
    (0..count)
        .map(|entry| {
            let mut rest = entry;
            let mut at: Shape = shape
                .iter()
                .rev()
                .map(|size| {
                    let here = rest % size;
                    rest /= size;
                    here
                })
                .collect();
            at.reverse();
            at
        })
        .collect()
}
