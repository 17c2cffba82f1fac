//! Commands that texts use without defining them in the same file: those of the packages physics, derivative and diffcoeff, and of
//! open textbooks. A definition in the text itself goes before.

/// The command, whether it takes an argument in brackets (`#1`), the number of arguments in braces, and what it stands for. Of
/// several rows for one command the first that fits counts.
pub(super) const COMMON: &[(&str, bool, usize, &str)] = &[
    // derivatives: \dv{f}{x}, \dv[2]{f}{x}, \dv{x}
    (r"\dv", true, 2, r"\frac{d^{#1}#2}{d#3^{#1}}"),
    (r"\dv", true, 1, r"\frac{d^{#1}}{d#2^{#1}}"),
    (r"\dv", false, 2, r"\frac{d#1}{d#2}"),
    (r"\dv", false, 1, r"\frac{d}{d#1}"),
    (r"\odv", true, 2, r"\frac{d^{#1}#2}{d#3^{#1}}"),
    (r"\odv", false, 2, r"\frac{d#1}{d#2}"),
    (r"\pdv", true, 2, r"\frac{\partial^{#1}#2}{\partial #3^{#1}}"),
    (r"\pdv", true, 1, r"\frac{\partial^{#1}}{\partial #2^{#1}}"),
    (r"\pdv", false, 3, r"\frac{\partial^2#1}{\partial #2\partial #3}"),
    (r"\pdv", false, 2, r"\frac{\partial #1}{\partial #2}"),
    (r"\pdv", false, 1, r"\frac{\partial}{\partial #1}"),
    (r"\ddx", false, 0, r"\frac{d}{dx}"),
    (r"\ddt", false, 0, r"\frac{d}{dt}"),
    (r"\ddy", false, 0, r"\frac{d}{dy}"),
    (r"\dydx", false, 0, r"\frac{dy}{dx}"),
    (r"\dd", true, 1, r"\frac{d#1}{d#2}"),
    (r"\pp", true, 1, r"\frac{\partial #1}{\partial #2}"),
    (r"\pp", false, 1, r"\frac{\partial}{\partial #1}"),
    (r"\d", false, 0, r"\mathrm{d}"),
    (r"\diff", false, 2, r"\frac{d #1}{d #2}"),
    (r"\pdiff", false, 2, r"\frac{\partial #1}{\partial #2}"),
    (r"\dee", false, 1, "d #1"),
    (r"\lz", false, 2, r"\frac{d#1}{d#2}"),
    (r"\fp", false, 0, r"f'"),
    (r"\fpp", false, 0, r"f''"),
    (r"\primeskip", false, 0, ""),
    // blanks to be filled in by a reader
    (r"\answer", true, 1, "{#2}"),
    (r"\answer", false, 1, "{#1}"),
    // what stands over a relation, around a result, in colour or in the margin says nothing of the meaning
    (r"\overset", false, 2, "#2"),
    (r"\stackrel", false, 2, "#2"),
    (r"\boxed", false, 1, "{#1}"),
    (r"\textcolor", false, 2, "{#2}"),
    (r"\rule", true, 2, ""),
    (r"\rule", false, 2, ""),
    (r"\cr", false, 0, r"\\"),
    (r"\half", false, 0, r"\frac{1}{2}"),
    (r"\nicefrac", false, 2, r"\frac{#1}{#2}"),
    (r"\sfrac", false, 2, r"\frac{#1}{#2}"),
    // brackets
    (r"\eval", false, 1, r"\left.#1\right|"),
    (r"\la", false, 0, r"\langle"),
    (r"\ra", false, 0, r"\rangle"),
    (r"\llt", false, 0, r"\langle"),
    (r"\rgt", false, 0, r"\rangle"),
    (r"\abs", false, 1, r"\left|#1\right|"),
    (r"\norm", false, 1, r"\left\|#1\right\|"),
    (r"\qty", false, 1, r"\left(#1\right)"),
];
