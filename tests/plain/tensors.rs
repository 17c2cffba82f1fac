//! From bytes to formulas with vectors and matrices, and the law of the gradient on them: what is printed, read again and
//! evaluated, is the slope of the values.

use std::fmt::Write as _;

use symdiff::evaluate::graph::{Point, Value};
use symdiff::print;
use symdiff::syntax::{Names, parse_declaration};
use symdiff::{Operator, Problem, Request};

const DECLARATIONS: [&str; 5] = ["s: R", "x: R[n]", "y: R[n]", "A: R[n,n]", "B: R[n,n]"];
const SIZE: usize = 3;
const LARGEST: usize = 14;
/// Step of the differences.
const STEP: f64 = 1e-4;

struct Decoder<I> {
    bytes: I,
    left: usize,
}

impl<I: Iterator<Item = u8>> Decoder<I> {
    fn choose(&mut self, small: usize, all: usize) -> usize {
        let byte = usize::from(self.bytes.next().unwrap_or(0));
        self.left = self.left.saturating_sub(1);
        byte % if self.left == 0 { small } else { all }
    }

    fn scalar(&mut self) -> String {
        match self.choose(3, 16) {
            0 => "s".into(),
            1 => "2".into(),
            2 => "x'*y".into(),
            3 => format!("norm2({})^2", self.vector()),
            4 => format!("sum({})", self.vector()),
            5 => format!("({})'*({})*({})", self.vector(), self.matrix(), self.vector()),
            6 => format!("tr({})", self.matrix()),
            7 => format!("log(sum(exp({})))", self.vector()),
            8 => format!("(({}) + ({}))", self.scalar(), self.scalar()),
            9 => format!("(({}) - 3*({}))", self.scalar(), self.scalar()),
            10 => format!("({})*({})", self.scalar(), self.scalar()),
            11 => format!("sin({})", self.scalar()),
            12 => format!("sum[i] x[i]*({})[i]", self.vector()),
            13 => format!("sum[i,j] A[i,j]*({})[i]*y[j]", self.vector()),
            14 => format!("logsumexp({})", self.vector()),
            _ => format!("mean({})", self.vector()),
        }
    }

    fn vector(&mut self) -> String {
        match self.choose(2, 13) {
            0 => "x".into(),
            1 => "y".into(),
            2 | 3 => format!("({})*({})", self.matrix(), self.vector()),
            4 => format!("(({}) + ({}))", self.vector(), self.vector()),
            5 => format!("({})*({})", self.scalar(), self.vector()),
            6 => format!("tanh({})", self.vector()),
            7 => format!("σ({})", self.vector()),
            8 => format!("exp({})", self.vector()),
            9 => format!("(({}) .* ({}))", self.vector(), self.vector()),
            10 => format!("softmax({})", self.vector()),
            11 => format!("diag({})", self.matrix()),
            _ => format!("(({}) - ({}))", self.vector(), self.vector()),
        }
    }

    fn matrix(&mut self) -> String {
        match self.choose(2, 9) {
            0 => "A".into(),
            1 => "B".into(),
            2 => format!("({})*({})", self.matrix(), self.matrix()),
            3 => format!("({})'", self.matrix()),
            4 => format!("(({}) + ({}))", self.matrix(), self.matrix()),
            5 => format!("({})*({})'", self.vector(), self.vector()),
            6 => format!("diag({})", self.vector()),
            7 => "inv(A)".into(),
            _ => format!("({})*({})", self.scalar(), self.matrix()),
        }
    }
}

/// The formula that the bytes stand for.
pub fn formula(bytes: &[u8]) -> String {
    Decoder { bytes: bytes.iter().copied(), left: LARGEST }.scalar()
}

/// Names, shapes and entries at which formulas are evaluated.
fn variables() -> Vec<(&'static str, Vec<usize>, Vec<f64>)> {
    let a = vec![1.5, -0.25, 0.5, 0.125, 1.25, -0.375, -0.5, 0.25, 1.75];
    let b = vec![0.5, 0.25, -0.75, 1.0, -0.5, 0.375, 0.25, 0.625, -0.25];
    vec![
        ("s", vec![], vec![0.75]),
        ("x", vec![SIZE], vec![0.5, -0.25, 0.875]),
        ("y", vec![SIZE], vec![-0.625, 1.125, 0.25]),
        ("A", vec![SIZE, SIZE], a),
        ("B", vec![SIZE, SIZE], b),
    ]
}

fn point(variables: &[(&'static str, Vec<usize>, Vec<f64>)]) -> Point {
    let mut point = Point::new();
    point.set_size("n", SIZE);
    for (name, shape, entries) in variables {
        match shape.as_slice() {
            [] => point.set_float(name, entries[0]),
            _ => point.set_tensor(name, shape.clone(), entries.clone()),
        }
    }
    point
}

fn problem() -> Result<Problem, String> {
    Problem::with(&DECLARATIONS.map(str::to_owned), &[]).map_err(|e| e.message)
}

fn evaluated(text: &str, at: Point) -> Result<Option<Vec<f64>>, String> {
    let request = Request { operator: Operator::Evaluate, at: Some(at), ..Request::default() };
    let answer =
        problem()?.answer(text, &request).map_err(|e| format!("{text} cannot be read: {}", e.message))?;
    Ok(answer.value.and_then(Result::ok).as_ref().map(Value::entries))
}

/// The gradient of a decoded formula by each of its variables, against differences.
///
/// # Errors
/// The entry that differs, or the answer that does not read back.
pub fn gradients(bytes: &[u8]) -> Result<(), String> {
    let text = formula(bytes);
    let mut names = Names::default();
    for text in DECLARATIONS {
        parse_declaration(text, &names).map_err(|e| e.message)?.0.declare(&mut names);
    }
    let at = variables();
    let is_tame = |x: &f64| x.abs() < 1e4;
    let Some(value) = evaluated(&text, point(&at))? else { return Ok(()) };
    if !value.iter().all(is_tame) {
        return Ok(());
    }
    let request = Request { at: Some(point(&at)), ..Request::default() };
    let answer = problem()?.answer(&text, &request).map_err(|e| format!("{text}: {}", e.message))?;
    for partial in &answer.partials {
        let Some(number) = at.iter().position(|(name, ..)| *name == partial.wrt) else { continue };
        let printed = print::text_with(&partial.tree, &names);
        let mut found = vec![("its node", partial.value.clone().and_then(Result::ok).map(|v| v.entries()))];
        if partial.note.is_none() {
            found.push((
                "its text",
                evaluated(&printed, point(&at)).map_err(|e| format!("[{}] {text}: {e}", partial.wrt))?,
            ));
        }
        let mut slopes = Vec::new();
        for entry in 0..at[number].2.len() {
            let moved = |by: f64| {
                let mut moved = at.clone();
                moved[number].2[entry] += by;
                Ok::<_, String>(evaluated(&text, point(&moved))?.and_then(|v| v.first().copied()))
            };
            let pair = |by: f64| Ok::<_, String>(moved(by)?.zip(moved(-by)?).map(|(a, b)| a - b));
            // errors of order four
            let Some((near, far)) = pair(STEP)?.zip(pair(2.0 * STEP)?) else { return Ok(()) };
            slopes.push((8.0 * near - far) / (12.0 * STEP));
        }
        if !slopes.iter().all(is_tame) {
            return Ok(());
        }
        let scale =
            slopes.iter().fold(1.0, |largest: f64, slope| largest.max(slope.abs())).max(value[0].abs());
        for (what, entries) in found {
            // a large exponential inside the gradient may be beyond f64 where the formula is not
            if entries.is_none() && printed.contains("exp(exp(") {
                continue;
            }
            let Some(entries) = entries else {
                return Err(format!("[{}] {text} → {printed}: {what} has no value", partial.wrt));
            };
            // a constant gradient may be printed as the number that all its entries are
            let is_right = (entries.len() == slopes.len())
                && entries.iter().zip(&slopes).all(|(a, b)| (a - b).abs() <= 1e-6 * scale);
            if !is_right {
                let mut message = format!("[{}] {text} → {printed}: {what} is {entries:?}", partial.wrt);
                let _ = write!(message, ", differences say {slopes:?}");
                return Err(message);
            }
        }
    }
    Ok(())
}
