//! Documents as people set them: rows that go on, comments, claims in sentences, names of another exercise, remarks beside rows,
//! and conditions behind a claim. What is right stays right, what is wrong is found.

use crate::pages::holds;
use symdiff::check::Verdict::{Follows, Given, Right, Undecided, Unreadable, Wrong};

#[test]
fn rows_that_begin_with_an_operator_go_on() {
    for (gap, end) in [
        ("&\\quad + 3", Right),
        ("&\\qquad\\qquad + 3", Right),
        ("&\\phantom{=}\\ + 3", Right),
        ("& \\hskip0.1in + 3", Right),
        ("&\\hspace{2em} + 3", Right),
        ("&\\quad + 4", Wrong),
        ("&\\phantom{=} - 3", Wrong),
    ] {
        let text =
            format!("$$\\begin{{aligned}}\n\\frac{{d}}{{dx}}(x^2+3x) &= 2x \\\\\n{gap}\n\\end{{aligned}}$$");
        holds(&[(&text, &[(2, end)])]);
    }
    holds(&[(
        "$$\\begin{aligned}\n\\frac{d}{dx}x^2 &= 2x \\\\\n&\\quad + 3 \\\\\n&= 2x + 3\n\\end{aligned}$$",
        &[(2, Wrong), (4, Follows)],
    )]);
}

#[test]
fn comments_say_nothing() {
    holds(&[
        ("\\begin{align*}\ny &= x^2 % = x^3\n\\\\ y' &= 2x\n\\end{align*}", &[(2, Given), (3, Right)]),
        ("\\begin{align*}\ny &= x^2 % = x^3\n\\\\ y' &= 3x\n\\end{align*}", &[(2, Given), (3, Wrong)]),
        ("<!-- $y = x^3$ -->\n$y = x^2$\n\n$y' = 2x$", &[(2, Given), (4, Right)]),
        ("<!-- $y = x^3$ -->\n$y = x^2$\n\n$y' = 3x^2$", &[(2, Given), (4, Wrong)]),
        ("$y = x^2$ is 5% of it, and $y' = 2x$.", &[(1, Right)]),
        ("$y = x^2$ is 5% of it, and $y' = 3x$.", &[(1, Wrong)]),
    ]);
}

#[test]
fn claims_in_sentences_are_judged() {
    for (line, expected) in [
        ("By the power rule, f'(x) = 3x^2.", Right),
        ("By the power rule, f'(x) = 3x.", Wrong),
        ("For all x, f'(x) = 3x", Wrong),
        ("If x > 0, f'(x) = 3x", Wrong),
        ("If x > 0, f'(x) = 3x^2", Right),
        ("At x = 2, f'(2) = 12", Right),
        ("At x = 2, f'(2) = 3", Wrong),
        ("f''(1) = 6 > 0", Right),
        ("f''(1) = 6 < 0", Wrong),
    ] {
        holds(&[(&format!("f(x) = x^3\n{line}"), &[(1, Given), (2, expected)])]);
    }
    holds(&[
        ("Is it true that $f'(x) = 3x$ for $f(x) = x^2$?", &[(1, Given)]),
        ("Let $f(x) = x^2$. The candidates are points where $f'(x) = 0$.", &[(1, Given)]),
        ("Let $f(x) = x^2$. Then $f'(x) = 0$.", &[(1, Wrong)]),
        ("$f(x) = x^2+1$ is continuous. Is there a $c$ such that $f(c) = 9$?", &[(1, Given)]),
        ("The equation of the level curve is $F(x,y)=5$, where $F(x,y) = 5e^{2x-y-2}$.", &[(1, Given)]),
    ]);
}

#[test]
fn names_belong_to_their_exercise() {
    holds(&[
        (
            "**Exercise 1.** Differentiate $f(x) = x^2$.\n\n**Exercise 2.** Differentiate $f(x) = x^3$.\n\nSo $f'(x) = 3x^2$.",
            &[(1, Given), (3, Given), (5, Right)],
        ),
        (
            "**Exercise 1.** Differentiate $f(x) = x^2$.\n\n**Exercise 2.** Differentiate $f(x) = x^3$.\n\nSo $f'(x) = 2x$.",
            &[(1, Given), (3, Given), (5, Wrong)],
        ),
        ("**1.** $y = x^2$. $y' = 2x$\n\n**2.** $y = x^3$. $y' = 3x^2$", &[(1, Right), (3, Right)]),
        ("**1.** $y = x^2$. $y' = 2x$\n\n**2.** $y = x^3$. $y' = 2x$", &[(1, Right), (3, Wrong)]),
        ("- $f(x) = x^2$, $f'(x) = 2x$\n- $f(x) = x^3$, $f'(x) = 3x^2$", &[(1, Right), (2, Right)]),
        ("| $f(x) = x^2$ | $f'(x) = 2x$ |\n| $f(x) = x^3$ | $f'(x) = 2x$ |", &[(1, Right), (2, Wrong)]),
        // In one exercise a name that becomes something else is a slip, unless words begin something new.
        (
            "1. $f(x) = (x+1)^2$\n2. $f(x) = x^2 + 1$\n3. $f'(x) = 2x + 2$",
            &[(1, Given), (2, Wrong), (3, Right)],
        ),
        // What leads to itself is no definition.
        (
            "Let $f(x)=x^2$ at $x_k=2$:\n\n$$f(x) = f(x_k)+f'(x_k)(x-x_k) = x_k^2+2 x_k(x-x_k)$$",
            &[(1, Given), (3, Undecided)],
        ),
        ("Graphs of $f(x) = 1/x$ and $f(x) = 1/x^2$.", &[(1, Undecided)]),
        ("If $f(x) = x^2$ then $f'(x) = 2x$, and if $f(x) = x^3$ then $f'(x) = 3x^2$.", &[(1, Right)]),
        ("If $f(x) = x^2$ then $f'(x) = 2x$, and if $f(x) = x^3$ then $f'(x) = 2x$.", &[(1, Wrong)]),
    ]);
}

#[test]
fn chains_end_with_their_exercise() {
    holds(&[(
        "**Example 1:** We have $\\frac{d}{dx}e^x$\n\n$$= e^x$$\n\n**Example 2:** Find $\\int x^3 \\, dx$\n\n$$= \\frac{x^4}{4}$$",
        &[(3, Right), (7, Undecided)],
    )]);
}

#[test]
fn remarks_beside_rows_say_what_a_letter_is() {
    let rows = |second: &str| {
        format!(
            "\\begin{{align*}}\n\\frac{{d}}{{dx}}e^{{x^2}} &= e^{{u}}\\cdot 2x, \\quad u = x^2\\\\\n&= {second}\n\\end{{align*}}"
        )
    };
    holds(&[
        (&rows("2x e^{x^2}"), &[(2, Right), (3, Right)]),
        (&rows("2 e^{x^2}"), &[(2, Right), (3, Wrong)]),
        (
            "\\begin{align*}\ny &= e^{u} \\qquad\\text{with } u = 2x \\\\\n&= e^{2x}\n\\end{align*}",
            &[(2, Given), (3, Right)],
        ),
        (
            "\\begin{align*}\ny &= e^{u} \\qquad\\text{with } u = 2x \\\\\n&= e^{3x}\n\\end{align*}",
            &[(2, Given), (3, Wrong)],
        ),
        (
            "$$L = \\frac12 (\\hat y - y)^2$$\n$$\\frac{dL}{dw} = (\\hat y - y)x$$\nwhere $\\hat y = wx + b$.",
            &[(1, Given), (2, Right), (3, Given)],
        ),
    ]);
}

#[test]
fn conditions_behind_a_claim_count_for_it() {
    holds(&[
        ("f(x) = |x|\nf'(x) = -1 for x < 0", &[(1, Given), (2, Right)]),
        ("f(x) = |x|\nf'(x) = -1 for x > 0", &[(1, Given), (2, Wrong)]),
        ("$\\sqrt{x^2} = -x, \\quad x<0$", &[(1, Right)]),
        ("$\\sqrt{x^2} = -x, \\quad x>0$", &[(1, Wrong)]),
        ("$\\arctan x + \\arctan\\frac1x = \\frac\\pi2$ for $x>0$", &[(1, Right)]),
    ]);
}

#[test]
fn values_at_places_say_nothing_of_the_function() {
    holds(&[
        ("We know $P(t) = C e^{kt}$. We know $P(0) = 100$, and we know $P(10) = 200$.", &[(1, Given)]),
        ("such that $\\gamma(a) = x$ and $\\gamma(b) = y$.", &[(1, Given)]),
        ("f(x) = x^2 - 4\nf(x) = 0\nx = 2 or x = -2", &[(1, Given), (2, Given), (3, Right)]),
    ]);
}

#[test]
fn what_could_not_be_read_refutes_nothing() {
    holds(&[
        (
            "\\begin{align*}\n\\int \\frac{1}{2x}\\ dx &=\\int\\frac{1}{4y}\\ dy \\\\\n\\frac 12\\ln|x| &= \\frac14\\ln|y| +C_1\n\\end{align*}",
            &[(2, Unreadable), (3, Undecided)],
        ),
        (
            "$y = x^9$\n\n$y' = 9x^8$\n\n$y = x^10$\n\n$y' = 10x^9$",
            &[(1, Given), (3, Right), (5, Unreadable), (7, Undecided)],
        ),
    ]);
}

#[test]
fn labelled_rows_have_names_of_their_own() {
    let rows = |second: &str| {
        format!("\\begin{{align*}}\nL&:\\  x=1+t,\\ y=2,\\ z=3-t \\\\\nL'&:\\ {second}\n\\end{{align*}}")
    };
    holds(&[
        (&rows(r"x=1+t,\ y=2-2t,\ z=1+t"), &[(2, Given), (3, Right)]),
        (&rows(r"x=2t,\ y=2-2t,\ z=1+t = t + 2"), &[(2, Given), (3, Wrong)]),
        (r"$$a:b = c:d$$", &[(1, Unreadable)]),
    ]);
}

#[test]
fn signs_of_letters_are_said_in_words_too() {
    holds(&[
        (r"With $\alpha > 0$ we have $$f(x) = \alpha x$$", &[(1, Given)]),
        (r"With $\sqrt{2} > 2$ we have $$f(x) = 2 x$$", &[(1, Wrong)]),
    ]);
}
