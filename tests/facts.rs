//! Facts and conditions of derivatives: what may be used where, what is demanded, and where orders end.

use symdiff::{Problem, Request};

fn problem(declarations: &[&str], facts: &[&str]) -> Problem {
    let mut problem = Problem::new();
    for declaration in declarations {
        problem.declare(declaration).unwrap();
    }
    for fact in facts {
        problem.given(fact).unwrap();
    }
    problem
}

/// Facts hold at a point and say nothing of slopes there; jumps of conditions are no points of a derivative.
#[test]
fn facts_and_jumps() {
    let rows: &[(&[&str], &[&str], &str, &str, &str, &[&str])] = &[
        (&["y: R[n]"], &["sum(y)=1"], "a*(sum(y)-1)", "y", "a*ones(n)", &[]),
        (&["y: R[n]"], &["sum(y)=1"], "sum(y)^2", "y", "2*ones(n)", &[]),
        (&["p: R[n]"], &["sum(p)=1"], "sum(p.^2)/sum(p)", "p", "2*p - p'*p", &[]),
        (&[], &["x*y=1"], "x^2*y", "x", "2", &[]),
        (
            &[],
            &[],
            "cases(x^2 if x>0, x)",
            "x",
            "2*x*cases(1 if x > 0, 0) + cases(0 if x > 0, 1)",
            &["x != 0"],
        ),
        (&[], &[], "[floor(x) > 1/2]*y", "x", "0", &["floor(x) != x"]),
        (&[], &[], "[[x>0] = 1]*x", "x", "[[x > 0] = 1]", &["x != 0"]),
        (&[], &[], "sqrt(x-1)*sqrt(x+1)", "x", "x/sqrt(x^2 - 1)", &["x > 1"]),
        (&["A: R[2,2]"], &[], "det(A)", "A", "det(A)*inv(A)'", &["det(A) != 0"]),
    ];
    for (declarations, facts, formula, wrt, expected, conditions) in rows {
        let mut problem = problem(declarations, facts);
        let answer = problem.gradient(formula, &[wrt]).unwrap();
        let partial = &answer.partials[0];
        assert_eq!(symdiff::print::text(&partial.tree), *expected, "{formula}");
        let found: Vec<String> = partial.conditions.iter().map(symdiff::print::text).collect();
        assert_eq!(found, *conditions, "{formula}");
    }
}

/// Each order grows; what is too large says so before memory does.
#[test]
fn high_orders_end() {
    for (formula, order) in [("σ(x)", 64), ("x^x", 32)] {
        let request = Request { order, ..Request::default() };
        let error = Problem::new().answer(formula, &request).unwrap_err();
        assert!(error.to_string().contains("too many to be differentiated again"), "{formula}: {error}");
    }
    let nested = "d/dx ".repeat(50) + "exp(x^2)";
    let error = Problem::new().gradient(&nested, &["x"]).unwrap_err();
    assert!(error.to_string().contains("differentiated again"), "{error}");
}

/// A fact with a free index holds for every value of it.
#[test]
fn free_indices_of_facts_are_all() {
    let rows: &[(&[&str], &str, &str, bool)] = &[
        (&["W: R[m,n]"], "sum[j] W[i,j] = 1", "sum(W) = m", true),
        (&["W: R[m,n]"], "sum[j] W[i,j] = 1", "sum[k] W[1,k] = 1", true),
        (&["W: R[m,n]"], "sum[j] W[i,j] = 1", "sum[i] W[i,1] = 1", false),
        (&["P: R[n,n]"], "P[i,j] = P[j,i]", "P' = P", true),
    ];
    for (declarations, fact, claim, holds) in rows {
        let mut problem = problem(declarations, &[fact]);
        let links = symdiff::prove::claim(&mut problem, claim).unwrap();
        let is_proved = matches!(links[0].verdict, symdiff::prove::Verdict::Proved(_));
        assert_eq!(is_proved, *holds, "{claim} given {fact}: {:?}", links[0].verdict);
    }
}

/// An answer names the facts it rests on, also those that leave no trace.
#[test]
fn used_facts_are_named() {
    let rows: &[(&[&str], &[&str], &str, &str, &[&str])] = &[
        (&[], &["x > 0", "y > 0"], "abs(x)*y", "x", &["x > 0"]),
        (&[], &["x > 0"], "1/x", "x", &["x > 0"]),
        (&[], &["x > 0"], "exp(x)", "x", &[]),
        (&["P: R[n,n]", "x: R[n]"], &["P' = P"], "x'*P*x", "x", &["P' = P"]),
        (&["y: R[n]"], &["sum(y) = 1"], "a*sum(y)", "a", &["sum(y) = 1"]),
    ];
    for (declarations, facts, formula, wrt, used) in rows {
        let mut problem = problem(declarations, facts);
        let answer = problem.gradient(formula, &[wrt]).unwrap();
        assert_eq!(answer.partials[0].facts, *used, "{formula}");
    }
}

/// A name is a size or a value, not both.
#[test]
fn sizes_have_no_values() {
    let with = |declarations: &[&str]| {
        let owned: Vec<String> = declarations.iter().map(|d| (*d).to_owned()).collect();
        Problem::with(&owned, &[]).map(|_| ())
    };
    assert!(with(&["x: R[n]", "n = 5"]).unwrap_err().to_string().contains("n is a size"));
    assert!(with(&["n: R", "x: R[n]"]).unwrap_err().to_string().contains("n is declared as something else"));
    assert!(with(&["x: R[n]", "y: R[n]"]).is_ok());
}

/// The condition of the last case counts: where no case holds there is no value.
#[test]
fn cases_cover_or_demand() {
    let conditions = |formula: &str| -> usize {
        let answer = Problem::new().gradient(formula, &["y"]).unwrap();
        answer.partials[0].conditions.len()
    };
    assert_eq!(conditions("y*cases(1 if x > 0, 2 if x <= 0)"), 0);
    assert_eq!(conditions("y*cases(1 if x > 0, 2 if x < -5)"), 1);
    let links =
        symdiff::prove::claim(&mut Problem::new(), "cases(1 if x > 0, 2 if x < -5) = cases(1 if x > 0, 2)");
    match &links.unwrap()[0].verdict {
        symdiff::prove::Verdict::Proved(proof) => assert_eq!(proof.conditions.len(), 1),
        symdiff::prove::Verdict::Undecided(_) => {}
        symdiff::prove::Verdict::Refuted(witness) => panic!("{witness:?}"),
    }
}

/// Powers of the index of a declared vector need no positive base.
#[test]
fn powers_of_an_index_of_fixed_size() {
    let mut problem = problem(&["v: R[3]"], &[]);
    let answer = problem.gradient("sum[i] v[i]*x^i", &["x"]).unwrap();
    assert!(answer.partials[0].conditions.is_empty());
}
