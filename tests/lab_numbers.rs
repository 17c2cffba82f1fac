//! The numbers of a deep-learning lab, row by row: softmax regression (1)–(7), a computation graph, pooling, convolution, a
//! two-layer network (8)–(18), symmetric SNE and t-SNE (31)–(43), and soft thresholding (44)–(50).

mod problem;

use problem::{Problem, assert_close};
use rustc_hash::FxHashMap;
use symdiff::ir::NodeId;

const STRICT: f64 = 1e-11;
const CLOSE: f64 = 1e-10;

/// Numbers printed with nine decimals are right to half of the last.
const NINE: f64 = 5e-10;

impl Problem {
    /// The node in flat form: what differentiation leaves shared is multiplied out.
    fn flat(&mut self, node: NodeId) -> NodeId {
        self.environment.graph.rebuild(node, &FxHashMap::default())
    }
}

// ---- 1b: sparse coding ----

#[test]
fn sparse_coding() {
    let mut problem = Problem::new(&["D: R[n,m]", "α: R[m]", "x: R[n]"], &[]);
    let loss = problem.formula("norm2(x - D*α)^2 + λ*norm1(α)");
    let partials = problem.derivatives(loss, &["α", "D"]);
    let by_hand = problem.formula("-2*D'*(x - D*α) + λ*sign(α)");
    let outer = problem.formula("-2*(x - D*α)*α'");
    problem.set_exact("D", &[2, 2], &["1", "0", "1", "1"]);
    problem.set_exact("α", &[2], &["1", "-2"]);
    problem.set_exact("x", &[2], &["1", "1"]);
    problem.set_exact("λ", &[], &["0.1"]);
    assert_close(&problem.entries(loss), &[4.3], 1e-15, "value");
    assert_close(&problem.entries(partials[0]), &[-3.9, -4.1], 1e-15, "by α");
    assert_close(&problem.entries(partials[1]), &[0.0, 0.0, -4.0, 8.0], 1e-15, "by D");
    assert_close(&problem.entries(by_hand), &[-3.9, -4.1], 1e-15, "by hand");
    assert_close(&problem.entries(outer), &[0.0, 0.0, -4.0, 8.0], 1e-15, "by hand");
}

// ---- (1)–(7): instance A ----

const SOFTMAX: &[&str] = &["W: R[K,D]", "x: R[D]", "b: R[K]", "y: R[K]", "s = softmax(W*x+b)"];

fn instance_a(problem: &mut Problem) {
    problem.set_exact("W", &[3, 2], &["0.1", "0.2", "0.3", "-0.1", "-0.2", "0.4"]);
    problem.set_exact("b", &[3], &["0", "0.1", "-0.1"]);
    problem.set_exact("x", &[2], &["1", "2"]);
    problem.set_exact("y", &[3], &["0", "1", "0"]);
    problem.point.set_position("k", 2);
}

const BY_W: [f64; 6] =
    [0.364854550533, 0.729709101066, -0.729709101066, -1.459418202133, 0.364854550533, 0.729709101066];
const BY_B: [f64; 3] = [0.364854550533, -0.729709101066, 0.364854550533];

#[test]
fn softmax_regression() {
    for (loss, facts) in [
        ("-log(s[k])", &[] as &[&str]),
        ("-sum[i] y[i]*log(s[i])", &[]),
        ("-sum[i] y[i]*log(s[i])", &["sum(y)=1"]),
        ("-y'*log(softmax(W*x+b))", &["sum(y)=1"]),
    ] {
        let mut problem = Problem::new(SOFTMAX, facts);
        let node = problem.formula(loss);
        let partials = problem.derivatives(node, &["W", "b"]);
        instance_a(&mut problem);
        assert_close(&problem.entries(node), &[1.30825649651], STRICT, "(1)");
        assert_close(&problem.entries(partials[0]), &BY_W, STRICT, "(7) by W");
        assert_close(&problem.entries(partials[1]), &BY_B, STRICT, "(7) by b");
    }
}

#[test]
fn softmax_regression_in_closed_form() {
    for (facts, closed) in [(&["sum(y)=1"] as &[&str], "(s - y)*x'"), (&[], "(sum(y)*s - y)*x'")] {
        for loss in ["-sum[i] y[i]*log(s[i])", "-y'*log(s)"] {
            let mut problem = Problem::new(SOFTMAX, facts);
            let node = problem.formula(loss);
            problem.environment.graph.take_facts_used();
            let partial = problem.derivatives(node, &["W"])[0];
            let partial = problem.flat(partial);
            assert_eq!(problem.environment.graph.take_facts_used().len(), facts.len(), "{loss}");
            let closed_node = problem.formula(closed);
            // Both multiplied out: the closed form is (s − y) as a whole times x.
            instance_a(&mut problem);
            assert_close(&problem.entries(partial), &BY_W, STRICT, loss);
            assert_close(&problem.entries(closed_node), &BY_W, STRICT, closed);
        }
    }
}

#[test]
fn softmax_alone() {
    let mut problem = Problem::new(&["ŷ: R[K]"], &[]);
    let partial = problem.gradient("-log(ŷ[k])", "ŷ");
    problem.set("ŷ", &[3], &[0.364854550533, 0.270290898934, 0.364854550533]);
    problem.point.set_position("k", 2);
    assert_close(&problem.entries(partial), &[0.0, -3.69971761515, 0.0], 1e-11, "(2)");

    let mut problem = Problem::new(&["a: R[K]"], &[]);
    let jacobian = problem.gradient("softmax(a)", "a");
    let row = problem.gradient("softmax(a)[k]", "a");
    problem.set_exact("a", &[3], &["0.5", "0.2", "0.5"]);
    problem.point.set_position("k", 2);
    let entries = problem.entries(jacobian);
    assert_close(&entries[3..6], &[-0.098616864, 0.197233729, -0.098616864], NINE, "(3)");
    assert_close(&problem.entries(row), &entries[3..6], 1e-15, "(3), one row");
}

// ---- 3b: a computation graph ----

#[test]
fn computation_graph() {
    let mut problem = Problem::new(&[], &[]);
    let f = problem.formula("(x^2+σ(y))/(3x+y-σ(x))");
    let partials = problem.derivatives(f, &["x", "y"]);
    problem.set_exact("x", &[], &["1"]);
    problem.set_exact("y", &[], &["0"]);
    assert_close(&problem.entries(f), &[0.661101245661], CLOSE, "f");
    assert_close(&problem.entries(partials[0]), &[0.0646454137655], 1e-12, "by x");
    assert_close(&problem.entries(partials[1]), &[-0.181186363733], 1e-12, "by y");

    let mut problem = Problem::new(&["sx: R", "sy: R", "a: R", "b: R", "c: R"], &[]);
    let quotient = problem.formula("b/c");
    let whole = problem.formula("(a + sy)/(3*x + y - sx)");
    let outer = problem.derivatives(quotient, &["b", "c"]);
    let inner = problem.derivatives(whole, &["a", "sx", "sy"]);
    for (name, value) in [
        ("sx", 0.731058578630),
        ("sy", 0.5),
        ("a", 1.0),
        ("b", 1.5),
        ("c", 2.268941421370),
        ("x", 1.0),
        ("y", 0.0),
    ] {
        problem.set(name, &[], &[value]);
    }
    let backward: Vec<f64> = outer.iter().chain(&inner).map(|partial| problem.entries(*partial)[0]).collect();
    let expected = [0.440734163774, -0.291369904677, 0.440734163774, 0.291369904677, 0.440734163774];
    assert_close(&backward, &expected, CLOSE, "backward");
}

// ---- 4b, 5: pooling and convolution ----

#[test]
fn pooling() {
    let mut problem = Problem::new(&["X: R[h,w]"], &["X > 0"]);
    problem.set_exact("X", &[2, 2], &["1", "2", "3", "4"]);
    for (formula, value, gradient, tolerance) in [
        ("max[i,j] X[i,j]", 4.0, [0.0, 0.0, 0.0, 1.0], 0.0),
        ("max(X)", 4.0, [0.0, 0.0, 0.0, 1.0], 0.0),
        ("mean(X)", 2.5, [0.25; 4], 0.0),
        ("sum[i,j] X[i,j]/(h*w)", 2.5, [0.25; 4], 0.0),
        (
            "(sum[i,j] X[i,j]^2)^(1/2)",
            5.47722557505,
            [0.182574186, 0.365148372, 0.547722558, 0.730296743],
            NINE,
        ),
        (
            "(sum[i,j] X[i,j]^q)^(1/q)",
            4.64158883361,
            [0.046415888, 0.185663553, 0.417742995, 0.742654213],
            NINE,
        ),
        ("sum[i,j] X[i,j]", 10.0, [1.0; 4], 0.0),
    ] {
        problem.set_exact("q", &[], &["3"]);
        let node = problem.formula(formula);
        let partial = problem.derivatives(node, &["X"])[0];
        assert_close(&problem.entries(node), &[value], 1e-11, formula);
        assert_close(&problem.entries(partial), &gradient, tolerance, formula);
    }
}

#[test]
fn convolution() {
    let mut problem = Problem::new(&["X: R[5,5]", "K: R[3,3]", "G: R[3,3]"], &[]);
    let image = [4, 5, 2, 2, 1, 3, 3, 2, 2, 4, 4, 3, 4, 1, 1, 5, 1, 4, 1, 2, 5, 1, 3, 1, 4].map(f64::from);
    let kernel = [4, 3, 3, 5, 5, 5, 2, 4, 3].map(f64::from);
    problem.set("X", &[5, 5], &image);
    problem.set("K", &[3, 3], &kernel);
    problem.set("G", &[3, 3], &[1.0; 9]);
    // The outputs are the gradient of their weighted sum by the weights.
    let weighted = problem.formula("sum[i,j,a,b] G[i,j]*K[a,b]*X[i+a-1,j+b-1]");
    let partials = problem.derivatives(weighted, &["G", "X", "K"]);
    let outputs = [109, 92, 72, 108, 85, 74, 110, 74, 79].map(f64::from);
    assert_close(&problem.entries(partials[0]), &outputs, 0.0, "5b");
    let mut full = [0.0; 25];
    for (i, j, a, b) in (0..81).map(|n| (n / 27, n / 9 % 3, n / 3 % 3, n % 3)) {
        full[(i + a) * 5 + j + b] += kernel[a * 3 + b];
    }
    assert_close(&problem.entries(partials[1]), &full, 0.0, "5c");
    let by_kernel = [30, 24, 19, 29, 21, 21, 30, 19, 21].map(f64::from);
    assert_close(&problem.entries(partials[2]), &by_kernel, 0.0, "5+");
    assert_close(&problem.entries(weighted), &[outputs.iter().sum()], 0.0, "sum");
}

// ---- (8)–(18): a two-layer network, instance B ----

const NETWORK: &[&str] = &[
    "σ1: function",
    "σ2: function",
    "W: R[m,n]",
    "b: R[m]",
    "V: R[o,m]",
    "c: R[o]",
    "x: R[n]",
    "B = σ1(W*x + b)",
    "A = σ2(V*B + c)",
];
const KNOWN_NETWORK: &[&str] =
    &["W: R[m,n]", "b: R[m]", "V: R[o,m]", "c: R[o]", "x: R[n]", "B = σ(W*x + b)", "A = tanh(V*B + c)"];

/// δ₂ = −2(x−A)⊙σ₂′, δ₁ = (Vᵀδ₂)⊙σ₁′, as formulas.
const DELTAS: &[&str] = &["δ2 = -2*(x - A) .* σ2'(V*B + c)", "δ1 = (V'*δ2) .* σ1'(W*x + b)"];

fn functions(problem: &mut Problem) {
    problem.point.set_function("σ1", "sigmoid");
    problem.point.set_function("σ2", "tanh");
}

#[test]
fn network() {
    for declare in [NETWORK, KNOWN_NETWORK] {
        let mut square: Vec<&str> = declare.to_vec();
        // The reconstruction has the length of the input.
        for text in &mut square {
            *text = match *text {
                "V: R[o,m]" => "V: R[n,m]",
                "c: R[o]" => "c: R[n]",
                text => text,
            };
        }
        let mut problem = Problem::new(&square, &[]);
        let loss = problem.formula("norm2(x - A)^2");
        let partials = problem.derivatives(loss, &["V", "c", "W", "b"]);
        functions(&mut problem);
        problem.set_exact("W", &[2, 3], &["0.1", "0.2", "0.3", "-0.4", "0.5", "-0.6"]);
        problem.set_exact("b", &[2], &["0.1", "-0.1"]);
        problem.set_exact("V", &[3, 2], &["0.7", "-0.8", "0.9", "0.2", "-0.3", "0.4"]);
        problem.set_exact("c", &[3], &["0", "0.1", "0.2"]);
        problem.set_exact("x", &[3], &["1", "-1", "0.5"]);
        assert_close(&problem.entries(loss), &[3.19830233000], CLOSE, "(8)");
        let expected: [&[f64]; 4] = [
            &[
                -0.822670023858,
                -0.327832816016,
                1.155846698790,
                0.460603239644,
                -0.398166263630,
                -0.158668680835,
            ],
            &[-1.530748675358, 2.150693171963, -0.740871142679],
            &[
                0.270068296523,
                -0.270068296523,
                0.135034148262,
                0.228614664089,
                -0.228614664089,
                0.114307332045,
            ],
            &[0.270068296523, 0.228614664089],
        ];
        for ((partial, expected), what) in partials.iter().zip(expected).zip(["(15)", "(16)", "(17)", "(18)"])
        {
            assert_close(&problem.entries(*partial), expected, CLOSE, what);
        }
    }
}

#[test]
fn square_network() {
    for declare in [NETWORK, KNOWN_NETWORK] {
        let text: Vec<String> =
            declare.iter().map(|t| t.replace("[o,m]", "[n,n]").replace("[o]", "[n]")).collect();
        let text: Vec<String> =
            text.iter().map(|t| t.replace("[m,n]", "[n,n]").replace("[m]", "[n]")).collect();
        let text: Vec<&str> = text.iter().map(String::as_str).collect();
        let mut problem = Problem::new(&text, &[]);
        let loss = problem.formula("norm2(x - A)^2");
        let partial = problem.derivatives(loss, &["b"])[0];
        functions(&mut problem);
        problem.set_exact("W", &[2, 2], &["0.1", "0.2", "-0.4", "0.5"]);
        problem.set_exact("b", &[2], &["0.1", "-0.1"]);
        problem.set_exact("V", &[2, 2], &["0.7", "-0.8", "0.9", "0.2"]);
        problem.set_exact("c", &[2], &["0", "0.1"]);
        problem.set_exact("x", &[2], &["1", "-1"]);
        assert_close(&problem.entries(partial), &[0.193390462010, 0.353336234622], CLOSE, "(18)");
    }
}

#[test]
fn deltas_are_the_closed_form_of_the_network() {
    let mut declare: Vec<&str> = NETWORK.to_vec();
    declare[4] = "V: R[n,m]";
    declare[5] = "c: R[n]";
    declare.extend(DELTAS);
    let mut problem = Problem::new(&declare, &[]);
    let loss = problem.formula("norm2(x - A)^2");
    let partials = problem.derivatives(loss, &["V", "c", "W", "b", "x"]);
    functions(&mut problem);
    problem.set("W", &[2, 3], &[0.1, 0.2, 0.3, -0.4, 0.5, -0.6]);
    problem.set("b", &[2], &[0.1, -0.1]);
    problem.set("V", &[3, 2], &[0.7, -0.8, 0.9, 0.2, -0.3, 0.4]);
    problem.set("c", &[3], &[0.0, 0.1, 0.2]);
    problem.set("x", &[3], &[1.0, -1.0, 0.5]);
    for (partial, closed) in partials.iter().zip(["δ2*B'", "δ2", "δ1*x'", "δ1", "W'*δ1 + 2*(x - A)"]) {
        let node = problem.formula(closed);
        assert_close(&problem.entries(*partial), &problem.entries(node), 1e-14, closed);
    }
}

// ---- (31)–(43): SNE and t-SNE, instance C ----

fn instance_c(problem: &mut Problem) {
    problem.set_exact("Y", &[3, 2], &["0", "0", "1", "0", "0", "2"]);
    problem.set_exact("P", &[3, 3], &["0", "0.2", "0.1", "0.2", "0", "0.2", "0.1", "0.2", "0"]);
}

const SNE: &[&str] = &[
    "Y: R[n,d]",
    "P: R[n,n]",
    "Z = sum[k,l: k != l] exp(-sum[c] (Y[k,c]-Y[l,c])^2)",
    "C = sum[i,j: i != j] P[i,j]*log(P[i,j]/(exp(-sum[c] (Y[i,c]-Y[j,c])^2)/Z))",
];
const T_SNE: &[&str] = &[
    "Y: R[n,d]",
    "P: R[n,n]",
    "Z = sum[k,l: k != l] 1/(1 + sum[c] (Y[k,c]-Y[l,c])^2)",
    "C = sum[i,j: i != j] P[i,j]*log(P[i,j]/(1/(1 + sum[c] (Y[i,c]-Y[j,c])^2)/Z))",
];

#[test]
fn stochastic_neighbour_embedding() {
    let tables: [(&[&str], f64, f64, [f64; 6]); 2] = [
        (
            SNE,
            0.785866054119,
            1.21096373577,
            [
                1.07247910375,
                -0.613549509688,
                -0.306774754844,
                -1.531408697818,
                -0.765704348909,
                2.144958207506,
            ],
        ),
        (
            T_SNE,
            1.73333333333,
            0.117829230775,
            [
                0.176923076923,
                0.024615384615,
                -0.107692307692,
                -0.138461538462,
                -0.069230769231,
                0.113846153846,
            ],
        ),
    ];
    for (declare, z, cost, gradient) in tables {
        for facts in [&["P' = P"] as &[&str], &[], &["P' = P", "P >= 0"]] {
            let mut problem = Problem::new(declare, facts);
            let node = problem.formula("C");
            let normal = problem.formula("Z");
            let partial = problem.derivatives(node, &["Y"])[0];
            instance_c(&mut problem);
            assert_close(&problem.entries(normal), &[z], CLOSE, "Z");
            assert_close(&problem.entries(node), &[cost], CLOSE, "cost");
            assert_close(&problem.entries(partial), &gradient, CLOSE, "(43)");
        }
    }
}

#[test]
fn neighbour_distances_as_variables() {
    let mut problem = Problem::new(
        &[
            "d: R[n,n]",
            "P: R[n,n]",
            "Z = sum[k,l: k != l] exp(-d[k,l]^2)",
            "C = sum[i,j: i != j] P[i,j]*log(P[i,j]/(exp(-d[i,j]^2)/Z))",
        ],
        &[],
    );
    let node = problem.formula("C");
    let partial = problem.derivatives(node, &["d"])[0];
    instance_c(&mut problem);
    let far = 5f64.sqrt();
    problem.set("d", &[3, 3], &[0.0, 1.0, 2.0, 1.0, 0.0, far, 2.0, far, 0.0]);
    let entries = problem.entries(partial);
    assert_close(&entries[1..2], &[-0.536239551877], CLOSE, "(40)");
    assert_close(&[entries[0], entries[4], entries[8]], &[0.0; 3], 0.0, "no distance to itself");
}

// ---- (44)–(50): soft thresholding ----

#[test]
fn soft_thresholding() {
    let mut problem = Problem::new(&["x: R[n]"], &[]);
    let threshold = problem.formula("sign(x) .* relu(abs(x) - t)");
    problem.set_exact("x", &[3], &["2.5", "-0.3", "-1.2"]);
    problem.set_exact("t", &[], &["0.7"]);
    assert_close(&problem.entries(threshold), &[1.8, 0.0, -0.5], 1e-15, "(45)");

    let mut problem = Problem::new(&["A: R[m,n]", "x: R[n]", "y: R[m]"], &[]);
    let smooth = problem.gradient("norm2(A*x - y)^2/2", "x");
    let step = problem.formula("sign(x - α*A'*(A*x - y)) .* relu(abs(x - α*A'*(A*x - y)) - α*λ)");
    problem.set_exact("A", &[3, 2], &["1", "2", "3", "4", "5", "6"]);
    problem.set_exact("y", &[3], &["1", "0", "1"]);
    problem.set_exact("x", &[2], &["1", "-1"]);
    problem.set_exact("λ", &[], &["0.5"]);
    problem.set_exact("α", &[], &["0.01"]);
    assert_close(&problem.entries(smooth), &[-15.0, -20.0], 0.0, "(50)");
    assert_close(&problem.entries(step), &[1.145, -0.795], 1e-15, "(51)");
}
