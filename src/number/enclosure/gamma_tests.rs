//! The gamma function and its kin: known digits, the recurrences, nested enclosures, wide arguments, extremes.

use super::*;
use proptest::prelude::*;

/// Known to 45 digits and more, computed by another library.
#[rustfmt::skip]
const GAMMA: &[(&str, &str)] = &[
    ("1/3", "2.6789385347077476336556929409746776441286893779573"),
    ("1/1000", "999.42377248459546611498220129964400046521761014561"),
    ("7/2", "3.3233509704478425511840640312646472177454052302295"),
    ("1000/1", "4.0238726007709377354370243392300398571937486421071e2564"),
    ("20001/4", "7.1114586968843314529451098058135104052580164561652e16322"),
];

#[rustfmt::skip]
const LOG_GAMMA: &[(&str, &str)] = &[
    ("1/3", "0.98542064692776706918717403697796139173555649638589"),
    ("100/1", "359.13420536957539877604401046028690961262171808563"),
    ("3/2", "-0.1207822376352452223455184457816472122518527279026"),
    ("100000000000000000/1", "3814394658089877644.1775507157187035813826082355908"),
    ("1/1000000000", "20.723265836369195492082857264576193362447767929694"),
];

#[rustfmt::skip]
const POLYGAMMA: &[(u32, &str, &str)] = &[
    (0, "1/1", "-0.57721566490153286060651209008240243104215933593992"),
    (0, "1/2", "-1.9635100260214234794409763329987555671931596046604"),
    (0, "1000003/7", "11.869599908910877467669246659629005925109726498155"),
    (1, "1/1", "1.6449340668482264364724151666460251892189499012068"),
    (1, "1000000000000/1", "0.0000000000010000000000005000000000001666666666666666666666666"),
    (2, "1/5", "-251.47803611443593305919809003675036206373402801601"),
    (5, "7/2", "0.087049178567183484553903128824211513871911891171281"),
    (20, "3/1", "-233141556.11225681824319749708646376091920675095987"),
    (300, "2/1", "-7.5123246661350392004147431359379987234392952428351e523"),
];

fn exactly(text: &str) -> Rational {
    if let Some((n, d)) = text.split_once('/') {
        return Rational::fraction(n.parse().unwrap(), d.parse().unwrap()).unwrap();
    }
    let size = Rational::parse(text.trim_start_matches('-'), 1 << 18).unwrap().unwrap();
    if text.starts_with('-') { -size } else { size }
}

fn at(text: &str, bits: usize) -> Enclosure {
    Enclosure::from_rational(&exactly(text), bits)
}

/// Is it a narrow enclosure of the number whose first 33 digits are these?
fn has_digits(value: &Enclosure, digits: &str, bits: usize) -> bool {
    let near = at(digits, 400);
    let difference = (&(value - &near) / &near).abs();
    let small = Enclosure::from_rational(&exactly("1e-33"), 64);
    value.has_relative_bits(bits - 12) && (&small - &difference).is_nonnegative()
}

#[test]
fn known_digits() {
    for bits in [130, 200, 1000] {
        for (x, digits) in GAMMA {
            assert!(has_digits(&at(x, bits).gamma(), digits, bits), "Γ({x}) to {bits}");
        }
        for (x, digits) in LOG_GAMMA {
            assert!(has_digits(&at(x, bits).log_gamma(), digits, bits), "log Γ({x}) to {bits}");
        }
        for (n, x, digits) in POLYGAMMA {
            assert!(has_digits(&at(x, bits).polygamma(*n), digits, bits), "ψ{n}({x}) to {bits}");
        }
    }
}

#[test]
fn values_with_a_closed_form() {
    let bits = 400;
    let close = |a: &Enclosure, b: &Enclosure| {
        a.is_defined()
            && !a.is_disjoint(b)
            && (a - b)
                .abs()
                .max(&Enclosure::integer(0, bits))
                .ends()
                .is_some_and(|(_, far)| far < Rational::TWO.power(-370, 1 << 12).unwrap())
    };
    let (one, half) = (at("1/1", bits), at("1/2", bits));
    let pi = Enclosure::pi(bits);
    assert!(close(&half.gamma(), &pi.sqrt()));
    assert!(close(&one.polygamma(1), &(&pi.powi(2) / &Enclosure::integer(6, bits))));
    assert!(close(&half.polygamma(1), &(&pi.powi(2) / &Enclosure::integer(2, bits))));
    assert!(close(&one.polygamma(3), &(&pi.powi(4) / &Enclosure::integer(15, bits))));
    // ψ(1/2) = −γ − 2 log 2
    let two = Enclosure::integer(2, bits);
    assert!(close(&half.polygamma(0), &(&one.polygamma(0) - &(&two * &two.log()))));
    assert!(one.log_gamma().is_point() && two.log_gamma().is_point());
    // Γ(x)·Γ(1 − x) = π/sin(πx)
    let fifth = at("1/5", bits);
    let product = &fifth.gamma() * &(&one - &fifth).gamma();
    assert!(close(&product, &(&pi / &(&pi * &fifth).sin())));
}

#[test]
fn extremes_stay_bounded() {
    let tiny = Enclosure::from_rational(&Rational::TWO.power(-100_000, 1 << 18).unwrap(), 200);
    let huge = Enclosure::from_rational(&Rational::TWO.power(100_000, 1 << 18).unwrap(), 200);
    assert!(tiny.gamma().is_positive() && tiny.log_gamma().is_positive() && tiny.polygamma(0).is_negative());
    assert!(!huge.gamma().is_defined() && huge.log_gamma().is_positive() && huge.polygamma(0).is_positive());
    assert!(!at("10000000000/1", 200).gamma().is_defined());
    assert!(!tiny.polygamma(1).is_defined() && huge.polygamma(1).is_nonnegative());
    assert!(at("1/1", 200).polygamma(1000).is_defined() && !at("1/1", 200).polygamma(1_000_000).is_defined());
    for x in ["0/1", "-1/2", "-1/1"] {
        let x = at(x, 200);
        assert!(!x.gamma().is_defined() && !x.log_gamma().is_defined() && !x.polygamma(0).is_defined());
    }
    // So many bits are not computed: nothing is proved.
    assert!(!at("1/3", 100_000).gamma().is_defined() && !at("1/3", 100_000).polygamma(2).is_defined());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn enclosures_nest_and_hold_what_f64_says(x in prop_oneof![0.01f64..40.0, 1e-6f64..1e-3, 1.0f64..2.0], n in 0u32..6) {
        let exact = Rational::from_f64(x).unwrap();
        let functions: [(&str, &dyn Fn(&Enclosure) -> Enclosure, Interval); 3] = [
            ("Γ", &|x| x.gamma(), Interval::point(x).gamma()),
            ("log Γ", &|x| x.log_gamma(), Interval::point(x).log_gamma()),
            ("ψ", &|x| x.polygamma(n), Interval::point(x).polygamma(n)),
        ];
        for (name, f, interval) in functions {
            let (fine, coarse) = (
                f(&Enclosure::from_rational(&exact, 400)).ends().unwrap(),
                f(&Enclosure::from_rational(&exact, 90)).ends().unwrap(),
            );
            prop_assert!(coarse.0 <= fine.0 && fine.1 <= coarse.1, "{name}({x}), {n}");
            let (low, high) = (Rational::from_f64(interval.low).unwrap(), Rational::from_f64(interval.high).unwrap());
            prop_assert!(low <= fine.0 && fine.1 <= high, "{name}({x}), {n}: {interval:?}");
            let slack = 1e-13 * interval.low.abs().max(0.1);
            prop_assert!(interval.high - interval.low <= slack, "{name}({x}), {n}: {interval:?}");
        }
    }

    #[test]
    fn recurrences_hold(x in 0.01f64..60.0, n in 0u32..9) {
        let x = Enclosure::from_rational(&Rational::from_f64(x).unwrap(), 300);
        let next = &x + &Enclosure::integer(1, 300);
        let agree = |a: &Enclosure, b: &Enclosure| a.is_defined() && b.is_defined() && !a.is_disjoint(b);
        prop_assert!(agree(&next.gamma(), &(&x * &x.gamma())));
        prop_assert!(agree(&next.log_gamma(), &(&x.log() + &x.log_gamma())));
        // ψ⁽ⁿ⁾(x + 1) = ψ⁽ⁿ⁾(x) + (−1)ⁿ n!/xⁿ⁺¹
        let factorial = (1..=i64::from(n)).product::<i64>() * if n % 2 == 0 { 1 } else { -1 };
        let step = &Enclosure::integer(factorial, 300) / &x.powi(i64::from(n) + 1);
        prop_assert!(agree(&next.polygamma(n), &(&x.polygamma(n) + &step)));
    }

    #[test]
    fn wide_arguments_are_enclosed(x in 0.05f64..5.0, w in 0.0f64..3.0, t in 0.0f64..1.0, n in 0u32..5) {
        let exact = |x: f64| Enclosure::from_rational(&Rational::from_f64(x).unwrap(), 150);
        let wide = exact(x).hull(&exact(x + w));
        let inside = (x + t * w).min(x + w);
        for f in [&Enclosure::gamma as &dyn Fn(&Enclosure) -> Enclosure, &Enclosure::log_gamma, &|x| x.polygamma(n)] {
            let (whole, part) = (f(&wide).ends().unwrap(), f(&exact(inside)).ends().unwrap());
            prop_assert!(whole.0 <= part.0 && part.1 <= whole.1);
        }
        let wide = Interval::new(x, x + w);
        for f in [&Interval::gamma as &dyn Fn(Interval) -> Interval, &Interval::log_gamma, &|x| x.polygamma(n)] {
            let (whole, part) = (f(wide), f(Interval::point(inside)));
            prop_assert!(whole.low <= part.high && part.low <= whole.high);
            prop_assert!(whole.low <= part.middle() && part.middle() <= whole.high);
        }
    }
}

/// The worst error of `libm` in its own units: what the widening of the `f64` intervals rests on.
#[allow(clippy::print_stdout)]
#[test]
fn errors_of_libm_are_covered() {
    let (mut state, mut worst) = (7u64, [0.0f64; 2]);
    let count = std::env::var("SYMDIFF_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    for k in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = (state >> 11) as f64 / (1u64 << 53) as f64;
        let x: f64 = match k % 4 {
            0 => unit * 171.0,
            1 => unit * 10.0,
            2 => 1.0 + unit,
            _ => libm::exp(-600.0 * unit),
        };
        let point = Enclosure::from_rational(&Rational::from_f64(x).unwrap(), 120);
        for (at, (float, value)) in
            [(libm::tgamma(x), point.gamma()), (libm::lgamma(x), point.log_gamma())].into_iter().enumerate()
        {
            let (low, _) = value.ends().unwrap();
            let error = (&Rational::from_f64(float).unwrap() - &low).to_f64().abs();
            worst[at] = worst[at].max(error / (float.abs().next_up() - float.abs()));
        }
    }
    println!("Γ {:.2} ulp, log Γ {:.2} ulp", worst[0], worst[1]);
    // Half of the steps by which they are widened.
    assert!(worst[0] < 8.0 && worst[1] < 4.0, "{worst:?}");
}
