//! `symdiff check`: verdicts of whole documents, known mistakes, and derivations made by chance.

#[path = "check/chains.rs"]
mod chains;
#[path = "check/diagnoses.rs"]
mod diagnoses;
#[path = "check/documents.rs"]
mod documents;
#[path = "check/doubts.rs"]
mod doubts;
#[path = "check/equations.rs"]
mod equations;
#[path = "check/misread.rs"]
mod misread;
#[path = "check/mistaken.rs"]
mod mistaken;
#[path = "check/names.rs"]
mod names;
#[path = "check/pages.rs"]
mod pages;
#[path = "check/plain.rs"]
mod plain;
#[path = "check/vectors.rs"]
mod vectors;

use symdiff::check::mistakes::{MISTAKES, Rule};
use symdiff::check::{Report, Verdict, check};

fn verdicts(text: &str) -> Vec<(usize, Verdict)> {
    check(text, "").lines.iter().map(|line| (line.number, line.verdict)).collect()
}

fn example(name: &str) -> Report {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    check(&std::fs::read_to_string(file).unwrap(), "")
}

fn words(report: &Report) -> Vec<String> {
    report
        .lines
        .iter()
        .map(|line| format!("{} {} {}", line.number, line.verdict.word(), line.needs.join("; ")))
        .collect()
}

#[test]
fn the_examples_have_their_verdicts() {
    for name in ["softmax.md", "softmax-wrong.md", "chain-rule.md", "chain-rule-wrong.txt"] {
        insta::with_settings!({ snapshot_path => "check", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.replace('.', "_"), words(&example(name)).join("\n"));
        });
    }
}

#[test]
fn lines_of_plain_text() {
    use Verdict::{Follows, Given, Right, RightIf, Rounding, Undecided, Unreadable, Wrong};
    for (text, expected) in [
        ("f(x) = x^2 sin(x)\nf'(x) = 2x sin(x) + x^2 cos(x)", vec![(1, Given), (2, Right)]),
        ("d/dx x^3 = 3x^3\n = 3x*x^2\n = 3x^2", vec![(1, Wrong), (2, Follows), (3, Right)]),
        ("y = x^x\ny' = x^x (ln x + 1)", vec![(1, Given), (2, Right)]),
        ("y = x^2\ndy/dx = 2x\ny'' = 2", vec![(1, Given), (2, Right), (3, Right)]),
        ("at x = 2\na = x^2 = 4\nb = 1/3 = 0.3333 = 0.333", vec![(2, Right), (3, Right)]),
        ("at x = 2\nb = x/3\n= 0.6667\n= 0.6666", vec![(2, Given), (3, Right), (4, Rounding)]),
        ("at x = 2\nb = x/3\n= 0.6767", vec![(2, Given), (3, Wrong)]),
        ("sqrt(x^2) = x", vec![(1, RightIf)]),
        ("d/dx |x| = 1", vec![(1, RightIf)]),
        ("f(x) = |x|\nf'(x) = 1", vec![(1, Given), (2, RightIf)]),
        // A number at a point that is not stated; a number that no point could mend.
        ("a = x^2\na = 1", vec![(1, Given), (2, Undecided)]),
        ("d/dx x^2 = 2", vec![(1, Wrong)]),
        ("d/dx log(x^2) = 2/x", vec![(1, Right)]),
        // The derivative is set to zero, not claimed to be.
        (
            "f(x) = x^2 - 4x\nf'(x) = 2x - 4\nf'(x) = 0\nx = 2",
            vec![(1, Given), (2, Right), (3, Given), (4, Right)],
        ),
        // Nothing says what f is.
        ("df/dx = 12x^3 = 3x*4x^2", vec![(1, Undecided)]),
        // c depends on x by itself and through s: either reading of ∂c/∂x may be meant, and the one that holds s fixed says so.
        ("s = σ(x)\nc = 3x - s\n∂c/∂x = 3", vec![(1, Given), (2, Given), (3, RightIf)]),
        ("s = σ(x)\nc = 3x - s\ndc/dx = 3", vec![(1, Given), (2, Given), (3, Wrong)]),
        ("s = σ(x)\nc = 3x - s\n∂c/∂x = 3 - s*(1-s)", vec![(1, Given), (2, Given), (3, Right)]),
        ("s = σ(x)\nc = 3x - s\n∂c/∂x = 4", vec![(1, Given), (2, Given), (3, Wrong)]),
        ("d/dx (x^2 = 2x", vec![(1, Unreadable)]),
        ("d/dx x^2 = X'*X", vec![(1, Undecided)]),
        (
            "$$y = \\ln(\\cos x)$$\n$$y' = -\\tan x$$\n$$y'' = -\\sec^2 x$$",
            vec![(1, Given), (2, Right), (3, Right)],
        ),
        (
            "$u = x^2$, $v = \\sin x$\n\n$(uv)' = u'v + uv' = 2x \\sin x + x^2 \\cos x$",
            vec![(1, Given), (3, Right)],
        ),
        // Evaluation bars; the name is free again afterwards.
        (
            "$y = x^3 + ax$\n$$\\left.\\frac{dy}{dx}\\right|_{x=1} = 3x^2 + a\\Big|_{x=1} = 3 + a$$\n\
             $$\\frac{dy}{dx}\\bigg|_{x=2} = 11 + a$$\n$$\\frac{dy}{dx} = 3x^2 + a$$\n$$f(x)=x^2$$\n$$f'(x)|_{x=3} = 6$$",
            vec![(1, Given), (2, Right), (3, Wrong), (4, Right), (5, Given), (6, Right)],
        ),
        // Arrays that set equations, and those that are tables.
        (
            "$$\\begin{array}{rcl} g(x) &=& x^3 \\\\ g'(x) &=& 3x^2 \\\\ g''(x) &=& 6 \\end{array}$$\n\
             $$\\begin{array}{|c|c|}\\hline x & f(x) \\\\ \\hline 1 & 2 \\\\ \\hline\\end{array}$$",
            vec![(1, Wrong)],
        ),
        // What is none of ours is said to be so, and is no claim.
        ("lim x->0 sin(x)/x = 1\n∫ x dx = x^2/2", vec![(1, Unreadable), (2, Unreadable)]),
        // Commands of the document's own.
        (
            "\\newcommand{\\w}{\\omega}\n$y = \\sin(\\w x)$\n\n$$\\frac{dy}{dx} = \\w\\cos(\\w x)$$\n$$\\frac{dy}{dx} = \\cos(\\w x)$$",
            vec![(2, Given), (4, Right), (5, Wrong)],
        ),
        // A new exercise may use an old name for something else.
        ("# One\ny = x^3\n# Two\n∂/∂y (x y^2) = 2xy", vec![(2, Given), (4, Right)]),
        ("Here we say that it is so.\nSo: y = 3x", vec![(2, Given)]),
    ] {
        assert_eq!(verdicts(text), expected, "{text}");
    }
}

/// Questions 2 and 3 of the sheet as they stand there, under several preambles that say the same.
#[test]
fn the_sheet_under_other_preambles() {
    let text = include_str!("check/sheet.md");
    let common = "under 2. Softmax\nlet W: R[K,D]\nlet x: R[D]\nlet b: R[K]\nlet y: R[K]\n";
    for layers in [
        "let a: R[K] = W*x + b\nlet ŷ: R[K] = softmax(a)\nlet l = -sum[i] y[i]*log(ŷ[i])\ngiven l = -log(ŷ[k])",
        "let a = W*x + b\nlet ŷ = softmax(a)\nlet l = -sum[i] y[i]*log(ŷ[i])",
        "let a = W*x + b\nlet ŷ = softmax(a)",
        "let ŷ: R[K] = softmax(W*x + b)",
        "let ŷ = softmax(W*x + b)\ngiven sum(y) = 1\ngiven y[k] = 1",
        "let a = W*x + b\nlet ŷ = softmax(a)\ngiven y[i] = δ[i,k]",
    ] {
        let preamble = format!("{common}{layers}\nunder 3. Chain\nat x = 1, y = 0");
        assert!(preamble.lines().count() <= 20);
        let report = check(text, &preamble);
        assert!(report.preamble.is_empty(), "{:?}", report.preamble);
        for line in &report.lines {
            let expected = match line.source.as_str() {
                // ∂a_i/∂W_i = 0 for i ≠ j: a slip of the sheet.
                source if source.starts_with("Because") => Verdict::Wrong,
                "$$= 0.0645$$" => Verdict::Rounding,
                _ => line.verdict,
            };
            let place = format!("{layers}: {}", line.source);
            assert_eq!(line.verdict, expected, "{place}");
            if expected == Verdict::Wrong {
                assert_eq!(line.diagnosis[0].id, "SubscriptTypo");
                assert!(line.diagnosis[0].text.ends_with("∂a[i]/∂W[j] = 0"), "{}", line.diagnosis[0].text);
            } else {
                assert!(
                    matches!(
                        line.verdict,
                        Verdict::Given | Verdict::Right | Verdict::RightIf | Verdict::Rounding
                    ),
                    "{place}: {:?}",
                    line.verdict
                );
            }
        }
    }
    // Without a point, its numbers are no claims.
    let report = check(text, &format!("{common}let a = W*x + b\nlet ŷ = softmax(a)\nunder 3. Chain"));
    assert!(report.lines.iter().skip(10).all(|line| !line.verdict.is_error()), "{report:?}");
}

#[test]
fn paths_that_were_not_followed() {
    let text = "u = sin(t)\nv = t^2\nw = e^t\nf = u + v*w\ndf/dt = cos(t) + 2t*w";
    let report = check(text, "");
    assert_eq!(report.first_wrong(), Some(5));
    assert!(report.lines[4].diagnosis.iter().any(|d| d.id == "M18" || d.id == "B02"), "{report:?}");
}

#[test]
fn vectors_and_what_they_need() {
    let preamble = "let W: R[K,D]\nlet x: R[D]\nlet b: R[K]\nlet y: R[K]\nlet A: R[n,n]\nlet v: R[n]\n\
                    let a: R[K] = W*x + b\nlet ŷ: R[K] = softmax(a)\nlet l = -sum[i] y[i]*log(ŷ[i])";
    for (claim, verdict, needs, mistake) in [
        ("∂l/∂W = (ŷ-y)*x'", Verdict::RightIf, "sum(y) = 1", ""),
        ("∂l/∂W = (sum(y)*ŷ-y)*x'", Verdict::Right, "", ""),
        ("∂l/∂a = ŷ - y", Verdict::RightIf, "sum(y) = 1", ""),
        ("∂/∂v (v'*A*v) = 2*A*v", Verdict::RightIf, "A' = A", "M11"),
        ("∂/∂v norm2(A*v)^2 = A'*A*v", Verdict::Wrong, "", "M08"),
        ("∂/∂v norm2(A*v)^2 = 2*A*A*v", Verdict::Wrong, "", "M16"),
        ("∂/∂v sum(tanh(A*v)) = A*(1 - tanh(A*v).^2)", Verdict::Wrong, "", "M06"),
        ("∂/∂v (v'*A*v) = (A+A')*v", Verdict::Right, "", ""),
        ("∂l/∂W = x*(sum(y)*ŷ-y)'", Verdict::Shape, "", "M01"),
        ("∂l/∂W = (y-sum(y)*ŷ)*x'", Verdict::Wrong, "", "M02"),
        ("∂l/∂a = y - sum(y)*ŷ", Verdict::Wrong, "", "M02"),
        ("∂l/∂W = -(y .* (1-ŷ))*x'", Verdict::Wrong, "", "M03"),
        ("∂l/∂a = -y .* (1-ŷ)", Verdict::Wrong, "", "M03"),
        ("∂l/∂W = -(y .* (1-ŷ) + ŷ .* (sum(y) - y))*x'", Verdict::Wrong, "", "M04"),
        ("∂l/∂a = -y .* (1-ŷ) - ŷ .* (sum(y) - y)", Verdict::Wrong, "", "M04"),
        ("∂ŷ[k]/∂a[i] = ŷ[k]*(1-ŷ[k])", Verdict::Wrong, "", "M05"),
        ("jacobian(softmax(v), v) = diag(softmax(v) .* (1-softmax(v)))", Verdict::Wrong, "", "M05"),
        ("∂ŷ[k]/∂a[i] = ŷ[i]*(1-ŷ[i])", Verdict::Wrong, "", "M05"),
    ] {
        let report = check(claim, preamble);
        assert!(report.preamble.is_empty(), "{:?}", report.preamble);
        let line = &report.lines[0];
        assert_eq!(line.verdict, verdict, "{claim}: {:?}", line.message);
        assert_eq!(line.needs.join("; "), needs, "{claim}");
        assert_eq!(line.diagnosis.first().map_or("", |d| d.id), mistake, "{claim}");
    }
}

/// Rows `mistake | derivative | answer`.
fn rows(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.lines().filter(|line| !line.starts_with(['#', ':'])).filter_map(|line| {
        let mut parts = line.splitn(3, " | ");
        Some((parts.next()?, parts.next()?, parts.next()?))
    })
}

#[test]
fn mistakes_are_recognised() {
    recognised(include_str!("check/mistakes.txt"));
    recognised(include_str!("check/mistakes-of-vectors.txt"));
    recognised(include_str!("check/mistakes-of-algebra.txt"));
}

fn recognised(table: &str) {
    let (mut first, mut shown, mut all) = (0, 0, 0);
    let preamble: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix(": ")).collect();
    for (id, derivative, answer) in rows(table) {
        let report = check(&format!("{derivative} = {answer}"), &preamble.join("\n"));
        let line = &report.lines[0];
        assert!(
            line.verdict.is_error() || !line.needs.is_empty() && !line.diagnosis.is_empty(),
            "{id}: {derivative} = {answer}"
        );
        all += 1;
        first += usize::from(line.diagnosis.first().is_some_and(|d| d.id == id));
        shown += usize::from(line.diagnosis.iter().any(|d| d.id == id));
    }
    assert!(first * 100 >= all * 85, "first choice {first} of {all}");
    assert!(shown * 100 >= all * 97, "in the set {shown} of {all}");
}

/// Formulas by chance, each with every mistake that can be made in it.
#[test]
fn mistakes_made_by_chance() {
    let rates = mistaken::recognised(24, &mut |_, _, _| {});
    let total = mistaken::Rate::total(&rates);
    assert!(total.lines >= 100, "{total:?}");
    assert!(total.first * 100 >= total.lines * 85, "{total:?}");
    assert!(total.shown * 100 >= total.lines * 97, "{total:?}");
}

#[test]
fn every_row_of_the_table_recognises_its_example() {
    for mistake in MISTAKES
        .iter()
        .filter(|m| m.rules.iter().all(|r| matches!(r, Rule::Derivative(..) | Rule::Rewriting(..))))
    {
        let (problem, answer) = mistake.example;
        let report = check(&format!("∂/∂x ({problem}) = {answer}"), "");
        let line = &report.lines[0];
        if line.verdict == Verdict::RightIf {
            // It holds for positive x, and that is said.
            continue;
        }
        assert_eq!(line.verdict, Verdict::Wrong, "{}", mistake.id);
        assert!(line.diagnosis.iter().any(|d| d.id == mistake.id), "{}: {:?}", mistake.id, line.diagnosis);
    }
}

#[test]
fn right_lines_get_no_diagnosis_and_no_alarm() {
    for (_, derivative, _) in rows(include_str!("check/mistakes.txt")) {
        let report = check(&format!("f = {}\n{derivative} = {derivative}", "x^2"), "");
        assert!(report.first_wrong().is_none(), "{derivative}");
    }
}

#[test]
fn derivations_by_chance() {
    for seed in 1..=200 {
        let derivation = chains::derivation(&mut chains::Chance::new(seed));
        let report = check(&derivation.text, "");
        assert_eq!(report.first_wrong(), derivation.first_wrong, "seed {seed}\n{}", derivation.text);
    }
}

#[test]
fn the_same_bytes_every_time() {
    let text = "f(x) = x^2/(x+1)\nf'(x) = 2x\n = 2*x\nd/dx e^(2x) = e^(2x)";
    let first = format!("{:?}", check(text, ""));
    for _ in 0..20 {
        assert_eq!(format!("{:?}", check(text, "")), first);
    }
}

#[test]
fn any_text_gives_a_report() {
    for text in [
        "",
        "=",
        "= =",
        "$$=$$",
        "$$a = $$",
        "a =",
        "$a=b",
        "\\begin{align} a &= \\\\ &= b",
        "---\nlet\n---\na = b",
        "let x: R[\na = b",
        "a = a + 1\na = 2a",
        "f(x) = f(x) + 1\nf'(x) = 3",
        "given x > \nx = x",
        "at x\nx = 1",
        "x = y\ny = x\nx + y = 3",
        "$$\\frac{}{} = \\tag{}$$",
        "é = ü = ñ\u{301}",
        "[i=j] = [j=i]",
        "a = [1,2] = [1,3]",
    ] {
        let report = check(text, "");
        assert!(report.status() <= 3, "{text}");
    }
}
